//! What the protocol's methods are to the gate.

use sha2::{Digest as _, Sha256};

use crate::message::Request;

/// What happens to a request of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Way {
    /// Goes on.
    Pass,
    /// Goes on, and tells who speaks.
    Initialize,
    /// Goes on; of the answer, what may be called is shown.
    ListTools,
    /// Is decided as the tool's action.
    CallTool,
    /// Is decided as an action of its own.
    Act(String),
    /// Is decided for each resource that it names.
    Subscribe(Vec<String>),
}

/// Methods that do nothing an agent answers for: lifecycle, lists, and tasks whose call was decided.
const PASSING: &[&str] = &[
    "ping",
    "server/discover",
    "resources/list",
    "resources/templates/list",
    "resources/unsubscribe",
    "prompts/list",
    "logging/setLevel",
    "tasks/get",
    "tasks/list",
    "tasks/result",
    "tasks/update",
    "tasks/cancel",
];

/// Opens a stream of notifications (2026-07-28).
const LISTEN: &str = "subscriptions/listen";

/// Notifications that the specification names.
const NOTIFICATIONS: &[&str] = &[
    "notifications/cancelled",
    "notifications/progress",
    "notifications/initialized",
    "notifications/message",
    "notifications/roots/list_changed",
    "notifications/tools/list_changed",
    "notifications/prompts/list_changed",
    "notifications/resources/list_changed",
    "notifications/resources/updated",
    "notifications/subscriptions/acknowledged",
    "notifications/elicitation/complete",
    "notifications/tasks",
    "notifications/tasks/status",
];

/// Tells what happens to a request of a client.
pub(crate) fn way(request: &Request) -> Way {
    match &*request.method {
        LISTEN => match resources(request) {
            Some(resources) if resources.is_empty() => Way::Pass,
            Some(resources) => Way::Subscribe(resources),
            None => Way::Act(action(LISTEN)),
        },
        method => way_of(method),
    }
}

fn way_of(method: &str) -> Way {
    match method {
        "initialize" => Way::Initialize,
        "tools/list" => Way::ListTools,
        "tools/call" => Way::CallTool,
        _ if PASSING.contains(&method) => Way::Pass,
        _ => Way::Act(action(method)),
    }
}

/// Returns the resources whose changes are subscribed to, beside those of lists; nothing, where that is unclear.
fn resources(request: &Request) -> Option<Vec<String>> {
    let filter = request.params.as_ref()?.member("notifications")?;
    match filter.member("resourceSubscriptions") {
        None if filter.is_object() => Some(Vec::new()),
        None => None,
        Some(uris) => uris.read().ok(),
    }
}

/// Tells whether a notification says what the specification lets it say.
pub(crate) fn is_known_notification(method: &str) -> bool {
    NOTIFICATIONS.contains(&method)
}

/// The one method of the specification whose action is written in a way of its own.
const CREATE_MESSAGE: (&str, &str) = ("sampling/createMessage", "mcp.sampling.create_message");

/// The most letters an action's id has.
const LONGEST_ID: usize = 64;

/// Returns the action's id of a method: `resources/read` is `mcp.resources.read`. No two methods have the same: one that
/// is written in another way than the specification writes them is `mcp.unusual.` and the first digits of its SHA-256.
pub(crate) fn action(method: &str) -> String {
    if method == CREATE_MESSAGE.0 {
        return CREATE_MESSAGE.1.to_owned();
    }
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'/');
    let id = format!("mcp.{}", method.replace('/', "."));
    if method.bytes().all(plain) && id.len() <= LONGEST_ID {
        return id;
    }
    let digest = Sha256::digest(method);
    let digits: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("mcp.unusual.{digits}")
}

#[cfg(test)]
mod tests {
    use super::{Way, action, way_of as way};

    #[test]
    fn a_method_has_an_action_of_its_own() {
        for (method, expected) in [
            ("resources/read", "mcp.resources.read"),
            ("prompts/get", "mcp.prompts.get"),
            ("completion/complete", "mcp.completion.complete"),
            ("sampling/createMessage", "mcp.sampling.create_message"),
            ("elicitation/create", "mcp.elicitation.create"),
            ("roots/list", "mcp.roots.list"),
            ("x-vendor/do-it", "mcp.x-vendor.do-it"),
        ] {
            assert_eq!(action(method), expected);
        }
        let long = "x".repeat(100);
        let unusual = ["Resources/Read", "resources.read", "resources/Read", "größe\n", &long];
        let ids: std::collections::BTreeSet<_> = unusual.into_iter().map(action).collect();
        assert!(ids.iter().all(|id| id.starts_with("mcp.unusual.") && id.len() <= 64), "{ids:?}");
        assert_eq!(ids.len(), unusual.len());
    }

    #[test]
    fn what_nobody_knows_is_an_action() {
        assert_eq!(way("ping"), Way::Pass);
        assert_eq!(way("tools/call"), Way::CallTool);
        assert_eq!(way("tools/Call"), Way::Act(action("tools/Call")));
        assert_eq!(way("resources/subscribe"), Way::Act("mcp.resources.subscribe".to_owned()));
    }
}
