//! What an auditor can hold against the log.

use std::fs;

use crate::serve::{agent_key, refund};
use crate::syndic::Place;

#[test]
fn an_action_is_proved_to_somebody_who_has_the_log_s_key_alone() {
    let place = Place::governed();
    let serving = place.serve();
    let key = agent_key(&place);
    let decided = refund(&serving.url, &key, 45);
    let proof = place.admin(&["audit", "prove", &decided.action_id]);
    let proof = proof["proof"].as_str().unwrap();
    assert!(proof.starts_with("syndic proof, version 1\naction "), "{proof}");
    let sample = place.admin(&["audit", "sample", "--seed", "4711", "--n", "3"]);
    assert!(sample["proof"].as_str().unwrap().contains("\nsample 3 of 0.."));
    let live = place.admin(&["audit", "verify"]);
    assert_eq!((&live["verified"], &live["parts"]["unopened"]), (&true.into(), &false.into()));
    assert_eq!(serving.terminate(), Some(0));

    let data_dir = place.dir().join(".syndic");
    let kept = place.admin(&["audit", "checkpoint"]);
    let elsewhere = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = elsewhere.path().join(name);
        fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let proof = put("proof.txt", proof);
    let kept = put("checkpoint", kept["checkpoint"].as_str().unwrap());
    let vkey = put("log.vkey", &fs::read_to_string(data_dir.join("log.vkey")).unwrap());
    let verified = place.admin(&["audit", "verify", &proof, "--vkey", &vkey]);
    assert_eq!(verified["subject"], format!("action {}", decided.action_id));
    let verified = place.admin(&["audit", "verify", "--vkey", &vkey, "--from", &kept]);
    assert_eq!(verified["continues"][0]["size"], verified["records"]);
}
