use serde_json::json;
use syndic_compliance::{Changes, changes};
use syndic_model::Mode;

use crate::world::{drill, stated, world};

fn lines(found: &Changes) -> String {
    let word = |status: Option<syndic_compliance::Status>| status.map_or("-", |one| one.as_str());
    let mut lines = Vec::new();
    for one in found.grounds.iter().chain(&found.statements) {
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "-".to_owned());
        lines.push(format!("{}: {} -> {}", one.what, shown(&one.from), shown(&one.to)));
    }
    for one in found.checks.iter().chain(&found.controls).chain(&found.not_yet) {
        lines.push(format!("{}: {} -> {}", one.id, word(one.from), word(one.to)));
    }
    lines.extend(found.opened.iter().map(|gap| format!("opened {}", gap.id)));
    lines.extend(found.closed.iter().map(|gap| format!("closed {}", gap.id)));
    lines.join("\n")
}

#[test]
fn what_moved_between_two_reports_is_named() {
    let old = world(1, [(0, stated("eu-ai-act:art-4", "true", &json!({})))]);
    let mut new =
        world(2, [(0, stated("eu-ai-act:art-4", "true", &json!({}))), (1, drill("export", true))]);
    new.setup.baseline.model = "other".to_owned();
    new.setup.mode = Mode::Observe;
    let found = changes(&old.report(), &new.report()).unwrap();
    assert!(!found.figures.is_empty());
    let told = lines(&found);
    let about =
        |line: &&str| ["mode", "model", "art-4:", "art-21"].iter().any(|id| line.contains(id));
    let told: Vec<_> = told.lines().filter(about).collect();
    insta::assert_snapshot!(told.join("\n"), @"
    mode: enforce -> observe
    model:  -> other
    eu-ai-act:art-4: holds -> outdated
    eu-ai-act:art-4: satisfied_attested -> stale
    eu-ai-act:art-21: unknown -> satisfied_measured
    closed eu-ai-act:art-21
    ");
    let same = changes(&old.report(), &old.report()).unwrap();
    assert_eq!(lines(&same), "");
}

#[test]
fn reports_of_two_agents_or_two_logs_are_not_compared() {
    let report = world(1, []).report();
    let mut other = report.clone();
    other.agent.id = "till".to_owned();
    insta::assert_snapshot!(changes(&report, &other).unwrap_err(), @"the reports are about two agents, `desk` and `till`");
    other = report.clone();
    other.log.origin = "example.com/other".to_owned();
    insta::assert_snapshot!(changes(&report, &other).unwrap_err(), @"the reports are of two logs, `example.com/log` and `example.com/other`");
}
