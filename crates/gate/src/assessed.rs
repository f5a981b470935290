//! When agents were assessed and what came of it, rebuilt from the ledger: nothing is judged to show it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use syndic_compliance::Status;
use syndic_ledger::{ChecklistCount, ChecklistJudged, Record, ReportMade};
use syndic_model::{AgentId, AgentProfile, Mode, Owner, RiskLevel};

use crate::Gate;
use crate::agents::{UnknownName, profile};
use crate::kept::kept;

/// How many reports of an agent are kept in mind.
const MOST_REPORTS: usize = 50;
/// How many agents are; one beyond that is as if it had never been assessed.
const MOST_AGENTS: usize = 10_000;
/// How many agents are looked up while nothing else can be decided.
const AT_ONCE: usize = 64;
/// How many statuses there are.
const STATUSES: usize = Status::ALL.len();

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Assessed {
    agents: BTreeMap<String, OfAgent>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct OfAgent {
    newest: Option<ReportNoted>,
    /// By the record.
    reports: BTreeMap<u64, Point>,
    checklist: Option<ChecklistNoted>,
}

/// How many controls had each status, in the order of [`Status::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Point {
    at: Timestamp,
    counts: [u32; STATUSES],
}

/// When an agent was assessed, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Who.
    pub agent: AgentId,
    /// Its name for people.
    pub name: String,
    /// Who answers for it.
    pub owner: Owner,
    /// How much it can do wrong.
    pub risk_level: RiskLevel,
    /// Whether verdicts are enforced.
    pub mode: Mode,
    /// The newest report; `None` where none was made.
    pub newest: Option<ReportNoted>,
    /// Reports that were made, newest first.
    pub reports: Vec<ReportPoint>,
    /// The checklist as it was looked at last; `None` where it never was.
    pub checklist: Option<ChecklistNoted>,
}

/// The newest report about an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportNoted {
    /// The record that says so.
    pub record: u64,
    /// How many of the seven checks are satisfied, measured and attested apart.
    pub headline: String,
    /// The key that asked for it.
    pub by: String,
}

/// A report that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPoint {
    /// The record that says so.
    pub record: u64,
    /// When.
    pub at: Timestamp,
    counts: [u32; STATUSES],
}

/// How far a checklist was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChecklistNoted {
    /// The record that says so.
    pub record: u64,
    /// When.
    pub at: Timestamp,
    /// How far.
    pub count: ChecklistCount,
}

/// What the overview shows of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Glance {
    pub(crate) at: Option<Timestamp>,
    pub(crate) checklist: Option<ChecklistCount>,
}

kept!(Assessed { agents });
kept!(OfAgent { newest, reports, checklist });
kept!(ReportNoted { record, headline, by });
kept!(Point { at, counts });
kept!(ChecklistCount { done, items, passed });
kept!(ChecklistNoted { record, at, count });

impl Assessed {
    /// Takes note of a record, whichever of two comes first.
    pub(crate) fn see(&mut self, record: u64, at: Timestamp, seen: &Record) {
        if let Record::ReportMade(made) = seen {
            self.report(record, at, made);
        } else if let Record::ChecklistJudged(ChecklistJudged { agent, count, .. }) = seen
            && let Some(of) = self.of(agent)
        {
            of.look(ChecklistNoted { record, at, count: *count });
        }
    }

    fn report(&mut self, record: u64, at: Timestamp, made: &ReportMade) {
        let Some(of) = self.of(&made.agent) else { return };
        of.reports.insert(record, Point { at, counts: counts(&made.counts) });
        if of.reports.len() > MOST_REPORTS {
            of.reports.pop_first();
        }
        if of.newest.as_ref().is_none_or(|newest| newest.record < record) {
            let (headline, by) = (made.headline.clone(), made.by.clone());
            of.newest = Some(ReportNoted { record, headline, by });
        }
        if let Some(count) = made.checklist {
            of.look(ChecklistNoted { record, at, count });
        }
    }

    fn of(&mut self, agent: &str) -> Option<&mut OfAgent> {
        if self.agents.len() >= MOST_AGENTS && !self.agents.contains_key(agent) {
            return None;
        }
        Some(self.agents.entry(agent.to_owned()).or_default())
    }

