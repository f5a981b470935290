//! What a report concludes follows from its own readings and statements.

use serde_json::{Value, json};
use syndic_compliance::{Catalogue, Control, Report, Request, differences};
use syndic_model::{HighRisk, Mode, OperatorRole};

use crate::world::{World, decision, drill, outcome, stated, world};

fn again(report: &Report) -> Report {
    report.judged_again(Catalogue::builtin().unwrap()).unwrap()
}

fn worlds() -> Vec<World> {
    let records = |more: &Value| {
        [
            (0, decision("1", more)),
            (0, outcome("1")),
            (0, stated("intended_purpose", "to help", &json!({}))),
            (0, stated("eu-ai-act:art-4", "true", &json!({}))),
            (0, drill("override", true)),
        ]
    };
    let observed = json!({"mode": "observe", "effect": "deny", "allowed": true});
    let mut all = vec![
        world(1, []),
        world(24 * 400, []),
        world(1, records(&json!({}))),
        world(1, records(&json!({"grade": "advisory"}))),
        world(1, records(&observed)),
    ];
    let mut held = world(1, records(&observed));
    held.setup.mode = Mode::Observe;
    held.setup.record.roles = vec![OperatorRole::Deployer];
    held.setup.record.high_risk = Some(HighRisk::AnnexIii);
    held.setup.record.placed_on = Some("2027-12-24".parse().unwrap());
    held.setup.policies = vec![Control {
        id: "no-refunds".to_owned(),
        controls: vec!["eu-ai-act:art-14-1".to_owned(), "nothing".to_owned()],
        shadow: false,
        applies: true,
    }];
    all.push(held);
    all
}

#[test]
fn a_report_is_judged_again_by_what_it_says_itself() {
    for (place, world) in worlds().iter().enumerate() {
        for frameworks in [vec![], vec!["eu-ai-act".to_owned(), "gdpr".to_owned()]] {
            let request = Request {
                frameworks,
                role: Some(OperatorRole::Provider),
                as_of: Some("2028-01-01".parse().unwrap()),
            };
            for report in [world.report(), world.ask(&request)] {
                let value = |report: &Report| serde_json::to_value(report).unwrap();
                let found = differences(&value(&report), &value(&again(&report)));
                assert_eq!(found.first, [], "{place}");
            }
        }
    }
}

#[test]
fn what_does_not_follow_is_named() {
    let report = serde_json::to_value(worlds()[2].report()).unwrap();
    for (pointer, value, named) in [
        ("/compliance_score", json!("7/7"), "compliance_score"),
        ("/headline", json!("7/7: 7 measured, 0 attested"), "headline"),
        ("/checks/accuracy/status", json!("satisfied_measured"), "checks/accuracy/status"),
        (
            "/record/bias_testing_completed/status",
            json!("satisfied_attested"),
            "record/bias_testing_completed/status",
        ),
        ("/summary/controls/unknown", json!(0), "summary/controls/unknown"),
        ("/gaps", json!([]), "gaps/accuracy"),
        ("/catalogue/version", json!(900), "catalogue/version"),
        ("/roles", json!(["friend"]), "roles/0"),
        ("/readings/0/verdict", json!("not_met"), ""),
        ("/statements/1/standing", json!("denied"), ""),
        ("/frameworks/0/controls/0/status", json!("satisfied_measured"), ""),
    ] {
        let mut edited = report.clone();
        *edited.pointer_mut(pointer).unwrap() = value;
        let claimed: Report = serde_json::from_value(edited.clone()).unwrap();
        let found = differences(&edited, &serde_json::to_value(again(&claimed)).unwrap());
        let paths: Vec<_> = found.first.iter().map(|one| one.path.as_str()).collect();
        assert!(!paths.is_empty(), "{pointer}");
        assert!(named.is_empty() || paths.contains(&named), "{pointer}: {paths:?}");
    }
}
