//! Why an action was decided as it was, and what would have let it pass: found by asking the policies again.

use std::cell::Cell;
use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use syndic_governance::Governance;
use syndic_model::{
    Capability, CatalogueEntry, Check, CheckResult, Clock, Decided, Decimal, Effect,
    EnforcementGrade, PolicyId,
};

use crate::Gate;
use crate::change::Change;
use crate::decisions::RecordedDecision;
use crate::policy::kept;
use crate::recorded::{Recorded, Unreadable};
use crate::share::{adjust, lacks, renumber};
use crate::tally::Span;

/// How far ahead a better moment is looked for, and in which steps.
const AHEAD: SignedDuration = SignedDuration::from_hours(8 * 24);
const STEP: SignedDuration = SignedDuration::from_mins(15);
/// How many recipients are tried one by one.
const MOST_RECIPIENTS: usize = 64;

/// How many bytes of arguments are looked at altogether, each attempt counted as this many at least.
const MOST_BYTES: usize = 64 << 20;
const LEAST_ATTEMPT: usize = 4096;

/// What the files in force say about a recorded action.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The verdict they give, with the recorded context.
    pub decided: Decided,
    /// What stands in the way, the worst first; empty when it is allowed.
    pub obstacles: Vec<Obstacle>,
    /// The verdict with every change that was found.
    pub together: Option<Effect>,
}

/// One policy that stands in the way.
#[derive(Debug, Clone)]
pub struct Obstacle {
    /// What it said.
    pub check: Check,
    /// Where it is written, or what it is compiled from; `None` for the gate's own checks.
    pub origin: Option<String>,
    /// The group whose approval it asks for.
    pub approval: Option<String>,
    /// A change after which it says nothing any more, found by deciding again.
    pub change: Option<String>,
    /// What to do where neither a change of the action nor an approval helps.
    pub advice: Option<String>,
}

impl Gate {
    /// Asks the files in force about a recorded action, and what would let it pass.
    ///
    /// # Errors
    /// When the action cannot be put together again.
    pub fn explain(&self, decision: &RecordedDecision) -> Result<Explanation, Unreadable> {
        let governance = self.governance();
        let mut recorded = decision.recorded()?;
        if decision.revision != governance.revision {
            let data_dir = &governance.settings.data_dir;
            let then = kept(data_dir, &governance.dir, &decision.revision);
            let then = then.ok().and_then(|checked| checked.governance);
            renumber(&mut recorded, then.as_ref(), &governance);
        }
        explain(&governance, self.clock.as_ref(), &recorded)
    }
}

/// Explains a recorded action under `governance`.
///
/// # Errors
/// When its context is not one this program understands.
pub fn explain(
    governance: &Governance,
    clock: &dyn Clock,
    recorded: &Recorded,
) -> Result<Explanation, Unreadable> {
    let decided = recorded.redecide(governance, clock)?;
    let search = Search {
        governance,
        clock,
        recorded,
        entry: governance.catalogue.get(&recorded.request.action),
        failing: failing(&decided),
        attempts: Cell::new(MOST_BYTES / recorded.request.args.raw().len().max(LEAST_ATTEMPT)),
    };
    let shown = governance.engine.show();
    let mut obstacles = Vec::new();
    let mut changes = Vec::new();
    for check in decided.checks.iter().filter(|check| stands(check)) {
        let agent = recorded.request.agent.as_str();
        let policy = shown.iter().find(|shown| {
            shown.id == check.policy
                && match &shown.origin {
                    syndic_policy::Origin::Profile(of) => of.as_str() == agent,
                    syndic_policy::Origin::Catalogue(of) => *of == recorded.request.action,
                    syndic_policy::Origin::EveryProfile
                    | syndic_policy::Origin::Native
                    | syndic_policy::Origin::File(_) => true,
                }
        });
        let approval = policy.and_then(|policy| {
            policy.annotations.iter().find(|(name, _)| name == "approval").map(|(_, of)| of.clone())
        });
        let change = search.change_for(&check.policy);
        let approval = approval.filter(|_| check.result == CheckResult::Held);
        let helpless = change.is_none() && approval.is_none();
        let advice = helpless.then(|| search.advice(check, policy.is_some()));
        obstacles.push(Obstacle {
            check: check.clone(),
            origin: policy.map(|policy| policy.origin.to_string()),
            approval,
            change: change.as_ref().map(ToString::to_string),
            advice,
        });
        changes.extend(change.filter(|change| !changes.contains(change)));
    }
    let together = search.together(&changes);
    Ok(Explanation { decided, obstacles, together })
}

fn stands(check: &Check) -> bool {
    !check.shadow && check.result != CheckResult::Passed
}

