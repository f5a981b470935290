//! Reading all segments from the first record to the last, believing nothing.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use syndic_ledger::{Fault, Head, Leaf, Line, Tree, Verifier};
use thiserror::Error;

use crate::directory::Layout;
use crate::lines::{Kind, Lines};
use crate::tiles::TileFiles;

/// Why the segments cannot be trusted.
#[derive(Debug, Error)]
pub enum ScanError {
    /// The file system refused.
    #[error("cannot read `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// A file that is no segment.
    #[error("`{}` is not named like a segment; move it away", .0.display())]
    Name(PathBuf),
    /// There are records, and the checkpoint, which is there before the first of them, is not.
    #[error("`{}` is missing; restore it from a backup, it says what the segments must contain", .0.display())]
    NoHead(PathBuf),
    /// A segment is missing, or is there twice.
    #[error(
        "segment `{}` should begin with record {expected}: segments before it are missing or were changed; \
         restore them from a backup", .path.display()
    )]
    Gap {
        /// The segment after the gap.
        path: PathBuf,
        /// What it should begin with.
        expected: u64,
    },
    /// A compressed segment does not unpack.
    #[error("segment `{}` does not unpack from record {index} on; restore it from a backup", .path.display())]
    Packed {
        /// The segment.
        path: PathBuf,
        /// The first record that cannot be had.
        index: u64,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Records were dropped, and their hashes are not there either.
    #[error(
        "`{}` does not have the hashes of the records before {first}, which were dropped; restore it from a backup",
        .path.display()
    )]
    NoTiles {
        /// The directory of tiles.
        path: PathBuf,
        /// The first record that is there.
        first: u64,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A leaf that is left of a dropped segment is not what was written.
    #[error(
        "`{}` and the tiles do not agree about record {index}; restore both from a backup", .path.display()
    )]
    Carried {
        /// The file.
        path: PathBuf,
        /// The record.
        index: u64,
    },
    /// A record is not what was written.
    #[error("segment `{}` is damaged at {source}; restore it from a backup", .path.display())]
    Damaged {
        /// The segment.
        path: PathBuf,
        /// The record and what is wrong with it.
        source: syndic_ledger::VerifyError,
    },
}

/// One segment of the directory.
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) first: u64,
    /// The file it is read from, of the two it may have.
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
}

/// All segments, read.
#[derive(Debug)]
pub(crate) struct Scanned {
    pub(crate) tree: Tree,
    pub(crate) segments: Vec<Listed>,
    /// The bytes of the last segment that hold whole records, where something follows them.
    pub(crate) torn_at: Option<u64>,
}

/// Lists the segments in order. A plain file beside a compressed one is the segment.
pub(crate) fn list(layout: &Layout) -> Result<Vec<Listed>, ScanError> {
    let directory = layout.segments();
    let refused = |error| ScanError::Io(directory.clone(), error);
    let mut segments: BTreeMap<u64, Listed> = BTreeMap::new();
    for entry in fs::read_dir(&directory).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        match named(layout, &path) {
            Some(Name::Segment(first, kind)) => {
                let listed = Listed { first, path, kind };
                if kind == Kind::Plain || !segments.contains_key(&first) {
                    segments.insert(first, listed);
                }
            }
            Some(Name::Beside) => {}
            None => return Err(ScanError::Name(path)),
        }
    }
    Ok(segments.into_values().collect())
}

/// What the name of a file among the segments says.
enum Name {
    Segment(u64, Kind),
    /// Derived, or left by an interrupted write.
    Beside,
}

fn named(layout: &Layout, path: &Path) -> Option<Name> {
    if path == layout.carried() {
        return Some(Name::Beside);
    }
    let (first, form) = path.file_name()?.to_str()?.split_once('.')?;
    let first: u64 = first.parse().ok()?;
    let (name, expected) = match form {
        "jsonl" => (Name::Segment(first, Kind::Plain), layout.segment(first)),
        "jsonl.zst" => (Name::Segment(first, Kind::Compressed), layout.compressed(first)),
        "idx" => (Name::Beside, layout.sidecar(first)),
        _ if form.ends_with("tmp") => return Some(Name::Beside),
        _ => return None,
    };
    (path == expected).then_some(name)
}

/// Reads every record, gives each to `each` with the length of its line, and derives the tree.
///
/// What an interrupted write can leave is not an error: bytes at the very end, beyond `heads`, that are no record.
pub(crate) fn scan(
    layout: &Layout,
    heads: &[Head],
    each: &mut dyn FnMut(&Listed, &Tree, u64, &Leaf),
) -> Result<Scanned, ScanError> {
    let segments = list(layout)?;
    let verifier = begin(layout, &segments, heads)?;
    scan_on(layout, segments, verifier, heads, 0, &mut |segment, tree, bytes, leaf| {
        if let Some(leaf) = leaf {
            each(segment, tree, bytes, leaf);
        }
    })
}

