use proptest::prelude::proptest;
use syndic_ledger::{Head, Ledger, Line, PartName, Parts, verify};

use super::{append, open};

fn ledger() -> (Vec<u8>, Head) {
    let (mut ledger, mut out) = (Ledger::default(), Vec::new());
    for id in ["a", "b", "c"] {
        append(&mut ledger, id, &[(PartName::Args, r#"{"q":1}"#)], &mut out).unwrap();
    }
    (out, ledger.head())
}

/// Verifies with the keys at hand: the tree, and every sealed part.
fn holds(segment: &[u8], head: Head) -> Result<(), String> {
    let lines = || segment.split_inclusive(|byte| *byte == b'\n');
    verify(lines(), Some(head)).map_err(|error| error.to_string())?;
    for line in lines() {
        let line = Line::parse(line).map_err(|error| error.to_string())?;
        let leaf = line.decode().map_err(|error| error.to_string())?;
        let sealed = line.sealed().ok().flatten().ok_or("dropped")?;
        let text = open(&sealed.nonce, &line.hash(), &sealed.ciphertext).ok_or("does not open")?;
        if !Parts::decode(&text).is_ok_and(|parts| parts.belong_to(&leaf)) {
            return Err("other parts".to_owned());
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn any_changed_byte_is_found(at in 0_usize..1000, flip in 1_u8..) {
        let (mut segment, head) = ledger();
        assert_eq!(holds(&segment, head), Ok(()));
        let at = at % segment.len();
        segment[at] ^= flip;
        assert!(holds(&segment, head).is_err(), "byte {at} ^ {flip}");
    }
}

#[test]
fn the_first_bad_record_is_named() {
    type Change = fn(&str) -> String;
    let cases: [(Change, &str); 8] = [
        (|s| s.replacen("\"i\":1,", "\"i\":2,", 1), "record 1: the leaf says it is record 2"),
        (
            |s| s.replacen("{\"v\":1,\"i\":1", "{\"v\":2,\"i\":1", 1),
            "record 1: the leaf has version 2, this program reads up to 1",
        ),
        (
            |s| s.replacen("{\"v\":1,\"i\":1", "{\"i\":1", 1),
            "record 1: the leaf does not begin with version and index",
        ),
        (|s| s.replacen('\t', " ", 1), "record 0: the line is not `leaf TAB sealed-parts`"),
        (|s| s.replacen('\t', "\t?", 1), "record 0: the sealed parts are malformed"),
        (
            |s| s.lines().take(2).map(|l| format!("{l}\n")).collect(),
            "record 2: missing, the checkpoint covers 3 records",
        ),
        (|s| s.trim_end().to_owned(), "record 2: the line is incomplete"),
        (
            |s| s.replace("\"b\"", "\"B\""),
            "record 2: the tree up to here is not the one of the checkpoint",
        ),
    ];
    let (segment, head) = ledger();
    for (change, expected) in cases {
        assert_eq!(
            holds(change(std::str::from_utf8(&segment).unwrap()).as_bytes(), head).unwrap_err(),
            expected
        );
    }
}

#[test]
fn a_leaf_of_another_shape_is_refused() {
    for (leaf, expected) in [
        (r#"{"v":3,"anything":[]}"#, "the leaf has version 3, this program reads up to 1"),
        (
            r#"{"v":1,"i":0,"at":"2026-11-22T10:00:00Z","new":1,"record":{}}"#,
            "the leaf is no record of version 1",
        ),
        (
            r#"{"v":1,"i":0,"at":"2026-11-22T10:00:00Z","record":{"outcome_missing":{"id":"a","new":1}}}"#,
            "the leaf is no record of version 1",
        ),
        (
            r#"{"v":1,"i":0,"at":"2026-11-22T10:00:00Z","record":{"later":{}}}"#,
            "the leaf is no record of version 1",
        ),
        (r#"{"v":1,"i":0,"at":"2026-11-22"#, "the leaf is not JSON"),
        (
            r#"{"v":1,"i":00,"at":"2026-11-22T10:00:00Z"}"#,
            "the leaf does not begin with version and index",
        ),
        ("", "the leaf does not begin with version and index"),
    ] {
        let line = format!("{leaf}\t\n");
        assert_eq!(
            Line::parse(line.as_bytes()).unwrap().decode().unwrap_err().to_string(),
            expected,
            "{leaf}"
        );
    }
}
