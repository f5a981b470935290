//! How much people are asked, and how they answer: what tells whether they still read.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::{ApprovalOpened, ApprovalVoted, Decision, DecisionApproval, Leaf, Record};

use crate::Gate;
use crate::events::EventsError;

/// An approval that came sooner than this after its first look was hardly read.
pub const HASTY: SignedDuration = SignedDuration::from_secs(3);

/// The most records that are looked at, the newest.
const MOST_RECORDS: u64 = 100_000;
/// How many are read at once.
const BATCH: u64 = 1_024;
/// The most groups and kinds that are told apart.
const MOST_TOLD: usize = 1_000;
/// The most approvals of one kind that are named.
const MOST_NAMED: usize = 50;

/// How much people were asked over a window, and how they answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalStatistics {
    /// From when on.
    pub since: Timestamp,
    /// Whether the whole window was looked at; else the newest 100,000 records of it were.
    pub whole: bool,
    /// How many actions were decided.
    pub actions: u64,
    /// How many of them were held.
    pub holds: u64,
    /// By group that was asked.
    pub groups: BTreeMap<String, GroupStatistics>,
    /// By what was asked for, most requests first.
    pub kinds: Vec<KindStatistics>,
}

/// What one group was asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupStatistics {
    /// How many requests it got.
    pub requests: u64,
    /// How many actions the agents took on whose behalf it was asked.
    pub actions: u64,
    /// How many requests were approved.
    pub approved: u64,
    /// How many were rejected.
    pub rejected: u64,
    /// How many nobody answered.
    pub timeout: u64,
    /// How many votes to approve its people gave.
    pub votes: u64,
    /// How many of those came sooner than [`HASTY`] after the person's first look, or after the request.
    pub hasty: u64,
    /// The median time from request to answer, of those that people answered.
    pub median: Option<SignedDuration>,
}

/// What became of requests of one kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindStatistics {
    /// Who asked.
    pub agent: String,
    /// What for.
    pub action: String,
    /// The policies that held it.
    pub policies: Vec<String>,
    /// How many requests there were.
    pub requests: u64,
    /// How many of the last were all approved, without one that was rejected or not answered.
    pub approved_in_a_row: u64,
    /// The ids of the actions that were approved last, oldest first, at most 50.
    pub last_approved: Vec<String>,
}

impl Gate {
    /// Tells how much people were asked in the last `days`, and how they answered.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn approval_statistics(&self, days: u16) -> Result<ApprovalStatistics, EventsError> {
        let window = SignedDuration::from_hours(24 * i64::from(days));
        let since = self.now().checked_sub(window).unwrap_or(Timestamp::UNIX_EPOCH);
        self.reading(move |store| {
            let end = store.durable_index();
            let mut at = end.saturating_sub(MOST_RECORDS);
            let mut tally = Tally::new(since, at == 0);
            while at < end {
                let leaves = store.leaves(at, BATCH.min(end - at))?;
                if leaves.is_empty() {
                    break;
                }
                at = at.saturating_add(u64::try_from(leaves.len()).unwrap_or(u64::MAX));
                leaves.iter().for_each(|leaf| tally.add(leaf));
            }
            Ok(tally.finish())
        })
        .await
    }
}

type Kind = (String, String, BTreeSet<String>);

/// What was seen so far, in the order of the ledger.
#[derive(Debug)]
struct Tally {
    since: Timestamp,
    whole: bool,
    actions: BTreeMap<String, u64>,
    holds: u64,
    requests: BTreeMap<String, Asked>,
    groups: BTreeMap<String, Group>,
    kinds: BTreeMap<Kind, Answers>,
}

/// A request that was opened in the window.
#[derive(Debug)]
struct Asked {
    kind: Kind,
    event: String,
    at: Timestamp,
    groups: Vec<String>,
    /// When somebody first looked.
    seen: BTreeMap<String, Timestamp>,
}

#[derive(Debug, Default)]
struct Group {
    told: GroupStatistics,
    agents: BTreeSet<String>,
    took: Vec<SignedDuration>,
}

#[derive(Debug, Default)]
struct Answers {
    requests: u64,
    in_a_row: u64,
    last: VecDeque<String>,
}

impl Tally {
    fn new(since: Timestamp, from_the_start: bool) -> Self {
        Self {
            since,
            whole: from_the_start,
            actions: BTreeMap::new(),
            holds: 0,
            requests: BTreeMap::new(),
            groups: BTreeMap::new(),
            kinds: BTreeMap::new(),
        }
    }

