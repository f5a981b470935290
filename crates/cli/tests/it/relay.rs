use serde_json::Value;

use crate::serve::{agent_key, refund};
use crate::syndic::Place;

fn lines(place: &Place) -> Vec<Value> {
    let text = std::fs::read_to_string(place.path("trail/audit.jsonl")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Asks until the sink is as it should be; every asking takes its time.
fn status(place: &Place, is_so: impl Fn(&Value) -> bool) -> Value {
    loop {
        let status = place.admin(&["relay", "status"]);
        if is_so(&status["sinks"][0]) {
            return status["sinks"][0].clone();
        }
    }
}

#[test]
fn an_event_reaches_the_file_is_replayed_and_the_cursor_is_read_without_a_daemon() {
    let place = Place::governed();
    let path = place.path("trail/audit.jsonl");
    let sinks = format!("\nsinks:\n  trail:\n    file: {{ path: {} }}\n", path.display());
    place.append("syndic.yaml", &sinks);
    let serving = place.serve();
    let key = agent_key(&place);
    place.admin(&["agents", "suspend", "customer-support", "--reason", "a test"]);
    let decided = refund(&serving.url, &key, 45);
    assert!(!decided.allowed);
    let sink = status(&place, |sink| sink["taken"] == 1 && sink["lag_records"] == 0);
    assert_eq!((&sink["circuit"], &sink["kind"]), (&"closed".into(), &"file".into()));
    assert_eq!(lines(&place)[0]["event_id"], decided.action_id);

    let replayed = place.admin(&["relay", "replay", "--sink", "trail", "--from", "0"]);
    assert!(replayed["records"].as_u64().unwrap() > 3, "{replayed}");
    status(&place, |sink| sink["taken"] == 2);
    assert_eq!(lines(&place).len(), 2);
    let unknown =
        place.run(&["relay", "replay", "--sink", "x", "--from", "0", "--key-file", "../admin.key"]);
    assert_eq!(unknown.code, Some(1));
    assert!(unknown.stderr.contains("there is no sink `x` in force"), "{}", unknown.stderr);

    serving.terminate();
    let told = place.run(&["relay", "status"]);
    assert_eq!(told.code, Some(0), "{}", told.stderr);
    assert!(told.stderr.contains("no daemon runs"), "{}", told.stderr);
    assert!(told.stdout.contains("trail"), "{}", told.stdout);
    assert_eq!(lines(&place).len(), 2);
}
