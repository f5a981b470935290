//! What was never seen before: an action, or who receives something.

use crate::assessment::Candidate;
use crate::fading::Fading;
use crate::recent::Recent;
use crate::score::above_expected;
use crate::seen::Seen;
use crate::share::{Counted, Prior, Share};
use crate::told::What;
use crate::{Act, Moment};

const DAY: i64 = 86_400;
const ACTION: &str = "action";
const RECIPIENT: &str = "recipient";
const PRIOR: Prior = Prior { least: 0.002, weight: 50.0 };
/// How many recipients the usual share of new ones rests on, at least.
const FEWEST_SAMPLES: f64 = 30.0;

#[derive(Debug, Clone, Default)]
pub(crate) struct Novelty {
    seen: Seen,
    /// New ones among the recipients.
    recipients: Share,
    /// New actions within a day.
    actions: Recent<24, 3_600>,
    usual_actions: Fading,
    /// Days on which new ones were counted.
    days: Fading,
    day: i64,
}

impl Novelty {
    /// Looks at an action; what is new counts only once most of what is usual has come by.
    pub(crate) fn observe(&mut self, act: &Act<'_>, counts: bool) {
        let second = act.at.second;
        let is_new = !self.seen.note(second, ACTION, act.action);
        let new = act.recipients.iter().filter(|one| !self.seen.note(second, RECIPIENT, one));
        let some = bounded(new.count());
        if !counts {
            return;
        }
        if second.div_euclid(DAY) > self.day {
            self.day = second.div_euclid(DAY);
            self.days.add(second, 1.0);
        }
        if is_new {
            self.actions.add(second, 1);
            self.usual_actions.add(second, 1.0);
        }
        if !act.recipients.is_empty() {
            let all = bounded(act.recipients.len());
            self.recipients.observe(second, Counted { some, all }, PRIOR);
        }
    }

    pub(crate) fn assess<'a>(
        &self,
        now: Moment,
        more: Option<&Act<'a>>,
        found: &mut impl FnMut(Candidate<'a>),
    ) {
        let new_action = more.map(|act| act.action).filter(|one| !self.seen.knows(ACTION, one));
        let actions = self.actions.total(now.second).saturating_add(new_action.is_some().into());
        // Those of the last day are not what they are compared with.
        let before = (self.usual_actions.at(now.second)
            - f64::from(self.actions.total(now.second)))
        .max(0.0);
        let expected = (before + 0.3) / (self.days.at(now.second) + 1.0);
        let of_actions = above_expected(f64::from(actions), expected);
        let recipients = more.map_or(&[][..], |act| act.recipients);
        let new = recipients.iter().filter(|one| !self.seen.knows(RECIPIENT, one)).count();
        let more = Counted { some: bounded(new), all: bounded(recipients.len()) };
        let counted = self.recipients.recent(now.second, more);
        let is_known = self.recipients.samples(now.second) >= FEWEST_SAMPLES;
        let of_recipients = if is_known && counted.some > 0 {
            self.recipients.distance(now.second, counted, PRIOR)
        } else {
            0.0
        };
        if actions > 0 || counted.some > 0 {
            let what = What::New { actions, action: new_action, recipients: counted };
            found(Candidate::new(of_actions.hypot(of_recipients), what));
        }
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        self.seen.heap() + self.recipients.heap()
    }
}

/// More are as good as very many.
fn bounded(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
