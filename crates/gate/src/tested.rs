//! What the tests of the governance directory reach of the policies in force: counted off the loop, and kept until
//! files change.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use syndic_governance::{Governance, read_cases};
use syndic_model::{Clock, PolicyId};

use crate::Gate;
use crate::trial::{Coverage, coverage, try_case};

/// The most tests that are run.
const MOST_CASES: usize = 5_000;
/// For how long they may take.
const BUDGET: Duration = Duration::from_secs(20);
/// How long somebody waits for what is being counted.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the files are not looked at again.
const FRESH: Duration = Duration::from_secs(5);

/// What was counted last.
#[derive(Debug, Default)]
pub(crate) struct Tests {
    known: Mutex<Option<Known>>,
    counting: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Known {
    manifest: String,
    /// The files of the tests.
    sources: BTreeMap<String, String>,
    looked: Instant,
    tested: Arc<Tested>,
}

/// What the tests of the governance directory reach.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tested {
    /// How many were run.
    pub cases: usize,
    /// Whether all of them were; else they are too many, or take too long.
    pub whole: bool,
    by_policy: BTreeMap<PolicyId, Coverage>,
}

impl Tested {
    /// Tells how often a policy spoke, where it is in force.
    #[must_use]
    pub fn of(&self, policy: &str) -> Option<&Coverage> {
        self.by_policy.get(policy)
    }
}

impl Gate {
    /// Tells what the tests of the governance directory reach of the policies in force; nothing while that is being
    /// counted for longer than two seconds.
    pub async fn tested(&self) -> Option<Arc<Tested>> {
        let (governance, clock) = (self.governance(), self.clock());
        let tests = Arc::clone(&self.tests);
        let counted = tokio::spawn(async move {
            let _one_at_a_time = tests.counting.lock().await;
            let counting = Arc::clone(&tests);
            let count = move || counting.count(&governance, clock.as_ref());
            tokio::task::spawn_blocking(count).await.ok()
        });
        tokio::time::timeout(PATIENCE, counted).await.ok()?.ok()?
    }
}

impl Tests {
    fn count(&self, governance: &Governance, clock: &dyn Clock) -> Arc<Tested> {
        let known = self.known.lock().as_ref().and_then(|known| {
            let fresh = known.manifest == governance.manifest && known.looked.elapsed() < FRESH;
            fresh.then(|| Arc::clone(&known.tested))
        });
        if let Some(known) = known {
            return known;
        }
        let read = read_cases(&governance.dir, governance);
        let mut known = self.known.lock();
        if let Some(same) = known
            .as_mut()
            .filter(|known| known.manifest == governance.manifest && known.sources == read.sources)
        {
            same.looked = Instant::now();
            return Arc::clone(&same.tested);
        }
        drop(known);
        let began = Instant::now();
        let in_time = read.cases.iter().take_while(|_| began.elapsed() < BUDGET);
        let trials: Vec<_> =
            in_time.take(MOST_CASES).map(|case| try_case(governance, clock, case)).collect();
        let all = coverage(governance, &trials).into_iter();
        let tested = Arc::new(Tested {
            cases: trials.len(),
            whole: trials.len() == read.cases.len(),
            by_policy: all.map(|one| (one.policy.clone(), one)).collect(),
        });
        *self.known.lock() = Some(Known {
            manifest: governance.manifest.clone(),
            sources: read.sources,
            looked: Instant::now(),
            tested: Arc::clone(&tested),
        });
        tested
    }
}
