//! The classes of 32 bytes at a time: a table of 16 for each half of a byte, and what both agree on.
#![expect(unsafe_code, reason = "instructions that this processor is asked for at run time")]

use std::arch::x86_64::{
    __m256i, _mm256_and_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_movemask_epi8,
    _mm256_or_si256, _mm256_set1_epi8, _mm256_setr_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8,
    _mm256_slli_epi16, _mm256_srli_epi16,
};

use super::{BLOCK, BLOCKS, Letters, Masks, Traces};

/// Classes the bytes, if the processor can.
#[inline]
pub(super) fn classify(bytes: &[u8], out: &mut [Masks; BLOCKS]) -> bool {
    if !std::arch::is_x86_feature_detected!("avx2") {
        return false;
    }
    // SAFETY: the processor has AVX2, which is all that the function asks for.
    unsafe { blocks(bytes, out) };
    true
}

/// Tells the letters of a block, if the processor can.
#[inline]
pub(super) fn letters(block: &[u8; BLOCK]) -> Option<Letters> {
    if !std::arch::is_x86_feature_detected!("avx2") {
        return None;
    }
    // SAFETY: the processor has AVX2, which is all that the function asks for.
    Some(unsafe { letters_of(block) })
}

/// Tells the letters and digits of a block, if the processor can.
#[inline]
pub(super) fn words(block: &[u8; BLOCK]) -> Option<u64> {
    if !std::arch::is_x86_feature_detected!("avx2") {
        return None;
    }
    // SAFETY: the processor has AVX2, which is all that the function asks for.
    Some(unsafe { words_of(block) })
}

/// Tells the traces of the bytes, if the processor can.
#[inline]
pub(super) fn traces(bytes: &[u8], out: &mut [Traces; BLOCKS]) -> bool {
    if !std::arch::is_x86_feature_detected!("avx2") {
        return false;
    }
    // SAFETY: the processor has AVX2, which is all that the function asks for.
    unsafe { trace_blocks(bytes, out) };
    true
}

#[target_feature(enable = "avx2")]
fn trace_blocks(bytes: &[u8], out: &mut [Traces; BLOCKS]) {
    let (whole, rest) = bytes.as_chunks::<BLOCK>();
    let mut out = out.iter_mut();
    for (block, traces) in whole.iter().zip(&mut out) {
        *traces = traces_of(block);
    }
    if let (false, Some(traces)) = (rest.is_empty(), out.next()) {
        let mut last = [0; BLOCK];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        *traces = traces_of(&last);
    }
}

#[target_feature(enable = "avx2")]
fn traces_of(block: &[u8; BLOCK]) -> Traces {
    let halves = <[__m256i; 2]>::from(load(block));
    let mut traces = Traces::default();
    for (place, bytes) in [0, 32].into_iter().zip(halves) {
        let class = class_of(bytes);
        let lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
        let dot = is(bytes, b'.');
        let code = any(class, DIGIT | EARLY | LATE | SIGN | UNDERSCORE);
        let escape = either(either(is(bytes, b'%'), is(bytes, b'\\')), is(bytes, b'&'));
        // `]` and `}` differ by 0x20, and so do no others of what is asked for.
        let close = either(either(is(bytes, b')'), is(bytes, b'>')), is(lower, b'}'));
        traces.other |= u64::from(sign(bytes)) << place;
        traces.escape |= u64::from(sign(escape)) << place;
        traces.digit |= u64::from(sign(_mm256_slli_epi16::<7>(class))) << place;
        traces.word |= u64::from(sign(any(class, DIGIT | EARLY | LATE))) << place;
        traces.code |= u64::from(sign(code) & !sign(dot)) << place;
        traces.between |= u64::from(between(bytes)) << place;
        traces.close |= u64::from(sign(close)) << place;
        traces.a |= u64::from(sign(is(lower, b'a'))) << place;
        traces.d |= u64::from(sign(is(lower, b'd'))) << place;
        traces.o |= u64::from(sign(is(lower, b'o'))) << place;
        traces.t |= u64::from(sign(is(lower, b't'))) << place;
    }
    traces
}

/// Which bytes stand between groups of digits.
#[target_feature(enable = "avx2")]
fn between(bytes: __m256i) -> u32 {
    let low = table([2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 4, 18, 3, 2, 10]);
    let high = table([1, 0, 2, 4, 0, 8, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0]);
    sign(any(by_halves(bytes, low, high), 31))
}

/// All ones in each byte that is `byte`.
#[target_feature(enable = "avx2")]
fn is(bytes: __m256i, byte: u8) -> __m256i {
    _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(byte.cast_signed()))
}

#[target_feature(enable = "avx2")]
fn either(one: __m256i, other: __m256i) -> __m256i {
    _mm256_or_si256(one, other)
}

#[target_feature(enable = "avx2")]
fn blocks(bytes: &[u8], out: &mut [Masks; BLOCKS]) {
    let (whole, rest) = bytes.as_chunks::<BLOCK>();
    let mut out = out.iter_mut();
    for (block, masks) in whole.iter().zip(&mut out) {
        *masks = class(block);
    }
    if let (false, Some(masks)) = (rest.is_empty(), out.next()) {
        let mut last = [0; BLOCK];
        for (to, from) in last.iter_mut().zip(rest) {
            *to = *from;
        }
        *masks = class(&last);
    }
}

