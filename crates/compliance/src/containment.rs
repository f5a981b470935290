//! Whether what is decided is enforced.

use syndic_model::{EnforcementGrade, Mode};

use crate::remedy::promote;
use crate::{Evidence, Reading, Verdict};

/// Whether what is decided about an agent is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Containment {
    /// On every path that its actions came by.
    Enforced,
    /// The agent is only observed.
    Observed,
    /// Some of its actions came by a path that it can leave out.
    Advisory,
    /// It is enforced by now, and what was not allowed ran earlier in the window.
    Lately,
}

impl Containment {
    /// Tells how it was in the window that evidence is of.
    pub(crate) fn of(evidence: &Evidence<'_>, grades: &[EnforcementGrade]) -> Self {
        let now = Self::now(evidence.setup.mode, grades);
        if now == Self::Enforced && ran_all_the_same(evidence) { Self::Lately } else { now }
    }

    /// Tells how it is from now on.
    pub(crate) fn now(mode: Mode, grades: &[EnforcementGrade]) -> Self {
        match mode {
            Mode::Observe => Self::Observed,
            Mode::Enforce if grades.contains(&EnforcementGrade::Advisory) => Self::Advisory,
            Mode::Enforce => Self::Enforced,
        }
    }

    /// Returns what a reading is worth: one that speaks of enforcement is met in part where there is none.
    pub(crate) fn verdict(self, reading: &Reading) -> Verdict {
        if reading.verdict == Verdict::Met && self.takes_from(reading) {
            Verdict::Partial
        } else {
            reading.verdict
        }
    }

    /// Tells whether a reading counts for less since not everything is enforced.
    pub(crate) const fn takes_from(self, reading: &Reading) -> bool {
        reading.enforcement && self.lacking().is_some()
    }

    /// Returns why not everything is enforced, for people.
    pub(crate) const fn lacking(self) -> Option<&'static str> {
        match self {
            Self::Enforced => None,
            Self::Observed => Some("not enforced: the agent is observed only"),
            Self::Advisory => {
                Some("not enforced on an advisory path, which the agent can leave out")
            }
            Self::Lately => Some(
                "not enforced all of the last thirty days: what was not allowed ran while the agent was observed only",
            ),
        }
    }

    /// Returns what would have it enforced.
    pub(crate) fn remedy(self, agent: &str) -> Option<String> {
        match self {
            Self::Enforced | Self::Lately => None,
            Self::Observed => Some(promote(agent)),
            Self::Advisory => Some(
                "let the calls pass a proxy (`syndic mcp`), or let the tool verify the permit"
                    .to_owned(),
            ),
        }
    }
}

fn ran_all_the_same(evidence: &Evidence<'_>) -> bool {
    let calls = evidence.agent().map(|agent| agent.calls.sum(evidence.window()));
    calls.is_some_and(|calls| calls.observed.n() > 0 && calls.let_through.n() > 0)
}