    fn add(&mut self, leaf: &Leaf) {
        if leaf.at < self.since {
            // What came before the window was looked at too, so nothing of the window is missing.
            self.whole = true;
            return;
        }
        match &leaf.record {
            Record::Decision(decision) => self.decided(decision, leaf.at),
            Record::ApprovalViewed(viewed) => {
                if let Some(asked) = self.requests.get_mut(&viewed.id) {
                    asked.seen.entry(viewed.person.clone()).or_insert(leaf.at);
                }
            }
            Record::ApprovalVoted(voted) => self.voted(voted, leaf.at),
            Record::ApprovalEnded(ended) => self.ended(&ended.id, &ended.status, leaf.at),
            Record::Started(_)
            | Record::PolicyLoaded(_)
            | Record::PolicyProposed(_)
            | Record::AgentPromoted(_)
            | Record::Outcome(_)
            | Record::OutcomeMissing(_)
            | Record::Audited(_)
            | Record::SessionOpened(_)
            | Record::AgentSuspended(_)
            | Record::AgentResumed(_)
            | Record::KeyCreated(_)
            | Record::KeyRevoked(_)
            | Record::ApprovalNotified(_)
            | Record::BreakGlassAsked(_)
            | Record::BreakGlassOpened(_)
            | Record::BreakGlassReviewed(_)
            | Record::ToolsOffered(_)
            | Record::Anomaly(_)
            | Record::LogKeyRotated(_)
            | Record::UserRedacted(_)
            | Record::RetentionHoldAdded(_)
            | Record::RetentionHoldReleased(_)
            | Record::SegmentsPruned(_)
            | Record::LogContinued(_)
            | Record::SinkRejected(_)
            | Record::StatementMade(_)
            | Record::StatementWithdrawn(_)
            | Record::DrillRan(_)
            | Record::CallsCounted(_)
            | Record::ReportMade(_)
            | Record::ChecklistJudged(_)
            | Record::IncidentOpened(_)
            | Record::IncidentUpdated(_)
            | Record::IncidentClosed(_) => {}
        }
    }

    fn decided(&mut self, decision: &Decision, at: Timestamp) {
        *self.actions.entry(decision.agent.clone()).or_default() += 1;
        match &decision.approval {
            Some(DecisionApproval::Opened(opened)) => {
                self.holds += 1;
                self.opened(decision, opened, at);
            }
            Some(DecisionApproval::Joined(_)) => self.holds += 1,
            Some(DecisionApproval::Used(_) | DecisionApproval::Refused(_)) | None => {}
        }
    }

    fn opened(&mut self, decision: &Decision, opened: &ApprovalOpened, at: Timestamp) {
        let groups: Vec<_> = opened.factors.iter().map(|factor| factor.group.clone()).collect();
        for name in &groups {
            if let Some(group) = room(&mut self.groups, name) {
                group.told.requests += 1;
                group.agents.insert(decision.agent.clone());
            }
        }
        let policies = opened.forbids.iter().map(|forbid| forbid.policy.clone()).collect();
        let kind = (decision.agent.clone(), decision.action.clone(), policies);
        if let Some(answers) = room(&mut self.kinds, &kind) {
            answers.requests += 1;
        }
        let event = decision.id.clone();
        let asked = Asked { kind, event, at, groups, seen: BTreeMap::new() };
        self.requests.insert(opened.id.clone(), asked);
    }

    fn voted(&mut self, voted: &ApprovalVoted, at: Timestamp) {
        let Some(asked) = self.requests.get(&voted.id) else { return };
        let from = asked.seen.get(&voted.person).copied().unwrap_or(asked.at);
        let hasty = at.duration_since(from) < HASTY;
        if voted.vote == "approve" {
            for name in &voted.groups {
                if let Some(group) = self.groups.get_mut(name) {
                    group.told.votes += 1;
                    group.told.hasty += u64::from(hasty);
                }
            }
        }
        if let Some(status) = &voted.ended {
            self.ended(&voted.id, status, at);
        }
    }

    fn ended(&mut self, id: &str, status: &str, at: Timestamp) {
        let Some(asked) = self.requests.remove(id) else { return };
        let took = at.duration_since(asked.at);
        for name in &asked.groups {
            let Some(group) = self.groups.get_mut(name) else { continue };
            match status {
                "approved" => group.told.approved += 1,
                "rejected" => group.told.rejected += 1,
                "timeout" => group.told.timeout += 1,
                _ => {}
            }
            if matches!(status, "approved" | "rejected") {
                group.took.push(took);
            }
        }
        let Some(answers) = self.kinds.get_mut(&asked.kind) else { return };
        match status {
            "approved" => {
                answers.in_a_row += 1;
                if answers.last.len() == MOST_NAMED {
                    answers.last.pop_front();
                }
                answers.last.push_back(asked.event);
            }
            // The agent took it back: nobody was of another mind.
            "cancelled" => {}
            _ => {
                answers.in_a_row = 0;
                answers.last.clear();
            }
        }
    }