#[target_feature(enable = "avx2")]
fn letters_of(block: &[u8; BLOCK]) -> Letters {
    let (low, high) = load(block);
    let (a, b) = (class_of(low), class_of(high));
    let both = |of: i8| u64::from(sign(any(a, of))) | u64::from(sign(any(b, of))) << 32;
    let other = u64::from(sign(low)) | u64::from(sign(high)) << 32;
    let letter = both(EARLY | LATE) | other;
    let sixth = |half| u64::from(sign(_mm256_slli_epi16::<2>(half)));
    let small = sixth(low) | sixth(high) << 32;
    let clause = u64::from(clause(low)) | u64::from(clause(high)) << 32;
    Letters { letter, upper: letter & !small, assign: both(COLON | EQUALS), clause }
}

/// Which bytes end a clause.
#[target_feature(enable = "avx2")]
fn clause(bytes: __m256i) -> u32 {
    let low = table([0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 1, 2, 4, 0, 0, 0]);
    let high = table([1, 0, 12, 2, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    sign(any(by_halves(bytes, low, high), 15))
}

/// What the tables of the lower and of the higher half of each byte agree on.
#[target_feature(enable = "avx2")]
fn by_halves(bytes: __m256i, low: __m256i, high: __m256i) -> __m256i {
    let half = _mm256_set1_epi8(0x0f);
    let upper = _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half);
    _mm256_and_si256(
        _mm256_shuffle_epi8(low, _mm256_and_si256(bytes, half)),
        _mm256_shuffle_epi8(high, upper),
    )
}

#[target_feature(enable = "avx2")]
fn words_of(block: &[u8; BLOCK]) -> u64 {
    let (low, high) = load(block);
    let half = |bytes| u64::from(sign(any(class_of(bytes), DIGIT | EARLY | LATE)));
    half(low) | half(high) << 32
}

#[target_feature(enable = "avx2")]
fn load(block: &[u8; BLOCK]) -> (__m256i, __m256i) {
    let start = block.as_ptr().cast::<__m256i>();
    // SAFETY: the block is 64 bytes, and an unaligned load of 32 begins at its start and at its middle.
    unsafe { (_mm256_loadu_si256(start), _mm256_loadu_si256(start.add(1))) }
}

#[target_feature(enable = "avx2")]
fn class(block: &[u8; BLOCK]) -> Masks {
    let (low, high) = load(block);
    let (a, b) = (bits(low), bits(high));
    let both = |mask: fn(Bits) -> u32| u64::from(mask(a)) | u64::from(mask(b)) << 32;
    Masks {
        digit: both(|bits| bits.digit),
        word: both(|bits| bits.word),
        token: both(|bits| bits.token),
        at: both(|bits| bits.at),
        colon: both(|bits| bits.colon),
        equals: both(|bits| bits.equals),
        s: both(|bits| bits.s),
        w: both(|bits| bits.w),
    }
}

#[derive(Clone, Copy)]
struct Bits {
    digit: u32,
    word: u32,
    token: u32,
    at: u32,
    colon: u32,
    equals: u32,
    s: u32,
    w: u32,
}

const DIGIT: i8 = 1;
/// `A-O` and `a-o`.
const EARLY: i8 = 2;
/// `P-Z` and `p-z`.
const LATE: i8 = 4;
/// `+ - . /`.
const SIGN: i8 = 8;
const EQUALS: i8 = 16;
const UNDERSCORE: i8 = 32;
const COLON: i8 = 64;
const AT: i8 = -128;

#[target_feature(enable = "avx2")]
fn class_of(bytes: __m256i) -> __m256i {
    const D: i8 = DIGIT | EARLY | LATE;
    // By the lower half of a byte, then by the higher: 0x80 and above belong to none.
    let low = table([
        DIGIT | LATE | AT,
        D,
        D,
        D,
        D,
        D,
        D,
        D,
        D,
        D,
        EARLY | LATE | COLON,
        EARLY | SIGN,
        EARLY,
        EARLY | SIGN | EQUALS,
        EARLY | SIGN,
        EARLY | SIGN | UNDERSCORE,
    ]);
    let high = table([
        0,
        0,
        SIGN,
        DIGIT | EQUALS | COLON,
        EARLY | AT,
        LATE | UNDERSCORE,
        EARLY,
        LATE,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ]);
    by_halves(bytes, low, high)
}

#[target_feature(enable = "avx2")]
fn bits(bytes: __m256i) -> Bits {
    let class = class_of(bytes);
    let lower = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    let tilde = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(b'~'.cast_signed()));
    let token = any(class, DIGIT | EARLY | LATE | SIGN | EQUALS | UNDERSCORE);
    Bits {
        digit: sign(_mm256_slli_epi16::<7>(class)),
        word: sign(any(class, DIGIT | EARLY | LATE)),
        token: sign(_mm256_or_si256(token, tilde)),
        at: sign(class),
        colon: sign(_mm256_slli_epi16::<1>(class)),
        equals: sign(_mm256_slli_epi16::<3>(class)),
        s: sign(is(lower, b's')),
        w: sign(is(lower, b'w')),
    }
}

#[target_feature(enable = "avx2")]
fn table(row: [i8; 16]) -> __m256i {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = row;
    _mm256_setr_epi8(
        a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, a, b, c, d, e, f, g, h, i, j, k, l, m, n,
        o, p,
    )
}

/// All ones in each byte that is of one of the classes.
#[target_feature(enable = "avx2")]
fn any(class: __m256i, of: i8) -> __m256i {
    let met = _mm256_and_si256(class, _mm256_set1_epi8(of));
    let none = _mm256_cmpeq_epi8(met, _mm256_setzero_si256());
    _mm256_cmpeq_epi8(none, _mm256_setzero_si256())
}

/// The highest bit of each byte.
#[target_feature(enable = "avx2")]
fn sign(bytes: __m256i) -> u32 {
    _mm256_movemask_epi8(bytes).cast_unsigned()
}
