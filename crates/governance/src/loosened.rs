//! What a change of the directory loosens that no comparison of policies sees.

mod approvers;
mod audit;
mod detection;

use std::collections::BTreeSet;
use std::fmt;

use jiff::tz::TimeZone;
use serde_json::Value;
use syndic_model::{
    ActionName, AgentId, AgentProfile, CatalogueEntry, Decimal, Mode, Money, Output, Owner,
    RiskLevel, Threshold,
};
use syndic_policy::{Origin, Shown};

use crate::{Durability, Environment, Governance};

/// One thing that a change loosens, or may loosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Loosened {
    /// The agent it is about; `None` for all.
    pub agent: Option<AgentId>,
    /// The action it is about; `None` for all.
    pub action: Option<ActionName>,
    /// What it is, for people.
    pub what: String,
    /// A request that is allowed after the change and was not before.
    pub witness: Option<Value>,
}

impl fmt::Display for Loosened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.agent, &self.action) {
            (Some(agent), Some(action)) => write!(f, "{agent} {action}: {}", self.what),
            (Some(agent), None) => write!(f, "{agent}: {}", self.what),
            (None, Some(action)) => write!(f, "{action}: {}", self.what),
            (None, None) => f.write_str(&self.what),
        }
    }
}

/// Tells whether policies, agents and catalogue say the same, so that there is nothing to compare.
#[must_use]
pub fn same_policies(old: &Governance, new: &Governance) -> bool {
    let shown = |governance: &Governance| -> Vec<_> {
        let shown = governance.engine.show().into_iter();
        shown.map(|policy| (policy.id, policy.text, policy.shadow)).collect()
    };
    let entries = new.catalogue.iter().all(|(name, entry)| {
        old.catalogue.get(name).is_some_and(|before| {
            let approved = CatalogueEntry {
                incidental: entry.incidental.clone(),
                output: entry.output.clone(),
                ..before.clone()
            };
            same_entry(&approved, entry)
        })
    });
    let agents = new.agents.iter().all(|(id, agent)| {
        old.agents.get(id).is_some_and(|before| readable(before) == readable(agent))
    });
    let schema = old.engine.schema_text() == new.engine.schema_text();
    schema && entries && agents && shown(old) == shown(new)
}

/// Lists what `new` loosens beside its policies: agents that are new or no longer enforced, actions that are new or
/// declared otherwise, calendars, time zones, environments, who is asked. What cannot be told to be stricter counts.
#[must_use]
pub fn loosened_beside_policies(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let mut all = settings(old, new);
    for (id, agent) in &new.agents {
        let what = match old.agents.get(id) {
            None => vec!["the agent is new".to_owned()],
            Some(before) => {
                let mut what = profile(before, agent);
                what.extend(observed_anew(old, new, agent));
                if approvers::frees_an_approver(before, agent, &new.approvers) {
                    what.push("who owned it may approve for it: it has another owner".to_owned());
                }
                what
            }
        };
        let about = |what| Loosened { agent: Some(id.clone()), action: None, what, witness: None };
        all.extend(what.into_iter().map(about));
    }
    for (name, entry) in &new.catalogue {
        let what = match old.catalogue.get(name) {
            None => "the action is new",
            Some(before) if !same_entry(before, entry) => "the catalogue declares it otherwise",
            Some(_) => continue,
        };
        let (action, what) = (Some(name.clone()), what.to_owned());
        all.push(Loosened { agent: None, action, what, witness: None });
    }
    for (name, calendar) in &new.calendars {
        if old.calendars.get(name).is_some_and(|before| before != calendar) {
            all.push(everywhere(format!("calendar `{name}` has other hours or holidays")));
        }
    }
    all.extend(pins(old, new));
    all.extend(approvals(old, new));
    all.extend(break_glass(old, new));
    all.extend(approvers::approvers(old, new));
    all.extend(audit::audit(old, new));
    all.extend(detection::detection(old, new));
    all.extend(anomaly(old, new));
    all
}

/// Less is unusual, so that policies that read `context.call.anomaly` stop less, and less is told.
fn anomaly(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let (before, after) = (old.settings.anomaly, new.settings.anomaly);
    let mut all = Vec::new();
    if before.enabled && !after.enabled {
        all.push("nothing is unusual for any agent any more".to_owned());
    }
    for (what, was, is) in [
        ("what is usual is learned for more days", before.warm_up_days, after.warm_up_days),
        ("less of what is unusual is recorded", before.threshold.into(), after.threshold.into()),
    ] {
        if is > was {
            all.push(format!("{what}: {is} in place of {was}"));
        }
    }
    all.into_iter().map(everywhere).collect()
}

/// Tools that are pinned otherwise, or no longer; to pin a server's for the first time only narrows.
fn pins(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let mut all = Vec::new();
    for (server, before) in &old.pins {
        let Some(after) = new.pins.get(server) else {
            all.push(everywhere(format!("the tools of server `{server}` are no longer pinned")));
            continue;
        };
        let other = after.iter().filter(|(tool, pinned)| {
            before.get(*tool).is_none_or(|before| before.pin != pinned.pin)
        });
        all.extend(other.map(|(tool, _)| {
            everywhere(format!("tool `{tool}` of server `{server}` is pinned otherwise"))
        }));
    }
    all
}

fn everywhere(what: String) -> Loosened {
    Loosened { agent: None, action: None, what, witness: None }
}

