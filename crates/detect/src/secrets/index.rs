//! Finds the formats whose prefix stands at a place, by its first bytes.

use std::ops::Range;
use std::sync::LazyLock;

use super::format::Format;
use super::formats;

/// Formats in groups of those whose prefix begins with the same three bytes, and which three bytes those are.
struct Index {
    formats: Vec<Format>,
    /// The three bytes of each group and where it stands, in order.
    groups: Vec<(u32, Range<usize>)>,
    /// Formats with a prefix of two bytes.
    short: Vec<Format>,
    /// A bit for each hash of three bytes that any prefix begins with.
    begins: Vec<u64>,
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

impl Index {
    fn new() -> Self {
        let (mut formats, short): (Vec<Format>, Vec<Format>) =
            formats::all().copied().partition(|format| format.prefix.len() >= 3);
        formats.sort_by_key(|format| format.prefix);
        let mut index =
            Self { formats: Vec::new(), groups: Vec::new(), short, begins: vec![0; BITS / 64] };
        for (at, format) in formats.iter().enumerate() {
            let Some(&three) = format.prefix.as_bytes().first_chunk::<3>() else { continue };
            index.mark(three);
            match index.groups.last_mut() {
                Some((known, group)) if *known == number(three) => group.end = at + 1,
                _ => index.groups.push((number(three), at..at + 1)),
            }
        }
        let pairs: Vec<[u8; 2]> = index
            .short
            .iter()
            .filter_map(|format| format.prefix.as_bytes().first_chunk().copied())
            .collect();
        for [a, b] in pairs {
            (0..=255).for_each(|c| index.mark([a, b, c]));
        }
        Self { formats, ..index }
    }

    fn mark(&mut self, three: [u8; 3]) {
        let (word, bit) = slot(three);
        if let Some(word) = self.begins.get_mut(word) {
            *word |= bit;
        }
    }

    fn group(&self, three: [u8; 3]) -> &[Format] {
        let found = self.groups.binary_search_by_key(&number(three), |(known, _)| *known);
        let group = found.ok().and_then(|at| self.groups.get(at));
        group.and_then(|(_, group)| self.formats.get(group.clone())).unwrap_or_default()
    }
}

const BITS: usize = 1 << 15;

const fn number([a, b, c]: [u8; 3]) -> u32 {
    u32::from_be_bytes([0, a, b, c])
}

/// The word and the bit that stand for three bytes.
fn slot(three: [u8; 3]) -> (usize, u64) {
    let hash = number(three).wrapping_mul(0x9e37_79b1);
    let at = (hash >> 17) as usize;
    (at / 64, 1 << (at % 64))
}

/// A bit for each two characters that any prefix begins with.
static PAIRS: LazyLock<[u64; 256]> = LazyLock::new(|| {
    let mut pairs = [0; 256];
    for format in formats::all() {
        if let Some([a, b]) = format.prefix.as_bytes().first_chunk()
            && let Some(row) = pairs.get_mut(pair(*a, *b) / 64)
        {
            *row |= 1 << (pair(*a, *b) % 64);
        }
    }
    pairs
});

fn pair(a: u8, b: u8) -> usize {
    usize::from(a & 127) << 7 | usize::from(b & 127)
}

/// Tells at little cost whether any format may begin at `at`.
#[inline]
pub(crate) fn may_begin(bytes: &[u8], at: usize) -> bool {
    bytes.get(at..).and_then(|rest| rest.first_chunk::<3>()).is_some_and(|three| {
        let (word, bit) = slot(*three);
        let [a, b, _] = *three;
        PAIRS.get(pair(a, b) / 64).is_some_and(|row| row >> (pair(a, b) % 64) & 1 == 1)
            && INDEX.begins.get(word).is_some_and(|word| word & bit != 0)
    })
}

/// Returns the formats that may begin at `at`.
pub(crate) fn at(bytes: &[u8], at: usize) -> impl Iterator<Item = &'static Format> {
    let three = bytes.get(at..).and_then(|rest| rest.first_chunk::<3>()).copied();
    let index = &*INDEX;
    let three = three.filter(|three| {
        let (word, bit) = slot(*three);
        index.begins.get(word).is_some_and(|word| word & bit != 0)
    });
    let [long, short] = match three {
        Some(three) => [index.group(three), &*index.short],
        None => [&[][..], &[]],
    };
    let two = three.and_then(|three| three.first_chunk::<2>().copied());
    let begins = move |format: &&Format| format.prefix.as_bytes().first_chunk() == two.as_ref();
    long.iter().chain(short.iter().filter(begins))
}

/// Tells whether a value begins like one of the formats and is too short for any of them: cut, or a stand-in.
pub(crate) fn is_cut(bytes: &[u8], value: &Range<usize>) -> bool {
    let text = bytes.get(value.clone()).unwrap_or_default();
    let mut alike = at(bytes, value.start)
        .filter(|format| {
            format.prefix.len() >= TELLING && text.starts_with(format.prefix.as_bytes())
        })
        .peekable();
    alike.peek().is_some() && alike.all(|format| text.len() < format.least)
}

/// A prefix that is so long does not begin a value by chance.
const TELLING: usize = 5;
