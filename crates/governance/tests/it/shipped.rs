//! What `init` and `new_agent` write.

use std::fs;

use syndic_governance::{Environment, InitError, NewAgentError, init, load, new_agent};
use syndic_model::{Capability, Mode, RiskLevel, Threshold};

use crate::fixture::shown;

#[test]
fn a_fresh_directory_has_no_findings_and_the_three_agents() {
    let dir = tempfile::tempdir().unwrap();
    let written = init(dir.path()).unwrap();
    assert!(written.contains(&dir.path().join(".gitignore")));
    let checked = load(dir.path());
    assert_eq!(shown(&checked), Vec::<String>::new());
    let governance = checked.governance.unwrap();
    assert_eq!(governance.settings.environment, Environment::Dev);
    assert_eq!(governance.settings.listen.to_string(), "127.0.0.1:7860");
    assert_eq!(governance.settings.data_dir, dir.path().join(".syndic"));
    use Capability::{FinancialTransaction, SendExternalMessage, WriteData};
    for (id, name, risk, capabilities, max, approval) in [
        ("knowledge-base", "Knowledge Base Q&A", RiskLevel::Low, vec![], "0 USD", false),
        (
            "customer-support",
            "Customer Support Agent",
            RiskLevel::Medium,
            vec![WriteData, SendExternalMessage],
            "0 USD",
            true,
        ),
        (
            "financial-advisor",
            "Financial Advisory Agent",
            RiskLevel::High,
            vec![WriteData, SendExternalMessage, FinancialTransaction],
            "1000 USD",
            true,
        ),
    ] {
        let agent = &governance.agents[id];
        assert_eq!(
            (agent.name.as_str(), agent.risk_level, agent.mode),
            (name, risk, Mode::Enforce)
        );
        assert_eq!(agent.capabilities.iter().copied().collect::<Vec<_>>(), capabilities, "{id}");
        assert_eq!(agent.max_transaction_amount.to_string(), max, "{id}");
        assert_eq!(agent.requires_human_approval, approval, "{id}");
        assert_eq!(agent.approval_threshold != Threshold::Never, approval, "{id}");
    }
    assert_eq!(governance.catalogue.len(), 7);
}

#[test]
fn nothing_is_written_over_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("syndic.yaml"), "mine").unwrap();
    assert!(
        matches!(init(dir.path()), Err(InitError::Exists { path }) if path.ends_with("syndic.yaml"))
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_drafted_agent_has_no_findings_and_observes() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let path = new_agent(dir.path(), &"a.b:c_D-9".parse().unwrap()).unwrap();
    assert!(path.ends_with("agents/a.b:c_D-9.yaml"));
    let checked = load(dir.path());
    assert_eq!(shown(&checked), Vec::<String>::new());
    let governance = checked.governance.unwrap();
    let agent = &governance.agents["a.b:c_D-9"];
    assert_eq!((agent.mode, agent.risk_level), (Mode::Observe, RiskLevel::Low));
    let again = new_agent(dir.path(), &agent.id);
    assert!(matches!(again, Err(NewAgentError::Exists { .. })));
}

#[test]
fn the_revision_changes_with_any_file_and_with_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let revision = || load(dir.path()).governance.unwrap().revision;
    let first = revision();
    assert_eq!(first.len(), 12);
    fs::write(dir.path().join("notes.txt"), "not governance").unwrap();
    assert_eq!(revision(), first);
    let policy = dir.path().join("policies/org/baseline.cedar");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(policy, format!("{text}\n")).unwrap();
    assert_ne!(revision(), first);
}
