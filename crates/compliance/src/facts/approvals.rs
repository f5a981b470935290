//! What people were asked about an agent, and how they answered.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use super::count::counts;
use super::days::Days;
use crate::Window;

/// The most times that are kept of a day.
const MOST_TIMES: usize = 10_000;
/// The most people that are told apart on a day.
const MOST_PEOPLE: usize = 1_000;

counts! {
    /// What people were asked about an agent on a day, and how they answered.
    Approvals:
    /// Requests.
    requested,
    /// Requests that people approved.
    approved,
    /// Requests that people rejected.
    rejected,
    /// Requests that nobody answered.
    expired,
    /// Requests that were taken back.
    cancelled,
    /// Votes.
    votes,
    /// Votes that came sooner than three seconds after the first look.
    hasty,
    /// Votes of those who answer for the agent, who asked, or for whom it is done.
    own,
    /// Votes of those who brought the policies in force.
    by_author,
    /// Requests that were approved and needed two people.
    by_two,
    /// Requests that were approved by fewer people than they needed.
    too_few,
    /// Actions that were allowed by an approval.
    used,
    /// Of these, with the arguments that people saw.
    bound,
    /// Of these, by an approval that was used up already.
    reused,
    /// Of these, by a request that nobody approved.
    unfounded,
    /// Of these, by a request that no record has.
    unseen,
}

/// How people answered on a day.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// Milliseconds from request to answer.
    took_ms: Vec<u32>,
    /// Answers whose time is not kept.
    beyond: u64,
    /// The most votes that one person gave within an hour.
    busiest_hour: u64,
    /// Who voted.
    people: BTreeSet<u64>,
}

/// How people answered over a window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Answered {
    /// Milliseconds from request to answer, the shortest first.
    took_ms: Vec<u32>,
    /// The most votes that one person gave within an hour.
    pub(crate) busiest_hour: u64,
    /// How many people voted.
    pub(crate) people: u64,
}

impl Answers {
    pub(super) fn took(&mut self, took: SignedDuration) {
        if self.took_ms.len() < MOST_TIMES {
            self.took_ms.push(u32::try_from(took.as_millis().max(0)).unwrap_or(u32::MAX));
        } else {
            self.beyond += 1;
        }
    }

    pub(super) fn voted(&mut self, person: u64, within_hour: u64) {
        self.busiest_hour = self.busiest_hour.max(within_hour);
        if self.people.len() < MOST_PEOPLE {
            self.people.insert(person);
        }
    }
}

impl Days<Answers> {
    /// Joins how people answered on the days that a window touches.
    pub(crate) fn join(&self, window: Window) -> Answered {
        let mut answered = Answered::default();
        let mut people: BTreeSet<u64> = BTreeSet::new();
        for day in self.over(window) {
            answered.took_ms.extend(&day.took_ms);
            answered.busiest_hour = answered.busiest_hour.max(day.busiest_hour);
            people.extend(&day.people);
        }
        answered.took_ms.sort_unstable();
        answered.people = u64::try_from(people.len()).unwrap_or(u64::MAX);
        answered
    }
}

impl Answered {
    /// Returns the time below which so many hundredths of the answers came, which is one of them.
    pub(crate) fn percentile_ms(&self, hundredths: usize) -> Option<u64> {
        let rank = self.took_ms.len().checked_mul(hundredths)?.div_ceil(100);
        self.took_ms.get(rank.checked_sub(1)?).map(|took| u64::from(*took))
    }
}
