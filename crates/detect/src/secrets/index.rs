//! Finds the formats whose prefix stands at a place, by its first bytes.

use std::ops::Range;
use std::sync::LazyLock;

use super::format::Format;
use super::formats;

/// Formats in order of the first byte of their prefix, and which three bytes any of them begins with.
struct Index {
    formats: Vec<Format>,
    /// Where the formats of each first byte begin; one more than there are bytes.
    starts: Vec<usize>,
    /// A bit for each hash of three first bytes.
    begins: Vec<u64>,
}

static INDEX: LazyLock<Index> = LazyLock::new(Index::new);

impl Index {
    fn new() -> Self {
        let mut formats: Vec<Format> = formats::all().copied().collect();
        formats.sort_by_key(|format| format.prefix);
        let first = |format: &Format| format.prefix.bytes().next().unwrap_or_default();
        let starts =
            (0..=256).map(|byte| formats.partition_point(|f| usize::from(first(f)) < byte));
        let mut begins = vec![0; BITS / 64];
        for format in &formats {
            let mut mark = |bytes: [u8; 3]| {
                let (word, bit) = slot(bytes);
                if let Some(word) = begins.get_mut(word) {
                    *word |= bit;
                }
            };
            match *format.prefix.as_bytes() {
                [a, b, c, ..] => mark([a, b, c]),
                [a, b] => (0..=255).for_each(|c| mark([a, b, c])),
                _ => {}
            }
        }
        let starts = starts.collect();
        Self { formats, starts, begins }
    }
}

const BITS: usize = 1 << 15;

/// The word and the bit that stand for three bytes.
fn slot([a, b, c]: [u8; 3]) -> (usize, u64) {
    let hash = (u32::from(a) << 16 | u32::from(b) << 8 | u32::from(c)).wrapping_mul(0x9e37_79b1);
    let at = (hash >> 17) as usize;
    (at / 64, 1 << (at % 64))
}

/// Returns the formats that may begin at `at`.
pub(crate) fn at(bytes: &[u8], at: usize) -> &'static [Format] {
    let Some(&[a, b, c]) = bytes.get(at..).and_then(|rest| rest.first_chunk::<3>()) else {
        return &[];
    };
    let index = &*INDEX;
    let (word, bit) = slot([a, b, c]);
    if index.begins.get(word).is_none_or(|word| word & bit == 0) {
        return &[];
    }
    let start = index.starts.get(usize::from(a)).copied().unwrap_or_default();
    let end = index.starts.get(usize::from(a) + 1).copied().unwrap_or_default();
    index.formats.get(start..end).unwrap_or_default()
}

/// Tells whether a value begins like one of the formats and is too short for any of them: cut, or a stand-in.
pub(crate) fn is_cut(bytes: &[u8], value: &Range<usize>) -> bool {
    let text = bytes.get(value.clone()).unwrap_or_default();
    let mut alike = at(bytes, value.start)
        .iter()
        .filter(|format| {
            format.prefix.len() >= TELLING && text.starts_with(format.prefix.as_bytes())
        })
        .peekable();
    alike.peek().is_some() && alike.all(|format| text.len() < format.least())
}

/// A prefix that is so long does not begin a value by chance.
const TELLING: usize = 5;
