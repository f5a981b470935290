//! Digits as words.

/// Words that are digits, and words that say how often or by how much, by their first letters.
const WORDS: &[(&str, Word)] = &[
    ("double", Word::Times(2)),
    ("dash", Word::Sign(b'-')),
    ("dot", Word::Sign(b'.')),
    ("eight", Word::Digit(b'8')),
    ("eleven", Word::Teen(*b"11")),
    ("eighteen", Word::Teen(*b"18")),
    ("eighty", Word::Tens(b'8')),
    ("four", Word::Digit(b'4')),
    ("five", Word::Digit(b'5')),
    ("fourteen", Word::Teen(*b"14")),
    ("fifteen", Word::Teen(*b"15")),
    ("forty", Word::Tens(b'4')),
    ("fourty", Word::Tens(b'4')),
    ("fifty", Word::Tens(b'5')),
    ("hundred", Word::Zeros(2)),
    ("hyphen", Word::Sign(b'-')),
    ("minus", Word::Sign(b'-')),
    ("nought", Word::Digit(b'0')),
    ("naught", Word::Digit(b'0')),
    ("nil", Word::Digit(b'0')),
    ("nine", Word::Digit(b'9')),
    ("niner", Word::Digit(b'9')),
    ("nineteen", Word::Teen(*b"19")),
    ("ninety", Word::Tens(b'9')),
    ("oh", Word::Digit(b'0')),
    ("one", Word::Digit(b'1')),
    ("plus", Word::Sign(b'+')),
    ("point", Word::Sign(b'.')),
    ("period", Word::Sign(b'.')),
    ("six", Word::Digit(b'6')),
    ("seven", Word::Digit(b'7')),
    ("sixteen", Word::Teen(*b"16")),
    ("seventeen", Word::Teen(*b"17")),
    ("sixty", Word::Tens(b'6')),
    ("seventy", Word::Tens(b'7')),
    ("slash", Word::Sign(b'/')),
    ("two", Word::Digit(b'2')),
    ("three", Word::Digit(b'3')),
    ("ten", Word::Teen(*b"10")),
    ("twelve", Word::Teen(*b"12")),
    ("thirteen", Word::Teen(*b"13")),
    ("twenty", Word::Tens(b'2')),
    ("thirty", Word::Tens(b'3')),
    ("triple", Word::Times(3)),
    ("thousand", Word::Zeros(3)),
    ("zero", Word::Digit(b'0')),
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
    if !(2..=LONGEST).contains(&letters.len()) {
        return None;
    }
    let mut lower = [0; LONGEST];
    for (to, from) in lower.iter_mut().zip(letters) {
        *to = from.to_ascii_lowercase();
    }
    let row = INDEX.get(usize::from(class(lower.first().copied()?)))?;
    let found = PADDED.get(row.0..row.1)?.iter().position(|word| *word == lower)?;
    WORDS.get(row.0 + found).map(|(_, word)| *word)
}

/// The words, each with zeros to the length of the longest, which are compared at once.
static PADDED: [[u8; LONGEST]; WORDS.len()] = padded();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn padded() -> [[u8; LONGEST]; WORDS.len()] {
    let mut padded = [[0; LONGEST]; WORDS.len()];
    let mut word = 0;
    while word < WORDS.len() {
        let letters = WORDS[word].0.as_bytes();
        let mut at = 0;
        while at < letters.len() {
            padded[word][at] = letters[at];
            at += 1;
        }
        word += 1;
    }
    padded
}

/// The longest word.
const LONGEST: usize = 9;

/// Which words begin with a letter: a place in them, and the place after the last.
static INDEX: [(usize, usize); 27] = index();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn index() -> [(usize, usize); 27] {
    let mut index = [(0, 0); 27];
    let mut word = 0;
    while word < WORDS.len() {
        let row = &mut index[class(WORDS[word].0.as_bytes()[0]) as usize];
        if row.1 == 0 {
            row.0 = word;
        }
        row.1 = word + 1;
        word += 1;
    }
    index
}

/// Tells whether two letters that a text begins with may be of a digit's word, by those and what follows.
#[inline]
pub(in crate::views) fn may_be(text: &[u8]) -> bool {
    let [a, b, rest @ ..] = text else { return false };
    let c = rest.first().copied().unwrap_or(0);
    holds(&PAIRS, usize::from(*a) << 8 | usize::from(*b))
        && holds(&TRIPLES, place(class(*a), class(*b), class(c)))
}

/// How far the next word is looked for.
pub(in crate::views) const WINDOW: usize = 6;

#[inline]
fn holds(set: &[u64], place: usize) -> bool {
    set.get(place >> 6).is_some_and(|row| row & (1 << (place & 63)) != 0)
}

/// Letters from 1, everything else 0.
const fn class(byte: u8) -> u8 {
    let letter = (byte | 0x20).wrapping_sub(b'a');
    if letter < 26 { letter + 1 } else { 0 }
}

const fn place(a: u8, b: u8, c: u8) -> usize {
    (a as usize) << 10 | (b as usize) << 5 | c as usize
}

/// The classes of two letters that follow each other in a digit's word, and of what follows them.
static TRIPLES: [u64; 512] = triples();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn triples() -> [u64; 512] {
    let mut set = [0u64; 512];
    let mut word = 0;
    while word < WORDS.len() {
        if !matches!(WORDS[word].1, Word::Sign(_)) {
            let letters = WORDS[word].0.as_bytes();
            let mut at = 0;
            while at + 1 < letters.len() {
                let (a, b) = (class(letters[at]), class(letters[at + 1]));
                let c = if at + 2 < letters.len() { class(letters[at + 2]) } else { 0 };
                set = with(set, place(a, b, c));
                at += 1;
            }
        }
        word += 1;
    }
    set
}

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn with(mut set: [u64; 512], place: usize) -> [u64; 512] {
    set[place >> 6] |= 1 << (place & 63);
    set
}

/// The characters that triples begin with.
static PAIRS: [u64; 1024] = pairs();

#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
const fn pairs() -> [u64; 1024] {
    let triples = triples();
    let mut set = [0u64; 1024];
    let mut pair = 0usize;
    while pair <= 0xFFFF {
        let [low, high, ..] = pair.to_le_bytes();
        let place = place(class(high), class(low), 0);
        // The 32 triples that begin with two characters are half of a row.
        if triples[place >> 6] >> (place & 63) & 0xFFFF_FFFF != 0 {
            set[pair >> 6] |= 1 << (pair & 63);
        }
        pair += 1;
    }
    set
}
