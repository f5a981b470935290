//! Incidents, as they are shown.

use std::io;

use syndic_api::{
    IncidentBody, IncidentClockBody, IncidentCorrectiveBody, IncidentUpdateBody, Incidents,
};

use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::visible::visible;
use crate::when::readable;

pub(super) fn list(all: &Incidents, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(all);
    }
    if all.incidents.is_empty() {
        return out.line("none");
    }
    let mut table = Table::new(&["id", "class", "state", "due next (UTC)"]);
    for incident in &all.incidents {
        let (tone, state) = state(incident);
        table.push(vec![
            Cell::from(&incident.id),
            Cell::from(&incident.class),
            Cell::new(tone, state),
            Cell::from(next(incident).map_or_else(|| "-".to_owned(), |clock| readable(clock.due))),
        ]);
        table.below(Cell::new(Tone::Quiet, format!("{}: {}", incident.agent, incident.title)));
    }
    table.write(out)
}

pub(super) fn show(incident: &IncidentBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(incident);
    }
    let (tone, state) = state(incident);
    let IncidentBody { id, agent, class, title, .. } = incident;
    out.line(format!("{id} {}", out.paint(tone, state)))?;
    out.folded(0, 0, Tone::Strong, &visible(&format!("{class} incident of {agent}: {title}")))?;
    let (since, hold) = (readable(incident.since), &incident.hold);
    out.folded(0, 0, Tone::Plain, &format!("records from {since} UTC on are held by {hold}"))?;
    clocks(&incident.clocks, out)?;
    correctives(&incident.correctives, out)?;
    reports(&incident.updates, out)?;
    timeline(incident, out)
}

/// Says how it stands with what must be reported, whatever else must be so.
fn state(incident: &IncidentBody) -> (Tone, &'static str) {
    let clocks: Vec<_> = binding(incident).collect();
    let all_told = clocks.iter().all(|clock| clock.reported.is_some());
    let told = incident.updates.iter().any(|update| update.reported.is_some());
    if incident.closed.is_some() {
        (Tone::Quiet, "closed")
    } else if clocks.iter().any(|clock| is_late(clock) && clock.reported.is_none()) {
        (Tone::Bad, "overdue")
    } else if !told || !all_told {
        (Tone::Waiting, "open")
    } else if clocks.iter().any(|clock| is_late(clock)) {
        (Tone::Bad, "reported late")
    } else {
        (Tone::Good, "reported")
    }
}

/// Returns the clock that an open incident must be reported by first.
fn next(incident: &IncidentBody) -> Option<&IncidentClockBody> {
    let open = incident.closed.is_none();
    binding(incident).find(|clock| open && clock.reported.is_none())
}

fn binding(incident: &IncidentBody) -> impl Iterator<Item = &IncidentClockBody> {
    incident.clocks.iter().filter(|clock| clock.only_where.is_none())
}

fn is_late(clock: &IncidentClockBody) -> bool {
    clock.state == "late"
}

fn clocks(clocks: &[IncidentClockBody], out: &Output) -> io::Result<()> {
    if clocks.is_empty() {
        return Ok(());
    }
    section("must be reported", out)?;
    let mut table = Table::new(&["due (UTC)", "state", "reported (UTC)", "as", "by"]);
    for clock in clocks {
        let (tone, state) = match (&*clock.state, clock.reported) {
            ("late", None) => (Tone::Bad, "overdue"),
            ("late", Some(_)) => (Tone::Bad, "late"),
            (_, Some(_)) => (Tone::Good, "in time"),
            (_, None) => (Tone::Waiting, "open"),
        };
        table.push(vec![
            Cell::from(readable(clock.due)),
            Cell::new(tone, state),
            Cell::from(clock.reported.map_or_else(|| "-".to_owned(), readable)),
            Cell::from(&clock.class),
            Cell::from(format!("{} ({})", clock.basis, clock.control)),
        ]);
        if let Some(only) = &clock.only_where {
            table.below(Cell::new(Tone::Quiet, format!("only where {only}")));
        }
    }
    table.write(out)
}

fn correctives(correctives: &[IncidentCorrectiveBody], out: &Output) -> io::Result<()> {
    if correctives.is_empty() {
        return Ok(());
    }
    section("to be done about it", out)?;
    let mut table = Table::new(&["due (UTC)", "state", "what"]);
    for corrective in correctives {
        let (tone, state) = match (corrective.done, corrective.overdue) {
            (Some(at), _) => (Tone::Good, format!("done, {}", readable(at))),
            (None, true) => (Tone::Bad, "overdue".to_owned()),
            (None, false) => (Tone::Waiting, "open".to_owned()),
        };
        table.push(vec![
            Cell::from(readable(corrective.due)),
            Cell::new(tone, state),
            Cell::from(&corrective.name),
        ]);
    }
    table.write(out)
}

fn reports(updates: &[IncidentUpdateBody], out: &Output) -> io::Result<()> {
    let reports = updates.iter().filter_map(|update| Some((update.reported?, update)));
    let mut table = Table::new(&["at (UTC)", "to", "what", "record"]);
    let mut told = false;
    for (at, update) in reports {
        table.push(vec![
            Cell::from(readable(at)),
            Cell::from(update.authority.as_deref().unwrap_or("not said")),
            Cell::from(&update.note),
            Cell::from(update.record.to_string()),
        ]);
        told = true;
    }
    if !told {
        return Ok(());
    }
    section("reported", out)?;
    table.write(out)
}

fn timeline(incident: &IncidentBody, out: &Output) -> io::Result<()> {
    section("what is on record", out)?;
    let mut table = Table::new(&["at (UTC)", "record", "what"]);
    let mut row = |at, record: String, what: &str| {
        table.push(vec![Cell::from(readable(at)), Cell::from(record), Cell::from(what)]);
    };
    row(incident.aware, "-".to_owned(), "somebody came to know");
    row(incident.at, incident.record.to_string(), &format!("opened by {}", incident.by));
    for update in &incident.updates {
        row(update.at, update.record.to_string(), &changed(update));
    }
    if let Some(closed) = &incident.closed {
        row(closed.at, closed.record.to_string(), &format!("closed: {}", closed.summary));
    }
    table.write(out)
}

/// Says what an update changed, beside its note.
fn changed(update: &IncidentUpdateBody) -> String {
    let class = update.class.as_ref().map(|class| format!("now {class}"));
    let reported = update.reported.map(|at| match &update.authority {
        Some(authority) => format!("reported to {authority} at {}", readable(at)),
        None => format!("reported at {}", readable(at)),
    });
    let corrective = update.corrective.as_ref().map(|corrective| match corrective.done {
        true => format!("{} is done", corrective.name),
        false => format!("{} is to be done by {}", corrective.name, readable(corrective.due)),
    });
    let changes: Vec<_> = [class, reported, corrective].into_iter().flatten().collect();
    match &*changes {
        [] => update.note.clone(),
        changes => format!("{} ({})", update.note, changes.join("; ")),
    }
}

fn section(title: &str, out: &Output) -> io::Result<()> {
    out.line(format!("\n{}", out.paint(Tone::Strong, title)))
}
