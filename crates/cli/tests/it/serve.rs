use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use serde_json::value::RawValue;
use syndic_api::{Decided, Event, SubmitAction};
use syndic_client::Client;

use crate::syndic::Place;

/// Asks for a refund over HTTP as customer support.
pub(crate) fn refund(url: &str, key: &str, amount: u32) -> Decided {
    let args = RawValue::from_string(json!({"order_id": "A-1", "amount": amount}).to_string());
    let action = json!({"agent": "customer-support", "action": "issue_refund", "args": {}});
    let mut action: SubmitAction = serde_json::from_value(action).unwrap();
    action.args = args.unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::tcp(url, Some(key.to_owned())).unwrap();
    runtime.block_on(client.submit(&action)).unwrap()
}

pub(crate) fn agent_key(place: &Place) -> String {
    let created =
        place.admin(&["keys", "create", "--role", "agent", "--agent", "customer-support"]);
    assert!(created["id"].is_string());
    created["key"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_decided_is_on_record_and_a_stop_survives_a_restart() {
    let place = Place::governed();
    let serving = place.serve();
    let key = agent_key(&place);
    assert_eq!(refund(&serving.url, &key, 45).effect, "allow");
    assert_eq!(refund(&serving.url, &key, 150).effect, "hold");

    let listed = place.admin(&["audit", "list", "--agent", "customer-support"]);
    let amounts: Vec<_> = listed["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["tool_args"]["amount"])
        .collect();
    assert_eq!(amounts, [&json!(150), &json!(45)]);
    let switched = place.admin(&["agents", "suspend", "customer-support", "--reason", "a test"]);
    assert_eq!(switched["suspended"], true);
    assert_eq!(serving.terminate(), Some(0));

    // No daemon runs: the command opens the data directory itself.
    assert_eq!(place.admin(&["status"])["suspended"], json!(["customer-support"]));
    let serving = place.serve();
    let refused = refund(&serving.url, &key, 45);
    assert_eq!((refused.effect.as_str(), refused.allowed), ("deny", false));
    assert!(refused.reasons.iter().any(|reason| reason.starts_with("agent-suspended: ")));
    place.admin(&["agents", "resume", "customer-support", "--reason", "a test"]);
    assert_eq!(refund(&serving.url, &key, 45).effect, "allow");
}

#[test]
fn tail_tells_every_action_once_and_in_order() {
    let place = Place::governed();
    let serving = place.serve();
    let key = agent_key(&place);
    let submitted: Vec<_> =
        (1..=3).map(|amount| refund(&serving.url, &key, amount).action_id).collect();
    let arguments = ["audit", "tail", "--limit", "2", "--json", "--key-file", "../admin.key"];
    let mut tail = place.start(&arguments);
    let mut next = || -> Event { serde_json::from_str(&tail.line()).unwrap() };
    assert_eq!([next().event_id, next().event_id], submitted[1..]);
    let submitted: Vec<_> =
        (4..=8).map(|amount| refund(&serving.url, &key, amount).action_id).collect();
    for action_id in submitted {
        assert_eq!(next().event_id, action_id);
    }
}

#[test]
fn a_permit_is_verified_without_the_daemon() {
    let place = Place::governed();
    let serving = place.serve();
    let permit = refund(&serving.url, &agent_key(&place), 45).permit.unwrap();
    let jwks = format!("{}/.well-known/jwks.json", serving.url);
    assert_eq!(place.run(&["permit", "verify", &permit.token, "--jwks", &jwks]).code, Some(0));

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let keys = runtime.block_on(Client::tcp(&serving.url, None).unwrap().jwks()).unwrap();
    std::fs::write(place.path("jwks.json"), keys.to_string()).unwrap();
    assert_eq!(serving.terminate(), Some(0));
    let (own, other) =
        (r#"{"amount": 45, "order_id": "A-1"}"#, r#"{"amount": 4500, "order_id": "A-1"}"#);
    for (agent, action, args, code) in [
        ("customer-support", "issue_refund", own, 0),
        ("customer-support", "issue_refund", other, 1),
        ("financial-advisor", "issue_refund", own, 1),
        ("customer-support", "send_contract", own, 1),
    ] {
        std::fs::write(place.path("args.json"), args).unwrap();
        let verify = ["permit", "verify", "-", "--jwks", "../jwks.json", "--args", "../args.json"];
        let verify = [&verify[..], &["--agent", agent, "--action", action]].concat();
        let ended = place.run_with_input(&verify, &permit.token);
        assert_eq!(ended.code, Some(code), "{agent} {action} {args}: {}", ended.stderr);
    }
    let forged = permit.token.replacen('.', ".e", 1);
    assert_eq!(place.run(&["permit", "verify", &forged, "--jwks", "../jwks.json"]).code, Some(1));
}

#[test]
fn a_data_directory_has_one_daemon() {
    let place = Place::governed();
    let serving = place.serve();
    let ended = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.starts_with("error: the data directory `"), "{}", ended.stderr);
    assert!(ended.stderr.contains("hint: "), "{}", ended.stderr);
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn keys_and_socket_are_for_their_owner_alone() {
    let place = Place::governed();
    let serving = place.serve();
    assert!(serving.greeting.contains("first admin key written to "), "{}", serving.greeting);
    for (path, expected) in [
        ("admin.key", 0o600),
        ("governance/.syndic", 0o700),
        ("governance/.syndic/syndic.sock", 0o600),
    ] {
        let mode = place.path(path).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, expected, "{path}");
    }
    assert_eq!(serving.terminate(), Some(0));
    let again = place.serve();
    assert!(!again.greeting.contains("first admin key"), "{}", again.greeting);
}

/// Starts the daemon with these arguments too, and returns what it says beside where it listens.
fn said(place: &Place, arguments: &[&str]) -> String {
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let mut running = place.start(&[&serve, arguments].concat());
    let mut said = String::new();
    while !said.contains("listening on ") {
        said += &running.line();
    }
    said + &running.rest()
}

#[test]
fn a_link_that_signs_in_is_for_who_shows_a_key() {
    let place = Place::governed();
    let first = said(&place, &["--bootstrap-key-file", "../admin.key", "--print-code"]);
    assert!(first.contains("/#code="), "{first}");
    std::fs::write(place.path("agent.key"), agent_key(&place)).unwrap();
    let own = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(place.path("agent.key"), own).unwrap();
    for (arguments, is_shown) in [
        (&["--print-code", "--key-file", "../admin.key"][..], true),
        // Nobody reads it on a terminal.
        (&["--key-file", "../admin.key"], false),
        (&["--print-code"], false),
        (&["--print-code", "--key-file", "../agent.key"], false),
    ] {
        let said = said(&place, arguments);
        assert_eq!(said.contains("/#code="), is_shown, "{arguments:?} {said}");
    }
}

#[test]
fn sign_in_makes_a_link_while_a_daemon_runs() {
    let place = Place::governed();
    let serving = place.serve();
    let link = place.admin(&["sign-in"]);
    let code = link["code"].as_str().unwrap();
    assert!(code.len() == 9 && link["url"].as_str().unwrap().ends_with(code), "{link}");
    let shown = place.run(&["sign-in", "--key-file", "../admin.key"]);
    assert!(shown.stdout.contains("/#code=") && shown.stderr.contains("good once"), "{shown:?}");
    let refused = place.run(&["sign-in"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("needs a key"), "{refused:?}");
    assert_eq!(serving.terminate(), Some(0));
    let ended = place.run(&["sign-in", "--key-file", "../admin.key"]);
    assert!(ended.code == Some(1) && ended.stderr.contains("no daemon serves"), "{ended:?}");
}

#[test]
fn an_address_of_the_network_is_not_served_in_clear() {
    let place = Place::governed();
    let ended = place.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("--behind-proxy"), "{}", ended.stderr);
}

#[test]
fn a_running_daemon_can_be_stopped_while_its_files_are_broken() {
    let place = Place::governed();
    let serving = place.serve();
    let key = agent_key(&place);
    place.append("syndic.yaml", "\nsurprise: 1\n");
    place.admin(&["agents", "suspend", "--all", "--reason", "a test"]);
    assert_eq!(refund(&serving.url, &key, 45).effect, "deny");
}

#[test]
fn buffered_durability_is_told_at_the_start() {
    let place = Place::governed();
    let path = place.dir().join("syndic.yaml");
    let text =
        std::fs::read_to_string(&path).unwrap().replace("durability: full", "durability: buffered");
    std::fs::write(&path, text).unwrap();
    std::fs::remove_file(place.dir().join("agents/financial-advisor.yaml")).unwrap();
    assert!(place.serve().greeting.contains("durability buffered"));
}

#[test]
fn a_broken_directory_is_not_served() {
    let place = Place::governed();
    place.append("syndic.yaml", "\nsurprise: 1\n");
    let ended = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(ended.code, Some(1));
    assert!(
        ended.stderr.contains("syndic.yaml:") && ended.stderr.contains("surprise"),
        "{}",
        ended.stderr
    );
}
