//! Reading one segment: its shape is checked, its leaves are hashed and compared with the tiles.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use memchr::memmem;
use syndic_ledger::{Hash, Line, LineError, Record, TILE_WIDTH, leaf_hashes, perfect};

use crate::directory::PartsHook;
use crate::finding::{Fault, Unusable, VerifyError, at};
use crate::pages::{Pages, lines};
use crate::report::{Pruned, SealedParts};
use crate::tiles::TileFiles;

/// The most memory that unpacking takes, as a power of two.
const WINDOW_LOG: u32 = 24;
/// What the leaf of a record has that says what was dropped.
const SEGMENTS_PRUNED: &[u8] = b"\"segments_pruned\"";

/// A segment of the directory.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) first: u64,
    pub(crate) path: PathBuf,
    is_last: bool,
}

/// What a segment is read with.
pub(crate) struct Reading<'a> {
    pub(crate) tiles: &'a TileFiles,
    /// How many records are vouched for: what is beyond may be half written.
    pub(crate) covered: u64,
    /// Sizes of which the leaves of the last tile are wanted.
    pub(crate) sizes: &'a [u64],
    pub(crate) parts: Option<&'a PartsHook<'a>>,
}

/// What was read of a segment.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) first: u64,
    pub(crate) path: PathBuf,
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    /// The roots of its whole tiles.
    pub(crate) roots: Vec<Hash>,
    /// The leaves after the last of them.
    pub(crate) edge: Vec<Hash>,
    /// The leaves of the last tile of each size that was wanted and lies in it.
    pub(crate) kept: Vec<(u64, Vec<Hash>)>,
    /// The first record whose hash is not in the tiles.
    pub(crate) changed: Option<u64>,
    /// Where reading ended early.
    pub(crate) fault: Option<(u64, Fault)>,
    pub(crate) torn: bool,
    pub(crate) parts: SealedParts,
    pub(crate) pruned: Vec<Pruned>,
}

/// Lists the segments in order. A plain file beside a compressed one is the segment: compressing was interrupted.
pub(crate) fn list(directory: &Path) -> Result<Vec<Listed>, VerifyError> {
    let folder = directory.join("segments");
    let entries = match fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Unusable::NoDirectory(directory.to_owned()).into());
        }
        Err(error) => return Err(at(folder)(error).into()),
    };
    let mut segments: Vec<Listed> = Vec::new();
    for entry in entries {
        let path = entry.map_err(at(&folder))?.path();
        match named(&path) {
            Some(Some(first)) => segments.push(Listed { first, path, is_last: false }),
            Some(None) => {}
            None => return Err(VerifyError::refuted(path, None, Fault::Name)),
        }
    }
    segments.sort_by(|a, b| (a.first, &a.path).cmp(&(b.first, &b.path)));
    segments.dedup_by_key(|segment| segment.first);
    if let Some(last) = segments.last_mut() {
        last.is_last = true;
    }
    Ok(segments)
}

/// Returns the first record of a segment; nothing of what may lie beside segments.
fn named(path: &Path) -> Option<Option<u64>> {
    let name = path.file_name()?.to_str()?;
    if name == "carried.jsonl" {
        return Some(None);
    }
    let (digits, form) = name.split_once('.')?;
    let first: u64 = digits.parse().ok()?;
    if digits != format!("{first:016}") {
        return None;
    }
    match form {
        "jsonl" | "jsonl.zst" => Some(Some(first)),
        "idx" => Some(None),
        _ if form.ends_with("tmp") => Some(None),
        _ => None,
    }
}

impl Listed {
    /// Opens it in the form it has by now, and tells which that is.
    fn open(&self) -> io::Result<(PathBuf, Pages)> {
        match self.open_as(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // It was compressed since it was listed.
                let mut path = self.path.clone().into_os_string();
                path.push(".zst");
                let path = PathBuf::from(path);
                Ok((path.clone(), self.open_as(&path)?))
            }
            opened => Ok((self.path.clone(), opened?)),
        }
    }

    fn open_as(&self, path: &Path) -> io::Result<Pages> {
        let file = File::open(path)?;
        if path.extension().is_some_and(|extension| extension == "zst") {
            let mut decoder = zstd::Decoder::new(file)?;
            decoder.window_log_max(WINDOW_LOG)?;
            return Ok(Pages::new(decoder));
        }
        // What is appended while it is read is left for the next time.
        let bytes = file.metadata()?.len();
        Ok(Pages::new(file.take(bytes)))
    }

    /// Reads it.
    pub(crate) fn read(&self, with: &Reading<'_>) -> Result<Read, Unusable> {
        let (path, mut pages) = self.open().map_err(at(&self.path))?;
        let is_packed = path.extension().is_some_and(|extension| extension == "zst");
        let mut reader = Reader::new(self.first, path, with);
        loop {
            let page = match pages.next() {
                Ok([]) => break,
                Ok(page) => page,
                Err(error) if is_packed => {
                    reader.fail(Fault::Packed(error));
                    break;
                }
                Err(error) => return Err(at(&self.path)(error)),
            };
            let mut lines = lines(page);
            let Some(fault) = reader.take(&mut lines)? else { continue };
            let index = reader.read.first + reader.read.records;
            let may_be_torn = matches!(&fault, Fault::Line(line) if line.may_be_torn())
                && self.is_last
                && index >= with.covered;
            let is_last = may_be_torn && !lines.any(is_record);
            drop(lines);
            if is_last && !more(&mut pages) {
                reader.read.torn = true;
            } else {
                reader.fail(fault);
            }
            break;
        }
        reader.finish()
    }
}

