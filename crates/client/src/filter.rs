//! What is asked for: which audit events, which requests for approval, which report.

use jiff::Timestamp;
use jiff::civil::Date;

/// A filter over audit events; every field narrows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this agent.
    pub agent: Option<String>,
    /// Of this action.
    pub action: Option<String>,
    /// That might run, or might not.
    pub allowed: Option<bool>,
    /// Through this tool.
    pub tool: Option<String>,
    /// That this policy stood in the way of, or would have if it were enforced.
    pub policy: Option<String>,
    /// Of this session.
    pub session: Option<String>,
    /// For this user, as named with the action.
    pub user: Option<String>,
    /// Of agents that had this risk level.
    pub risk: Option<String>,
    /// With these words in their arguments or reasons.
    pub q: Option<String>,
    /// Decided at this time or later.
    pub since: Option<Timestamp>,
    /// Decided before this time.
    pub until: Option<Timestamp>,
    /// At most so many, 1 to 1000; 100 when left out.
    pub limit: Option<u16>,
    /// Beyond the page that answered with this cursor.
    pub cursor: Option<String>,
    /// Oldest first, not newest.
    pub oldest_first: bool,
}

impl EventFilter {
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        [
            ("agent", self.agent.clone()),
            ("action", self.action.clone()),
            ("allowed", self.allowed.map(|allowed| allowed.to_string())),
            ("tool", self.tool.clone()),
            ("policy", self.policy.clone()),
            ("session", self.session.clone()),
            ("user", self.user.clone()),
            ("risk", self.risk.clone()),
            ("q", self.q.clone()),
            ("since", self.since.map(|time| time.to_string())),
            ("until", self.until.map(|time| time.to_string())),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("cursor", self.cursor.clone()),
            ("order", self.oldest_first.then(|| "oldest".to_owned())),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// A filter over requests for approval; every field narrows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApprovalFilter {
    /// With this status.
    pub status: Option<String>,
    /// Of this agent.
    pub agent: Option<String>,
    /// About this action.
    pub action: Option<String>,
    /// At most so many, 1 to 1000; 100 when left out.
    pub limit: Option<u16>,
    /// Beyond the page that answered with this cursor.
    pub cursor: Option<String>,
}

impl ApprovalFilter {
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        [
            ("status", self.status.clone()),
            ("agent", self.agent.clone()),
            ("action", self.action.clone()),
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("cursor", self.cursor.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }
}

/// What is reported of an agent; every field narrows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReportFilter {
    /// The ids of frameworks; all where none is named.
    pub frameworks: Vec<String>,
    /// `provider` or `deployer`.
    pub role: Option<String>,
    /// The day for which to judge which duties apply; today when left out.
    pub as_of: Option<Date>,
}

impl ReportFilter {
    pub(crate) fn query(&self) -> Vec<(&'static str, String)> {
        let frameworks = (!self.frameworks.is_empty()).then(|| self.frameworks.join(","));
        let as_of = self.as_of.map(|day| day.to_string());
        let all = [("framework", frameworks), ("role", self.role.clone()), ("as_of", as_of)];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}
