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

    let doctor = || {
        let ended = place.run(&["doctor", "--json", "--key-file", "../admin.key"]);
        let told: Value = serde_json::from_str(&ended.stdout).unwrap();
        let findings = told["findings"].as_array().unwrap().clone().into_iter();
        let findings = findings.filter(|one| one["id"].as_str().unwrap().starts_with("mcp-"));
        findings.map(|one| format!("{}: {}", one["state"], one["message"])).collect::<Vec<_>>()
    };
    assert_eq!(
        doctor(),
        [
            "\"warning\": \"agents were offered tools that nobody declared: `mail.send_mail`\"",
            "\"warning\": \"servers may change their tools unseen: `mail`\"",
            "\"warning\": \"no key with the grade in-path: `customer-support`, `knowledge-base`\"",
        ]
    );

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
async fn what_is_declared_pinned_and_in_the_path_is_fine() {
    let place = Place::governed();
    let _serving = place.serve();
    offer(&place, "customer-support", &[json!({"name": "issue_refund"})]).await;
    let create = ["keys", "create", "--role", "agent", "--agent", "customer-support"];
    place.admin(&[&create[..], &["--grade", "in-path"]].concat());
    let pin = ["mcp", "pin", "--offered", "mail", "--key-file", "../admin.key"];
    assert_eq!(place.run(&pin).code, Some(0));
    let ended = place.run(&["doctor", "--key-file", "../admin.key"]);
    for fine in ["ok  mcp-tools", "ok  mcp-pins", "ok  mcp-keys"] {
        let found = ended.stdout.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let found =
            found.filter(|words| words.len() > 1).any(|words| words[..2].join("  ") == fine);
        assert!(found, "no `{fine}` in {}", ended.stdout);
    }
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
