//! What actions left on sessions: where content from outside or sensitive data has been.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::Decision;
use syndic_model::LabelName;

use crate::kept::kept;

/// How long what an agent met clings to the sessions it enters anew.
const INHERITED: SignedDuration = SignedDuration::from_mins(30);

/// The labels of sessions, and of late of agents; there are as many as catalogues in force gave.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    sessions: HashMap<String, BTreeSet<LabelName>>,
    agents: HashMap<String, BTreeMap<LabelName, Timestamp>>,
}

kept!(Labels { sessions, agents });

impl Labels {
    /// Returns the labels of a session and of the agents behind the one that acts.
    ///
    /// A session that is new to the gate has those of its agent, and so has what names no session: nothing is shed
    /// by starting over.
    pub(crate) fn of<'a>(
        &self,
        session: Option<&str>,
        agent: &str,
        behind: impl Iterator<Item = &'a str>,
        now: Timestamp,
    ) -> BTreeSet<LabelName> {
        let known = session.and_then(|session| self.sessions.get(session));
        let own = match known {
            Some(labels) => labels.clone(),
            None => self.recent(agent, now).collect(),
        };
        own.into_iter().chain(behind.flat_map(|agent| self.recent(agent, now))).collect()
    }

    fn recent<'a>(&'a self, agent: &str, now: Timestamp) -> impl Iterator<Item = LabelName> + 'a {
        let left = self.agents.get(agent).into_iter().flatten();
        left.filter(move |(_, at)| now.duration_since(**at) <= INHERITED)
            .map(|(label, _)| label.clone())
    }

    /// Takes note of a decision: its session is no longer new, and what was allowed leaves its labels.
    pub(crate) fn note(&mut self, decision: &Decision, at: Timestamp) {
        if let Some(session) = &decision.session
            && !self.sessions.contains_key(session)
        {
            let inherited = self.recent(&decision.agent, at).collect();
            self.sessions.insert(session.clone(), inherited);
        }
        if !decision.allowed {
            return;
        }
        for label in decision.labels.iter().filter_map(|label| label.parse::<LabelName>().ok()) {
            let session = decision.session.as_ref().and_then(|id| self.sessions.get_mut(id));
            if let Some(labels) = session {
                labels.insert(label.clone());
            }
            for agent in std::iter::once(&decision.agent).chain(&decision.chain) {
                self.agents.entry(agent.clone()).or_default().insert(label.clone(), at);
            }
        }
    }

    /// Drops what clings no longer, and the sessions that nobody has any more.
    pub(crate) fn forget(&mut self, open: impl Fn(&str) -> bool, now: Timestamp) {
        self.sessions.retain(|session, _| open(session));
        self.agents.retain(|_, left| {
            left.retain(|_, at| now.duration_since(*at) <= INHERITED);
            !left.is_empty()
        });
    }
}
