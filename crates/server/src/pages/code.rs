//! A code that signs one browser in, once: short enough to be typed, and gone in ten minutes.

use std::collections::VecDeque;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use syndic_gate::same;
use syndic_model::Clock;

/// How long a code is good.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How many codes there are at once; the oldest go first.
const MOST: usize = 8;
/// Crockford's alphabet: 32 letters and digits that are not taken for one another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code, and by which key it signs in.
#[derive(Clone)]
pub(crate) struct Code {
    /// As it is typed: `XXXX-XXXX`, 40 random bits.
    pub(crate) text: String,
    pub(crate) until: Timestamp,
    key: String,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("until", &self.until).finish_non_exhaustive()
    }
}

/// The codes that nobody used yet.
#[derive(Debug, Default)]
pub(crate) struct Codes(VecDeque<Code>);

impl Codes {
    pub(crate) fn make(&mut self, key: &str, now: Timestamp, random: &dyn Clock) -> Code {
        let mut bytes = [0; 8];
        random.fill(&mut bytes);
        let mut text: String = bytes
            .iter()
            .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
            .map(|letter| char::from(*letter))
            .collect();
        text.insert(4, '-');
        let until = now.saturating_add(GOOD_FOR).unwrap_or(now);
        let code = Code { text, until, key: key.to_owned() };
        self.0.push_back(code.clone());
        if self.0.len() > MOST {
            self.0.pop_front();
        }
        code
    }

    /// Takes a code out, and returns the key that it was made for.
    pub(crate) fn take(&mut self, given: &str, now: Timestamp) -> Option<String> {
        self.0.retain(|code| now < code.until);
        let given = plain(given);
        // All are compared, so that time tells nothing of where one stands.
        let found = self.0.iter().enumerate().fold(None, |found, (place, code)| {
            if same(&plain(&code.text), &given) { Some(place) } else { found }
        });
        found.and_then(|place| self.0.remove(place)).map(|code| code.key)
    }
}

/// Leaves out what people put between the letters, and takes for one another what they do.
fn plain(text: &str) -> String {
    let letters = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let one = |letter: char| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    letters.map(one).take(64).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use jiff::Timestamp;
    use syndic_model::Clock;

    use super::{Codes, MOST};

    /// Counts where others are random.
    struct Counting(AtomicU8);

    impl Clock for Counting {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn fill(&self, bytes: &mut [u8]) {
            bytes.copy_from_slice(&[0, 1, 2, 3, 4, 5, 6, self.0.fetch_add(1, Ordering::Relaxed)]);
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn made(codes: &mut Codes, count: usize) -> Vec<String> {
        let random = Counting(AtomicU8::new(7));
        (0..count).map(|one| codes.make(&format!("k{one}"), at(0), &random).text).collect()
    }

    #[test]
    fn a_code_is_good_once_and_for_ten_minutes() {
        let mut codes = Codes::default();
        let code = made(&mut codes, 1).remove(0);
        assert_eq!(code, "0123-4567");
        assert_eq!(codes.take(&code, at(599)).as_deref(), Some("k0"));
        assert_eq!(codes.take(&code, at(599)), None);
        let code = made(&mut codes, 1).remove(0);
        assert_eq!(codes.take(&code, at(600)), None);
    }

    #[test]
    fn a_code_may_be_typed_as_people_type() {
        for typed in ["0123-4567", " o123 4567\n", "OI23-4567", "ol234567"] {
            let mut codes = Codes::default();
            made(&mut codes, 1);
            assert!(codes.take(typed, at(1)).is_some(), "{typed}");
        }
    }

    #[test]
    fn what_is_no_code_takes_none() {
        let mut codes = Codes::default();
        made(&mut codes, 2);
        for typed in ["", "-", "0123-456", "0123-45678", "0123-4569", &"0".repeat(10_000)] {
            assert_eq!(codes.take(typed, at(1)), None, "{typed:.20}");
        }
        assert_eq!(codes.take("0123-4568", at(1)).as_deref(), Some("k1"));
    }

    #[test]
    fn the_oldest_code_goes_where_there_are_too_many() {
        let mut codes = Codes::default();
        let texts = made(&mut codes, MOST + 1);
        let taken: Vec<_> = texts.iter().map(|text| codes.take(text, at(1)).is_some()).collect();
        assert_eq!(taken.iter().filter(|taken| **taken).count(), MOST);
        assert!(!taken[0]);
    }
}
