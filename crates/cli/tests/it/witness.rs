use serde_json::Value;

use crate::syndic::Place;

/// The key of a public log.
const LOG: &str = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP";

#[test]
fn a_witness_has_one_key_and_prints_it_again() {
    let place = Place::empty();
    let none = place.run(&["witness", "key", "--dir", "w"]);
    assert_eq!(none.code, Some(1));
    assert!(none.stderr.contains("hint: make one with --name"), "{}", none.stderr);

    let made = place.run(&["witness", "key", "--dir", "w", "--name", "witness.example.org"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(made.stdout.starts_with("witness.example.org+"), "{}", made.stdout);
    let again = place.run(&["witness", "key", "--dir", "w"]);
    assert_eq!(again.stdout, made.stdout);
    let told = place.run(&["witness", "key", "--dir", "w", "--json"]);
    let told: Value = serde_json::from_str(&told.stdout).unwrap();
    assert_eq!(told["vkey"], made.stdout.trim());

    let other = place.run(&["witness", "key", "--dir", "w", "--name", "other.example.org"]);
    assert_eq!(other.code, Some(1));
    assert!(other.stderr.contains("for `witness.example.org` already"), "{}", other.stderr);
}

#[test]
fn a_witness_serves_until_it_is_stopped_and_no_second_beside_it() {
    let place = Place::empty();
    place.run(&["witness", "key", "--dir", "w", "--name", "witness.example.org"]);
    let file = place.path("logs.txt");
    std::fs::write(&file, format!("# ours\n{LOG}\n")).unwrap();
    let file = file.to_str().unwrap();
    let serve = ["witness", "serve", "--dir", "w", "--logs", file, "--listen", "127.0.0.1:0"];
    let mut running = place.start(&serve);
    assert!(running.line().starts_with("witness witness.example.org+"));
    assert!(running.line().ends_with(": nothing cosigned yet\n"));
    assert!(running.line().starts_with("listening on http://127.0.0.1:"));
    let second = place.run(&serve);
    assert_eq!(second.code, Some(1));
    assert!(second.stderr.contains("another witness holds the lock"), "{}", second.stderr);
    assert_eq!(running.terminate(), Some(0));

    let mut told = place.start(&[serve.as_slice(), &["--json"]].concat());
    let told: Value = serde_json::from_str(&told.line()).unwrap();
    assert_eq!(told["logs"][0]["size"], Value::Null);
}
