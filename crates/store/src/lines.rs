//! The lines of a segment, whichever form it has: plain, or compressed as independent zstd frames.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use syndic_ledger::Line;

use crate::directory::Layout;

/// How much is read ahead.
const AHEAD: usize = 32 * 1024;
/// The longest line that is unpacked: a few bytes of a damaged frame can stand for any number.
pub(crate) const MOST_UNPACKED: u64 = 64 << 20;
/// The most memory that unpacking takes, as a power of two.
const WINDOW_LOG: u32 = 24;

/// The form a segment has on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `<first>.jsonl`
    Plain,
    /// `<first>.jsonl.zst`
    Compressed,
}

/// The lines of a segment, in one buffer.
pub(crate) struct Lines {
    reader: Box<dyn BufRead + Send>,
    line: Vec<u8>,
    most: u64,
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines").finish_non_exhaustive()
    }
}

impl Lines {
    /// Opens the segment that begins with `first` in the form it has: plain where it has both. The lines end where
    /// the file ends now.
    pub(crate) fn of_segment(layout: &Layout, first: u64) -> io::Result<(Kind, Self)> {
        match Self::plain(&layout.segment(first)) {
            Ok(lines) => Ok((Kind::Plain, lines)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok((Kind::Compressed, Self::compressed(&layout.compressed(first), 0)?))
            }
            Err(error) => Err(error),
        }
    }

    /// Opens a plain segment; the lines end where the file ends now.
    pub(crate) fn plain(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        Ok(Self::over(BufReader::with_capacity(AHEAD, file.take(bytes)), u64::MAX))
    }

    /// Opens a plain segment at `offset`; lines that are appended later are read too.
    pub(crate) fn follow(path: &Path, offset: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        Ok(Self::over(BufReader::with_capacity(AHEAD, file), u64::MAX))
    }

    /// Opens a compressed segment at the frame that begins at `offset`.
    pub(crate) fn compressed(path: &Path, offset: u64) -> io::Result<Self> {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(offset))?;
        let mut decoder = zstd::Decoder::with_buffer(BufReader::with_capacity(AHEAD, file))?;
        decoder.window_log_max(WINDOW_LOG)?;
        Ok(Self::over(BufReader::with_capacity(AHEAD, decoder), MOST_UNPACKED))
    }

    fn over(reader: impl BufRead + Send + 'static, most: u64) -> Self {
        Self { reader: Box::new(reader), line: Vec::new(), most }
    }

    /// Returns the next line with its line feed, which the last one may lack.
    pub(crate) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        self.reader.by_ref().take(self.most).read_until(b'\n', &mut self.line)?;
        Ok((!self.line.is_empty()).then_some(&self.line))
    }

    /// Passes over `count` lines.
    pub(crate) fn skip(&mut self, count: u64) -> io::Result<()> {
        for _ in 0..count {
            self.next()?;
        }
        Ok(())
    }

    /// Tells whether any line from here on is a record.
    pub(crate) fn more_records(&mut self) -> io::Result<bool> {
        while let Some(line) = self.next()? {
            if Line::parse(line).and_then(|line| line.decode()).is_ok() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
