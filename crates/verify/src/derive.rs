//! Deriving the tree of all records from what was read of each segment, and finding where it is not the one that was
//! signed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use syndic_ledger::{Hash, Head, Line, TILE_WIDTH, Tree, perfect};

use crate::claims::{Claim, Claims};
use crate::finding::{Fault, VerifyError, at};
use crate::report::{Pruned, SealedParts};
use crate::segment::{Read, pruned};
use crate::tiles::TileFiles;

/// The longest file of kept leaves that is read.
const MOST_CARRIED_BYTES: u64 = 1 << 30;

/// What all segments amount to.
#[derive(Debug)]
pub(crate) struct Derived {
    pub(crate) head: Head,
    pub(crate) segments: u64,
    pub(crate) bytes: u64,
    pub(crate) parts: SealedParts,
    pub(crate) pruned: Vec<Pruned>,
    pub(crate) torn: bool,
}

/// The segments in order, and what lies between them.
#[derive(Default)]
struct Joined {
    /// The roots of whole tiles.
    roots: Vec<Hash>,
    /// The leaves after the last of them.
    edge: Vec<Hash>,
    /// The leaves of the last tile of sizes that heads are compared at.
    kept: BTreeMap<u64, Vec<Hash>>,
    size: u64,
    gaps: Vec<Pruned>,
    pruned: Vec<Pruned>,
    /// The first record whose hash is not in the tiles, with its segment.
    changed: Option<(u64, PathBuf)>,
}

impl Derived {
    pub(crate) fn join(
        directory: &Path,
        read: Vec<Read>,
        claims: &Claims,
        tiles: &TileFiles,
    ) -> Result<Self, VerifyError> {
        let (mut parts, mut torn) = (SealedParts::default(), false);
        let (mut segments, mut bytes) = (0, 0);
        let mut joined = Joined::default();
        for read in read {
            segments += 1;
            bytes += read.bytes;
            parts.add(read.parts);
            torn |= read.torn;
            if let Err(found) = joined.add(read, tiles, claims) {
                return Err(joined.earliest(found, tiles, claims));
            }
        }
        if joined.size < claims.covered() {
            let path = directory.join("segments");
            let fault = Fault::Missing(claims.covered());
            let found = VerifyError::refuted(path, joined.size, fault);
            return Err(joined.earliest(found, tiles, claims));
        }
        let tree = joined.compare(claims, tiles)?;
        joined.check_carried(directory, tiles)?;
        joined.check_gaps(directory)?;
        if claims.origin.is_some() {
            tiles.check_lengths(directory)?;
            if let Some((index, _)) = joined.changed {
                let path = tiles.path(directory, 0);
                return Err(VerifyError::refuted(path, index, Fault::Tile(index)));
            }
            tiles.check_above(directory, joined.roots)?;
        }
        Ok(Self { head: tree.head(), segments, bytes, parts, pruned: joined.gaps, torn })
    }
}

impl Joined {
    /// Adds a segment, and what is missing before it.
    fn add(&mut self, read: Read, tiles: &TileFiles, claims: &Claims) -> Result<(), VerifyError> {
        let refuted = |path, index, fault| Err(VerifyError::refuted(path, Some(index), fault));
        if read.first < self.size {
            return refuted(read.path, read.first, Fault::Overlap);
        }
        if !self.edge.is_empty() {
            return refuted(read.path, self.size, Fault::Gap { until: read.first });
        }
        if read.first > self.size {
            self.pass(read.first, &read.path, tiles, claims)?;
        }
        if self.changed.is_none() {
            self.changed = read.changed.map(|index| (index, read.path.clone()));
        }
        self.size += read.records;
        self.roots.extend(read.roots);
        self.edge = read.edge;
        self.kept.extend(read.kept);
        self.pruned.extend(read.pruned);
        match read.fault {
            Some((index, fault)) => refuted(read.path, index, fault),
            None => Ok(()),
        }
    }

    /// Passes over dropped records up to before `until`, by their hashes.
    fn pass(
        &mut self,
        until: u64,
        next: &Path,
        tiles: &TileFiles,
        claims: &Claims,
    ) -> Result<(), VerifyError> {
        let gap = Pruned { from: self.size, to: until };
        let missing = || VerifyError::refuted(next.to_owned(), gap.from, Fault::Gap { until });
        if !until.is_multiple_of(TILE_WIDTH) || until > claims.covered() {
            return Err(missing());
        }
        while self.size < until {
            let hashes = tiles.read(0, self.size, TILE_WIDTH).map_err(at("tiles/0"))?;
            if hashes.len() as u64 != TILE_WIDTH {
                return Err(missing());
            }
            for claim in claims.all() {
                let width = claim.head.size.saturating_sub(self.size);
                if (1..TILE_WIDTH).contains(&width) {
                    let width = usize::try_from(width).unwrap_or(usize::MAX);
                    let leaves = hashes.iter().take(width).copied().collect();
                    self.kept.insert(claim.head.size, leaves);
                }
            }
            self.roots.push(perfect(&hashes));
            self.size += TILE_WIDTH;
        }
        self.gaps.push(gap);
        Ok(())
    }

