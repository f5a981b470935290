//! What the log says after the records that a report rests on: that the report was made, and what was erased.

use serde_json::Value;
use syndic_compliance::{Difference, Differences, Report};
use syndic_ledger::{Leaf, Record, ReportMade};
use syndic_store::{LogReader, LogReaderError};

use super::fold::Folded;

/// The most records of reports over as many records that are looked at.
const MOST_REPORTS: usize = 64;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Since {
    /// How many erasures there were.
    pub(super) erased: u64,
    /// The records of reports about the agent that rest on as many records.
    made: Vec<(u64, ReportMade)>,
}

impl Since {
    /// Reads on from what a report rests on: up to the newest checkpoint, and what is there beyond.
    pub(super) fn read(
        report: &Report,
        reader: &LogReader,
        folded: &Folded,
    ) -> Result<Self, LogReaderError> {
        let mut since = Self::default();
        let Some(newest) = reader.checkpoint()? else { return Ok(since) };
        let see = &mut |leaf: &Leaf| {
            since.erased += u64::from(matches!(leaf.record, Record::UserRedacted(_)));
            if let Record::ReportMade(made) = &leaf.record
                && (&made.agent, made.size) == (&report.agent.id, report.log.size)
                && since.made.len() < MOST_REPORTS
            {
                since.made.push((leaf.i, made.clone()));
            }
        };
        let read = reader.read(folded.log.clone(), newest.checkpoint().head.size, see)?;
        // What no checkpoint covers yet may end in the middle of a record.
        drop(reader.read(read, u64::MAX, see));
        Ok(since)
    }

    /// Returns the record of the report as it is.
    pub(super) fn record(&self, report: &Report) -> Option<u64> {
        let digest = report.digest().ok()?;
        self.made.iter().find(|(_, made)| made.digest == digest).map(|(index, _)| *index)
    }

    /// Puts in front what was asked for, where a report that is not on record as it is says otherwise than the one that
    /// is: it is given to whoever makes the report again, and so makes no difference of itself.
    pub(super) fn compare(&self, report: &Report, differences: &mut Differences) {
        let [(_, made)] = self.made.as_slice() else { return };
        if self.record(report).is_some() {
            return;
        }
        let frameworks: Vec<_> =
            report.frameworks.iter().map(|framework| framework.id.clone()).collect();
        let asked = [
            ("made_at", Value::from(report.made_at.to_string()), made.made_at.map(|at| text(&at))),
            ("as_of", Value::from(report.as_of.to_string()), made.as_of.map(|day| text(&day))),
            ("roles", Value::from(report.roles.clone()), list(&made.roles)),
            ("frameworks", Value::from(frameworks), list(&made.frameworks)),
        ];
        for (path, claimed, recorded) in asked.into_iter().rev() {
            let Some(recorded) = recorded.filter(|recorded| *recorded != claimed) else { continue };
            let (claimed, recomputed) = (Some(claimed), Some(recorded));
            differences.count += 1;
            differences.first.insert(0, Difference { path: path.to_owned(), claimed, recomputed });
        }
    }
}

fn text(value: &impl ToString) -> Value {
    Value::from(value.to_string())
}

fn list(of: &[String]) -> Option<Value> {
    (!of.is_empty()).then(|| Value::from(of.to_vec()))
}
