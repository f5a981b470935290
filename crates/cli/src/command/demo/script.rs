//! What happens in the demo's hour.

/// One thing somebody does.
#[derive(Debug)]
pub(super) struct Step {
    /// Minute of the hour; never less than the one before.
    pub(super) minute: i64,
    /// The agent it is about.
    pub(super) agent: &'static str,
    /// What is done.
    pub(super) deed: Deed,
}

/// What is done.
#[derive(Debug)]
pub(super) enum Deed {
    /// The agent asks to act.
    Act {
        /// The action.
        action: &'static str,
        /// Its arguments as JSON.
        args: &'static str,
        /// The arguments as a person would say them.
        about: &'static str,
    },
    /// An administrator stops the agent.
    Suspend(&'static str),
    /// An administrator lets it act again.
    Resume(&'static str),
}

const KNOWLEDGE: &str = "knowledge-base";
const SUPPORT: &str = "customer-support";
const ADVISOR: &str = "financial-advisor";

/// The hour: plain work first, then everything that policy is for.
pub(super) const HOUR: &[Step] = &[
    act(
        1,
        KNOWLEDGE,
        "search_knowledge_base",
        r#"{"query": "vacation policy"}"#,
        "vacation policy",
    ),
    act(3, SUPPORT, "search_knowledge_base", r#"{"query": "return window"}"#, "return window"),
    act(5, SUPPORT, "update_ticket", r#"{"ticket_id": "T-1041", "status": "open"}"#, "T-1041 open"),
    act(8, SUPPORT, "issue_refund", r#"{"order_id": "A-7731", "amount": 45}"#, "45 USD"),
    act(9, SUPPORT, "issue_refund", r#"{"order_id": "A-7732", "amount": 150}"#, "150 USD"),
    act(
        14,
        SUPPORT,
        "send_external_message",
        r#"{"recipient": "kim@example.com", "message": "Your card 4111 1111 1111 1111 was credited."}"#,
        "names a card",
    ),
    act(
        15,
        SUPPORT,
        "send_external_message",
        r#"{"recipient": "kim@example.com", "message": "Your refund is on its way."}"#,
        "names none",
    ),
    act(21, ADVISOR, "search_knowledge_base", r#"{"query": "bond ladder"}"#, "bond ladder"),
    act(
        24,
        ADVISOR,
        "execute_transaction",
        r#"{"amount": 5000, "recipient": "ACME Brokerage"}"#,
        "5000 USD",
    ),
    act(
        26,
        ADVISOR,
        "execute_transaction",
        r#"{"amount": 900, "recipient": "ACME Brokerage"}"#,
        "900 USD",
    ),
    act(32, SUPPORT, "run_code", r#"{"language": "sh", "source": "env"}"#, "a shell script"),
    act(35, KNOWLEDGE, "delete_article", r#"{"id": "kb-12"}"#, "not in the catalogue"),
    act(38, SUPPORT, "issue_refund", r#"{"order_id": "A-7733"}"#, "no amount"),
    Step { minute: 41, agent: SUPPORT, deed: Deed::Suspend("a customer complained") },
    act(42, SUPPORT, "update_ticket", r#"{"ticket_id": "T-1042", "note": "hello"}"#, "T-1042 note"),
    Step { minute: 50, agent: SUPPORT, deed: Deed::Resume("it was a misunderstanding") },
    act(
        52,
        SUPPORT,
        "update_ticket",
        r#"{"ticket_id": "T-1041", "status": "done"}"#,
        "T-1041 done",
    ),
    act(58, KNOWLEDGE, "search_knowledge_base", r#"{"query": "expense report"}"#, "expense report"),
];

const fn act(
    minute: i64,
    agent: &'static str,
    action: &'static str,
    args: &'static str,
    about: &'static str,
) -> Step {
    Step { minute, agent, deed: Deed::Act { action, args, about } }
}

#[cfg(test)]
mod tests {
    use super::HOUR;

    #[test]
    fn the_hour_runs_forward_and_ends() {
        assert!(HOUR.is_sorted_by_key(|step| step.minute));
        assert!(HOUR.iter().all(|step| (0..60).contains(&step.minute)));
    }
}