fn settings(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let mut all = Vec::new();
    let (before, after) = (old.settings.environment, new.settings.environment);
    if before != after {
        let why = match after {
            Environment::Dev => ", where every change comes into force",
            Environment::Staging | Environment::Prod => "",
        };
        all.push(everywhere(format!("the environment was `{before}` and is `{after}`{why}")));
    }
    if (old.settings.durability, new.settings.durability)
        == (Durability::Full, Durability::Buffered)
    {
        all.push(everywhere("a crash of the machine may lose records".to_owned()));
    }
    let least = |of: &Governance| of.settings.enforce_checklist;
    if let Some(before) = least(old).filter(|before| least(new).is_none_or(|after| after > *before))
    {
        let who = format!("agents at `{before}` risk and above");
        let what = match least(new) {
            Some(after) => {
                format!("{who} had to pass their checklist, now only those from `{after}` on")
            }
            None => format!("{who} need not pass their checklist any more"),
        };
        all.push(everywhere(what));
    }
    all
}

/// Compares what the policies that a profile compiles to do not say.
fn profile(before: &AgentProfile, after: &AgentProfile) -> Vec<String> {
    let mut all = Vec::new();
    if (before.mode, after.mode) == (Mode::Enforce, Mode::Observe) {
        all.push("verdicts were enforced and are observed: nothing stops it any more".to_owned());
    }
    if before.time_zone != after.time_zone {
        all.push("its clock hangs elsewhere".to_owned());
    }
    if before.approvers != after.approvers {
        all.push("others are asked for approval".to_owned());
    }
    // Policies name a limit by its place in the list, and see its bounds; what it counts, they do not.
    let counted = before.limits.iter().zip(&after.limits).enumerate();
    for (number, (was, is)) in counted {
        if (was.per, was.capability, &was.actions) != (is.per, is.capability, &is.actions) {
            all.push(format!("limit {} counts something else", number + 1));
        }
    }
    if !after.output.stops_all_of(&before.output) {
        all.push("more of what its actions answer goes back to it".to_owned());
    }
    let moved = AgentProfile { owner: after.owner.clone(), ..before.clone() };
    if beside(&moved) != beside(after) {
        all.push("its profile says something else that policies do not see".to_owned());
    }
    all
}

/// Tells where an agent is observed for longer than it was to be.
fn observed_anew(old: &Governance, new: &Governance, agent: &AgentProfile) -> Option<String> {
    let since = |of: &Governance| of.roll_outs.get(&agent.id).and_then(|one| one.observing_since);
    let (before, after) = (since(old), since(new));
    let longer = agent.mode == Mode::Observe && before.is_some() && after > before;
    longer.then(|| "it is observed for longer: `observing_since` is later".to_owned())
}

/// Blanks what only describes, and what [`profile`] tells by itself: policies can read the rest.
fn readable(profile: &AgentProfile) -> AgentProfile {
    let team = profile.owner.team.clone();
    AgentProfile {
        purpose: String::new(),
        model: None,
        owner: Owner { person: String::new(), contact: String::new(), team },
        stakeholders: Vec::new(),
        failure_modes: Vec::new(),
        data_access: Vec::new(),
        incident_plan: None,
        output: Output::default(),
        mode: Mode::Enforce,
        time_zone: TimeZone::UTC,
        approvers: None,
        ..profile.clone()
    }
}

/// Blanks what policies are compiled from or can read, too: what is left no comparison of policies sees. A field that
/// is new counts until it is looked at here.
fn beside(profile: &AgentProfile) -> AgentProfile {
    let currency = profile.max_transaction_amount.currency;
    let readable = readable(profile);
    AgentProfile {
        name: String::new(),
        version: String::new(),
        risk_level: RiskLevel::Low,
        capabilities: BTreeSet::new(),
        max_transaction_amount: Money { amount: Decimal::ZERO, currency },
        requires_human_approval: false,
        approval_threshold: Threshold::Never,
        actions: Vec::new(),
        limits: Vec::new(),
        ..readable
    }
}

/// Compares two entries, but for their description, for arguments that matter to approvals again, and for results of
/// which less goes back.
fn same_entry(before: &CatalogueEntry, after: &CatalogueEntry) -> bool {
    let fewer = after.incidental.iter().all(|place| before.incidental.contains(place));
    let filtered = after.output.stops_all_of(&before.output);
    let described = CatalogueEntry {
        description: after.description.clone(),
        incidental: after.incidental.clone(),
        output: after.output.clone(),
        ..before.clone()
    };
    fewer && filtered && described == *after
}

/// Finds policies that a break-glass lifts and that did not say the same before: what they took over from others that
/// it does not lift, no solver sees.
fn break_glass(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let before = old.engine.show();
    let marked = |policy: &Shown| policy.annotations.iter().any(|(name, _)| name == "break_glass");
    let lifted = new.engine.show().into_iter().filter(|policy| marked(policy) && !policy.shadow);
    let changed = lifted
        .filter(|policy| !before.iter().any(|was| was.id == policy.id && was.text == policy.text));
    changed
        .map(|policy| everywhere(format!("a break-glass lifts policy `{}`", policy.id)))
        .collect()
}

/// Finds policies that ask another group: who may release a hold is no condition that a solver sees.
fn approvals(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let group = |policy: &Shown| {
        policy
            .annotations
            .iter()
            .find(|(name, _)| *name == "approval")
            .map(|(_, group)| group.clone())
    };
    let before = old.engine.show();
    let files = new.engine.show().into_iter();
    let files = files.filter(|policy| matches!(policy.origin, Origin::File(_)));
    let changed = files.filter(|policy| {
        let was = before.iter().find(|was| was.id == policy.id).and_then(group);
        was.is_some() && group(policy).is_some_and(|group| was.as_ref() != Some(&group))
    });
    changed.map(|policy| everywhere(format!("policy `{}` asks another group", policy.id))).collect()
}
