//! The text of a policy that is compiled rather than written.

use cedar_policy::{Policy, PolicyId as CedarId};
use syndic_model::{ActionName, AgentId, Capability, Finding, GroupName, Severity};

use crate::annotation;
use crate::finding::error;
use crate::reads::reads;
use crate::rule::{Reach, Rule};
use crate::{Origin, Sources};

/// A forbid to be written.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    pub(crate) id: &'static str,
    /// Tells policies with the same `@id` apart.
    pub(crate) part: String,
    pub(crate) origin: Origin,
    pub(crate) description: &'static str,
    pub(crate) severity: Severity,
    pub(crate) reason: String,
    pub(crate) approval: Option<&'a GroupName>,
    pub(crate) principal: Option<&'a AgentId>,
    /// The scope's action: a constraint such as `== Action::"pay"`, or nothing.
    pub(crate) action: String,
    /// `when { … }`, `unless { … }`, or nothing.
    pub(crate) condition: String,
}

impl Draft<'_> {
    /// Writes the policy down and reads it as any other.
    pub(crate) fn compile(
        self,
        sources: &Sources<'_>,
        findings: &mut Vec<Finding>,
    ) -> Option<Rule> {
        let text = self.text();
        let Self { id, part, origin, .. } = self;
        let place = origin.place();
        let policy = Policy::parse(Some(CedarId::new(format!("{id}@{part}"))), &text)
            .map_err(|fault| {
                findings.push(error("compile", place.clone(), format!("`{id}`: {fault}")));
            })
            .ok()?;
        let reads = reads(&policy);
        let marks = annotation::read(&policy, sources, &|_| place.clone(), findings)?;
        Some(Rule::new(marks, origin, policy, Reach::default(), reads))
    }

    fn text(&self) -> String {
        let Self {
            id, description, severity, reason, approval, principal, action, condition, ..
        } = self;
        let approval =
            approval.map(|group| format!("@approval(\"{group}\")\n")).unwrap_or_default();
        let principal =
            principal.map(|agent| format!(" == Agent::\"{agent}\"")).unwrap_or_default();
        let action = if action.is_empty() { String::new() } else { format!(" {action}") };
        let condition = if condition.is_empty() { String::new() } else { format!("\n{condition}") };
        format!(
            "@id(\"{id}\")\n@description(\"{description}\")\n@severity(\"{severity}\")\n@reason(\"{reason}\")\n{approval}\
             forbid(principal{principal}, action{action}, resource){condition};"
        )
    }
}

/// Constrains scopes to `actions`, all in one as far as that can be.
///
/// An action named like a capability is the group of that capability as well, so `in` would mean all of the group.
pub(crate) fn scopes(actions: &[&ActionName]) -> Vec<String> {
    let group = |action: &ActionName| action.as_str().parse::<Capability>().is_ok();
    let (groups, plain): (Vec<&ActionName>, Vec<_>) =
        actions.iter().partition(|action| group(action));
    let together = match plain.as_slice() {
        [] => None,
        [only] => Some(format!("== Action::\"{only}\"")),
        several => Some(format!("in [{}]", action_list(several))),
    };
    groups.into_iter().map(|action| format!("== Action::\"{action}\"")).chain(together).collect()
}

/// Writes `actions` as Cedar entities, separated by commas.
pub(crate) fn action_list(actions: &[&ActionName]) -> String {
    actions.iter().map(|action| format!("Action::\"{action}\"")).collect::<Vec<_>>().join(", ")
}
