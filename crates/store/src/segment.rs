//! Segment files: what the writer needs from a disk.

use std::fmt;
use std::fs::{self, File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::directory::{private, sync_parent};

/// A disk that keeps segments.
pub trait Disk: fmt::Debug + Send {
    /// Opens a segment to append to. A new file's directory entry is durable on return.
    ///
    /// # Errors
    /// When the file system refuses.
    fn append_to(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>>;
}

/// A segment being written.
///
/// After an error the writer asks nothing more of it: what a failed sync left in memory is unknown.
pub trait SegmentFile: fmt::Debug + Send {
    /// Appends all of `bytes`.
    ///
    /// # Errors
    /// When any of it could not be written.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when everything appended survives a loss of power.
    ///
    /// # Errors
    /// When that cannot be said.
    fn sync_data(&mut self) -> io::Result<()>;
}

/// The file system.
#[derive(Debug, Clone, Copy)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn append_to(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        let is_new = !path.exists();
        let file = private().create(true).append(true).open(path)?;
        if is_new {
            file.sync_all()?;
            sync_parent(path)?;
        }
        Ok(Box::new(file))
    }
}

impl SegmentFile for File {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        io::Write::write_all(self, bytes)?;
        self.flush()
    }

    fn sync_data(&mut self) -> io::Result<()> {
        Self::sync_data(self)
    }
}

/// Takes the right to write from a segment that is complete.
pub(crate) fn seal(path: &Path) -> io::Result<()> {
    fs::set_permissions(path, Permissions::from_mode(0o444))
}
