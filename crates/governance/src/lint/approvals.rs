//! Approvals that nobody could give.

use std::collections::{BTreeMap, BTreeSet};

use syndic_model::{
    ACTING_USER, AgentId, AgentProfile, Approvers, Finding, GroupName, Level, PersonId, Place,
    RiskLevel, Threshold, canonical_identities,
};
use syndic_policy::{Engine, Origin, Shown};

/// Finds agents whose holds would end without an answer, since nobody who is asked may give it.
pub(crate) fn approvals(
    agents: &BTreeMap<AgentId, AgentProfile>,
    approvers: &Approvers,
    engine: Option<&Engine>,
) -> Vec<Finding> {
    let profiles = agents.values().filter_map(|agent| of_profile(agent, approvers));
    let shown = engine.map(Engine::show).unwrap_or_default();
    let policies = shown.iter().flat_map(|policy| of_policy(policy, agents, approvers));
    profiles.chain(policies).collect()
}

fn of_profile(agent: &AgentProfile, approvers: &Approvers) -> Option<Finding> {
    let asks = agent.requires_human_approval && agent.approval_threshold != Threshold::Never;
    let group = agent.approvers.as_ref().filter(|_| asks)?;
    let place = Place { file: format!("agents/{}.yaml", agent.id), position: None };
    if group.as_str() == ACTING_USER {
        let level = agent.risk_level;
        return (level >= RiskLevel::High).then(|| Finding {
            level: Level::Error,
            code: "acting-user-risk",
            place,
            message: format!(
                "`approvers` is `{ACTING_USER}`, who cannot release what an agent of {level} risk does"
            ),
            hint: Some("name a group of `approvers/`".to_owned()),
        });
    }
    let lack = lack(agent, group, approvers)?;
    let message = format!("`approvers`: {lack}");
    Some(finding(agent, place, message))
}

fn of_policy(
    policy: &Shown,
    agents: &BTreeMap<AgentId, AgentProfile>,
    approvers: &Approvers,
) -> Option<Finding> {
    let Origin::File(place) = &policy.origin else { return None };
    let group: GroupName =
        annotation(policy, "approval").filter(|_| !policy.shadow)?.parse().ok()?;
    let asked = agents.values().filter(|agent| speaks_of(policy, place, agent));
    let (agent, lack) =
        asked.filter_map(|agent| Some((agent, lack(agent, &group, approvers)?))).next()?;
    let message = format!("policy `{}` asks in vain: {lack}", policy.id);
    Some(Finding { level: Level::Warning, ..finding(agent, place.clone(), message) })
}

fn finding(agent: &AgentProfile, place: Place, message: String) -> Finding {
    let critical = agent.risk_level == RiskLevel::Critical;
    let hint = if critical {
        "name more people; what an agent of critical risk does takes two, neither of them its owner"
    } else {
        "name more people, or escalate; an owner does not approve for their own agent"
    };
    Finding {
        level: if critical { Level::Error } else { Level::Warning },
        code: "nobody-can-approve",
        place,
        message,
        hint: Some(hint.to_owned()),
    }
}

/// Says how many people are wanting, if a group can never release what an agent does.
fn lack(agent: &AgentProfile, group: &GroupName, approvers: &Approvers) -> Option<String> {
    let needed = usize::from(approvers.groups.get(group)?.approvals);
    let needed = if agent.risk_level == RiskLevel::Critical { needed.max(2) } else { needed };
    let able = able(agent, group, approvers).len();
    (able < needed)
        .then(|| format!("`{}` needs {needed} of `{group}` to approve, and {able} may", agent.id))
}

/// Returns who of a group and of its escalation may approve for an agent.
fn able<'a>(
    agent: &AgentProfile,
    group: &'a GroupName,
    approvers: &'a Approvers,
) -> BTreeSet<&'a PersonId> {
    let owner = [&agent.owner.person, &agent.owner.contact];
    let owner: BTreeSet<String> =
        owner.into_iter().flat_map(|name| canonical_identities(name)).collect();
    let asked = approvers.asked(group, jiff::SignedDuration::MAX);
    let people = asked.filter_map(|name| approvers.groups.get(name)).flat_map(|one| &one.people);
    let known = people.filter_map(|id| approvers.people.get(id));
    let others = known.filter(|person| {
        let names = person.names();
        !owner.iter().any(|name| names.contains(name))
    });
    others.map(|person| &person.id).collect()
}

/// Tells whether a policy can speak of an agent, by its folder and by `@applies_to`.
fn speaks_of(policy: &Shown, place: &Place, agent: &AgentProfile) -> bool {
    let team = place.file.strip_prefix("policies/teams/").and_then(|rest| rest.split('/').next());
    let named = annotation(policy, "applies_to").is_none_or(|text| {
        let own = [agent.id.as_str(), agent.risk_level.as_str(), "all"];
        text.split(',').any(|word| own.contains(&word.trim()))
    });
    team.is_none_or(|team| team == agent.owner.team.as_str()) && named
}

fn annotation<'a>(policy: &'a Shown, name: &str) -> Option<&'a str> {
    policy.annotations.iter().find(|(known, _)| known == name).map(|(_, text)| text.as_str())
}
