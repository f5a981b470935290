//! Agents one by one: what each is, whether it acts, what it may do, and which policies can stop it.

use jiff::Timestamp;
use syndic_governance::{Governance, did_you_mean};
use syndic_model::{ActionName, AgentId, AgentProfile, EnforcementGrade};
use syndic_policy::Shown;
use thiserror::Error;

use crate::Gate;
use crate::overview::AgentState;
use crate::state::EVERY_AGENT;

/// The most characters of a name that is shown back to who sent it.
const MOST_SHOWN: usize = 64;
/// The most names that are compared with one that is unknown.
const MOST_COMPARED: usize = 1_000;

/// An agent, and whether it acts.
#[derive(Debug, Clone)]
pub struct AgentView {
    /// Its profile.
    pub profile: AgentProfile,
    /// Why it is stopped, if it is.
    pub suspended: Option<String>,
    /// Whether it acts.
    pub state: AgentState,
    /// When it was last heard of, in the last 35 days.
    pub last_seen: Option<Timestamp>,
    /// The weakest grade of its actions in 24 hours, else that of its last one.
    pub grade: Option<EnforcementGrade>,
}

/// An agent with what it may do.
#[derive(Debug, Clone)]
pub struct AgentDetails {
    /// What it is.
    pub view: AgentView,
    /// The actions that are not denied to it whatever their arguments; policies written in Rust are not asked.
    pub actions: Vec<ActionName>,
    /// The file of its profile, in the governance directory.
    pub file: String,
}

/// There is nothing of that name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("there is no {what} `{name}`{}", .hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default())]
pub struct UnknownName {
    /// `agent`, `policy` or `revision`.
    pub what: &'static str,
    /// As it was sent, without what could be more than text.
    pub name: String,
    /// What may have been meant.
    pub hint: Option<String>,
}

impl UnknownName {
    /// Tells that `name` is none of `names`, and which of them may have been meant.
    pub(crate) fn new<'a>(
        what: &'static str,
        name: &str,
        names: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let shown = name.chars().take(MOST_SHOWN).flat_map(char::escape_default).collect();
        let length = name.len();
        // What is much shorter or longer was not meant, and comparing costs.
        let like = |other: &&str| {
            other.len().abs_diff(length) <= length / 3 + 1 || other.starts_with(name)
        };
        let near = || did_you_mean(name, names.into_iter().filter(like).take(MOST_COMPARED));
        let hint = if length > 2 * MOST_SHOWN { None } else { near() };
        Self { what, name: shown, hint }
    }
}

impl Gate {
    /// Returns all agents, by id.
    #[must_use]
    pub fn agents(&self) -> Vec<AgentView> {
        let (governance, now) = (self.governance(), self.now());
        let suspended = self.state().suspensions().clone();
        let views = self.live.views();
        let view = |profile: &AgentProfile| {
            let id = profile.id.as_str();
            let suspended = suspended.get(id).or_else(|| suspended.get(EVERY_AGENT)).cloned();
            let (last_seen, grade) = views.activity.last(id, now);
            AgentView {
                profile: profile.clone(),
                state: AgentState::of(suspended.is_some(), last_seen, now),
                suspended,
                last_seen,
                grade,
            }
        };
        governance.agents.values().map(view).collect()
    }

    /// Returns one agent with what it may do.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn agent(&self, name: &str) -> Result<AgentDetails, UnknownName> {
        let (governance, now) = (self.governance(), self.now());
        let profile = profile(&governance, name)?;
        let suspended = self.state().suspension(name).map(str::to_owned);
        let (last_seen, grade) = self.live.views().activity.last(name, now);
        Ok(AgentDetails {
            view: AgentView {
                profile: profile.clone(),
                state: AgentState::of(suspended.is_some(), last_seen, now),
                suspended,
                last_seen,
                grade,
            },
            actions: governance.engine.callable(&profile.id),
            file: format!("agents/{}.yaml", profile.id),
        })
    }

    /// Returns the policies in force that can speak about an agent: compiled ones first, those written in Rust last.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn agent_policies(&self, name: &str) -> Result<Vec<Shown>, UnknownName> {
        let governance = self.governance();
        let profile = profile(&governance, name)?;
        Ok(governance.engine.show_for(&profile.id).unwrap_or_default())
    }
}

/// Finds a profile by what somebody sent as its name.
pub(crate) fn profile<'g>(
    governance: &'g Governance,
    name: &str,
) -> Result<&'g AgentProfile, UnknownName> {
    let found = name.parse::<AgentId>().ok().and_then(|id| governance.agents.get(&id));
    let names = || governance.agents.keys().map(AgentId::as_str);
    found.ok_or_else(|| UnknownName::new("agent", name, names()))
}

#[cfg(test)]
mod tests {
    use super::UnknownName;

    #[test]
    fn what_is_unknown_is_told_as_text_with_what_may_have_been_meant() {
        let names = ["customer-support", "knowledge-base", "financial-advisor"];
        for (name, told) in [
            (
                "customer-suport",
                "there is no agent `customer-suport`; did you mean `customer-support`?",
            ),
            ("knowledge", "there is no agent `knowledge`; did you mean `knowledge-base`?"),
            ("zzz", "there is no agent `zzz`"),
            ("", "there is no agent ``"),
            ("<b>\u{202e}x", "there is no agent `<b>\\u{202e}x`"),
        ] {
            assert_eq!(UnknownName::new("agent", name, names).to_string(), told);
        }
        let long = UnknownName::new("agent", &"x".repeat(10_000), names);
        assert_eq!((long.name.len(), long.hint), (64, None));
    }
}
