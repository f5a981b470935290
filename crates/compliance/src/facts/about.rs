//! Which agent a record names.

use syndic_ledger::Record;

/// Returns the agent whose doing, or whose handling by people, a record is about. What is about all agents names none,
/// and neither do records that only name an action or a request for approval. What people say of an agent, and what
/// was reported of it, is no evidence of what it does.
pub(crate) fn agent(record: &Record) -> Option<&str> {
    match record {
        Record::Decision(decision) => Some(&decision.agent),
        Record::Audited(audited) => Some(&audited.agent),
        Record::SessionOpened(opened) => Some(&opened.agent),
        Record::AgentSuspended(switched) | Record::AgentResumed(switched) => {
            Some(switched.agent.as_str()).filter(|agent| *agent != "*")
        }
        Record::AgentPromoted(promoted) => Some(&promoted.agent),
        Record::BreakGlassAsked(asked) => Some(&asked.agent),
        Record::ToolsOffered(offered) => Some(&offered.agent),
        Record::Anomaly(anomaly) => Some(&anomaly.agent),
        Record::DrillRan(drill) => drill.agent.as_deref(),
        Record::StatementMade(_)
        | Record::StatementWithdrawn(_)
        | Record::ReportMade(_)
        | Record::ChecklistJudged(_)
        | Record::IncidentOpened(_)
        | Record::IncidentUpdated(_)
        | Record::IncidentClosed(_)
        | Record::Outcome(_)
        | Record::OutcomeMissing(_)
        | Record::ApprovalVoted(_)
        | Record::ApprovalEnded(_)
        | Record::ApprovalNotified(_)
        | Record::ApprovalViewed(_)
        | Record::Started(_)
        | Record::PolicyLoaded(_)
        | Record::PolicyProposed(_)
        | Record::KeyCreated(_)
        | Record::KeyRevoked(_)
        | Record::BreakGlassOpened(_)
        | Record::BreakGlassReviewed(_)
        | Record::UserRedacted(_)
        | Record::LogKeyRotated(_)
        | Record::RetentionHoldAdded(_)
        | Record::RetentionHoldReleased(_)
        | Record::SegmentsPruned(_)
        | Record::LogContinued(_)
        | Record::SinkRejected(_)
        | Record::CallsCounted(_) => None,
    }
}

/// Tells whether a record is of an action by an agent that no governance directory knew.
pub(crate) fn is_strange(record: &Record) -> bool {
    record.acted().is_some_and(|acted| acted.risk == "unknown")
}

/// Tells whether a record is of an action that a drill asked for in the name of an agent.
pub(crate) fn is_drilled(record: &Record) -> bool {
    record.acted().is_some_and(|acted| acted.asked_by == "drill")
}

/// Tells whether a record is of what comes before anything happens: a start, a setting, a key, or what people say.
pub(crate) const fn is_preparation(record: &Record) -> bool {
    matches!(
        record,
        Record::Started(_)
            | Record::PolicyLoaded(_)
            | Record::KeyCreated(_)
            | Record::StatementMade(_)
            | Record::StatementWithdrawn(_)
            | Record::ReportMade(_)
            | Record::ChecklistJudged(_)
    )
}

/// Tells whether all agents were stopped, or may act again.
pub(crate) fn is_about_all(record: &Record) -> bool {
    if let Record::AgentSuspended(switched) | Record::AgentResumed(switched) = record {
        switched.agent == "*"
    } else {
        false
    }
}
