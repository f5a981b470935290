//! Drawing records by a seed that an auditor chooses, so that whoever keeps the log cannot.
//!
//! The draw is the beginning of a Fisher–Yates shuffle. Of the `N` records from `from` up to `over`, the draw numbered
//! `i` (from 0) takes the record at place `i + h mod (N - i)` and puts the one at place `i` there; `h` is the first 16
//! bytes, big-endian, of SHA-256 over `syndic sample v1`, a line feed, the seed, a line feed, and `from`, `over` and `i`
//! as 8 bytes each, big-endian.

use std::collections::HashMap;
use std::fmt;

use sha2::{Digest as _, Sha256};
use thiserror::Error;

/// The most records in one sample.
pub const MAX_SAMPLE: u64 = 1000;

/// The longest seed, in bytes.
pub const MAX_SEED_BYTES: usize = 128;

/// What is drawn. Equal samples are of the same records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    count: u64,
    from: u64,
    over: u64,
    seed: String,
}

/// Why nothing can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SampleError {
    /// Not between 1 and [`MAX_SAMPLE`].
    #[error("a sample has 1 to {MAX_SAMPLE} records")]
    Count,
    /// Empty, too long, or not one line.
    #[error("a seed is one line of 1 to {MAX_SEED_BYTES} bytes, with no space at its ends")]
    Seed,
    /// From nothing, nothing is drawn.
    #[error("there are no records from {from} up to {over}")]
    Empty {
        /// The first record.
        from: u64,
        /// The one after the last.
        over: u64,
    },
}

impl Sample {
    /// Draws `count` of the records from `from` up to `over`, or all of them where there are fewer.
    ///
    /// # Errors
    /// When the seed, the count or the range cannot be used.
    pub fn new(seed: &str, count: u64, from: u64, over: u64) -> Result<Self, SampleError> {
        if count == 0 || count > MAX_SAMPLE {
            return Err(SampleError::Count);
        }
        let is_line = seed.trim() == seed && !seed.contains(char::is_control);
        if seed.is_empty() || seed.len() > MAX_SEED_BYTES || !is_line {
            return Err(SampleError::Seed);
        }
        if from >= over {
            return Err(SampleError::Empty { from, over });
        }
        Ok(Self { count, from, over, seed: seed.to_owned() })
    }

    /// Returns the index after the last record that could be drawn.
    #[must_use]
    pub const fn over(&self) -> u64 {
        self.over
    }

    /// Draws: the indexes in ascending order.
    #[must_use]
    pub fn draw(&self) -> Vec<u64> {
        let records = self.over - self.from;
        let mut moved: HashMap<u64, u64> = HashMap::new();
        let draw = (0..self.count.min(records)).map(|i| {
            let place = i + self.number(i, records - i);
            let drawn = moved.get(&place).copied().unwrap_or(place);
            moved.insert(place, moved.get(&i).copied().unwrap_or(i));
            self.from + drawn
        });
        let mut drawn: Vec<u64> = draw.collect();
        drawn.sort_unstable();
        drawn
    }

    /// Returns the number of draw `i`, below `below`.
    fn number(&self, i: u64, below: u64) -> u64 {
        let hash = Sha256::new()
            .chain_update(b"syndic sample v1\n")
            .chain_update(&self.seed)
            .chain_update(b"\n")
            .chain_update(self.from.to_be_bytes())
            .chain_update(self.over.to_be_bytes())
            .chain_update(i.to_be_bytes())
            .finalize();
        let number =
            hash.iter().take(16).fold(0, |number: u128, byte| number << 8 | u128::from(*byte));
        u64::try_from(number % u128::from(below)).unwrap_or_default()
    }

    /// Reads what `Display` writes.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (count, rest) = text.split_once(" of ")?;
        let (range, seed) = rest.split_once(" by seed ")?;
        let (from, over) = range.split_once("..")?;
        let number = |text: &str| text.parse().ok();
        let read = Self::new(seed, number(count)?, number(from)?, number(over)?).ok()?;
        (read.to_string() == text).then_some(read)
    }
}

/// `<count> of <from>..<over> by seed <seed>`.
impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}..{} by seed {}", self.count, self.from, self.over, self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::{Sample, SampleError};

    #[test]
    fn a_seed_draws_the_records_that_an_auditor_calculates_elsewhere() {
        let sample = Sample::new("2026-11-23 opening prices", 5, 256, 100_000).unwrap();
        assert_eq!(sample.draw(), [25558, 59073, 73501, 95771, 99912]);
        assert_eq!(sample.to_string(), "5 of 256..100000 by seed 2026-11-23 opening prices");
        assert_eq!(Sample::parse(&sample.to_string()), Some(sample));
    }

    #[test]
    fn no_record_is_drawn_twice_and_all_can_be() {
        for records in 1..40 {
            let sample = Sample::new("s", 39, 7, 7 + records).unwrap();
            assert_eq!(sample.draw(), (7..7 + records).collect::<Vec<_>>());
            let half = Sample::new("s", records.div_ceil(2), 7, 7 + records).unwrap().draw();
            assert!(half.windows(2).all(|pair| matches!(pair, [a, b] if a < b)));
        }
    }

    #[test]
    fn what_cannot_be_drawn_by_is_refused() {
        for (seed, count, from, over, error) in [
            ("s", 0, 0, 9, SampleError::Count),
            ("s", 1001, 0, 9, SampleError::Count),
            ("", 1, 0, 9, SampleError::Seed),
            ("a\nb", 1, 0, 9, SampleError::Seed),
            (" s", 1, 0, 9, SampleError::Seed),
            ("s", 1, 9, 9, SampleError::Empty { from: 9, over: 9 }),
        ] {
            assert_eq!(Sample::new(seed, count, from, over), Err(error), "{seed:?}");
        }
    }
}
