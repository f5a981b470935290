//! The sidecar of a compressed segment, `<first>.idx`: what is known of it without unpacking it. It is derived, and
//! made again where it is missing or wrong.
//!
//! Two lines: a JSON object, and SHA-256 (hex) over the first line.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use syndic_ledger::Line;

use crate::directory::{Layout, replace};
use crate::lines::MOST_UNPACKED;

const VERSION: u8 = 1;

/// How many lines a frame has; the last of a segment may have fewer.
pub(crate) const FRAME_LINES: u64 = 256;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sidecar {
    v: u8,
    /// The index of the first record.
    pub(crate) first: u64,
    /// How many records there are.
    pub(crate) records: u64,
    /// How many bytes they have as plain lines.
    pub(crate) bytes: u64,
    /// How many bytes the compressed file has.
    pub(crate) stored: u64,
    /// The time of the oldest record.
    pub(crate) oldest: Timestamp,
    /// The time of the newest record.
    pub(crate) newest: Timestamp,
    /// The highest key of parts that a record names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<u64>,
    /// Where each frame begins in the compressed file.
    pub(crate) frames: Vec<u64>,
}

/// What a sidecar wants to know of a record.
#[derive(Debug, Deserialize)]
pub(crate) struct Stamp {
    pub(crate) at: Timestamp,
    #[serde(default)]
    pub(crate) key: Option<u64>,
}

impl Stamp {
    pub(crate) fn of(line: &Line<'_>) -> io::Result<Self> {
        serde_json::from_slice(line.leaf()).map_err(io::Error::other)
    }
}

impl Sidecar {
    /// Begins the sidecar of the segment that begins with `first`.
    pub(crate) const fn new(first: u64) -> Self {
        Self {
            v: VERSION,
            first,
            records: 0,
            bytes: 0,
            stored: 0,
            oldest: Timestamp::MAX,
            newest: Timestamp::MIN,
            key: None,
            frames: Vec::new(),
        }
    }

    /// Takes note of one more line.
    pub(crate) fn push(&mut self, line: &[u8]) -> io::Result<()> {
        let stamp = Stamp::of(&Line::parse(line).map_err(io::Error::other)?)?;
        self.records += 1;
        self.bytes += line.len() as u64;
        self.oldest = self.oldest.min(stamp.at);
        self.newest = self.newest.max(stamp.at);
        self.key = self.key.max(stamp.key);
        Ok(())
    }

    /// Reads the sidecar of a compressed segment, or makes it again.
    pub(crate) fn of(layout: &Layout, first: u64) -> io::Result<Self> {
        match Self::read(layout, first) {
            Some(sidecar) => Ok(sidecar),
            None => Self::rebuild(layout, first),
        }
    }

    /// Reads the sidecar where it is there, whole, and of the file that is beside it.
    fn read(layout: &Layout, first: u64) -> Option<Self> {
        let text = fs::read_to_string(layout.sidecar(first)).ok()?;
        let (json, check) = text.strip_suffix('\n')?.split_once('\n')?;
        let sidecar: Self = serde_json::from_str(json).ok().filter(|_| check == digest(json))?;
        let stored = fs::metadata(layout.compressed(first)).ok()?.len();
        let frames = sidecar.records.div_ceil(FRAME_LINES);
        let fits = sidecar.v == VERSION
            && sidecar.first == first
            && sidecar.stored == stored
            && sidecar.frames.len() as u64 == frames;
        fits.then_some(sidecar)
    }

    /// Unpacks a compressed segment to make its sidecar again.
    pub(crate) fn rebuild(layout: &Layout, first: u64) -> io::Result<Self> {
        let mut sidecar = Self::new(first);
        let path = layout.compressed(first);
        let mut file = BufReader::new(File::open(&path)?);
        while !file.fill_buf()?.is_empty() {
            sidecar.frames.push(file.stream_position()?);
            sidecar.unpack(&mut file)?;
        }
        sidecar.stored = file.stream_position()?;
        sidecar.write(layout)?;
        tracing::info!(segment = %path.display(), "made the sidecar of a compressed segment again");
        Ok(sidecar)
    }

    /// Takes note of the lines of one frame, and leaves `file` after it.
    fn unpack(&mut self, file: &mut BufReader<File>) -> io::Result<()> {
        let mut frame = BufReader::new(zstd::Decoder::with_buffer(file)?.single_frame());
        let mut line = Vec::new();
        loop {
            line.clear();
            frame.by_ref().take(MOST_UNPACKED).read_until(b'\n', &mut line)?;
            if line.is_empty() {
                return Ok(());
            }
            self.push(&line)?;
        }
    }

    /// Writes the sidecar, whole and durable.
    pub(crate) fn write(&self, layout: &Layout) -> io::Result<()> {
        let json = serde_json::to_string(self)?;
        replace(&layout.sidecar(self.first), format!("{json}\n{}\n", digest(&json)).as_bytes())
    }
}

fn digest(json: &str) -> String {
    Sha256::digest(json).iter().map(|byte| format!("{byte:02x}")).collect()
}
