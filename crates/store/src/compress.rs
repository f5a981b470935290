//! Compressing sealed segments: independent zstd frames of 256 lines, so that a record is read by unpacking one.
//!
//! The plain file goes last. A crash before leaves it whole, and what is beside it is removed when the store opens.

use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::directory::{private, sync_parent};
use crate::lines::Lines;
use crate::positions::Segment;
use crate::shelf::{Shelf, ShelfError, at};
use crate::sidecar::{FRAME_LINES, Sidecar};

/// The level of zstd: most of a line is ciphertext, which no level makes smaller.
const LEVEL: i32 = 3;

impl Shelf {
    /// Compresses segments as they are sealed, until the store closes.
    pub(crate) fn keep_compressed(&self) {
        let mut seen = 0;
        loop {
            if let Err(error) = self.compress_all() {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "sealed segments stay uncompressed for now"
                );
            }
            match self.positions.wait_for_sealed(seen) {
                Some(sealed) => seen = sealed,
                None => return,
            }
        }
    }

    /// Compresses every sealed segment that is not; returns how many that were.
    pub(crate) fn compress_all(&self) -> Result<u64, ShelfError> {
        let mut compressed = 0;
        for segment in self.sealed() {
            if self.positions.has_ended() {
                break;
            }
            let _turn = self.take();
            // Another thread may have had it meanwhile.
            if self.is_plain(segment.first) {
                self.compress(segment.first)?;
                compressed += 1;
            }
        }
        Ok(compressed)
    }

    fn is_plain(&self, first: u64) -> bool {
        self.sealed().iter().any(|segment| segment.first == first && !segment.is_compressed)
    }

    fn compress(&self, first: u64) -> Result<(), ShelfError> {
        let plain = self.layout.segment(first);
        let mut lines = Lines::plain(&plain).map_err(at(plain.clone()))?;
        let packed = self.pack(first, |each| {
            while let Some(line) = lines.next()? {
                each(line)?;
            }
            Ok(())
        })?;
        equal(&plain, &packed.path)
            .map_err(at(plain.clone()))?
            .then_some(())
            .ok_or_else(|| ShelfError::Unequal(packed.path.clone()))?;
        self.put(packed)?;
        fs::remove_file(&plain).map_err(at(plain.clone()))?;
        sync_parent(&plain).map_err(at(plain))
    }

    /// Writes a compressed segment beside its place, durably, from the lines that `source` gives.
    pub(crate) fn pack(
        &self,
        first: u64,
        source: impl FnOnce(&mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()>,
    ) -> Result<Packed, ShelfError> {
        let path = temporary(&self.layout.compressed(first));
        let packed = || {
            let mut packer = Packer::new(first, &path)?;
            source(&mut |line| packer.push(line))?;
            packer.finish()
        };
        let sidecar = packed().map_err(at(path.clone()))?;
        Ok(Packed { path, sidecar })
    }

    /// Puts a compressed segment in its place, from where it is read from then on.
    pub(crate) fn put(&self, packed: Packed) -> Result<(), ShelfError> {
        let Packed { path, sidecar } = packed;
        let place = self.layout.compressed(sidecar.first);
        let moved = || {
            sidecar.write(&self.layout)?;
            self.positions.replace(Segment::compressed(sidecar), || fs::rename(&path, &place))?;
            sync_parent(&place)
        };
        moved().map_err(at(place.clone()))
    }
}

/// A compressed segment that is not in its place yet.
pub(crate) struct Packed {
    pub(crate) path: PathBuf,
    pub(crate) sidecar: Sidecar,
}

/// Packs lines into frames.
struct Packer {
    file: File,
    frame: Vec<u8>,
    sidecar: Sidecar,
}

impl Packer {
    fn new(first: u64, path: &Path) -> io::Result<Self> {
        let file = private().create(true).truncate(true).write(true).open(path)?;
        Ok(Self { file, frame: Vec::new(), sidecar: Sidecar::new(first) })
    }

    fn push(&mut self, line: &[u8]) -> io::Result<()> {
        self.sidecar.push(line)?;
        self.frame.extend_from_slice(line);
        if self.sidecar.records.is_multiple_of(FRAME_LINES) { self.flush() } else { Ok(()) }
    }

    /// Ends a frame. It says how long it is and has a checksum: a changed byte is found without a key.
    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        let mut encoder = zstd::Encoder::new(Vec::new(), LEVEL)?;
        encoder.include_checksum(true)?;
        encoder.set_pledged_src_size(Some(self.frame.len() as u64))?;
        encoder.write_all(&self.frame)?;
        let packed = encoder.finish()?;
        self.sidecar.frames.push(self.sidecar.stored);
        self.sidecar.stored += packed.len() as u64;
        self.frame.clear();
        self.file.write_all(&packed)
    }

    fn finish(mut self) -> io::Result<Sidecar> {
        self.flush()?;
        self.file.set_permissions(Permissions::from_mode(0o444))?;
        self.file.sync_all()?;
        Ok(self.sidecar)
    }
}

/// Tells whether both files have the same lines.
fn equal(plain: &Path, compressed: &Path) -> io::Result<bool> {
    let (mut plain, mut compressed) = (Lines::plain(plain)?, Lines::compressed(compressed, 0)?);
    loop {
        match (plain.next()?, compressed.next()?) {
            (None, None) => return Ok(true),
            (one, other) if one != other => return Ok(false),
            _ => {}
        }
    }
}

pub(crate) fn temporary(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".tmp");
    name.into()
}
