//! What people answer for, from the command line.

use serde_json::json;

use crate::syndic::Place;

#[test]
fn a_document_is_hashed_and_what_is_stated_can_be_listed_and_withdrawn() {
    let place = Place::governed();
    let serving = place.serve();
    std::fs::write(place.dir().join("risks.pdf"), "abc").unwrap();
    let about = ["attest", "--agent", "customer-support", "--field", "failure_modes_documented"];
    let who = ["--name", "support lead", "--function", "risk owner"];
    let with = ["--value", "true", "--document", "risks.pdf"];
    let made = place.admin(&[&about[..], &with, &who].concat());
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(made["document"], json!(abc));
    let list = ["attest", "list", "--agent", "customer-support"];
    assert_eq!(place.admin(&list), json!({"statements": [made]}));
    let shown = place.run(&[&list[..], &["--key-file", "../admin.key"]].concat()).stdout;
    assert!(shown.contains("failure_modes_documented  true   yes"), "{shown}");
    assert!(shown.lines().any(|line| line == "  support lead, risk owner"), "{shown}");
    place.admin(&[&about[..], &["--withdraw", "--reason", "one was missed"]].concat());
    assert_eq!(place.admin(&list), json!({"statements": []}));
    let apart = [&about[..], &["--not-applicable", "it cannot fail"], &who].concat();
    let made = place.admin(&apart);
    assert_eq!(
        (&made["value"], &made["reason"]),
        (&json!("not_applicable"), &json!("it cannot fail"))
    );
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn what_says_too_little_is_a_mistake_of_use() {
    let place = Place::governed();
    let agent = ["attest", "--agent", "customer-support"];
    for more in [
        &[][..],
        &["--field", "mood", "--value", "true", "--name", "n", "--function", "f"],
        &["--field", "intended_purpose", "--value", "true"],
        &["--field", "intended_purpose", "--withdraw"],
        &["--field", "intended_purpose", "--withdraw", "--reason", "r", "--value", "true"],
    ] {
        assert_eq!(place.run(&[&agent[..], more].concat()).code, Some(2), "{more:?}");
    }
}
