//! Policies written in Rust, for an engine that is embedded.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use syndic_model::{AgentProfile, PolicyId, Severity};

use crate::annotation::AppliesTo;
use crate::combine::{Answer, Kind, Said};
use crate::reason::MAX_LENGTH;
use crate::show::{Listed, Origin, Shown};
use crate::view::{ActionView, ContextView};

type Check =
    dyn Fn(&AgentProfile, &ActionView<'_>, &ContextView<'_>) -> Result<(), String> + Send + Sync;

/// A policy written in Rust. It denies or passes; it neither permits nor holds.
///
/// It sees what Cedar policies see, is asked once for the agent and once for every agent behind it, and its answer is
/// a check like any other. It runs under the lock that orders decisions: it should be quick, wait for nothing, and
/// never ask the engine's owner for a decision. Where it panics, the action is denied.
#[derive(Clone)]
pub struct Policy {
    pub(crate) id: String,
    pub(crate) severity: Severity,
    pub(crate) applies_to: String,
    description: String,
    shadow: bool,
    check: Arc<Check>,
}

impl Policy {
    /// Makes a policy from a check, which answers `Err` with the reason where it denies.
    ///
    /// `applies_to` reads as the annotation of Cedar policies: `all`, or agent ids and risk levels separated by
    /// commas. The id must be free among all policies, and no one's own. Both are looked at when the engine takes
    /// the policy. A reason is cut at 500 characters; it should hold no content.
    pub fn native(
        id: impl Into<String>,
        severity: Severity,
        applies_to: impl Into<String>,
        check: impl Fn(&AgentProfile, &ActionView<'_>, &ContextView<'_>) -> Result<(), String>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self {
            id: id.into(),
            severity,
            applies_to: applies_to.into(),
            description: String::new(),
            shadow: false,
            check: Arc::new(check),
        }
    }

    /// Returns its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Says what it is for, to people.
    #[must_use]
    pub fn description(self, description: impl Into<String>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// Has it asked, recorded and counted, but never enforced.
    #[must_use]
    pub fn shadow(self) -> Self {
        Self { shadow: true, ..self }
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A policy whose id is free and whose agents exist.
#[derive(Debug)]
pub(crate) struct Native {
    pub(crate) policy: Policy,
    pub(crate) id: PolicyId,
    /// `None` is everybody.
    pub(crate) applies_to: Option<AppliesTo>,
    /// See [`Determining::hash`](crate::Determining::hash).
    pub(crate) hash: Arc<str>,
}

impl Native {
    pub(crate) fn concerns(&self, agent: &AgentProfile) -> bool {
        self.applies_to.as_ref().is_none_or(|applies| applies.names(agent))
    }

    pub(crate) const fn is_shadow(&self) -> bool {
        self.policy.shadow
    }

    /// Tells whether what it may read of the time can stop an action; nobody knows what it reads.
    pub(crate) const fn obeys_time(&self) -> bool {
        !self.policy.shadow
    }

    /// Asks it, and puts its answer in the words of the verdict.
    pub(crate) fn said(
        &self,
        agent: &AgentProfile,
        action: &ActionView<'_>,
        context: &ContextView<'_>,
    ) -> Said {
        let asked = catch_unwind(AssertUnwindSafe(|| (self.policy.check)(agent, action, context)));
        let (answer, reason) = match asked {
            Ok(Ok(())) => (Answer::Unsatisfied, None),
            Ok(Err(reason)) => (Answer::Satisfied, Some(bounded(&reason))),
            Err(payload) => {
                // Dropping what was thrown could panic again.
                std::mem::forget(payload);
                (Answer::Failed, Some("could not be evaluated: it panicked".to_owned()))
            }
        };
        Said {
            policy: self.id.clone(),
            kind: Kind::Forbid {
                approval: None,
                break_glass: false,
                shadow: self.policy.shadow,
                disclose: false,
            },
            hash: (answer != Answer::Unsatisfied).then(|| Arc::clone(&self.hash)),
            severity: self.policy.severity,
            answer,
            reason,
        }
    }

    /// Describes it as the only one of its id, which is not counted yet.
    pub(crate) fn listed(&self) -> (&str, Listed) {
        let Policy { severity, shadow, .. } = &self.policy;
        let listed = Listed {
            id: self.id.clone(),
            origin: Origin::Native,
            effect: "forbid",
            severity: *severity,
            shadow: *shadow,
            count: 0,
        };
        (self.id.as_str(), listed)
    }

    pub(crate) fn shown(&self) -> Shown {
        let Policy { id, severity, applies_to, description, shadow, .. } = &self.policy;
        let mode = shadow.then_some(("mode", "shadow"));
        let told = [("id", id), ("description", description), ("applies_to", applies_to)];
        let told = told.map(|(name, text)| (name, text.as_str()));
        let told = told.into_iter().chain([("severity", severity.as_str())]).chain(mode);
        Shown {
            id: self.id.clone(),
            origin: Origin::Native,
            scope: "principal, action, resource".to_owned(),
            effect: "forbid",
            severity: *severity,
            shadow: *shadow,
            annotations: told.map(|(name, text)| (name.to_owned(), text.to_owned())).collect(),
            text: String::new(),
        }
    }
}

/// Keeps a reason to one line that a record and a terminal can hold.
fn bounded(reason: &str) -> String {
    let plain = reason.chars().map(|c| if c.is_control() { ' ' } else { c });
    let text: String = plain.take(MAX_LENGTH).collect();
    if text.trim().is_empty() { "refused".to_owned() } else { text }
}
