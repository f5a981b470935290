//! Proofs from tiles, held against another implementation.

use std::convert::Infallible;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;
use syndic_ledger::{
    Hash, Head, MAX_SIZE, ProveError, Refuted, Tiles, Tree, consistency, inclusion, leaf_hash,
    verify_consistency, verify_inclusion,
};

/// Every level of a tree's tiles, as they lie on disk; those of a smaller tree are their beginnings.
struct Levels(Vec<Vec<Hash>>);

/// The tiles of a tree of so many leaves.
struct Grown<'a>(&'a Levels, u64);

impl Levels {
    fn of(leaves: u64) -> Self {
        let mut levels = vec![(0..leaves).map(leaf).collect::<Vec<_>>()];
        while let Some(above) = levels.last().filter(|level| level.len() >= 256) {
            let roots = above.chunks_exact(256).map(|tile| {
                let mut tree = Tree::default();
                // A tile's hashes are of nodes, not of leaves; above them the arithmetic is the same.
                tile.iter().for_each(|hash| tree.append_leaf_hash(*hash));
                tree.root()
            });
            levels.push(roots.collect());
        }
        Self(levels)
    }
}

impl Tiles for Grown<'_> {
    type Error = Infallible;

    fn hashes(&self, level: u8, first: u64, count: usize) -> Result<Vec<Hash>, Infallible> {
        let end = first + count as u64;
        assert_eq!(first / 256, (end - 1) / 256, "within one tile");
        assert!(end << (8 * level) <= self.1, "within the tree");
        let level = self.0.0.get(usize::from(level)).unwrap();
        Ok(level.iter().skip(usize::try_from(first).unwrap()).take(count).copied().collect())
    }
}

/// The other implementation, over the same leaves.
struct Oracle(MemoryBackedTree<Sha256, Vec<u8>>);

impl Oracle {
    fn of(leaves: u64) -> Self {
        let mut tree = MemoryBackedTree::new();
        (0..leaves).for_each(|n| tree.push(n.to_be_bytes().to_vec()));
        Self(tree)
    }

    fn inclusion(&self, index: u64) -> Vec<Hash> {
        hashes(self.0.prove_inclusion(usize::try_from(index).unwrap()).as_bytes())
    }

    fn consistency(&self, from: u64) -> Vec<Hash> {
        let added = usize::try_from(self.0.len() - from).unwrap();
        hashes(self.0.prove_consistency(added).as_bytes())
    }
}

fn leaf(n: u64) -> Hash {
    leaf_hash(&n.to_be_bytes())
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks_exact(32).map(|hash| hash.try_into().unwrap()).collect()
}

fn head(leaves: u64) -> Head {
    let mut tree = Tree::default();
    (0..leaves).for_each(|n| tree.append_leaf_hash(leaf(n)));
    tree.head()
}

/// The heads of every tree up to a size.
fn heads(leaves: u64) -> Vec<Head> {
    let mut tree = Tree::default();
    let grown = (0..leaves).map(|n| {
        tree.append_leaf_hash(leaf(n));
        tree.head()
    });
    std::iter::once(head(0)).chain(grown).collect()
}

fn at(heads: &[Head], size: u64) -> &Head {
    heads.get(usize::try_from(size).unwrap()).unwrap()
}

#[test]
fn every_size_has_the_proofs_that_another_implementation_makes() {
    let levels = Levels::of(600);
    let mut oracle = Oracle::of(0);
    let heads = heads(600);
    for size in 1..=600_u64 {
        oracle.0.push((size - 1).to_be_bytes().to_vec());
        let tiles = Grown(&levels, size);
        let now = at(&heads, size);
        // Every record of a small tree, and in larger ones some, the ends among them.
        let some = |n: &u64| size <= 24 || [0, size * 5 / 7, size - 1].contains(n);
        for index in (0..size).filter(some) {
            let proof = inclusion(index, size, &tiles).unwrap();
            assert_eq!(proof, oracle.inclusion(index), "record {index} of {size}");
            assert_eq!(verify_inclusion(leaf(index), index, now, &proof), Ok(()));
        }
        for from in (1..size).filter(some) {
            let proof = consistency(from, size, &tiles).unwrap();
            assert_eq!(proof, oracle.consistency(from), "from {from} to {size}");
            assert_eq!(verify_consistency(at(&heads, from), now, &proof), Ok(()));
        }
        assert_eq!(consistency(size, size, &tiles), Ok(vec![]));
        assert_eq!(verify_consistency(now, now, &[]), Ok(()));
    }
}