    fn finish(self) -> ApprovalStatistics {
        let actions = &self.actions;
        let groups = self.groups.into_iter().map(|(name, mut group)| {
            group.took.sort_unstable();
            let of = |agent: &String| actions.get(agent).copied().unwrap_or_default();
            let told = GroupStatistics {
                actions: group.agents.iter().map(of).sum(),
                median: group.took.get(group.took.len() / 2).copied(),
                ..group.told
            };
            (name, told)
        });
        let groups = groups.collect();
        let kinds =
            self.kinds.into_iter().map(|((agent, action, policies), answers)| KindStatistics {
                agent,
                action,
                policies: policies.into_iter().collect(),
                requests: answers.requests,
                approved_in_a_row: answers.in_a_row,
                last_approved: answers.last.into(),
            });
        let mut kinds: Vec<_> = kinds.collect();
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.requests));
        ApprovalStatistics {
            since: self.since,
            whole: self.whole,
            actions: self.actions.values().sum(),
            holds: self.holds,
            groups,
            kinds,
        }
    }
}

/// Returns the entry of a key, as long as there is room for it.
fn room<'a, K: Ord + Clone, V: Default>(all: &'a mut BTreeMap<K, V>, key: &K) -> Option<&'a mut V> {
    if all.len() >= MOST_TOLD && !all.contains_key(key) {
        return None;
    }
    Some(all.entry(key.clone()).or_default())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use syndic_ledger::Leaf;

    use super::{ApprovalStatistics, Tally};

    fn leaf(index: u64, second: i64, record: &Value) -> Leaf {
        let at = jiff::Timestamp::from_second(1_000_000 + second).unwrap().to_string();
        let leaf = json!({"v": 1, "i": index, "at": at, "record": record});
        serde_json::from_value(leaf).unwrap()
    }

    fn decision(approval: &Value) -> Value {
        json!({"decision": {"id": "e", "agent": "desk", "agent_version": "1", "action": "pay", "asked_by": "k",
            "grade": "in-path", "risk": "medium", "mode": "enforce", "effect": "hold", "allowed": false,
            "revision": "r", "approval": approval}})
    }

    fn opened(id: &str) -> Value {
        decision(
            &json!({"opened": {"id": id, "request": "q", "binding": "b", "people": 1, "risk": "medium",
            "forbids": [{"policy": "approval-threshold", "hash": "h"}],
            "factors": [{"group": "leads", "approvals": 1, "rejections": 1}],
            "expires": "2026-11-22T09:00:00Z"}}),
        )
    }

    fn voted(id: &str, vote: &str, ended: &str) -> Value {
        json!({"approval_voted": {"id": id, "person": "p", "method": "key", "vote": vote, "groups": ["leads"],
            "ended": ended}})
    }

    fn told(records: &[(i64, Value)]) -> ApprovalStatistics {
        let mut tally = Tally::new(jiff::Timestamp::from_second(1_000_000).unwrap(), false);
        for (index, (second, record)) in (0..).zip(records) {
            tally.add(&leaf(index, *second, record));
        }
        tally.finish()
    }

    #[test]
    fn a_group_is_told_by_how_often_and_how_fast_it_answers() {
        let viewed = json!({"approval_viewed": {"id": "b", "person": "p", "method": "link"}});
        let told = told(&[
            (-5, opened("before")),
            (0, opened("a")),
            (1, decision(&json!({"joined": "a"}))),
            (2, voted("a", "approve", "approved")),
            (3, decision(&json!({"used": "a"}))),
            (10, opened("b")),
            (60, viewed),
            (70, voted("b", "approve", "approved")),
            (80, opened("c")),
            (180, voted("c", "reject", "rejected")),
            (200, opened("d")),
            (500, json!({"approval_ended": {"id": "d", "status": "timeout", "by": "clock"}})),
            (501, voted("before", "approve", "approved")),
        ]);
        let group = &told.groups["leads"];
        assert_eq!((told.actions, told.holds, told.whole), (6, 5, true));
        assert_eq!((group.requests, group.actions), (4, 6));
        assert_eq!((group.approved, group.rejected, group.timeout), (2, 1, 1));
        assert_eq!((group.votes, group.hasty), (2, 1));
        assert_eq!(group.median.map(|took| took.as_secs()), Some(60));
    }

    #[test]
    fn approvals_in_a_row_begin_anew_after_any_other_answer() {
        let mut records = vec![(0, opened("no")), (1, voted("no", "reject", "rejected"))];
        for number in 0..60 {
            let id = format!("r{number}");
            records.push((number * 10 + 2, opened(&id)));
            records.push((number * 10 + 9, voted(&id, "approve", "approved")));
        }
        let kind = &told(&records).kinds[0];
        assert_eq!((kind.requests, kind.approved_in_a_row, kind.last_approved.len()), (61, 60, 50));
        records.push((700, opened("late")));
        records.push((
            999,
            json!({"approval_ended": {"id": "late", "status": "timeout", "by": "clock"}}),
        ));
        let kind = &told(&records).kinds[0];
        assert_eq!((kind.approved_in_a_row, kind.last_approved.len()), (0, 0));
    }
}
