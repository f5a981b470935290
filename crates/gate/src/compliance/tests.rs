//! The tests of the policies, as a report runs them: by files that are kept, so that a reader can run them again.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use syndic_compliance::TestRun;
use syndic_governance::{Case, Governance, read_cases, read_kept_cases};
use syndic_model::Clock;
use syndic_policy::Origin;
use syndic_store::{PolicyFiles, PolicyFilesError};

use crate::trial::{coverage, try_case};

/// The most tests that are run.
const MOST_CASES: usize = 5_000;

/// Runs the tests that stand in the governance directory, and keeps their files; none where there are none.
pub(super) fn try_and_keep(
    governance: &Governance,
    now: Timestamp,
) -> std::io::Result<Option<TestRun>> {
    let read = read_cases(&governance.dir, governance);
    if read.sources.is_empty() {
        return Ok(None);
    }
    let files = PolicyFiles::of(&governance.settings.data_dir).keep(&read.sources)?;
    Ok(Some(run(governance, &read.cases, files, now)))
}

/// Runs the tests whose files were kept under this hash.
pub(super) fn try_kept(
    governance: &Governance,
    data_dir: &Path,
    files: &str,
    now: Timestamp,
) -> Result<TestRun, PolicyFilesError> {
    let sources: BTreeMap<_, _> = PolicyFiles::of(data_dir).read(files)?;
    let read = read_kept_cases(sources, governance);
    Ok(run(governance, &read.cases, files.to_owned(), now))
}

fn run(governance: &Governance, cases: &[Case], files: String, now: Timestamp) -> TestRun {
    let clock = StandingClock(now);
    let cases = cases.iter().take(MOST_CASES);
    let trials: Vec<_> = cases.map(|case| try_case(governance, &clock, case)).collect();
    let passed = trials.iter().filter(|trial| trial.mismatches.is_empty()).count();
    let shown = governance.engine.show().into_iter();
    let written = shown
        .filter(|shown| matches!(shown.origin, Origin::File(_)) && shown.effect == "forbid")
        .map(|shown| shown.id);
    let written: Vec<_> = written.collect();
    let all = coverage(governance, &trials).into_iter();
    let unreached = all.filter(|one| one.fired == 0 && written.contains(&one.policy));
    TestRun {
        passed: passed as u64,
        failed: (trials.len() - passed) as u64,
        unreached: unreached.map(|one| one.policy.to_string()).collect(),
        files,
    }
}

/// A clock that always says the same: what is decided by it can be decided again.
struct StandingClock(Timestamp);

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}
