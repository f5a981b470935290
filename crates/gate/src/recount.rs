//! What was done over time, counted anew while recorded actions are decided again.
//!
//! Counted is with the gate's own code and in ledger order, by what was recorded as allowed; what each action
//! weighs and leaves on its session follows from the files that decide again.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use jiff::{SignedDuration, Timestamp};
use syndic_governance::Governance;
use syndic_ledger::{Counted as Weighed, Decision};
use syndic_model::{ActionName, AgentProfile, SessionId};

use crate::decide::Situation;
use crate::enrich::Enriched;
use crate::labels::Labels;
use crate::replay::Past;
use crate::state::{KEPT, MOST_SESSIONS};
use crate::usage::{Charged, Counted};
use crate::weight::Weight;

/// How long before the first action that is decided again counting begins: a day, and a bucket of it.
pub const LEAD: SignedDuration = SignedDuration::from_hours(25);
/// The most outcomes whose tokens wait for their time; beyond it they count at once.
const MOST_REPORTED: usize = 100_000;

/// The use of every agent, as far as recorded actions were seen.
#[derive(Debug, Default)]
pub(crate) struct Recount {
    counted: Counted,
    labels: Labels,
    /// When each session was used last.
    sessions: HashMap<String, Timestamp>,
    /// For whom tokens count, and how many, by when they were reported and in which order that was seen.
    reported: BTreeMap<(Timestamp, u64), (Charged, u64)>,
    seen: u64,
    /// Keys the names of recipients; what the ledger calls them only its store knows.
    names: RandomState,
    swept: Timestamp,
}

impl Recount {
    /// Counts what was reported until `now`, and forgets as the gate does.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        while let Some(first) = self.reported.first_entry().filter(|first| first.key().0 <= now) {
            let ((at, _), (charged, tokens)) = first.remove_entry();
            self.counted.spend(&charged, tokens, at);
        }
        if now.duration_since(self.swept) < SignedDuration::from_mins(1) {
            return;
        }
        self.counted.forget(now);
        let idle = |used: &Timestamp| now.duration_since(*used) > KEPT;
        self.sessions.retain(|_, used| !idle(used));
        self.labels.forget(|session| self.sessions.contains_key(session), now);
        if now.duration_since(self.swept) >= SignedDuration::from_hours(1) {
            self.counted.forget_recipients(now);
        }
        self.swept = now;
    }

    /// Weighs an action of the past.
    pub(crate) fn weigh(&self, enriched: &Enriched<'_>, past: &Past) -> Weight {
        let name = |kind: &str, text: &str| format!("{:016x}", self.names.hash_one((kind, text)));
        let mut weight = Weight::new(enriched, name);
        weight.user.clone_from(&past.user);
        weight
    }

    /// Puts in place what was counted; recipients that were known then stay known.
    pub(crate) fn situate(
        &mut self,
        enriched: &Enriched<'_>,
        weight: &Weight,
        situation: &mut Situation<'_>,
    ) {
        let Enriched { governance, request, .. } = enriched;
        let now = situation.reading.now;
        let behind = enriched.ancestors.iter().map(|profile| profile.id.as_str());
        let session = situation.session.map(SessionId::as_str);
        situation.labels = self.labels.of(session, request.agent.as_str(), behind, now);
        let counted = &mut self.counted;
        let past = |actor: &AgentProfile| {
            let mut past = counted.past(governance, actor, weight, now);
            if let Some(known) = situation.past.remove(&actor.id) {
                past.known_recipients.extend(known.known_recipients);
                past.session_recipients.extend(known.session_recipients);
            }
            (actor.id.clone(), past)
        };
        situation.past = enriched.actors().map(past).collect();
    }

    /// Counts an action of the past.
    pub(crate) fn charge(&mut self, enriched: &Enriched<'_>, weight: &Weight, past: &Past) {
        self.count(past, |decision| {
            decision.undeclared = !enriched.action_known;
            decision.session.clone_from(&weight.session);
            decision.counted = weight.counted.clone();
            decision.labels = enriched.labels().map(ToString::to_string).collect();
            decision.chain =
                enriched.ancestors.iter().map(|profile| profile.id.to_string()).collect();
        });
    }

    /// Counts an action that is erased: a call, and nothing that its arguments would tell.
    pub(crate) fn charge_erased(&mut self, governance: &Governance, past: &Past) {
        let declared = past
            .action
            .parse()
            .is_ok_and(|name: ActionName| governance.catalogue.contains_key(&name));
        self.count(past, |decision| decision.undeclared = !declared);
    }

    fn count(&mut self, past: &Past, complete: impl FnOnce(&mut Decision)) {
        let mut decision = decision(past);
        complete(&mut decision);
        if let Some(session) = &decision.session
            && (self.sessions.len() < MOST_SESSIONS || self.sessions.contains_key(session))
        {
            self.sessions.insert(session.clone(), past.at);
        }
        let charged = Charged::of(&decision);
        self.counted.charge(&charged, &decision, past.at);
        self.labels.note(&decision, past.at);
        if past.tokens > 0 {
            let room = self.reported.len() < MOST_REPORTED;
            let at = past.ended.filter(|_| room).unwrap_or(past.at);
            self.seen += 1;
            self.reported.insert((at, self.seen), (charged, past.tokens));
            if !room {
                self.advance(at);
            }
        }
    }
}

/// Makes the record of an action as far as counting asks for it.
fn decision(past: &Past) -> Decision {
    Decision {
        id: past.action_id.clone(),
        agent: past.agent.clone(),
        agent_version: String::new(),
        action: past.action.clone(),
        undeclared: false,
        tool: None,
        server: None,
        tool_pin: None,
        session: past.session.clone(),
        user_ref: past.user.clone(),
        model: None,
        asked_by: String::new(),
        grade: String::new(),
        risk: if past.registered { String::new() } else { "unknown".to_owned() },
        mode: String::new(),
        owner: None,
        effect: past.effect.to_string(),
        allowed: past.allowed,
        violations: Vec::new(),
        revision: past.revision.clone(),
        counted: Weighed::default(),
        labels: Vec::new(),
        args_digest: None,
        chain: Vec::new(),
        parent: None,
        idempotency: None,
        approval: None,
        break_glass: Vec::new(),
    }
}
