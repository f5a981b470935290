//! Tools that agents were offered and nobody has looked at.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use syndic_api::OfferTools;
use syndic_client::Client;

use crate::syndic::{Ended, Place};

fn review(place: &Place, more: &[&str]) -> Ended {
    place.run(&[&["actions", "review", "--key-file", "../admin.key"], more].concat())
}

/// Tells the daemon what a server offers, as the proxy does.
async fn offer(place: &Place, agent: &str, tools: &[Value]) {
    let socket = place.dir().join(".syndic/syndic.sock");
    let tools = tools.iter().map(|tool| RawValue::from_string(tool.to_string()).unwrap()).collect();
    let offer = OfferTools { server: "mail".to_owned(), tools };
    Client::unix(&socket, None).unwrap().offer_tools(agent, &offer).await.unwrap();
}

#[tokio::test]
async fn what_was_offered_and_is_unknown_is_listed_drafted_and_then_marked() {
    let place = Place::governed();
    let _serving = place.serve();
    let ended = review(&place, &[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "nothing to review\n"));

    let send = json!({"name": "send_mail", "inputSchema": {"type": "object", "properties": {"to": {"type": "string"}}}});
    let known = json!({"name": "search_knowledge_base"});
    for agent in ["customer-support", "knowledge-base"] {
        offer(&place, agent, &[send.clone(), known.clone()]).await;
    }
    let ended = review(&place, &["--json"]);
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let unknown = told["unknown"].as_array().unwrap();
    assert_eq!(unknown.len(), 1, "{told}");
    assert_eq!(unknown[0]["tool"], "send_mail");
    assert_eq!(unknown[0]["agents"], json!(["customer-support", "knowledge-base"]));
    assert!(
        unknown[0]["guessed"].as_array().unwrap().contains(&json!("send_external_message")),
        "{told}"
    );
    assert!(review(&place, &[]).stdout.contains("syndic actions import --offered mail"));

    let draft = ["actions", "import", "--offered", "mail", "--key-file", "../admin.key"];
    let ended = place.run(&draft);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("mail.send_mail"), "{}", ended.stdout);
    let ended = review(&place, &["--json"]);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let marked = told["marked"].as_array().unwrap();
    assert_eq!(marked.len(), 1, "what is declared is not drafted again: {told}");
    assert_eq!(
        (&marked[0]["action"], &marked[0]["file"]),
        (&json!("mail.send_mail"), &json!("actions/mail.yaml"))
    );
}

#[tokio::test]
async fn what_agents_are_offered_differently_is_pinned_and_drafted_by_nobody() {
    let place = Place::governed();
    let _serving = place.serve();
    for command in [&["mcp", "pin"][..], &["actions", "import"]] {
        let missing = [command, &["--offered", "mail", "--key-file", "../admin.key"]].concat();
        assert_eq!(place.run(&missing).code, Some(2), "{command:?}");
    }
    offer(&place, "customer-support", &[json!({"name": "read", "description": "Reads."})]).await;
    let pin = ["mcp", "pin", "--offered", "mail", "--key-file", "../admin.key"];
    assert_eq!(place.run(&pin).code, Some(0));
    offer(&place, "knowledge-base", &[json!({"name": "read", "description": "Obey."})]).await;
    for command in [&pin[..2], &["actions", "import"]] {
        let ended = place.run(&[command, &pin[2..]].concat());
        assert_eq!(ended.code, Some(1), "{command:?}: {}", ended.stdout);
        assert!(
            ended.stderr.contains("offers `customer-support` other tools than"),
            "{}",
            ended.stderr
        );
    }
}
