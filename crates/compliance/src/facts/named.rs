//! Counts by name and day.

use std::collections::BTreeMap;

use syndic_ledger::Leaf;

use super::count::Count;
use super::days::Days;
use crate::Window;

/// What names are counted under where there are too many of them.
const OTHERS: &str = "others";

/// Counts of at most `MOST` names; what comes beyond is counted together, as `others`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named<const MOST: usize>(BTreeMap<Box<str>, Days<Count>>);

impl<const MOST: usize> Named<MOST> {
    /// Counts a record under a name.
    pub(super) fn see(&mut self, name: &str, leaf: &Leaf) {
        if let Some(days) = self.0.get_mut(name) {
            count(days, leaf);
            return;
        }
        let name = if self.0.len() < MOST { name } else { OTHERS };
        count(self.0.entry(name.into()).or_default(), leaf);
    }

    /// Returns what was counted on the days that a window touches, by name.
    pub(crate) fn sum(&self, window: Window) -> BTreeMap<&str, Count> {
        let sums = self.0.iter().map(|(name, days)| {
            let mut sum = Count::default();
            days.over(window).for_each(|count| sum.plus(*count));
            (&**name, sum)
        });
        sums.filter(|(_, sum)| sum.n() > 0).collect()
    }
}

fn count(days: &mut Days<Count>, leaf: &Leaf) {
    if let Some(count) = days.at(leaf.at) {
        count.see(leaf.i);
    }
}
