//! Permits, verified offline.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use syndic_gate::{PermitError, verify_permit};
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
    let other = TestServer::start(Arc::new(syndic_gate::SystemClock)).await;
    let other = other.send("GET", "/.well-known/jwks.json", "", "").await.text;
    assert!(matches!(verify_permit(token, &other, now), Err(PermitError::UnknownKey(_))));
    for (index, _) in token.char_indices().step_by(7) {
        let mut forged = token.to_owned();
        let replaced = if forged[index..].starts_with('A') { "B" } else { "A" };
        forged.replace_range(index..=index, replaced);
        assert!(verify_permit(&forged, &keys, now).is_err(), "changed at {index}");
    }
}
