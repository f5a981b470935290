use serde_json::{Value, json};

use crate::syndic::{Ended, Place};

/// Runs `prove --json`; the code is the test's to check.
fn prove(place: &Place, arguments: &[&str]) -> (Option<i32>, Value) {
    let ended = place.run(&[&["prove", "--json"], arguments].concat());
    let answer = serde_json::from_str(&ended.stdout);
    (ended.code, answer.unwrap_or_else(|_| panic!("{}{}", ended.stdout, ended.stderr)))
}

fn outcomes<'a>(answer: &'a Value, action: &str) -> Vec<&'a str> {
    let proofs = answer["proofs"].as_array().unwrap().iter();
    proofs
        .filter(|proof| proof["action"] == action)
        .map(|proof| proof["outcome"].as_str().unwrap())
        .collect()
}

/// A governance directory with one invariant of its own, next to the shipped ones.
fn with_invariant(text: &str) -> Place {
    let place = Place::governed();
    place.append("policies/invariants/own.cedar", text);
    place
}

#[test]
fn a_fresh_directory_keeps_its_invariants() {
    let place = Place::governed();
    let ended = place.run(&["prove"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{}", ended.stdout);
    insta::with_settings!({filters => vec![
        (r"in \d+\.\d s, cvc5 \S+", "in TIME, cvc5 VERSION"),
    ]}, {
        insta::assert_snapshot!(ended.stdout);
    });
}

#[test]
fn a_broken_invariant_is_shown_by_a_request_that_decide_allows() {
    let place = Place::governed();
    place.rewrite("agents/customer-support.yaml", "amount_over: 100 USD", "amount_over: 150 USD");
    let (code, answer) = prove(&place, &[]);
    assert_eq!((code, &answer["ok"]), (Some(1), &false.into()));
    let refuted: Vec<&Value> = answer["proofs"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|proof| proof["outcome"] != "proved")
        .collect();
    let [proof] = refuted.as_slice() else { panic!("{refuted:?}") };
    assert_eq!(proof["action"], "issue_refund");
    let witness = &proof["witness"];
    assert_eq!(
        (&witness["reproduced"], &witness["decide"], &witness["refused_by"]),
        (&true.into(), &"allow".into(), &json!(["at-most-100"]))
    );
    let decided = place.run_with_input(&["decide"], &witness["request"].to_string());
    assert_eq!(decided.code, Some(0), "{}", decided.stdout);
    let amount = witness["request"]["args"]["amount"].as_f64().unwrap();
    assert!(amount > 100.0 && amount <= 150.0, "{amount}");
}

#[test]
fn what_a_human_can_lift_is_not_in_the_way_at_the_level_approved() {
    let place = with_invariant(
        r#"@id("never") @description("No refund over 100 at all.")
        permit (principal, action, resource);
        forbid (principal, action == Action::"issue_refund", resource)
        when { context.facts.amount.greaterThan(decimal("100.0")) };"#,
    );
    let (code, answer) = prove(&place, &["--invariant", "never"]);
    assert_eq!(code, Some(1));
    assert_eq!(outcomes(&answer, "issue_refund"), ["proved", "refuted"]);
    let refuted = answer["proofs"].as_array().unwrap().iter().find(|p| p["outcome"] == "refuted");
    assert_eq!(refuted.unwrap()["witness"]["decide"], "hold");
}

#[test]
fn policies_in_shadow_mode_keep_nothing() {
    let place = with_invariant(
        r#"@id("quiet") @description("Nobody searches for secrets.")
        permit (principal, action, resource);
        forbid (principal, action == Action::"search_knowledge_base", resource)
        when { context.input.query == "secret" };"#,
    );
    let policy = |mode: &str| {
        format!(
            r#"@id("no-secrets") @description("d") @severity("low") @reason("secrets"){mode}
            forbid (principal, action == Action::"search_knowledge_base", resource)
            when {{ context.input.query == "secret" }};"#
        )
    };
    place.append("policies/org/secrets.cedar", &policy(r#" @mode("shadow")"#));
    assert_eq!(prove(&place, &["--invariant", "quiet"]).0, Some(1));
    place.write("policies/org/secrets.cedar", &policy(""));
    assert_eq!(prove(&place, &["--invariant", "quiet"]).0, Some(0));
}

#[test]
fn an_invariant_that_can_fail_to_evaluate_is_refused() {
    let place = Place::governed();
    place.append(
        "actions/count.yaml",
        "actions:\n  count:\n    description: Counts.\n    capabilities: [read]\n    input:\n      type: object\n      \
         required: [n]\n      properties:\n        n: { type: integer }\n",
    );
    place.append(
        "policies/invariants/count.cedar",
        r#"@id("sum") @description("Overflows.")
        permit (principal, action, resource);
        @id("overflows")
        forbid (principal, action == Action::"count", resource) when { context.input.n * 2 > 4 };"#,
    );
    let (code, answer) = prove(&place, &["--invariant", "sum"]);
    assert_eq!(code, Some(1));
    assert_eq!(outcomes(&answer, "count"), ["unsound", "unsound"]);
}

#[test]
fn no_answer_in_time_is_never_a_proof() {
    let place = Place::governed();
    let arguments =
        ["prove", "--json", "--timeout-ms", "20", "--invariant", "no-transaction-above-the-limit"];
    let solver = place.silent_solver();
    let Ended { code, stdout, .. } = place.run_with_variable(&arguments, ("CVC5", &solver));
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &answer["ok"]), (Some(1), &false.into()));
    let asked: Vec<_> = outcomes(&answer, "execute_transaction");
    assert!(!asked.is_empty() && asked.iter().all(|outcome| *outcome != "proved"), "{answer}");
}

#[test]
fn an_invariant_that_is_wrong_is_told_and_nothing_is_proved() {
    for (text, code) in [
        ("permit (principal, action, resource);", "no-annotation"),
        ("@id(\"x\") @description(\"d\") forbid (principal, action, resource);", "no-permit"),
        (
            "@id(\"x\") @description(\"d\") @level(\"always\") permit (principal, action, resource);",
            "bad-level",
        ),
        (
            "@id(\"x\") @description(\"d\") @approval(\"a\") permit (principal, action, resource);",
            "unknown-annotation",
        ),
        (
            "@id(\"x\") @description(\"d\") permit (principal, action == Action::\"pay\", resource);",
            "unknown-action",
        ),
        (
            "@id(\"nothing-undeclared\") @description(\"d\") permit (principal, action, resource);",
            "duplicate-id",
        ),
        ("permit (", "syntax"),
        ("", "no-policy"),
    ] {
        let (exit, answer) = prove(&with_invariant(text), &[]);
        assert_eq!((exit, &answer["proofs"]), (Some(1), &json!([])), "{text}");
        let codes: Vec<_> =
            answer["findings"].as_array().unwrap().iter().map(|f| &f["code"]).collect();
        assert!(codes.iter().any(|found| **found == code), "{text}: {codes:?}");
    }
}

#[test]
fn without_a_solver_or_an_invariant_prove_says_what_to_do() {
    let place = Place::governed();
    let Ended { code, stderr, .. } = place.run_with_variable(&["prove"], ("PATH", ""));
    assert_eq!(code, Some(2));
    assert!(stderr.contains("apt-get install cvc5"), "{stderr}");
    let Ended { code, stderr, .. } = place.run_with_variable(&["prove"], ("CVC5", "/no/such"));
    assert_eq!(code, Some(2));
    assert!(stderr.contains("`/no/such` does not run"), "{stderr}");
    assert_eq!(place.run(&["prove", "--invariant", "none"]).code, Some(2));
}
