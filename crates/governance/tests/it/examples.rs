//! The directories in `examples/`.

use std::path::PathBuf;

use syndic_model::Level;

use crate::fixture::shown;

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
