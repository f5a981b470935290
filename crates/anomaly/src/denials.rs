//! How much of what is asked for is denied.

use crate::assessment::Candidate;
use crate::share::{Counted, Prior, Share};
use crate::told::What;
use crate::{Act, Moment};

/// Fewer denials in an hour tell nothing.
const FEWEST: u32 = 5;
/// How many actions the usual share rests on, at least.
const FEWEST_SAMPLES: f64 = 50.0;
const PRIOR: Prior = Prior { least: 0.02, weight: 10.0 };

#[derive(Debug, Clone, Default)]
pub(crate) struct Denials(Share);

impl Denials {
    pub(crate) fn observe(&mut self, act: &Act<'_>) {
        let counted = Counted { some: act.denied.into(), all: 1 };
        self.0.observe(act.at.second, counted, PRIOR);
    }

    pub(crate) fn assess<'a>(&self, now: Moment, found: &mut impl FnMut(Candidate<'a>)) {
        let counted = self.0.recent(now.second, Counted { some: 0, all: 0 });
        if counted.some < FEWEST || self.0.samples(now.second) < FEWEST_SAMPLES {
            return;
        }
        let distance = self.0.distance(now.second, counted, PRIOR);
        let usual = self.0.usual(now.second, PRIOR);
        found(Candidate::new(distance, What::Denied { counted, usual }));
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.0.heap()
    }
}
