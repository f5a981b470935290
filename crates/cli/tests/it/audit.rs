use std::fs;

use serde_json::{Value, json};

use crate::reading::{agent_key, ask};
use crate::syndic::Place;

/// Three refunds, the last of them held.
pub(crate) fn refunds(place: &Place, serving: &crate::syndic::Serving) {
    let key = agent_key(place, "customer-support");
    for (amount, order) in [(45, "A-1001"), (46, "=1+1"), (150, "A-1003")] {
        let action = json!({"agent": "customer-support", "action": "issue_refund", "user_id": "ada",
            "args": {"order_id": order, "amount": amount}});
        ask(serving, &key, &action);
    }
}

#[test]
fn words_and_filters_find_events_and_say_where_more_are() {
    let place = Place::governed();
    let serving = place.serve();
    refunds(&place, &serving);
    let search = |arguments: &[&str]| {
        let all = [&["audit", "search"], arguments, &["--key-file", "../admin.key"]].concat();
        let ended = place.run(&all);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
        (ended.stdout, ended.stderr)
    };
    let (found, _) = search(&["A-1003"]);
    assert_eq!(found.lines().count(), 2, "{found}");
    assert!(found.contains("issue_refund") && found.contains("hold"), "{found}");
    assert!(found.contains("approval-threshold: "), "{found}");
    let (found, told) = search(&["order_id", "--user", "ada", "--limit", "2"]);
    assert_eq!(found.lines().count(), 3, "{found}");
    let cursor = told.lines().find_map(|line| line.strip_prefix("older ones: --cursor "));
    let (found, told) = search(&["order_id", "--user", "ada", "--cursor", cursor.unwrap()]);
    assert_eq!((found.lines().count(), told.contains("--cursor")), (2, false), "{found}{told}");
    let (found, told) = search(&["nothing", "like", "it"]);
    assert_eq!((found.as_str(), told.trim_end()), ("", "nothing was found"));
    let page = place.admin(&["audit", "search", "--policy", "approval-threshold"]);
    assert_eq!(page["events"].as_array().unwrap().len(), 1);
    let wrong = place.run(&["audit", "search", "!", "--key-file", "../admin.key"]);
    assert_ne!(wrong.code, Some(0));
    assert!(wrong.stderr.contains("there is no word to search for"), "{}", wrong.stderr);
}

#[test]
fn an_export_is_a_line_for_each_event_oldest_first() {
    let place = Place::governed();
    let serving = place.serve();
    refunds(&place, &serving);
    let export = |arguments: &[&str]| {
        let all = [&["audit", "export"], arguments, &["--key-file", "../admin.key"]].concat();
        let ended = place.run(&all);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
        ended
    };
    let lines = export(&["--agent", "customer-support"]).stdout;
    let orders: Vec<String> = lines
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["tool_args"]["order_id"].to_string()
        })
        .collect();
    assert_eq!(orders, ["\"A-1001\"", "\"=1+1\"", "\"A-1003\""]);

    let file = place.path("events.csv");
    let told = export(&["--format", "csv", "--out", file.to_str().unwrap()]).stderr;
    assert!(told.contains("3 events in "), "{told}");
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.starts_with("event_id,timestamp,agent_name,"), "{text}");
    assert_eq!(text.matches("\r\n").count(), 4);
    assert!(!place.path("events.csv.partial").exists());
}

#[test]
fn who_asks_is_told_all_that_is_recorded_of_them_and_it_is_erased_on_request() {
    let place = Place::governed();
    let serving = place.serve();
    refunds(&place, &serving);
    let complete = || {
        let export = ["audit", "export", "--complete", "--proofs", "--user", "ada"];
        let ended = place.run(&[&export[..], &["--key-file", "../admin.key"]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let lines = ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect::<Vec<Value>>()
    };
    let told = complete();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[0]["decision"]["args"]["order_id"], "A-1001");
    assert_eq!(told[0]["decision"]["event"]["user_id"], "ada");
    assert_eq!(told[0]["approval"], Value::Null);
    assert!(told[0]["proof"].as_str().unwrap().contains("c2sp.org/tlog-proof@v1"), "{told:?}");
    assert_eq!(told[2]["decision"]["context"]["facts"]["amount"], "150");
    assert_eq!(told[2]["approval"]["status"], "pending");

    let redact = |more: &[&str]| {
        let first = ["audit", "redact", "--user", "ada", "--reason", "request 4711"];
        place.run(&[&first, more, &["--key-file", "../admin.key"]].concat())
    };
    let young = redact(&[]);
    assert_eq!(young.code, Some(1));
    assert!(young.stderr.contains("3 of 3 records are younger than 190 days"), "{}", young.stderr);
    let would = redact(&["--override-retention", "--dry-run"]);
    assert!(would.stdout.starts_with("Would erase the content of 3 records"), "{}", would.stdout);
    let erased = redact(&["--override-retention"]);
    assert_eq!(erased.code, Some(0), "{}", erased.stderr);
    assert!(erased.stdout.starts_with("Erased the content of 3 records"), "{}", erased.stdout);
    for told in complete() {
        let decision = &told["decision"];
        assert_eq!((&decision["args"], &decision["context"]), (&Value::Null, &Value::Null));
        assert_eq!(decision["event"]["metadata"]["redacted"], true);
    }
    let again = redact(&["--override-retention"]);
    assert!(again.stdout.starts_with("Nothing that can be read"), "{}", again.stdout);
}
