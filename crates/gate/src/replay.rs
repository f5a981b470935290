//! Recorded actions decided again under another governance directory: what would change.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use syndic_governance::Governance;
use syndic_model::{CheckResult, Clock, Decided, Effect, EventId, Reason};

use crate::decide::decide;
use crate::recorded::{Recorded, Unreadable, decided};
use crate::recount::Recount;

/// How many examples are kept of one kind of change.
const MOST_EXAMPLES: usize = 3;
/// How many kinds of change are told apart; the rest is counted together.
const MOST_KINDS: usize = 10_000;

/// How many reasons not to decide again are told apart.
const MOST_REASONS: usize = 20;

/// What was once decided about an action.
#[derive(Debug, Clone)]
pub struct Past {
    /// The action's id.
    pub action_id: String,
    /// When.
    pub at: Timestamp,
    /// Who asked.
    pub agent: String,
    /// What for.
    pub action: String,
    /// Whether the agent was registered.
    pub registered: bool,
    /// The session, claimed.
    pub session: Option<String>,
    /// The user, claimed, where it is not erased.
    pub user: Option<String>,
    /// The governance directory it was decided on.
    pub revision: String,
    /// What the policies said.
    pub effect: Effect,
    /// Whether it might run.
    pub allowed: bool,
    /// How many tokens its outcome reported in time.
    pub tokens: u64,
    /// When it ended, where that was reported.
    pub ended: Option<Timestamp>,
    /// The enforced policies that stood in the way, with their reasons where those are not erased.
    pub in_the_way: BTreeMap<String, String>,
}

impl Past {
    fn verdict(&self) -> String {
        verdict(self.effect, self.allowed)
    }
}

/// What came of deciding again.
#[derive(Debug, Default)]
pub struct Replay {
    /// How many actions were decided again.
    pub decided: u64,
    /// How many of them with another verdict.
    pub changed: u64,
    /// How many with the same verdict, by other policies.
    pub other_policies: u64,
    /// How many could not be decided again, by why.
    pub undecided: BTreeMap<String, u64>,
    /// The changes by agent, old verdict and new verdict.
    pub changes: BTreeMap<(String, String, String), Changed>,
    /// By policy and agent, how often a policy came into the way, and how often it no longer stood there.
    pub policies: BTreeMap<(String, String), Moved>,
    recount: Recount,
}

/// Actions of one agent whose verdict changed in one way.
#[derive(Debug, Default)]
pub struct Changed {
    /// How many.
    pub count: u64,
    /// The first that were met, with what stood in the way before and after.
    pub examples: Vec<Example>,
}

/// An action whose verdict changed.
#[derive(Debug)]
pub struct Example {
    /// What was decided then.
    pub past: Past,
    /// The enforced policies that stand in the way now, with their reasons.
    pub in_the_way: BTreeMap<String, String>,
}

/// How often a policy changed its answer.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// It stands in the way and did not before.
    pub appeared: u64,
    /// It stood in the way and does not any more.
    pub vanished: u64,
}

/// Words a verdict: one that was only observed is told apart.
#[must_use]
pub fn verdict(effect: Effect, allowed: bool) -> String {
    let observed = if allowed && effect != Effect::Allow { " (observed)" } else { "" };
    format!("{effect}{observed}")
}

impl Replay {
    /// Decides one recorded action again by `governance` and counts what came of it. Actions come in ledger order:
    /// each is decided on what was counted of those before it, or on what was recorded, where that was by the same
    /// files.
    pub fn take(
        &mut self,
        past: Past,
        recorded: Result<Recorded, Unreadable>,
        governance: &Governance,
        clock: &dyn Clock,
    ) {
        match self.meet(&past, recorded, governance, Some(clock)) {
            Ok(decided) => decided.map_or((), |decided| self.compare(past, &decided)),
            Err(why) => self.undecided(&why),
        }
    }

    /// Counts one recorded action as use of its agent, and does not decide it again.
    pub fn count(
        &mut self,
        past: &Past,
        recorded: Result<Recorded, Unreadable>,
        governance: &Governance,
    ) {
        // One that cannot be put together was counted as a call.
        drop(self.meet(past, recorded, governance, None));
    }

    fn meet(
        &mut self,
        past: &Past,
        recorded: Result<Recorded, Unreadable>,
        governance: &Governance,
        decide_by: Option<&dyn Clock>,
    ) -> Result<Option<Decided>, Unreadable> {
        let recount = &mut self.recount;
        recount.advance(past.at);
        let met = recorded.and_then(|recorded| {
            recorded.put(governance, |enriched, mut situation| {
                let weight = recount.weigh(enriched, past);
                let decided = decide_by.map(|clock| {
                    if past.revision != governance.revision {
                        recount.situate(enriched, &weight, &mut situation);
                    }
                    decided(EventId::draw(clock), enriched, decide(enriched, &situation))
                });
                recount.charge(enriched, &weight, past);
                decided
            })
        });
        if met.is_err() {
            recount.charge_erased(governance, past);
        }
        met
    }

    fn undecided(&mut self, why: &Unreadable) {
        let known = self.undecided.contains_key(&why.to_string());
        let why = if known || self.undecided.len() < MOST_REASONS {
            why.to_string()
        } else {
            "other reasons".to_owned()
        };
        *self.undecided.entry(why).or_default() += 1;
    }

    fn compare(&mut self, past: Past, decided: &Decided) {
        self.decided += 1;
        let (before_it, after) = (past.verdict(), verdict(decided.effect, decided.allowed));
        let in_the_way = in_the_way(decided);
        let before: BTreeSet<&String> = past.in_the_way.keys().collect();
        let now: BTreeSet<&String> = in_the_way.keys().collect();
        let same = after == before_it;
        if same && before == now {
            return;
        }
        for policy in now.difference(&before) {
            moved(&mut self.policies, policy, &past.agent).appeared += 1;
        }
        for policy in before.difference(&now) {
            moved(&mut self.policies, policy, &past.agent).vanished += 1;
        }
        if same {
            self.other_policies += 1;
            return;
        }
        self.changed += 1;
        let agent = if self.changes.len() < MOST_KINDS { past.agent.as_str() } else { "others" };
        let kind = (agent.to_owned(), before_it, after);
        let changed = self.changes.entry(kind).or_default();
        changed.count += 1;
        if changed.examples.len() < MOST_EXAMPLES {
            changed.examples.push(Example { past, in_the_way });
        }
    }
}

fn moved<'a>(
    policies: &'a mut BTreeMap<(String, String), Moved>,
    policy: &str,
    agent: &str,
) -> &'a mut Moved {
    let agent = if policies.len() < MOST_KINDS { agent } else { "others" };
    policies.entry((policy.to_owned(), agent.to_owned())).or_default()
}

fn in_the_way(decided: &Decided) -> BTreeMap<String, String> {
    let checks = decided.checks.iter();
    let checks = checks.filter(|check| !check.shadow && check.result != CheckResult::Passed);
    checks.map(|check| (check.policy.to_string(), Reason(check).to_string())).collect()
}