/// Tells whether a record is among the lines that are left.
fn more(pages: &mut Pages) -> bool {
    loop {
        match pages.next() {
            Ok([]) | Err(_) => return false,
            Ok(page) if lines(page).any(is_record) => return true,
            Ok(_) => {}
        }
    }
}

fn is_record(line: &[u8]) -> bool {
    Line::parse(line).and_then(|line| line.decode()).is_ok()
}

/// Takes the lines of one segment.
struct Reader<'a> {
    with: &'a Reading<'a>,
    read: Read,
    pruned: memmem::Finder<'static>,
}

impl<'a> Reader<'a> {
    fn new(first: u64, path: PathBuf, with: &'a Reading<'a>) -> Self {
        let read = Read { first, path, ..Read::default() };
        Self { with, read, pruned: memmem::Finder::new(SEGMENTS_PRUNED) }
    }

    fn fail(&mut self, fault: Fault) {
        self.read.fault = Some((self.read.first + self.read.records, fault));
    }

    /// Takes lines, up to before the first that is not as it should be.
    fn take<'l>(
        &mut self,
        lines: &mut impl Iterator<Item = &'l [u8]>,
    ) -> Result<Option<Fault>, Unusable> {
        let mut fault = None;
        let mut leaves = Vec::new();
        for text in lines {
            match self.check(text, leaves.len() as u64) {
                Ok(line) => leaves.push(line.leaf()),
                Err(found) => {
                    fault = Some(found);
                    break;
                }
            }
            self.read.bytes += text.len() as u64;
        }
        for hash in leaf_hashes(&leaves) {
            self.push(hash)?;
        }
        Ok(fault)
    }

    fn push(&mut self, leaf: Hash) -> Result<(), Unusable> {
        self.read.edge.push(leaf);
        self.read.records += 1;
        if self.read.edge.len() as u64 == TILE_WIDTH {
            self.end_tile()?;
            self.read.roots.push(perfect(&self.read.edge));
            self.read.edge.clear();
        }
        Ok(())
    }

    /// Checks a line that `others` precede which are not counted yet.
    fn check<'l>(&mut self, text: &'l [u8], others: u64) -> Result<Line<'l>, Fault> {
        let line = Line::parse(text).map_err(Fault::Line)?;
        let found = line.index().map_err(Fault::Line)?;
        if found != self.read.first + self.read.records + others {
            return Err(Fault::Order(found));
        }
        let is_sealed = line.has_sealed().map_err(Fault::Line)?;
        self.read.parts.sealed += u64::from(is_sealed);
        if let Some(open) = self.with.parts {
            match open(&line).map_err(Fault::Parts)? {
                Some(true) => self.read.parts.opened += 1,
                Some(false) => self.read.parts.erased += 1,
                None => {}
            }
        }
        if self.pruned.find(line.leaf()).is_some() {
            self.read.pruned.extend(pruned(&line).map_err(Fault::Line)?);
        }
        Ok(line)
    }

    /// Compares the leaves of a tile, whole or not, and keeps them where they are wanted.
    fn end_tile(&mut self) -> Result<(), Unusable> {
        let Read { first, records, edge, changed, kept, .. } = &mut self.read;
        let end = *first + *records;
        let begin = end - edge.len() as u64;
        if changed.is_none() {
            *changed = self.with.tiles.differ(0, begin, edge).map_err(at("tiles/0"))?;
        }
        for &size in self.with.sizes.iter().filter(|size| begin < **size && **size <= end) {
            let width = usize::try_from(size - begin).unwrap_or(usize::MAX);
            kept.push((size, edge.iter().take(width).copied().collect()));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Read, Unusable> {
        self.end_tile()?;
        Ok(self.read)
    }
}

/// Returns what a record says was dropped.
pub(crate) fn pruned(line: &Line<'_>) -> Result<Option<Pruned>, LineError> {
    let record = line.decode()?.record;
    let Record::SegmentsPruned(pruned) = record else { return Ok(None) };
    Ok(Some(Pruned { from: pruned.from, to: pruned.to }))
}
