//! Reading all segments from the first record to the last, believing nothing.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use syndic_ledger::{Fault, Head, Leaf, Line, Tree, Verifier};
use thiserror::Error;

use crate::directory::Layout;

/// Why the segments cannot be trusted.
#[derive(Debug, Error)]
pub enum ScanError {
    /// The file system refused.
    #[error("cannot read `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// A file that is no segment.
    #[error("`{}` is not named like a segment; move it away", .0.display())]
    Name(PathBuf),
    /// There are records, and the stored head, which is there before the first of them, is not.
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
    pub(crate) path: PathBuf,
}

/// All segments, read.
#[derive(Debug)]
pub(crate) struct Scanned {
    pub(crate) tree: Tree,
    pub(crate) segments: Vec<Listed>,
    /// The bytes of the last segment that hold whole records, where something follows them.
    pub(crate) torn_at: Option<u64>,
}

/// Lists the segments in order.
fn list(layout: &Layout) -> Result<Vec<Listed>, ScanError> {
    let directory = layout.segments();
    let refused = |error| ScanError::Io(directory.clone(), error);
    let mut segments = Vec::new();
    for entry in fs::read_dir(&directory).map_err(refused)? {
        let path = entry.map_err(refused)?.path();
        let first =
            path.file_name().and_then(|name| name.to_str()?.strip_suffix(".jsonl")?.parse().ok());
        match first {
            Some(first) if path == layout.segment(first) => segments.push(Listed { first, path }),
            _ => return Err(ScanError::Name(path)),
        }
    }
    segments.sort_by_key(|segment| segment.first);
    Ok(segments)
}

/// Reads every record, gives each to `each` with the length of its line, and derives the tree.
///
/// What an interrupted write can leave is not an error: bytes at the very end, beyond `head`, that are no record.
pub(crate) fn scan(
    layout: &Layout,
    head: Option<Head>,
    each: &mut dyn FnMut(&Listed, &Tree, u64, &Leaf),
) -> Result<Scanned, ScanError> {
    let segments = list(layout)?;
    let mut verifier = Verifier::new(head);
    let mut torn_at = None;
    for (n, segment) in segments.iter().enumerate() {
        if segment.first != verifier.tree().size() {
            return Err(ScanError::Gap {
                path: segment.path.clone(),
                expected: verifier.tree().size(),
            });
        }
        let is_last = n + 1 == segments.len();
        let refused = |error| ScanError::Io(segment.path.clone(), error);
        let mut lines = Lines::open(&segment.path, 0).map_err(refused)?;
        let mut offset = 0;
        while let Some(line) = lines.next().map_err(refused)? {
            let bytes = line.len() as u64;
            match take(&mut verifier, line) {
                Ok(leaf) => each(segment, verifier.tree(), bytes, &leaf),
                Err(fault)
                    if is_last
                        && may_be_torn(&fault, head)
                        && !lines.more_records().map_err(refused)? =>
                {
                    torn_at = Some(offset);
                    break;
                }
                Err(source) => {
                    return Err(ScanError::Damaged { path: segment.path.clone(), source });
                }
            }
            offset += bytes;
        }
    }
    let last = segments.last().map_or_else(|| layout.segment(0), |last| last.path.clone());
    let tree = verifier.finish().map_err(|source| ScanError::Damaged { path: last, source })?;
    if head.is_none() && tree.size() > 0 {
        return Err(ScanError::NoHead(layout.head()));
    }
    Ok(Scanned { tree, segments, torn_at })
}

fn take(verifier: &mut Verifier, line: &[u8]) -> Result<Leaf, syndic_ledger::VerifyError> {
    let index = verifier.tree().size();
    let leaf = Line::parse(line).and_then(|line| line.decode());
    let leaf =
        leaf.map_err(|error| syndic_ledger::VerifyError { index, fault: Fault::Line(error) })?;
    verifier.push(line)?;
    Ok(leaf)
}

fn may_be_torn(error: &syndic_ledger::VerifyError, head: Option<Head>) -> bool {
    let beyond_head = head.is_none_or(|head| error.index >= head.size);
    beyond_head && matches!(&error.fault, Fault::Line(line) if line.may_be_torn())
}

/// The lines of a segment, in one buffer.
#[derive(Debug)]
pub(crate) struct Lines {
    reader: BufReader<io::Take<File>>,
    line: Vec<u8>,
}

impl Lines {
    /// Opens a segment at `offset`; the lines end where the file ends now.
    pub(crate) fn open(path: &Path, offset: u64) -> io::Result<Self> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        Self::up_to(file, offset, bytes.saturating_sub(offset))
    }

    /// Opens a segment at `offset`; lines that are appended later are read too.
    pub(crate) fn follow(path: &Path, offset: u64) -> io::Result<Self> {
        Self::up_to(File::open(path)?, offset, u64::MAX)
    }

    fn up_to(mut file: File, offset: u64, bytes: u64) -> io::Result<Self> {
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self { reader: BufReader::with_capacity(32 * 1024, file.take(bytes)), line: Vec::new() })
    }

    /// Returns the next line with its line feed, which the last one may lack.
    pub(crate) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        self.reader.read_until(b'\n', &mut self.line)?;
        Ok((!self.line.is_empty()).then_some(&self.line))
    }

    fn more_records(&mut self) -> io::Result<bool> {
        while let Some(line) = self.next()? {
            if Line::parse(line).and_then(|line| line.decode()).is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
