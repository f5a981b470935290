//! The directories in `examples/`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;
use syndic_governance::Governance;
use syndic_model::{Capability, Effect, Level};

use crate::fixture::{decide, shown};

pub(crate) fn agentdojo() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/agentdojo"))
}

#[test]
fn the_agentdojo_example_has_no_errors() {
    let checked = syndic_governance::load(&agentdojo());
    let errors: Vec<_> =
        checked.findings.iter().filter(|finding| finding.level == Level::Error).collect();
    assert!(errors.is_empty(), "{:#?}", shown(&checked));
    let governance = checked.governance.unwrap();
    assert_eq!(governance.agents.len(), 2);
    assert_eq!(governance.catalogue.len(), 47);
}

#[test]
fn the_tau2_example_has_no_findings() {
    let tau2 = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/tau2"));
    let checked = syndic_governance::load(&tau2);
    assert_eq!(shown(&checked), Vec::<String>::new());
    assert_eq!(checked.governance.unwrap().catalogue.len(), 34);
}

/// What a ground-truth call of the benchmark came to.
struct Asked {
    task: (String, bool),
    reads: bool,
    effect: Effect,
}

/// Asks every call of the benchmark, with nothing detected in it.
fn ask_agentdojo(governance: &Governance) -> Vec<Asked> {
    let calls = std::fs::read_to_string(agentdojo().join("data/agentdojo-calls.jsonl")).unwrap();
    let ask = |line: &str| {
        let call: Value = serde_json::from_str(line).unwrap();
        let text = |key: &str| call[key].as_str().unwrap();
        let agent = format!("{}-assistant", text("suite"));
        let effect = decide(governance, &agent, text("tool"), &call["args"].to_string(), &[]);
        let reads =
            governance.catalogue[text("tool")].capabilities.iter().all(|c| *c == Capability::Read);
        let task = (format!("{} {}", text("suite"), text("task")), text("kind") == "user");
        Asked { task, reads, effect }
    };
    calls.lines().map(ask).collect()
}

#[test]
fn the_agentdojo_policies_stop_injections_and_leave_users_to_their_work() {
    let governance = syndic_governance::load(&agentdojo()).governance.unwrap();
    let asked = ask_agentdojo(&governance);
    let mut tasks: BTreeMap<_, Vec<&Asked>> = BTreeMap::new();
    for one in &asked {
        tasks.entry(&one.task).or_default().push(one);
    }
    let (user, injected): (Vec<_>, Vec<_>) = tasks.into_iter().partition(|((_, user), _)| *user);
    let user: Vec<_> = user.into_iter().flat_map(|(_, calls)| calls).collect();
    assert_eq!(user.iter().filter(|call| call.effect == Effect::Deny).count(), 0);
    assert_eq!(user.iter().filter(|call| call.effect == Effect::Hold).count(), 20);
    assert_eq!(injected.len(), 12);
    for ((task, _), calls) in injected {
        let first = calls.iter().find(|call| !call.reads).unwrap();
        assert_ne!(first.effect, Effect::Allow, "{task}");
    }
}
