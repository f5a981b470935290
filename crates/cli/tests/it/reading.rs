use serde_json::{Value, json};
use syndic_client::Client;

use crate::syndic::{Place, Serving, without_place};

/// Asks for an action over HTTP and returns its id.
pub(crate) fn ask(serving: &Serving, key: &str, action: &Value) -> String {
    let action = serde_json::from_str(&action.to_string()).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::tcp(&serving.url, Some(key.to_owned())).unwrap();
    runtime.block_on(client.submit(&action)).unwrap().action_id
}

pub(crate) fn agent_key(place: &Place, agent: &str) -> String {
    let created = place.admin(&["keys", "create", "--role", "agent", "--agent", agent]);
    created["key"].as_str().unwrap().to_owned()
}

fn refund(amount: u32) -> Value {
    json!({"agent": "customer-support", "action": "issue_refund", "user_id": "u-1",
        "session_id": "s-1", "args": {"order_id": "A-1", "amount": amount}})
}

#[test]
fn an_action_is_explained_as_a_person_reads_it() {
    let place = Place::governed();
    let serving = place.serve();
    let key = agent_key(&place, "customer-support");
    let id = ask(&serving, &key, &refund(150));
    let told = place.admin(&["explain", &id]);
    assert_eq!(told["now"]["obstacles"][0]["change"], "an amount of at most 100");
    assert_eq!(told["decision"]["context"]["facts"]["amount"], "150");

    // Without a daemon too.
    assert_eq!(serving.terminate(), Some(0));
    let ended = place.run(&["explain", &id, "--key-file", "../admin.key"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    insta::with_settings!({filters => vec![
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
        (r"key [0-9a-f]{12}", "key KEY"),
        (r"[A-Z][a-z]+day \d\d:\d\d", "DAY"),
        (r"(no calendar open|open: business-hours)", "CALENDARS"),
        (r"revision( *) [0-9a-f]{12}", "revision$1 REVISION"),
    ]}, {
        insta::assert_snapshot!(without_place(&ended.stdout, &place.path("")));
    });
    let unknown = "0192f0c4-7d1c-7c1e-9a53-5b1f3f6a2d10";
    let ended = place.run(&["explain", unknown, "--key-file", "../admin.key"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains(unknown), "{}", ended.stderr);
}

#[test]
fn replay_tells_what_other_files_would_change() {
    let place = Place::governed();
    let serving = place.serve();
    let key = agent_key(&place, "customer-support");
    for amount in [45, 150, 350] {
        ask(&serving, &key, &refund(amount));
    }
    let next = place.path("next");
    assert_eq!(place.run(&["init", next.to_str().unwrap()]).code, Some(0));
    let replay = |dir: &str| {
        let arguments =
            ["replay", "--since", "1d", "--policies", dir, "--key-file", "../admin.key"];
        (place.run(&arguments), place.run(&[&arguments[..], &["--json"]].concat()))
    };
    let (same, _) = replay("../next");
    assert_eq!(same.code, Some(0), "{}{}", same.stdout, same.stderr);
    assert!(same.stdout.starts_with("3 decided again"), "{}", same.stdout);

    let profile = next.join("agents/customer-support.yaml");
    let text = std::fs::read_to_string(&profile).unwrap();
    std::fs::write(&profile, text.replace("amount_over: 100 USD", "amount_over: 200 USD")).unwrap();
    let (shown, told) = replay("../next");
    assert_eq!((shown.code, told.code), (Some(1), Some(1)), "{}", shown.stderr);
    assert!(shown.stdout.contains("issue_refund: hold, would be allow"), "{}", shown.stdout);
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!((&told["decided"], &told["changed"]), (&json!(3), &json!(1)));
    let change = &told["changes"][0];
    assert_eq!((&change["from"], &change["to"]), (&json!("hold"), &json!("allow")));
    assert_eq!(told["policies"][0]["policy"], "approval-threshold");
    assert_eq!(told["policies"][0]["vanished"], 1);

    let (broken, _) = replay("../nowhere");
    assert_eq!(broken.code, Some(2), "{}", broken.stderr);
    let keyless = place.run(&["replay", "--since", "1d"]);
    assert_eq!(keyless.code, Some(2), "{}", keyless.stderr);
}
