//! Reading bytes that may not be there.

/// Returns the byte at `at`, or 0, which belongs to no class, where the text has none.
#[inline(always)]
pub(crate) fn at(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}

/// Returns the byte before `at`, or 0 at the start.
#[inline(always)]
pub(crate) fn before(bytes: &[u8], at: usize) -> u8 {
    at.checked_sub(1).map_or(0, |before| self::at(bytes, before))
}

/// Returns the bytes of a range, or none where it is not within the text.
#[inline(always)]
pub(crate) fn cut(bytes: &[u8], from: usize, to: usize) -> &[u8] {
    bytes.get(from..to).unwrap_or_default()
}

/// Counts, from `from` on, the bytes that are `like`, up to `most`.
#[inline(always)]
pub(crate) fn run(bytes: &[u8], from: usize, most: usize, like: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    rest.iter().take(most).take_while(|byte| like(**byte)).count()
}

/// Counts, before `to` and backwards, the bytes that are `like`, up to `most`.
#[inline(always)]
pub(crate) fn run_back(bytes: &[u8], to: usize, most: usize, like: impl Fn(u8) -> bool) -> usize {
    let front = bytes.get(..to).unwrap_or_default();
    front.iter().rev().take(most).take_while(|byte| like(**byte)).count()
}