    /// Compares the tree with every head on the way, and returns it.
    fn compare(&self, claims: &Claims, tiles: &TileFiles) -> Result<Tree, VerifyError> {
        let mut heads: Vec<&Claim> = claims.all().collect();
        heads.sort_by_key(|claim| std::cmp::Reverse(claim.head.size));
        let mut tree = Tree::default();
        let mut agreed = 0;
        for root in self.roots.iter().map(Some).chain([None]) {
            let whole = |claim: &Claim| claim.head.size / TILE_WIDTH * TILE_WIDTH;
            while let Some(claim) = heads.pop_if(|claim| whole(claim) == tree.size()) {
                self.compare_at(claim, &tree, agreed, tiles)?;
                agreed = claim.head.size;
            }
            match root {
                Some(root) => tree.append_subtree(8, *root),
                None => self.edge.iter().for_each(|leaf| tree.append_leaf_hash(*leaf)),
            }
        }
        heads.pop().map_or(Ok(tree), |beyond| Err(self.rolled_back(beyond)))
    }

    fn compare_at(
        &self,
        claim: &Claim,
        whole: &Tree,
        agreed: u64,
        tiles: &TileFiles,
    ) -> Result<(), VerifyError> {
        let Claim { path, head, is_given } = claim;
        let mut tree = whole.clone();
        if tree.size() < head.size {
            let leaves = self.kept.get(&head.size).into_iter().flatten();
            leaves.for_each(|leaf| tree.append_leaf_hash(*leaf));
        }
        if tree.head() == *head {
            return Ok(());
        }
        if tree.size() < head.size {
            return Err(self.rolled_back(claim));
        }
        match &self.changed {
            // The tiles tell which leaf it is, if they are those of the head.
            Some((index, segment)) if *index < head.size && is_tree_of(tiles, head)? => {
                Err(VerifyError::refuted(segment.clone(), *index, Fault::Changed))
            }
            Some((index, segment)) if *index < head.size && !is_given => {
                Err(VerifyError::refuted(segment.clone(), *index, Fault::Changed))
            }
            _ => {
                let fault = Fault::Rewritten { from: agreed, to: head.size };
                Err(VerifyError::refuted(path.clone(), agreed, fault))
            }
        }
    }

    fn rolled_back(&self, claim: &Claim) -> VerifyError {
        let fault = Fault::RolledBack { claimed: claim.head.size, found: self.size };
        VerifyError::refuted(claim.path.clone(), self.size, fault)
    }

    /// A changed leaf before what was found is worse, if the tiles that tell are those of the checkpoint.
    fn earliest(&self, found: VerifyError, tiles: &TileFiles, claims: &Claims) -> VerifyError {
        let Some((index, segment)) = &self.changed else { return found };
        let is_earlier = found.index().is_some_and(|other| *index < other);
        match is_tree_of(tiles, &claims.newest.head) {
            Ok(true) if is_earlier => VerifyError::refuted(segment.clone(), *index, Fault::Changed),
            _ => found,
        }
    }

    /// Checks the leaves that were kept of dropped segments.
    fn check_carried(&mut self, directory: &Path, tiles: &TileFiles) -> Result<(), VerifyError> {
        let path = directory.join("segments").join("carried.jsonl");
        let bytes = match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Ok(found) if found.len() > MOST_CARRIED_BYTES => {
                return Err(VerifyError::refuted(path, None, Fault::Damaged));
            }
            Ok(_) => fs::read(&path).map_err(at(&path))?,
            Err(error) => return Err(at(path)(error).into()),
        };
        let mut after = None;
        for text in bytes.split_inclusive(|byte| *byte == b'\n') {
            let refuted = |index, fault| VerifyError::refuted(path.clone(), index, fault);
            let line = Line::parse(text).map_err(|error| refuted(None, Fault::Line(error)))?;
            let index = line.index().map_err(|error| refuted(None, Fault::Line(error)))?;
            if after.is_some_and(|after| index <= after) {
                return Err(refuted(Some(index), Fault::Order(index)));
            }
            let known = tiles.read(0, index, 1).map_err(at("tiles/0"))?;
            if known != [line.hash()] {
                return Err(refuted(Some(index), Fault::Changed));
            }
            let said = pruned(&line).map_err(|error| refuted(Some(index), Fault::Line(error)))?;
            self.pruned.extend(said);
            after = Some(index);
        }
        Ok(())
    }

    /// Refuses a gap that no record explains.
    fn check_gaps(&self, directory: &Path) -> Result<(), VerifyError> {
        let mut said = self.pruned.clone();
        said.sort_by_key(|pruned| pruned.from);
        for gap in &self.gaps {
            let covered = said.iter().fold(gap.from, |covered, pruned| {
                if pruned.from <= covered { covered.max(pruned.to) } else { covered }
            });
            if covered < gap.to {
                let fault = Fault::Gap { until: gap.to };
                return Err(VerifyError::refuted(directory.join("segments"), covered, fault));
            }
        }
        Ok(())
    }
}

fn is_tree_of(tiles: &TileFiles, head: &Head) -> Result<bool, VerifyError> {
    let tree = tiles.tree(head.size).map_err(at("tiles/0"))?;
    Ok(tree.is_some_and(|tree| tree.head() == *head))
}
