//! How many different people there were, by keyed hashes.

use std::collections::HashMap;

use super::days::day;
use crate::Window;

/// How many are told apart at most, and for how many days one is kept in mind where there is no room.
const MOST: usize = 1_024;
const DAYS: i64 = 35;

/// Different keyed hashes, each with the last day on which it was seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Distinct {
    last: HashMap<u128, i64>,
    /// The last day on which room was made.
    swept: i64,
    /// The last day on which there was no room.
    full: Option<i64>,
}

impl Distinct {
    /// Notes a keyed hash: 32 hexadecimal digits, as the ledger has them.
    pub(super) fn see(&mut self, hash: &str, on: i64) {
        let Ok(hash) = u128::from_str_radix(hash, 16) else { return };
        if self.last.len() >= MOST && self.swept < on && !self.last.contains_key(&hash) {
            self.swept = on;
            self.last.retain(|_, last| *last > on - DAYS);
        }
        if self.last.len() >= MOST && !self.last.contains_key(&hash) {
            self.full = Some(on);
        } else {
            self.last.insert(hash, on);
        }
    }

    /// Returns how many there were last on the days that a window touches, and whether there were more.
    pub(crate) fn count(&self, window: Window) -> (u64, bool) {
        let from = day(window.from);
        let there = self.last.values().filter(|last| **last >= from).count();
        (there as u64, self.full.is_some_and(|full| full >= from))
    }
}
