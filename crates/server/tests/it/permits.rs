//! Permits, verified offline.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use syndic_gate::{PermitError, SystemClock, verify_permit};
use syndic_testkit::{TestClock, TestServer};

#[tokio::test]
async fn a_permit_is_verified_with_the_public_keys_alone() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let key = server.agent_key("knowledge-base").await;
    let search = json!({"agent": "knowledge-base", "action": "search_knowledge_base", "args": {"query": "x"}});
    let decided = server.submit(&key, search).await;
    let token = decided["permit"]["token"].as_str().unwrap();
    let keys = server.send("GET", "/.well-known/jwks.json", "", "").await.text;
    let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    let claims = verify_permit(token, &keys, now).unwrap();
    assert_eq!(
        (claims.sub.as_str(), claims.action.as_str()),
        ("knowledge-base", "search_knowledge_base")
    );
    assert_eq!(json!(claims.args_digest), decided["permit"]["args_digest"]);
    let late = now + SignedDuration::from_secs(60);
    assert!(matches!(verify_permit(token, &keys, late), Err(PermitError::Expired(_))));
    let other = TestServer::start(Arc::new(SystemClock)).await;
    let other = other.send("GET", "/.well-known/jwks.json", "", "").await.text;
    assert!(matches!(verify_permit(token, &other, now), Err(PermitError::UnknownKey(_))));
    for (index, _) in token.char_indices().step_by(7) {
        let mut forged = token.to_owned();
        let replaced =
            if forged.get(index..).is_some_and(|rest| rest.starts_with('A')) { "B" } else { "A" };
        forged.replace_range(index..=index, replaced);
        assert!(verify_permit(&forged, &keys, now).is_err(), "changed at {index}");
    }
}

#[tokio::test]
async fn the_node_example_accepts_the_permitted_arguments_and_no_others() {
    // The example reads the host's time.
    let server = TestServer::start(Arc::new(SystemClock)).await;
    let key = server.agent_key("customer-support").await;
    let args = r#"{"order_id":"Ä-1 \u20ac \"x\"","amount":45.50}"#;
    let refund = json!({"agent": "customer-support", "action": "issue_refund",
        "args": serde_json::from_str::<Value>(args).unwrap()});
    let decided = server.submit(&key, refund).await;
    let token = decided["permit"]["token"].as_str().unwrap();
    let keys = server.send("GET", "/.well-known/jwks.json", "", "").await.text;
    let other = TestServer::start(Arc::new(SystemClock)).await;
    let other = other.send("GET", "/.well-known/jwks.json", "", "").await.text;
    let turned = r#"{"amount":4.55e1,"order_id":"\u00c4-1 € \"x\""}"#;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    for (token, keys, args, expected) in [
        (token, &keys, args, "valid: customer-support may run issue_refund once"),
        (token, &keys, turned, "valid: customer-support may run issue_refund once"),
        (
            token,
            &keys,
            &args.replace("45.50", "45.51"),
            "refused: the permit is for other arguments",
        ),
        (
            token,
            &keys,
            &args.replace("45.50", "-45.50"),
            "refused: the arguments have a negative number",
        ),
        (token, &other, args, "refused: the permit is signed by key"),
        (&forged, &keys, args, "refused: the permit"),
        ("nonsense", &keys, args, "refused: the permit is not a compact JWS"),
    ] {
        let ran = verify_with_node(server.directory(), token, keys, args);
        let told = format!(
            "{}{}",
            String::from_utf8_lossy(&ran.stdout),
            String::from_utf8_lossy(&ran.stderr)
        );
        assert!(told.starts_with(expected), "{args}: {told}");
        assert_eq!(ran.status.code(), Some(i32::from(!expected.starts_with("valid"))), "{told}");
    }
}

#[expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where node cannot run")]
fn verify_with_node(directory: &Path, token: &str, keys: &str, args: &str) -> Output {
    let (keys_file, args_file) = (directory.join("jwks.json"), directory.join("args.json"));
    std::fs::write(&keys_file, keys).unwrap();
    std::fs::write(&args_file, args).unwrap();
    let example =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../examples/verify-permit/verify.mjs");
    Command::new("node")
        .args([example.as_path(), Path::new(token), &keys_file, &args_file])
        .output()
        .expect("node 20 or later is needed to test examples/verify-permit")
}