fn failing(decided: &Decided) -> BTreeSet<PolicyId> {
    let checks = decided.checks.iter().filter(|check| stands(check));
    checks.map(|check| check.policy.clone()).collect()
}

struct Search<'a> {
    governance: &'a Governance,
    clock: &'a dyn Clock,
    recorded: &'a Recorded,
    entry: Option<&'a CatalogueEntry>,
    failing: BTreeSet<PolicyId>,
    /// How often it may still be decided again.
    attempts: Cell<usize>,
}

impl Search<'_> {
    /// Tells whether `policy` is out of the way after `change`, and nothing new is in it.
    fn lifts(&self, change: &Change, policy: &PolicyId) -> bool {
        let Some(attempts) = self.attempts.get().checked_sub(1) else { return false };
        self.attempts.set(attempts);
        let changed = change.apply(self.recorded, self.entry);
        let decided = changed.and_then(|changed| self.redecide(changed));
        decided.is_some_and(|decided| {
            let failing = failing(&decided);
            !failing.contains(policy) && failing.is_subset(&self.failing)
        })
    }

    fn redecide(&self, mut changed: Recorded) -> Option<Decided> {
        adjust(self.recorded, &mut changed, self.governance);
        changed.redecide(self.governance, self.clock).ok()
    }

    /// Returns the first change that `policy` has nothing against, the smallest of its kind.
    fn change_for(&self, policy: &PolicyId) -> Option<Change> {
        let facts = self.recorded.context.facts.as_ref();
        let lifts = |change: &Change| self.lifts(change, policy);
        let resumed = (!self.recorded.context.call.suspended.is_empty()).then_some(Change::Resumed);
        if let Some(change) = resumed.filter(lifts) {
            return Some(change);
        }
        let tools = self.entry.into_iter().flat_map(|entry| &entry.tools).cloned();
        if let Some(change) = tools.map(Change::Tool).find(lifts) {
            return Some(change);
        }
        let amount = facts.and_then(|facts| facts.amount.as_ref()?.parse::<Decimal>().ok());
        let amount = amount.and_then(|amount| self.amount(amount, policy));
        let affected = || {
            let most = facts?.affected_people?;
            largest(0, most, |count| lifts(&Change::AffectedPeople(count)))
                .map(Change::AffectedPeople)
        };
        amount
            .or_else(affected)
            .or_else(|| self.recipients(facts?.recipients.as_ref()?, policy))
            .or_else(|| {
                let labels = self.recorded.context.call.all_found();
                Some(Change::PlainContent(labels)).filter(lifts)
            })
            .or_else(|| self.moment(policy))
            .or_else(|| self.rested(policy))
            .or_else(|| Some(Change::Alone).filter(lifts).filter(|_| self.is_delegated()))
            .or_else(|| {
                let stronger = [EnforcementGrade::InPath, EnforcementGrade::Exclusive];
                stronger.into_iter().map(Change::Grade).find(lifts)
            })
    }

    fn is_delegated(&self) -> bool {
        let context = &self.recorded.context;
        !context.chain.is_empty() || context.broken_chain.is_some()
    }

    /// Finds the largest amount that passes, in hundredths, or whole where only those fit.
    fn amount(&self, asked: Decimal, policy: &PolicyId) -> Option<Change> {
        let of = |units: u64, scale: i64| {
            let count = i64::try_from(units).ok()?.checked_mul(scale)?;
            Decimal::from_ten_thousandths(count).map(Change::Amount)
        };
        [100, 10_000].into_iter().find_map(|scale| {
            let most = u64::try_from(asked.ten_thousandths() / scale).ok()?;
            let lifts = |units| of(units, scale).is_some_and(|change| self.lifts(&change, policy));
            largest(1, most, lifts).and_then(|units| of(units, scale))
        })
    }

    /// Finds the recipients that pass one by one, else how many pass at once.
    fn recipients(&self, all: &BTreeSet<String>, policy: &PolicyId) -> Option<Change> {
        if all.len() < 2 {
            return None;
        }
        let lifts = |change: &Change| self.lifts(change, policy);
        let tried = all.iter().take(MOST_RECIPIENTS);
        let alone = tried.filter(|one| lifts(&Change::Recipients([(*one).clone()].into())));
        let passing = Change::Recipients(alone.cloned().collect());
        if lifts(&passing) && passing != Change::Recipients(BTreeSet::new()) {
            return Some(passing);
        }
        let first = |count: u64| {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            Change::Recipients(all.iter().take(count).cloned().collect())
        };
        let most = u64::try_from(all.len()).unwrap_or(u64::MAX);
        largest(1, most, |count| lifts(&first(count))).map(first)
    }

    /// Finds the next moment that passes, to the minute.
    fn moment(&self, policy: &PolicyId) -> Option<Change> {
        let agent = &self.recorded.request.agent;
        if !self.governance.engine.reads_time(agent, &self.recorded.request.action) {
            return None;
        }
        let asked = self.recorded.context.call.now;
        let start = whole_minute(asked)?;
        let lifts = |at: Timestamp| self.lifts(&Change::At(at), policy);
        let mut at = start;
        while at.duration_since(start) <= AHEAD {
            let next = at.checked_add(STEP).ok()?;
            if lifts(next) {
                let minute = SignedDuration::from_mins(1);
                let mut earliest = next;
                while let Ok(before) = earliest.checked_sub(minute)
                    && before > at
                    && lifts(before)
                {
                    earliest = before;
                }
                return Some(Change::At(earliest));
            }
            at = next;
        }
        None
    }

    /// Finds the first window after which nothing stands in the way but the action itself.
    fn rested(&self, policy: &PolicyId) -> Option<Change> {
        if self.recorded.context.call.past.values().all(|past| past.usage.is_empty()) {
            return None;
        }
        let after = |span: Span| {
            let minute = SignedDuration::from_mins(1);
            let over = self.recorded.context.call.now.checked_add(span.over()?).ok()?;
            whole_minute(over)?.checked_add(minute).ok().map(Change::Rested)
        };
        let windows = [Span::Minute, Span::Hour, Span::Day].into_iter().filter_map(after);
        windows.into_iter().find(|change| self.lifts(change, policy))
    }

    /// Decides once more with all changes made.
    fn together(&self, changes: &[Change]) -> Option<Effect> {
        if changes.is_empty() {
            return None;
        }
        let mut changed = self.recorded.clone();
        for change in changes {
            changed = change.apply(&changed, self.entry)?;
        }
        Some(self.redecide(changed)?.effect)
    }

    /// Says what helps where no change of the action does.
    fn advice(&self, check: &Check, compiled: bool) -> String {
        let request = &self.recorded.request;
        let (agent, action) = (&request.agent, &request.action);
        let profile = format!("agents/{agent}.yaml");
        match check.policy.as_str() {
            "tool-access" if !self.governance.agents.contains_key(agent) => {
                format!("register the agent: `syndic agents new {agent}`")
            }
            "tool-access" if self.entry.is_none() => {
                format!(
                    "add an entry `{action}` to actions/; `syndic actions import` drafts entries from an MCP server"
                )
            }
            "tool-access" | "no-permit" => {
                format!("if the agent is to do this, add `{action}` to `actions:` in {profile}")
            }
            "capability" => {
                let needed = self.entry.into_iter().flat_map(|entry| &entry.capabilities);
                let declared = self.governance.agents.get(agent);
                let missing = needed
                    .filter(|capability| declared.is_none_or(|profile| !profile.can(**capability)));
                let fields: Vec<_> = missing.map(|capability| field(*capability)).collect();
                format!("if the agent is to do this, declare {} in {profile}", fields.join(", "))
            }
            "schema" => "arguments that fit the action's `input` in the catalogue".to_owned(),
            "delegation" => {
                "a parent action that was allowed, and agents that are registered".to_owned()
            }
            "clock" => "the host's clock set right; `syndic status` tells when it is".to_owned(),
            "rate-limit" | "spend-limit" if lacks(self.recorded, self.governance) => {
                "what this limit counts was not recorded then; `syndic replay` counts it anew"
                    .to_owned()
            }
            "rate-limit" | "spend-limit" if self.attempts.get() > 0 => {
                format!("neither a smaller action nor waiting lifts it; see `limits:` in {profile}")
            }
            _ if self.attempts.get() == 0 => {
                "no change was found within the attempts that arguments of this size allow"
                    .to_owned()
            }
            _ if compiled => {
                "no change of amount, recipients, content or time lifts it; read the policy"
                    .to_owned()
            }
            _ => "no change of the action lifts it".to_owned(),
        }
    }
}

fn field(capability: Capability) -> &'static str {
    match capability {
        Capability::Read => "nothing",
        Capability::WriteData => "`can_write_data: true`",
        Capability::SendExternalMessage => "`can_send_external_messages: true`",
        Capability::ExecuteCode => "`can_execute_code: true`",
        Capability::FinancialTransaction => "`can_make_financial_transactions: true`",
    }
}

/// Finds the largest number of `least..most` that passes, supposing that all below one that passes do.
fn largest(least: u64, most: u64, passes: impl Fn(u64) -> bool) -> Option<u64> {
    if least >= most || !passes(least) {
        return None;
    }
    let (mut low, mut high) = (least, most);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if passes(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}

fn whole_minute(at: Timestamp) -> Option<Timestamp> {
    Timestamp::from_second(at.as_second() - at.as_second().rem_euclid(60)).ok()
}