    /// Returns what is known of an agent, with so many of its reports.
    fn told(&self, profile: &AgentProfile, reports: usize) -> Assessment {
        let of = self.agents.get(profile.id.as_str());
        let history = of.into_iter().flat_map(|of| of.reports.iter().rev()).take(reports);
        let checklist = of.and_then(|of| of.checklist.as_ref());
        Assessment {
            agent: profile.id.clone(),
            name: profile.name.clone(),
            owner: profile.owner.clone(),
            risk_level: profile.risk_level,
            mode: profile.mode,
            newest: of.and_then(|of| of.newest.clone()),
            reports: history
                .map(|(record, Point { at, counts })| ReportPoint {
                    record: *record,
                    at: *at,
                    counts: *counts,
                })
                .collect(),
            checklist: checklist.cloned(),
        }
    }

    /// Tells of each agent when it was assessed last, and how far its checklist was.
    pub(crate) fn glances(&self) -> BTreeMap<String, Glance> {
        let all = self.agents.iter().map(|(agent, of)| {
            let at = of.reports.last_key_value().map(|(_, point)| point.at);
            (
                agent.clone(),
                Glance { at, checklist: of.checklist.as_ref().map(|known| known.count) },
            )
        });
        all.collect()
    }
}

impl OfAgent {
    fn look(&mut self, point: ChecklistNoted) {
        if self.checklist.as_ref().is_none_or(|known| known.record < point.record) {
            self.checklist = Some(point);
        }
    }
}

impl ReportPoint {
    /// Returns how many controls had each status; every status is there.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let named = Status::ALL.iter().zip(self.counts);
        named.map(|(status, count)| (status.as_str().to_owned(), u64::from(count))).collect()
    }
}

impl Gate {
    /// Tells of every agent when it was assessed and what came of it, by id, with so many reports of each. Nothing is
    /// assessed for it.
    #[must_use]
    pub fn assessments(&self, reports: usize) -> Vec<Assessment> {
        let governance = self.governance();
        let profiles: Vec<_> = governance.agents.values().collect();
        let mut told = Vec::with_capacity(profiles.len());
        for some in profiles.chunks(AT_ONCE) {
            let state = self.state();
            told.extend(some.iter().map(|profile| state.assurance.assessed.told(profile, reports)));
        }
        told
    }

    /// Tells the same of one agent, with all reports that are kept in mind.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn assessment(&self, name: &str) -> Result<Assessment, UnknownName> {
        let governance = self.governance();
        let profile = profile(&governance, name)?;
        Ok(self.state().assurance.assessed.told(profile, MOST_REPORTS))
    }
}

fn counts(words: &BTreeMap<String, u64>) -> [u32; STATUSES] {
    Status::ALL.map(|status| {
        let count = words.get(status.as_str()).copied().unwrap_or_default();
        u32::try_from(count).unwrap_or(u32::MAX)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use syndic_ledger::Record;

    use super::{Assessed, MOST_REPORTS};
    use crate::kept::Keep as _;

    fn report(satisfied: u64, done: Option<u64>) -> Record {
        let checklist = done.map(|done| json!({"done": done, "items": 22, "passed": done == 22}));
        let mut made = json!({
            "agent": "customer-support", "digest": "d", "size": 7, "headline": format!("{satisfied}/7"),
            "counts": {"satisfied_measured": satisfied}, "by": "k1",
        });
        if let (Some(made), Some(checklist)) = (made.as_object_mut(), checklist) {
            made.insert("checklist".to_owned(), checklist);
        }
        serde_json::from_value(json!({ "report_made": made })).unwrap()
    }

    #[test]
    fn the_newest_reports_are_kept_in_whatever_order_they_are_seen() {
        let at = "2026-11-23T12:00:00Z".parse().unwrap();
        let records: Vec<_> = (0..60).map(|n| (n, report(n, (n == 40).then_some(20)))).collect();
        let (mut forward, mut backward) = (Assessed::default(), Assessed::default());
        records.iter().for_each(|(n, record)| forward.see(*n, at, record));
        records.iter().rev().for_each(|(n, record)| backward.see(*n, at, record));
        let of = &forward.agents["customer-support"];
        assert_eq!(of.reports.len(), MOST_REPORTS);
        assert_eq!(of.reports.first_key_value().unwrap().1.counts[0], 10);
        assert_eq!(of.newest.as_ref().unwrap().headline, "59/7");
        assert_eq!(of.checklist.as_ref().unwrap().count.done, 20);
        let kept = |assessed: &Assessed| {
            let mut kept = Vec::new();
            assessed.keep(&mut kept);
            kept
        };
        assert_eq!(kept(&forward), kept(&backward));
    }
}