/// Is given each record: its segment, the tree it ends, the length of its line, and its leaf where that was decoded.
pub(crate) type Each<'a> = dyn FnMut(&Listed, &Tree, u64, Option<&Leaf>) + 'a;

/// Does what [`scan`] does, from where `verifier` is and `segments` begin. Records before `from` are compared with the
/// tree alone: their leaves are not decoded.
pub(crate) fn scan_on(
    layout: &Layout,
    mut segments: Vec<Listed>,
    mut verifier: Verifier,
    heads: &[Head],
    from: u64,
    each: &mut Each<'_>,
) -> Result<Scanned, ScanError> {
    let count = segments.len();
    let mut torn_at = None;
    for (n, segment) in segments.iter_mut().enumerate() {
        if segment.first != verifier.tree().size() {
            return Err(ScanError::Gap {
                path: segment.path.clone(),
                expected: verifier.tree().size(),
            });
        }
        let is_last = n + 1 == count;
        let path = segment.path.clone();
        let refused = |error| ScanError::Io(path.clone(), error);
        // It may have been compressed since it was listed.
        let (kind, mut lines) = Lines::of_segment(layout, segment.first).map_err(refused)?;
        segment.kind = kind;
        let mut offset = 0;
        let unread = |index, source| match kind {
            Kind::Plain => ScanError::Io(path.clone(), source),
            Kind::Compressed => ScanError::Packed { path: path.clone(), index, source },
        };
        loop {
            let next = lines.next().map_err(|error| unread(verifier.tree().size(), error))?;
            let Some(line) = next else { break };
            let bytes = line.len() as u64;
            match take(&mut verifier, line, from) {
                Ok(leaf) => each(segment, verifier.tree(), bytes, leaf.as_ref()),
                Err(fault)
                    if is_last
                        && may_be_torn(&fault, heads)
                        && !lines.more_records().map_err(refused)? =>
                {
                    torn_at = Some(offset);
                    break;
                }
                Err(source) => return Err(ScanError::Damaged { path, source }),
            }
            offset += bytes;
        }
    }
    let last = segments.last().map_or_else(|| layout.segment(0), |last| last.path.clone());
    let tree = verifier.finish().map_err(|source| ScanError::Damaged { path: last, source })?;
    if heads.is_empty() && tree.size() > 0 {
        return Err(ScanError::NoHead(layout.checkpoint()));
    }
    Ok(Scanned { tree, segments, torn_at })
}

/// Begins with the first record, or with the hashes of those that were dropped.
pub(crate) fn begin(
    layout: &Layout,
    segments: &[Listed],
    heads: &[Head],
) -> Result<Verifier, ScanError> {
    let first = segments.first().map_or(0, |segment| segment.first);
    if first == 0 {
        return Ok(Verifier::new(heads.iter().copied()));
    }
    let missing = |source| ScanError::NoTiles { path: layout.tiles(), first, source };
    let tiles = TileFiles::open(layout).map_err(missing)?;
    for head in heads.iter().filter(|head| head.size <= first) {
        if tiles.tree_at(head.size).map_err(missing)?.head() != *head {
            let fault = Fault::Root;
            let source = syndic_ledger::VerifyError { index: head.size.saturating_sub(1), fault };
            return Err(ScanError::Damaged { path: layout.tiles(), source });
        }
    }
    Ok(Verifier::after(tiles.tree_at(first).map_err(missing)?, heads.iter().copied()))
}

fn take(
    verifier: &mut Verifier,
    line: &[u8],
    from: u64,
) -> Result<Option<Leaf>, syndic_ledger::VerifyError> {
    let index = verifier.tree().size();
    let decode = || {
        let leaf = Line::parse(line).and_then(|line| line.decode());
        leaf.map_err(|error| syndic_ledger::VerifyError { index, fault: Fault::Line(error) })
    };
    let leaf = (index >= from).then(decode).transpose()?;
    verifier.push(line)?;
    Ok(leaf)
}

fn may_be_torn(error: &syndic_ledger::VerifyError, heads: &[Head]) -> bool {
    let beyond_heads = heads.iter().all(|head| error.index >= head.size);
    beyond_heads && matches!(&error.fault, Fault::Line(line) if line.may_be_torn())
}
