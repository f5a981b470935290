//! Hash tiles (c2sp.org/tlog-tiles): of every 256 hashes of one level, one of the level above.

use crate::{Hash, Tree, above};

/// How many hashes a whole tile has.
pub const TILE_WIDTH: u64 = 256;

/// How many levels a tree of tiles can have: 256^8 leaves are more than can be counted.
pub const TILE_LEVELS: usize = 8;

/// The right edge of the tree of tiles: the hashes of each level that are not a whole tile yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TileEdge {
    /// INVARIANT: no level has [`TILE_WIDTH`] hashes.
    levels: [Vec<Hash>; TILE_LEVELS],
}

impl TileEdge {
    /// Takes up a tree of which `levels` are the hashes after the last whole tile, the leaves first.
    #[must_use]
    pub fn resume(levels: [Vec<Hash>; TILE_LEVELS]) -> Self {
        Self { levels }
    }

    /// Appends a leaf's hash; `each` is given what every level grows by, the leaves first.
    pub fn append(&mut self, leaf: Hash, mut each: impl FnMut(usize, &Hash)) {
        let mut hash = leaf;
        for (level, tile) in self.levels.iter_mut().enumerate() {
            each(level, &hash);
            tile.push(hash);
            if (tile.len() as u64) < TILE_WIDTH {
                return;
            }
            hash = perfect(tile);
            tile.clear();
        }
    }

    /// Returns how many leaves there are where `level` has whole tiles and this edge.
    #[must_use]
    pub fn widths(&self) -> [u64; TILE_LEVELS] {
        std::array::from_fn(|level| self.levels.get(level).map_or(0, |tile| tile.len() as u64))
    }

    /// Returns the tree that ends in this edge, of so many leaves.
    #[must_use]
    pub fn tree(&self, size: u64) -> Tree {
        let subtrees = self.levels.iter().rev().flat_map(|tile| perfect_subtrees(tile));
        Tree::of_subtrees(size, subtrees.collect())
    }
}

/// Returns how many hashes level `level` has in a tree of `size` leaves.
#[must_use]
pub const fn tile_hashes(size: u64, level: usize) -> u64 {
    if level < TILE_LEVELS { size >> (8 * level) } else { 0 }
}

/// Hashes the perfect tree over a power of two of hashes.
#[must_use]
pub fn perfect(hashes: &[Hash]) -> Hash {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = above(&level);
    }
    level.pop().unwrap_or_default()
}

/// Returns the roots of the perfect subtrees that a partial tile is made of, the largest first.
fn perfect_subtrees(tile: &[Hash]) -> Vec<Hash> {
    let mut rest = tile;
    let mut roots = Vec::new();
    while !rest.is_empty() {
        let width = 1 << rest.len().ilog2();
        let (subtree, after) = rest.split_at(width);
        roots.push(perfect(subtree));
        rest = after;
    }
    roots
}

#[cfg(test)]
mod tests {
    use super::{TileEdge, perfect, tile_hashes};
    use crate::{Tree, leaf_hash};

    #[test]
    fn the_tree_of_the_edge_is_the_tree_of_the_leaves() {
        let (mut edge, mut tree) = (TileEdge::default(), Tree::default());
        let mut counts = [0_u64; 3];
        for n in 0..70_000_u64 {
            let hash = leaf_hash(&n.to_be_bytes());
            edge.append(hash, |level, _| counts[level] += 1);
            tree.append_leaf_hash(hash);
            let size = n + 1;
            if n < 1_030 || n.is_multiple_of(997) || size == 65_536 {
                assert_eq!(edge.tree(size), tree, "{size} leaves");
            }
        }
        assert_eq!(counts, [70_000, 273, 1]);
        assert_eq!([0, 1, 2, 3].map(|level| tile_hashes(70_000, level)), [70_000, 273, 1, 0]);
    }

    #[test]
    fn a_tile_hashes_like_its_tree() {
        let hashes: Vec<_> = (0..256_u32).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let mut tree = Tree::default();
        hashes.iter().for_each(|hash| tree.append_leaf_hash(*hash));
        assert_eq!(perfect(&hashes), tree.root());
    }
}
