//! Digits as words.

/// Words that are digits, and words that say how often or by how much.
const WORDS: &[(&str, Word)] = &[
    ("zero", Word::Digit(b'0')),
    ("oh", Word::Digit(b'0')),
    ("nought", Word::Digit(b'0')),
    ("naught", Word::Digit(b'0')),
    ("nil", Word::Digit(b'0')),
    ("one", Word::Digit(b'1')),
    ("two", Word::Digit(b'2')),
    ("three", Word::Digit(b'3')),
    ("four", Word::Digit(b'4')),
    ("five", Word::Digit(b'5')),
    ("six", Word::Digit(b'6')),
    ("seven", Word::Digit(b'7')),
    ("eight", Word::Digit(b'8')),
    ("nine", Word::Digit(b'9')),
    ("niner", Word::Digit(b'9')),
    ("ten", Word::Teen(*b"10")),
    ("eleven", Word::Teen(*b"11")),
    ("twelve", Word::Teen(*b"12")),
    ("thirteen", Word::Teen(*b"13")),
    ("fourteen", Word::Teen(*b"14")),
    ("fifteen", Word::Teen(*b"15")),
    ("sixteen", Word::Teen(*b"16")),
    ("seventeen", Word::Teen(*b"17")),
    ("eighteen", Word::Teen(*b"18")),
    ("nineteen", Word::Teen(*b"19")),
    ("twenty", Word::Tens(b'2')),
    ("thirty", Word::Tens(b'3')),
    ("forty", Word::Tens(b'4')),
    ("fourty", Word::Tens(b'4')),
    ("fifty", Word::Tens(b'5')),
    ("sixty", Word::Tens(b'6')),
    ("seventy", Word::Tens(b'7')),
    ("eighty", Word::Tens(b'8')),
    ("ninety", Word::Tens(b'9')),
    ("double", Word::Times(2)),
    ("triple", Word::Times(3)),
    ("hundred", Word::Zeros(2)),
    ("thousand", Word::Zeros(3)),
    ("dash", Word::Sign(b'-')),
    ("hyphen", Word::Sign(b'-')),
    ("minus", Word::Sign(b'-')),
    ("plus", Word::Sign(b'+')),
    ("slash", Word::Sign(b'/')),
    ("dot", Word::Sign(b'.')),
    ("point", Word::Sign(b'.')),
    ("period", Word::Sign(b'.')),
];

/// What a word adds to a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::views) enum Word {
    Digit(u8),
    Teen([u8; 2]),
    Tens(u8),
    Times(u8),
    Zeros(u8),
    Sign(u8),
}

/// Looks a word up, in either case.
pub(in crate::views) fn word(letters: &[u8]) -> Option<Word> {
    let (first, length) = (letters.first()?.to_ascii_lowercase(), letters.len());
    if !(2..=9).contains(&length) || !b"zonthfsetdmp".contains(&first) {
        return None;
    }
    let found = WORDS.iter().find(|(word, _)| word.as_bytes().eq_ignore_ascii_case(letters));
    found.map(|(_, word)| *word)
}

/// Tells whether `window` may hold a digit's word at `at`: three characters that such words, with what stands
/// around them, are made of. Words that follow each other cannot all stand between two places that are looked at.
#[expect(clippy::indexing_slicing, reason = "there are as many places as combinations")]
pub(in crate::views) fn may_be(window: &[u8], at: usize) -> bool {
    let letter = window.get(at + 1).is_some_and(u8::is_ascii_alphabetic);
    let at = if letter { at } else { at + 1 };
    let Some([a, b, c]) = window.get(at..at + 3) else { return false };
    let place =
        (usize::from(class(*a)) << 10) | (usize::from(class(*b)) << 5) | usize::from(class(*c));
    TRIPLES[place >> 6] & (1 << (place & 63)) != 0
}

/// Letters from 1, everything else 0.
const fn class(byte: u8) -> u8 {
    let letter = (byte | 0x20).wrapping_sub(b'a');
    if letter < 26 { letter + 1 } else { 0 }
}

/// The combinations of three that stand in digits' words with one other character around them.
static TRIPLES: [u64; 512] = triples();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn triples() -> [u64; 512] {
    let mut set = [0u64; 512];
    let mut word = 0;
    while word < WORDS.len() {
        let (letters, kind) = (WORDS[word].0.as_bytes(), WORDS[word].1);
        if matches!(kind, Word::Digit(_) | Word::Teen(_) | Word::Tens(_) | Word::Times(_)) {
            let mut at = 0;
            while at < letters.len() {
                let before = if at == 0 { 0 } else { class(letters[at - 1]) as usize };
                let after =
                    if at + 1 == letters.len() { 0 } else { class(letters[at + 1]) as usize };
                let place = (before << 10) | ((class(letters[at]) as usize) << 5) | after;
                set[place >> 6] |= 1 << (place & 63);
                at += 1;
            }
        }
        word += 1;
    }
    set
}
