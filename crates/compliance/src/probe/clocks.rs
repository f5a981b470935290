//! The clocks of incidents: by when each had to be reported, and whether it was.

use jiff::tz::TimeZone;
use syndic_model::OperatorRole;

use super::Found;
use super::incident::{MOST_LISTED, incidents};
use crate::catalogue::Catalogue;
use crate::{
    Applicability, ClassClock, ClockState, DeadlineClock, Evidence, Figure, Incident, Verdict,
    applies,
};

/// Clocks by how they stand, each in words.
#[derive(Default)]
struct Standing {
    late: Vec<String>,
    running: Vec<String>,
    met: u64,
    /// They run only where something is so that nobody put on record.
    conditional: Vec<String>,
}

/// Incident clocks, those of former classes too. What was closed before the window began is not looked at again.
pub(super) fn clocks(evidence: &Evidence<'_>) -> Found {
    let all = match incidents(evidence) {
        Ok(incidents) => incidents,
        Err(why) => return Found::unknown(why),
    };
    let Ok(catalogue) = Catalogue::builtin() else {
        return Found::unknown("the catalogue of frameworks cannot be read");
    };
    let from = evidence.window().from;
    let recent = |incident: &&&Incident| incident.closed.is_none_or(|closed| closed >= from);
    let recent: Vec<_> = all.iter().filter(recent).copied().collect();
    let mut standing = Standing::default();
    for incident in &recent {
        let clocks = catalogue.clocks_of(&incident.classes, incident.opened.aware);
        let binding = clocks.iter().filter(|clock| binds(evidence, catalogue, &clock.deadline));
        binding.for_each(|clock| standing.add(incident, clock, evidence));
    }
    let (verdict, told) = standing.judge(recent.len());
    let late = standing.late.len() as u64;
    let list = |mut names: Vec<String>| {
        names.truncate(MOST_LISTED);
        Figure::List(names)
    };
    Found::new(verdict, told)
        .count("incidents", recent.len() as u64)
        .count("clocks_late", late)
        .count("clocks_met", standing.met)
        .count("clocks_running", standing.running.len() as u64)
        .with("late", list(standing.late))
        .with("running", list(standing.running))
        .with("only_where", list(standing.conditional))
        .cite(recent.iter().map(|incident| incident.index))
}

/// Tells whether a clock runs for the operator, now or once its duty has begun.
fn binds(evidence: &Evidence<'_>, catalogue: &Catalogue, clock: &DeadlineClock) -> bool {
    let record = &evidence.setup.record;
    let today = evidence.now.to_zoned(TimeZone::UTC).date();
    let Some(control) = catalogue.control(&clock.control) else { return true };
    let roles = if record.roles.is_empty() { OperatorRole::ALL } else { &record.roles };
    roles.iter().any(|role| {
        let applies = applies(control, *role, record.high_risk, record.placed_on, today);
        !matches!(applies, Applicability::NotApplicable { .. })
    })
}

impl Standing {
    fn add(&mut self, incident: &Incident, clock: &ClassClock, evidence: &Evidence<'_>) {
        let DeadlineClock { control, due, only_where, .. } = &clock.deadline;
        let due = due.strftime("%Y-%m-%dT%H:%M:%SZ");
        let named = format!("{} {control} due {due}", incident.opened.id);
        if let Some(only) = only_where {
            self.conditional.push(format!("{named} where {only}"));
            return;
        }
        match clock.state(evidence.now) {
            ClockState::Late { .. } => self.late.push(named),
            ClockState::Running { left } => {
                self.running.push(format!("{named}, {} hours left", left.as_hours()));
            }
            ClockState::Met { .. } => self.met += 1,
        }
    }

    fn judge(&self, incidents: usize) -> (Verdict, String) {
        let (late, running) = (self.late.len(), self.running.len());
        if late > 0 {
            (Verdict::NotMet, format!("{late} reports of incidents are late"))
        } else if running > 0 || self.met > 0 {
            let met = self.met;
            (
                Verdict::Met,
                format!(
                    "no report of an incident is late: {met} were in time, {running} are not due yet"
                ),
            )
        } else if incidents > 0 {
            (Verdict::Told, "no clock runs for the incidents on record".to_owned())
        } else {
            (
                Verdict::Told,
                "no incident is on record, nor was one closed in the last thirty days".to_owned(),
            )
        }
    }
}
