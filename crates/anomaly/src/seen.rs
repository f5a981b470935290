//! What was seen before, in a fixed number of bytes.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// Bits of one generation.
const BITS: usize = 8_192;
const WORDS: usize = BITS / 64;
/// How many a generation takes in; then about 2 in 100 strangers look familiar.
const MOST: u32 = 1_024;
/// How long a generation is the newest: what was last seen longer ago than two of them is forgotten.
const LONGEST: i64 = 35 * 86_400;
const PROBES: u64 = 4;

/// Two generations of a Bloom filter (Bloom, 1970). What is seen again is taken into the newer one, so that the older
/// one can be dropped whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    newer: Generation,
    older: Generation,
    since: i64,
}

#[derive(Debug, Clone, Default)]
struct Generation {
    words: Vec<u64>,
    count: u32,
}

impl Seen {
    pub(crate) fn knows(&self, kind: &str, name: &str) -> bool {
        let hash = hash(kind, name);
        self.newer.knows(hash) || self.older.knows(hash)
    }

    /// Takes it in, and tells whether it was known.
    pub(crate) fn note(&mut self, second: i64, kind: &str, name: &str) -> bool {
        let hash = hash(kind, name);
        if self.newer.knows(hash) {
            return true;
        }
        let was_known = self.older.knows(hash);
        if self.newer.count >= MOST || second.saturating_sub(self.since) > LONGEST {
            self.older = std::mem::take(&mut self.newer);
            self.since = second;
        }
        self.newer.take_in(hash);
        was_known
    }

    /// How many bytes lie on the heap.
    pub(crate) fn heap(&self) -> usize {
        (self.newer.words.capacity() + self.older.words.capacity()) * size_of::<u64>()
    }
}

impl Generation {
    fn knows(&self, hash: u64) -> bool {
        let has =
            |(word, bit): (usize, u64)| self.words.get(word).is_some_and(|word| word & bit != 0);
        !self.words.is_empty() && places(hash).all(has)
    }

    fn take_in(&mut self, hash: u64) {
        self.words.resize(WORDS, 0);
        for (word, bit) in places(hash) {
            if let Some(word) = self.words.get_mut(word) {
                *word |= bit;
            }
        }
        self.count = self.count.saturating_add(1);
    }
}

/// Returns the words and bits of a hash, by double hashing (Kirsch and Mitzenmacher, 2006).
fn places(hash: u64) -> impl Iterator<Item = (usize, u64)> {
    let (start, step) = (hash, hash.rotate_left(32) | 1);
    (0..PROBES).map(move |probe| {
        let bit = usize::try_from(start.wrapping_add(probe.wrapping_mul(step)) >> 51).unwrap_or(0);
        (bit / 64, 1 << (bit % 64))
    })
}

fn hash(kind: &str, name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (kind, name).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_strangers_look_familiar_and_no_acquaintance_is_a_stranger() {
        let mut seen = Seen::default();
        for number in 0..MOST {
            seen.note(0, "recipient", &number.to_string());
        }
        assert!((0..MOST).all(|number| seen.knows("recipient", &number.to_string())));
        let familiar =
            (10_000..20_000).filter(|number| seen.knows("recipient", &number.to_string()));
        assert!(familiar.count() < 400);
        assert!(seen.heap() <= 2_048);
    }

    #[test]
    fn what_is_not_seen_for_two_generations_is_forgotten() {
        let mut seen = Seen::default();
        assert!(!seen.note(0, "recipient", "old"));
        assert!(!seen.note(LONGEST, "recipient", "one"));
        assert!(seen.note(2 * LONGEST, "recipient", "one"));
        assert!(!seen.note(2 * LONGEST + 1, "recipient", "two"));
        assert!(seen.knows("recipient", "old"));
        assert!(!seen.note(4 * LONGEST, "recipient", "three"));
        assert!(!seen.knows("recipient", "old"));
        assert!(seen.knows("recipient", "two"));
        assert!(!seen.knows("action", "two"));
    }
}
