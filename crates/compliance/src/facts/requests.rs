//! Requests for approval as long as they can be answered, or used.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::{ApprovalOpened, ApprovalVoted, Decision, Leaf, Record};
use syndic_model::{ACTING_USER, canonical_identity};

use super::agent::AgentFacts;
use super::key::{Key, hashed};
use super::policies::Policies;

/// A vote that came sooner than this after the first look was hardly read.
const HASTY: SignedDuration = SignedDuration::from_secs(3);
/// The most people whose looks and votes are told apart at one request.
const MOST_PEOPLE: usize = 64;
/// The most people whose votes within the hour are counted.
const MOST_VOTERS: usize = 10_000;

/// A request for approval.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    /// Whose it is, in the roster.
    pub(crate) agent: Option<usize>,
    /// The record that opened it.
    pub(crate) index: u64,
    pub(crate) at: Timestamp,
    pub(crate) expires: Timestamp,
    /// What was asked for: its agent, action and arguments.
    asked: (u64, u64, u64),
    asked_by: Box<str>,
    barred: Vec<String>,
    user: Option<String>,
    /// How many different people must approve.
    people: u8,
    /// Who looked first when.
    seen: Vec<(u64, Timestamp)>,
    /// Who approved.
    approved_by: Vec<u64>,
    pub(crate) state: State,
}

/// How far a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Pending,
    Approved,
    Used,
    Over,
}

/// How much people vote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Voters(HashMap<u64, (i64, u64)>);

impl Voters {
    /// Counts a vote, and returns how many the person gave within the hour.
    fn vote(&mut self, person: u64, at: Timestamp) -> u64 {
        let hour = at.as_second().div_euclid(3_600);
        if self.0.len() >= MOST_VOTERS && !self.0.contains_key(&person) {
            return 1;
        }
        let (last, votes) = self.0.entry(person).or_insert((hour, 0));
        if *last != hour {
            (*last, *votes) = (hour, 0);
        }
        *votes += 1;
        *votes
    }
}

impl Request {
    pub(super) fn opened(
        opened: &ApprovalOpened,
        decision: &Decision,
        agent: Option<usize>,
        leaf: &Leaf,
    ) -> Self {
        Self {
            agent,
            index: leaf.i,
            at: leaf.at,
            expires: opened.expires,
            asked: asked(decision),
            asked_by: decision.asked_by.as_str().into(),
            barred: opened.barred.clone(),
            user: opened.user.clone(),
            people: opened.people,
            seen: Vec::new(),
            approved_by: Vec::new(),
            state: State::Pending,
        }
    }

    /// Takes a look at it, a vote on it, or its end.
    pub(super) fn see(
        &mut self,
        leaf: &Leaf,
        agent: &mut AgentFacts,
        voters: &mut Voters,
        policies: &Policies,
    ) {
        if let Record::ApprovalViewed(viewed) = &leaf.record {
            let person = hashed(&viewed.person);
            let known = self.seen.iter().any(|(one, _)| *one == person);
            if !known && self.seen.len() < MOST_PEOPLE {
                self.seen.push((person, leaf.at));
            }
        } else if let Record::ApprovalVoted(voted) = &leaf.record {
            let within_hour = voters.vote(hashed(&voted.person), leaf.at);
            self.voted(voted, leaf, agent, policies);
            if let Some(answers) = agent.answers.at(leaf.at) {
                answers.voted(hashed(&voted.person), within_hour);
            }
        } else if let Record::ApprovalEnded(ended) = &leaf.record {
            self.state = State::Over;
            agent.approve(leaf, |day| {
                day.expired.see_if(ended.status == "timeout", leaf.i);
                day.cancelled.see_if(ended.status == "cancelled", leaf.i);
            });
        }
    }

    fn voted(
        &mut self,
        voted: &ApprovalVoted,
        leaf: &Leaf,
        agent: &mut AgentFacts,
        policies: &Policies,
    ) {
        let person = hashed(&voted.person);
        let approves = voted.vote == "approve";
        if approves && !self.approved_by.contains(&person) && self.approved_by.len() < MOST_PEOPLE {
            self.approved_by.push(person);
        }
        let looked = self.seen.iter().find(|(one, _)| *one == person).map(|(_, at)| *at);
        let hasty = leaf.at.duration_since(looked.unwrap_or(self.at)) < HASTY;
        let (own, author) = (self.is_own(voted), policies.is_author(&voted.person));
        let (approved, by_two) = (voted.ended.as_deref() == Some("approved"), self.people >= 2);
        let enough = self.approved_by.len() >= usize::from(self.people);
        agent.approve(leaf, |day| {
            day.votes.see(leaf.i);
            day.hasty.see_if(hasty, leaf.i);
            day.own.see_if(own, leaf.i);
            day.by_author.see_if(author, leaf.i);
            day.approved.see_if(approved, leaf.i);
            day.rejected.see_if(voted.ended.as_deref() == Some("rejected"), leaf.i);
            day.by_two.see_if(approved && by_two, leaf.i);
            day.too_few.see_if(approved && !enough, leaf.i);
        });
        if voted.ended.is_some() {
            self.state = if approved { State::Approved } else { State::Over };
            if let Some(answers) = agent.answers.at(leaf.at) {
                answers.took(leaf.at.duration_since(self.at));
            }
        }
    }

    /// Tells whether somebody votes on what is their own: they answer for the agent, asked for it, or it is done for
    /// them, and it is not them who were to be asked.
    fn is_own(&self, voted: &ApprovalVoted) -> bool {
        let name = canonical_identity(&voted.person);
        let acting = voted.groups.iter().any(|group| group == ACTING_USER);
        self.barred.contains(&name)
            || voted.key.as_deref() == Some(&*self.asked_by)
            || (!acting && self.user.as_ref() == Some(&voted.person))
    }

    /// Uses it up for an action that was allowed by it.
    pub(super) fn used(&mut self, decision: &Decision, leaf: &Leaf, agent: &mut AgentFacts) {
        let same = self.asked == asked(decision);
        let state = std::mem::replace(&mut self.state, State::Used);
        agent.approve(leaf, |day| {
            day.used.see(leaf.i);
            day.bound.see_if(same && state == State::Approved, leaf.i);
            day.reused.see_if(state == State::Used, leaf.i);
            day.unfounded.see_if(matches!(state, State::Pending | State::Over), leaf.i);
        });
        if !same {
            agent.used.differed(&decision.action, leaf);
        }
    }
}

fn asked(decision: &Decision) -> (u64, u64, u64) {
    let args = decision.args_digest.as_deref().unwrap_or_default();
    (hashed(&decision.agent), hashed(&decision.action), hashed(args))
}

/// Returns the key under which a request for approval that a record names is followed.
pub(super) fn request(record: &Record) -> Option<Key> {
    let id = if let Record::ApprovalVoted(voted) = record {
        &voted.id
    } else if let Record::ApprovalEnded(ended) = record {
        &ended.id
    } else if let Record::ApprovalViewed(viewed) = record {
        &viewed.id
    } else {
        return None;
    };
    Some(Key::of(id))
}
