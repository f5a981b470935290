//! The shelf: what happens to segments after they are sealed.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
use thiserror::Error;

use crate::directory::Layout;
use crate::positions::{Positions, Segment};

/// Why a segment cannot be rewritten. It is as it was.
#[derive(Debug, Clone, Error)]
pub enum ShelfError {
    /// The file system refused.
    #[error("cannot rewrite `{}`", .0.display())]
    Io(PathBuf, #[source] Arc<io::Error>),
    /// What was written is not what is read back.
    #[error("`{}` does not read back as it was written; the disk or the memory is at fault", .0.display())]
    Unequal(PathBuf),
}

/// The sealed segments, which one thread at a time changes.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) layout: Layout,
    pub(crate) positions: Arc<Positions>,
    turn: Mutex<()>,
}

impl Shelf {
    pub(crate) fn new(layout: Layout, positions: Arc<Positions>) -> Self {
        Self { layout, positions, turn: Mutex::new(()) }
    }

    /// Takes the shelf for as long as the guard lives.
    pub(crate) fn take(&self) -> MutexGuard<'_, ()> {
        self.turn.lock()
    }

    /// Returns the segments that are never appended to again.
    pub(crate) fn sealed(&self) -> Vec<Sealed> {
        self.positions.view(|segments| {
            let sealed = segments.split_last().map(|(_, sealed)| sealed).unwrap_or_default();
            let is = |segment: &Segment| Sealed {
                first: segment.first,
                records: segment.records,
                stored: segment.stored(),
                is_compressed: segment.is_compressed(),
            };
            sealed.iter().map(is).collect()
        })
    }
}

/// A segment that is never appended to again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) first: u64,
    pub(crate) records: u64,
    pub(crate) stored: u64,
    pub(crate) is_compressed: bool,
}

/// Says of which file an error is.
pub(crate) fn at(path: PathBuf) -> impl FnOnce(io::Error) -> ShelfError {
    move |error| ShelfError::Io(path, Arc::new(error))
}
