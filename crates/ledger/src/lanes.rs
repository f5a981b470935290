//! Hashing many messages, two at a time: a processor waits for its last step of a hash most of the time, and has room
//! for a second one meanwhile.

use std::slice;

use sha2::block_api::compress256;

use crate::tree::{Hash, leaf_hash, node_hash};

const BLOCK: usize = 64;
/// Where the length of a message stands in its last block.
const LENGTH_AT: usize = BLOCK - 8;
/// What SHA-256 begins with (FIPS 180-4 §5.3.3).
const BEGIN: [u32; 8] = [
    0x6a09_e667,
    0xbb67_ae85,
    0x3c6e_f372,
    0xa54f_f53a,
    0x510e_527f,
    0x9b05_688c,
    0x1f83_d9ab,
    0x5be0_cd19,
];

/// Hashes each leaf, like [`leaf_hash`].
#[must_use]
pub fn leaf_hashes(leaves: &[&[u8]]) -> Vec<Hash> {
    let (pairs, rest) = leaves.as_chunks::<2>();
    let pairs = pairs.iter().flat_map(|[left, right]| both(&[0], left, right));
    pairs.chain(rest.iter().map(|leaf| leaf_hash(leaf))).collect()
}

/// Hashes each two of `hashes`: the level above them.
#[must_use]
pub fn above(hashes: &[Hash]) -> Vec<Hash> {
    let (fours, rest) = hashes.as_chunks::<4>();
    let fours = fours.iter().flat_map(|four| {
        let (left, right) = four.as_flattened().split_at(BLOCK);
        both(&[1], left, right)
    });
    let (last, _) = rest.as_chunks::<2>();
    fours.chain(last.iter().map(|[left, right]| node_hash(left, right))).collect()
}

/// Hashes two messages, each after a byte that says what it is.
fn both(kind: &[u8; 1], left: &[u8], right: &[u8]) -> [Hash; 2] {
    let (left, right) = (Message::new(kind, left), Message::new(kind, right));
    let (mut of_left, mut of_right) = (BEGIN, BEGIN);
    let (mut left, mut right) = (left.blocks(), right.blocks());
    loop {
        match (left.next(), right.next()) {
            (None, None) => return [hash(of_left), hash(of_right)],
            (block, other) => {
                block.into_iter().for_each(|block| take(&mut of_left, block));
                other.into_iter().for_each(|other| take(&mut of_right, other));
            }
        }
    }
}

fn take(state: &mut [u32; 8], block: &[u8; BLOCK]) {
    compress256(state, slice::from_ref(block));
}

fn hash(state: [u32; 8]) -> Hash {
    let mut hash = Hash::default();
    let (words, _) = hash.as_chunks_mut();
    words.iter_mut().zip(state).for_each(|(bytes, word)| *bytes = word.to_be_bytes());
    hash
}

/// A message as SHA-256 takes it, padded (FIPS 180-4 §5.1.1).
struct Message<'a> {
    /// The byte that says what it is and those after it, where they fill a block.
    first: Option<[u8; BLOCK]>,
    whole: &'a [[u8; BLOCK]],
    /// The bytes that fill no block, and the padding: one block or two.
    last: [u8; 2 * BLOCK],
    lasts: usize,
}

impl<'a> Message<'a> {
    fn new(kind: &[u8; 1], bytes: &'a [u8]) -> Self {
        let first = bytes.first_chunk().map(|begin| joined(kind, begin));
        let rest = bytes.get(BLOCK - 1..).unwrap_or(bytes);
        let (whole, rest) = rest.as_chunks();
        let kind = if first.is_some() { &[] } else { kind.as_slice() };
        let lasts = if kind.len() + rest.len() < LENGTH_AT { 1 } else { 2 };
        let mut last = [0; 2 * BLOCK];
        let mut free = last.as_mut_slice();
        for bytes in [kind, rest, &[0x80]] {
            if let Some(taken) = free.split_off_mut(..bytes.len()) {
                taken.copy_from_slice(bytes);
            }
        }
        let bits = (bytes.len() as u64 + 1) * 8;
        if let Some(length) = last.get_mut(..lasts * BLOCK).and_then(<[u8]>::last_chunk_mut) {
            *length = bits.to_be_bytes();
        }
        Self { first, whole, last, lasts }
    }

    fn blocks(&self) -> impl Iterator<Item = &[u8; BLOCK]> {
        let (last, _) = self.last.as_chunks();
        self.first.iter().chain(self.whole).chain(last.iter().take(self.lasts))
    }
}

fn joined(kind: &[u8; 1], begin: &[u8; BLOCK - 1]) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let (first, rest) = block.split_at_mut(1);
    first.copy_from_slice(kind);
    rest.copy_from_slice(begin);
    block
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{above, leaf_hashes};
    use crate::{Hash, leaf_hash, tree::node_hash};

    fn check(leaves: &[&[u8]]) {
        let one_by_one: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        assert_eq!(leaf_hashes(leaves), one_by_one);
    }

    #[test]
    fn leaves_of_every_length_hash_as_they_do_one_by_one() {
        let bytes: Vec<u8> = (0..300_u16).map(|n| n.to_le_bytes()[0] ^ 0xa5).collect();
        for length in 0..bytes.len() {
            let same = &bytes[..length];
            check(&[same, same]);
            check(&[same, &bytes[..bytes.len() - length], &bytes]);
        }
        check(&[]);
    }

    proptest! {
        #[test]
        fn leaves_hash_as_they_do_one_by_one(leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..2000), 0..9)) {
            check(&leaves.iter().map(Vec::as_slice).collect::<Vec<_>>());
        }

        #[test]
        fn nodes_hash_as_they_do_one_by_one(hashes in prop::collection::vec(any::<Hash>(), 0..40)) {
            let pairs = hashes.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1]));
            prop_assert_eq!(above(&hashes), pairs.collect::<Vec<_>>());
        }
    }
}
