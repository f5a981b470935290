//! The hash tree of RFC 6962 §2.1 over leaf bytes, kept as its compact range.

use sha2::{Digest as _, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The size and root of a tree: all there is to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many leaves the tree has.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

/// A tree that grows by one leaf at a time and keeps only the roots of its perfect subtrees.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// INVARIANT: one root per bit set in `size`, the largest subtree first.
    stack: Vec<Hash>,
}

impl Tree {
    /// Takes up a tree of `size` leaves by the roots of its perfect subtrees, the largest first: one for each bit
    /// set in `size`.
    pub(crate) const fn of_subtrees(size: u64, stack: Vec<Hash>) -> Self {
        Self { size, stack }
    }

    /// Returns how many leaves the tree has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its [`leaf_hash`].
    pub fn append_leaf_hash(&mut self, hash: Hash) {
        self.append_subtree(0, hash);
    }

    /// Adds a perfect subtree of 2^`height` leaves by its root. The tree's size must be a multiple of that.
    pub fn append_subtree(&mut self, height: u32, root: Hash) {
        let mut hash = root;
        for _ in 0..(self.size >> height).trailing_ones() {
            if let Some(left) = self.stack.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.stack.push(hash);
        self.size += 1 << height;
    }

    /// Returns the root; of no leaves, the hash of nothing.
    #[must_use]
    pub fn root(&self) -> Hash {
        let smallest_first = self.stack.iter().rev().copied();
        smallest_first
            .reduce(|right, left| node_hash(&left, &right))
            .unwrap_or_else(|| Sha256::digest([]).into())
    }

    /// Returns size and root.
    #[must_use]
    pub fn head(&self) -> Head {
        Head { size: self.size, root: self.root() }
    }
}

/// Hashes a leaf: SHA-256 over a zero byte and the leaf.
#[must_use]
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

/// Hashes a node: SHA-256 over a one byte and both children.
pub(crate) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

#[cfg(test)]
mod tests {
    use ct_merkle::mem_backed_tree::MemoryBackedTree;
    use sha2::Sha256;

    use super::{Tree, leaf_hash};

    #[test]
    fn every_root_is_the_one_of_the_rfc() {
        let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let mut tree = Tree::default();
        for n in 0..300_u32 {
            let root: [u8; 32] = (*oracle.root().as_bytes()).into();
            assert_eq!(tree.root(), root, "{n} leaves");
            let leaf = n.to_be_bytes().repeat(n as usize % 7);
            tree.append_leaf_hash(leaf_hash(&leaf));
            oracle.push(leaf);
        }
    }

    #[test]
    fn subtrees_make_the_tree_of_their_leaves() {
        let (mut leaves, mut subtrees) = (Tree::default(), Tree::default());
        for n in 0..21_u8 {
            let mut subtree = Tree::default();
            for leaf in [[n, 0], [n, 1], [n, 2], [n, 3]] {
                leaves.append_leaf_hash(leaf_hash(&leaf));
                subtree.append_leaf_hash(leaf_hash(&leaf));
            }
            subtrees.append_subtree(2, subtree.root());
            assert_eq!(subtrees, leaves);
        }
    }
}
