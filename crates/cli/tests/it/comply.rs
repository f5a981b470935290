//! Reports about agents, from the command line.

use std::fs;

use serde_json::{Value, json};

use crate::syndic::Place;

const REPORT: [&str; 4] = ["comply", "report", "--agent", "customer-support"];

fn stated(place: &Place, words: &[&str]) -> (Option<i32>, Value) {
    let ran = place.run(&[words, &["--json"]].concat());
    let told = serde_json::from_str(&ran.stdout)
        .unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr));
    (ran.code, told)
}

#[test]
fn a_report_is_made_where_nobody_serves_and_verified_by_the_directory_or_by_its_proofs() {
    let place = Place::governed();
    let made =
        place.run(&[&REPORT[..], &["--out", "report.json", "--proofs", "report.proofs"]].concat());
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(made.stderr.contains("/7: "), "it says the headline: {}", made.stderr);

    let verified = place.run(&["comply", "verify", "report.json"]);
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
    assert!(verified.stdout.contains("verified: 69 readings"), "{}", verified.stdout);
    assert!(verified.stderr.contains("the keys are the directory's own"), "{}", verified.stderr);
    let key = ".syndic/log.vkey";
    let (code, told) =
        stated(&place, &["comply", "verify", "report.json", "--log", ".syndic", "--key", key]);
    assert_eq!((code, &told["verified"], &told["keys"]), (Some(0), &json!(true), &json!("given")));

    let bundle = ["comply", "verify", "report.json", "--proofs", "report.proofs", "--key", key];
    let (code, told) = stated(&place, &bundle);
    assert_eq!((code, &told["signature"]["state"]), (Some(0), &json!("valid")), "{told:#}");
    assert_eq!(told["not_recomputed"].as_array().map(Vec::len), Some(69));

    let file = place.dir().join("report.json");
    let text = fs::read_to_string(&file).unwrap();
    let mut report: Value = serde_json::from_str(&text).unwrap();
    report["compliance_score"] = json!("7/7");
    fs::write(&file, report.to_string()).unwrap();
    let refuted = place.run(&["comply", "verify", "report.json"]);
    assert_eq!(refuted.code, Some(1), "{}", refuted.stdout);
    assert!(
        refuted.stdout.contains("compliance_score\n  the report says  \"7/7\""),
        "{}",
        refuted.stdout
    );
    assert!(
        refuted.stdout.contains("the report was changed after it was signed"),
        "{}",
        refuted.stdout
    );
    assert_eq!(place.run(&bundle).code, Some(1), "nor do its proofs bear it out");
}

#[test]
fn a_report_of_a_daemon_is_compared_with_an_earlier_one() {
    let place = Place::governed();
    let serving = place.serve();
    let report = |file: &str| {
        [&REPORT[..], &["--out", file, "--key-file", "../admin.key"]].concat().join(" ")
    };
    for file in ["old.json", "new.json"] {
        let words = report(file);
        let ran = place.run(&words.split(' ').collect::<Vec<_>>());
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    assert_eq!(place.run(&REPORT).code, Some(1), "a daemon wants a key");
    let (code, told) = stated(&place, &["comply", "diff", "old.json", "new.json"]);
    assert_eq!((code, &told["agent"]), (Some(0), &json!("customer-support")));
    let html = [&REPORT[..], &["--format", "html", "--key-file", "../admin.key"]].concat();
    assert!(place.run(&html).stdout.contains("<html"));
    let unknown = ["comply", "report", "--agent", "nobody", "--key-file", "../admin.key"];
    let ran = place.run(&unknown);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("hint: `syndic agents` lists them"), "{}", ran.stderr);

    let open = "incident open --agent customer-support --class serious --title wrong --key-file ../admin.key";
    let (code, opened) = stated(&place, &open.split(' ').collect::<Vec<_>>());
    assert_eq!(code, Some(0));
    let id = opened["id"].as_str().unwrap();
    let export = ["incident", "export", id, "--out", "bundle", "--key-file", "../admin.key"];
    let (code, told) = stated(&place, &export);
    assert_eq!((code, &told["directory"]), (Some(0), &json!("bundle")), "{told}");
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn what_is_written_to_a_file_is_told_to_programs() {
    let place = Place::governed();
    for (words, file, member) in [
        (&REPORT[..], "report.json", "headline"),
        (&["comply", "dossier", "--agent", "customer-support"], "dossier.json", "open"),
    ] {
        let (code, told) = stated(&place, &[words, &["--out", file]].concat());
        assert_eq!((code, &told["file"]), (Some(0), &json!(file)), "{told}");
        assert!(!told[member].is_null(), "{told}");
        assert!(place.dir().join(file).exists());
    }
    let ran = place.run(&["comply", "report", "--agent", "nobody"]);
    assert!(ran.stderr.contains("hint: `syndic agents` lists them"), "{}", ran.stderr);
}

#[test]
fn json_and_another_form_of_the_answer_are_not_asked_for_together() {
    let place = Place::governed();
    let dossier = ["comply", "dossier", "--agent", "customer-support"];
    for (words, format) in [
        (&REPORT[..], "text"),
        (&REPORT[..], "html"),
        (&dossier[..], "md"),
        (&["audit", "export"][..], "csv"),
    ] {
        let ran = place.run(&[words, &["--json", "--format", format]].concat());
        assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{words:?} {format}");
        assert!(ran.stderr.contains("two forms of the answer"), "{}", ran.stderr);
    }
    assert_eq!(place.run(&[&REPORT[..], &["--json", "--format", "json"]].concat()).code, Some(0));
}

#[test]
fn the_catalogue_is_shown_and_what_is_unknown_is_told() {
    let place = Place::governed();
    let shown = place.run(&["comply", "catalogue"]).stdout;
    assert!(shown.contains("eu-ai-act"), "{shown}");
    assert!(place.run(&["comply", "catalogue", "eu-ai-act"]).stdout.contains("Art. 12"));
    for (words, code) in [
        (&["comply", "catalogue", "eu-ai"][..], 2),
        (&["comply", "report", "--agent", "nobody"], 1),
        (&["comply", "verify", "nothing.json"], 2),
        (&["comply", "verify", "syndic.yaml"], 2),
    ] {
        assert_eq!(place.run(words).code, Some(code), "{words:?}");
    }
}

#[test]
fn a_dossier_says_what_is_known_and_what_needs_a_person() {
    let place = Place::governed();
    let made = place.run(&["comply", "dossier", "--agent", "customer-support"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(made.stdout.contains("**needs a person**"), "{}", made.stdout);
    assert!(made.stdout.contains("`agents/customer-support.yaml`"), "{}", made.stdout);
    let (code, told) = stated(&place, &["comply", "dossier", "--agent", "customer-support"]);
    assert_eq!((code, told["sections"].as_array().map(Vec::len)), (Some(0), Some(9)));
}
