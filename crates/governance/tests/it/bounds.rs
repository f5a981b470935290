//! Input made to break the reader.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::fixture::{FILES, load_changed, shown, write};

fn check_bomb(name: &str, text: &str) {
    let start = Instant::now();
    let (_dir, checked) = load_changed(|dir| write(dir, "agents/clerk.yaml", text));
    assert!(checked.governance.is_none(), "{name} was accepted");
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{name} took {:?}: {:?}",
        start.elapsed(),
        shown(&checked)
    );
}

#[test]
fn bombs_end_soon() {
    let mut laughs = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for i in 1..30 {
        writeln!(
            laughs,
            "a{i}: &a{i} [*a{j}, *a{j}, *a{j}, *a{j}, *a{j}, *a{j}, *a{j}]",
            j = i - 1
        )
        .unwrap();
    }
    check_bomb("a billion laughs", &laughs);
    check_bomb(
        "a billion laughs in a field that is read",
        &format!("limits:\n- {}", laughs.replace('\n', "\n  ")),
    );
    check_bomb("deep flow", &format!("limits: {}", "[".repeat(100_000)));
    check_bomb(
        "deep flow, closed",
        &format!("limits: {}{}", "[".repeat(100_000), "]".repeat(100_000)),
    );
    check_bomb("deep blocks", &format!("limits:\n{}", "- ".repeat(100_000)));
    check_bomb("many values", &format!("limits: [{}]", "1,".repeat(500_000)));
    check_bomb("many keys", &(0..90_000).map(|i| format!("k{i}: 1\n")).collect::<String>());
    check_bomb("many documents", &"---\nname: x\n".repeat(50_000));
    check_bomb("an endless quote", &format!("name: \"{}", "\\x41".repeat(200_000)));
    check_bomb("itself", "name: &a [*a]\n");
}

#[test]
fn a_directory_of_too_many_files_is_refused() {
    let (_dir, checked) = load_changed(|dir| {
        for i in 0..10_001 {
            write(dir, &format!("agents/a{i}.txt"), "");
        }
    });
    assert!(shown(&checked).iter().any(|shown| shown.contains("error[too-many-files]")));
    assert!(checked.governance.is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_in_any_file_are_findings_at_worst(file in 0..FILES.len(), bytes: Vec<u8>) {
        let (_dir, checked) = load_changed(|dir| write(dir, FILES[file].0, bytes));
        prop_assert!(checked.governance.is_some() || !checked.findings.is_empty());
    }

    #[test]
    fn a_file_cut_and_mixed_is_findings_at_worst(file in 0..FILES.len(), cut in 0..400_usize, junk in "[\\PC\n]{0,20}") {
        let (path, text) = FILES[file];
        let (before, after) = text.split_at(text.floor_char_boundary(cut.min(text.len())));
        let mixed = format!("{before}{junk}{after}");
        let (_dir, checked) = load_changed(|dir| write(dir, path, mixed));
        prop_assert!(checked.governance.is_some() || !checked.findings.is_empty());
    }
}
