//! `corpus/failopen`: rules and requests that another engine lets through.
//!
//! Each is a policy file, and says in its first lines what is asked and what should come of it:
//! `// denied: POLICY: part of the reason`, `// refused: FILE:LINE: finding: part of the message` when it is loaded, or
//! `// refused: request: part of the message` when nothing can be asked at all.

#![expect(clippy::unwrap_used, reason = "a test stops where the corpus is not what it says")]

use std::path::Path;

use syndic_api::SubmitAction;
use syndic_gate::preview;
use syndic_governance::Governance;
use syndic_model::{ActionRequest, CheckResult, Effect, Level};

use crate::TestClock;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/failopen");
/// Where the policy stands in the shipped directory.
const PLACE: &str = "policies/org/own.cedar";

/// One case of the corpus.
#[derive(Debug, Clone)]
pub struct FailOpen {
    /// What is tried.
    pub case: String,
    /// What came of it elsewhere.
    pub peer: String,
    /// The action, as it arrives.
    pub request: String,
    /// What should come of it here.
    pub expected: String,
    text: String,
}

/// What came of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// In the form of [`FailOpen::expected`], whole.
    pub answer: String,
    /// Nothing was let through, and for the right reason.
    pub closed: bool,
}

impl FailOpen {
    /// Reads the corpus, in order.
    ///
    /// # Panics
    /// When a file of it says too little.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let mut paths: Vec<_> =
            std::fs::read_dir(CORPUS).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        let said = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(&format!("// {key}: ")));
            line.map(str::to_owned)
        };
        let expected = ["denied", "refused"]
            .iter()
            .find_map(|word| said(word).map(|rest| format!("{word}: {rest}")));
        Self {
            case: said("case").unwrap(),
            peer: said("peer").unwrap(),
            request: said("request").unwrap(),
            expected: expected.unwrap(),
            text,
        }
    }

    /// Puts the policy into the shipped directory, and asks.
    ///
    /// # Panics
    /// When the directory cannot be written.
    #[must_use]
    pub fn ask(&self) -> Answered {
        let dir = tempfile::tempdir().unwrap();
        syndic_governance::init(dir.path()).unwrap();
        std::fs::write(dir.path().join(PLACE), &self.text).unwrap();
        let checked = syndic_governance::load(dir.path());
        let errors = checked.findings.iter().filter(|finding| finding.level == Level::Error);
        let refused = errors.map(|finding| {
            let line = finding.place.position.map_or(0, |(line, _)| line);
            format!("refused: {}:{line}: {}: {}", finding.place.file, finding.code, finding.message)
        });
        let answers = match checked.governance {
            None => refused.collect(),
            Some(governance) => self.decide(&governance),
        };
        let (start, part) = self.expected.rsplit_once(": ").unwrap();
        let meant = |answer: &&String| answer.starts_with(start) && answer.contains(part);
        let found = answers.iter().find(meant);
        let answer = found.or(answers.first()).cloned().unwrap_or_else(|| "allowed".to_owned());
        Answered { closed: found.is_some(), answer }
    }

    fn decide(&self, governance: &Governance) -> Vec<String> {
        let request = match serde_json::from_str::<SubmitAction>(&self.request) {
            Ok(wire) => ActionRequest::try_from(wire).unwrap(),
            Err(error) => return vec![format!("refused: request: not JSON: {error}")],
        };
        let clock = TestClock::at("2026-11-25T12:00:00Z");
        let decided = preview(governance, &clock, &request);
        if decided.effect != Effect::Deny {
            return vec![decided.effect.to_string()];
        }
        let blocking = decided.checks.iter().filter(|check| check.result == CheckResult::Blocked);
        let told = blocking.map(|check| {
            format!("denied: {}: {}", check.policy, check.reason.as_deref().unwrap_or_default())
        });
        told.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::FailOpen;

    #[test]
    fn what_another_engine_lets_through_is_refused() {
        let cases = FailOpen::all();
        assert_eq!(cases.len(), 12);
        let open: Vec<_> = cases
            .iter()
            .map(|case| (case, case.ask()))
            .filter(|(_, answered)| !answered.closed)
            .map(|(case, answered)| format!("{}: {}", case.case, answered.answer))
            .collect();
        assert!(open.is_empty(), "{open:#?}");
    }
}