#[test]
fn a_tree_of_three_levels_of_tiles_has_the_same_proofs() {
    const SIZE: u64 = 66_000;
    let (levels, oracle, head) = (Levels::of(SIZE), Oracle::of(SIZE), head(SIZE));
    let tiles = Grown(&levels, SIZE);
    for index in (0..SIZE).step_by(9_973).chain([255, 256, 65_535, 65_536, SIZE - 1]) {
        let proof = inclusion(index, SIZE, &tiles).unwrap();
        assert_eq!(proof, oracle.inclusion(index), "record {index}");
        assert_eq!(verify_inclusion(leaf(index), index, &head, &proof), Ok(()));
        let from = index.max(1);
        assert_eq!(consistency(from, SIZE, &tiles).unwrap(), oracle.consistency(from));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_tree_of_any_size_has_the_same_proofs(size in 601_u64..4_000, at in any::<u64>()) {
        let (levels, oracle) = (Levels::of(size), Oracle::of(size));
        let index = at % size;
        let tiles = Grown(&levels, size);
        prop_assert_eq!(inclusion(index, size, &tiles).unwrap(), oracle.inclusion(index));
        let from = index.max(1);
        prop_assert_eq!(consistency(from, size, &tiles).unwrap(), oracle.consistency(from));
    }

    #[test]
    fn nothing_else_is_proved(
        size in 2_u64..700,
        at in any::<u64>(),
        flipped in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let (levels, head) = (Levels::of(size), head(size));
        let index = at % size;
        let proof = inclusion(index, size, &Grown(&levels, size)).unwrap();
        let refuted = Err(Refuted::Inclusion { index, size });
        let byte = flipped.index(proof.len() * 32);
        let flip = |hash: &mut Hash| *hash.get_mut(byte % 32).unwrap() ^= 1 << bit;
        let mut changed = proof.clone();
        flip(changed.get_mut(byte / 32).unwrap());
        prop_assert_eq!(verify_inclusion(leaf(index), index, &head, &changed), refuted);
        let mut leaf_changed = leaf(index);
        flip(&mut leaf_changed);
        prop_assert_eq!(verify_inclusion(leaf_changed, index, &head, &proof), refuted);
        for elsewhere in [index + 1, index.wrapping_sub(1), size, u64::MAX] {
            prop_assert!(verify_inclusion(leaf(index), elsewhere, &head, &proof).is_err());
        }
    }

    #[test]
    fn anything_at_all_is_refused_without_a_panic(
        size in any::<u64>(),
        from in any::<u64>(),
        index in any::<u64>(),
        proof in prop::collection::vec(any::<Hash>(), 0..80),
    ) {
        let (from, to) = (Head { size: from, root: leaf(1) }, Head { size, root: leaf(2) });
        prop_assert!(verify_inclusion(leaf(0), index, &to, &proof).is_err());
        prop_assert!(verify_consistency(&from, &to, &proof).is_err());
    }
}

#[test]
fn a_tree_that_shrank_or_was_written_anew_is_refuted() {
    let (small, large) = (head(5), head(8));
    let proof = consistency(5, 8, &Grown(&Levels::of(8), 8)).unwrap();
    let shrunk = Err(Refuted::Shrunk { from: 8, to: 5 });
    assert_eq!(verify_consistency(&large, &small, &proof), shrunk);
    let forked = Head { root: leaf(9), ..large };
    let rewritten = Err(Refuted::Rewritten { from: 8, to: 8 });
    assert_eq!(verify_consistency(&large, &forked, &[]), rewritten);
    let other = Head { root: leaf(9), ..small };
    let rewritten = Err(Refuted::Rewritten { from: 5, to: 8 });
    assert_eq!(verify_consistency(&other, &large, &proof), rewritten);
}

#[test]
fn every_tree_continues_the_empty_one_and_no_other_of_no_records() {
    let (empty, large) = (head(0), head(8));
    assert_eq!(consistency(0, 8, &Grown(&Levels::of(8), 8)), Ok(vec![]));
    assert_eq!(verify_consistency(&empty, &large, &[]), Ok(()));
    let other = Head { root: leaf(0), ..empty };
    assert!(verify_consistency(&other, &large, &[]).is_err());
}

#[test]
fn what_is_not_in_the_tree_is_not_proved() {
    let levels = Levels::of(8);
    let tiles = Grown(&levels, 8);
    let range = |of, size| Err(ProveError::Range { of, size });
    assert_eq!(inclusion(8, 8, &tiles), range(8, 8));
    assert_eq!(inclusion(0, 0, &tiles), range(0, 0));
    assert_eq!(inclusion(0, u64::MAX, &tiles), range(0, u64::MAX));
    assert_eq!(consistency(9, 8, &tiles), range(9, 8));
    assert_eq!(consistency(1, MAX_SIZE + 1, &tiles), range(1, MAX_SIZE + 1));
}
