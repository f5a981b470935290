//! One record as people watch it: what happened to which agent, and nothing that could be erased.

use std::sync::Arc;

use jiff::Timestamp;
use syndic_ledger::Audited;

use super::known::About;

/// One record as people watch it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Happened {
    /// Its position in the ledger.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// What kind of record, as in the ledger: `decision`, `outcome`, `approval_voted` and so on.
    pub kind: &'static str,
    /// The agent it is about; `*` for all.
    pub agent: Option<Arc<str>>,
    /// The action that the agent asked for.
    pub action: Option<Arc<str>>,
    /// The action's id.
    pub event_id: Option<Arc<str>>,
    /// The verdict.
    pub effect: Option<Arc<str>>,
    /// The request for approval.
    pub approval_id: Option<Arc<str>>,
    /// The policy that weighs most of those that stood in the way.
    pub policy: Option<Arc<str>>,
    /// Of an outcome, an approval, a vote or a message.
    pub status: Option<Arc<str>>,
    /// Why, in the words of the person who did it, where those are in clear in the ledger.
    pub reason: Option<Arc<str>>,
}

impl Happened {
    /// Every kind of record, by the name it has in the ledger.
    pub const KINDS: [&'static str; 38] = [
        "started",
        "policy_loaded",
        "policy_proposed",
        "agent_promoted",
        "decision",
        "outcome",
        "outcome_missing",
        "audited",
        "session_opened",
        "agent_suspended",
        "agent_resumed",
        "key_created",
        "key_revoked",
        "approval_voted",
        "approval_ended",
        "approval_notified",
        "approval_viewed",
        "break_glass_asked",
        "break_glass_opened",
        "break_glass_reviewed",
        "tools_offered",
        "anomaly",
        "log_key_rotated",
        "user_redacted",
        "retention_hold_added",
        "retention_hold_released",
        "segments_pruned",
        "log_continued",
        "sink_rejected",
        "statement_made",
        "statement_withdrawn",
        "drill_ran",
        "calls_counted",
        "report_made",
        "checklist_judged",
        "incident_opened",
        "incident_updated",
        "incident_closed",
    ];

    pub(super) fn about(mut self, about: Option<&About>) -> Self {
        if let Some(about) = about {
            self.agent = Some(Arc::clone(&about.agent));
            self.action.clone_from(&about.action);
            self.event_id = self.event_id.or_else(|| about.event_id.clone());
        }
        self
    }

    pub(super) fn of(self, agent: &str) -> Self {
        Self { agent: text(agent), ..self }
    }

    pub(super) fn of_any(self, agent: Option<&str>) -> Self {
        Self { agent: agent.and_then(text), ..self }
    }

    pub(super) fn stands(self, status: &str) -> Self {
        Self { status: text(status), ..self }
    }

    pub(super) fn because(self, reason: &str) -> Self {
        Self { reason: text(reason), ..self }
    }

    /// Tells an action that was recorded with its outcome.
    pub(super) fn audited(self, audited: &Audited) -> Self {
        let weighs = audited.violations.first();
        Self {
            action: text(&audited.action),
            event_id: text(&audited.id),
            effect: text(audited.effect()),
            policy: weighs.and_then(|violation| text(&violation.policy)),
            ..self.of(&audited.agent).stands(&audited.status)
        }
    }
}

pub(super) fn text(text: &str) -> Option<Arc<str>> {
    Some(Arc::from(text))
}

#[cfg(test)]
mod tests {
    use syndic_ledger::Record;

    use super::Happened;

    #[test]
    fn every_kind_of_record_has_the_name_it_has_in_the_ledger() {
        let told = serde_json::from_str::<Record>(r#"{"?": {}}"#).unwrap_err().to_string();
        let (_, names) = told.split_once("expected one of ").unwrap();
        let (names, _) = names.split_once(" at line").unwrap();
        let names: Vec<_> = names.split(", ").map(|name| name.trim_matches('`')).collect();
        assert_eq!(names, Happened::KINDS);
    }
}
