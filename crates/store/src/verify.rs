//! Verifying a data directory, closed or in use, without its lock.

use std::fs;
use std::path::Path;

use syndic_ledger::{Head, SignedCheckpoint};
use thiserror::Error;

use crate::carried;
use crate::directory::Layout;
use crate::head::{self, HeadError};
use crate::recover::kept_from;
use crate::scan::{ScanError, begin, list, scan};

/// What a data directory was found to contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// The tree derived from the segments.
    pub head: Head,
    /// The head that was stored when reading began; the tree contains it.
    pub stored: Option<Head>,
    /// How many segments there are.
    pub segments: usize,
}

/// Why a data directory does not verify.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// The stored head cannot be used.
    #[error(transparent)]
    Head(#[from] HeadError),
    /// The segments are not what was written.
    #[error(transparent)]
    Scan(#[from] ScanError),
}

/// Derives the tree of `directory` again and compares it with the stored head. A last line that is still being
/// written is left out.
///
/// # Errors
/// The first thing that is wrong, with segment and index.
pub fn verify(directory: &Path) -> Result<Verified, VerifyError> {
    let layout = Layout::new(directory);
    let stored = match fs::read(layout.checkpoint()) {
        Ok(bytes) => {
            let signed = SignedCheckpoint::parse(&bytes)
                .map_err(|_| HeadError::Malformed(layout.checkpoint()))?;
            Some(signed.checkpoint().head)
        }
        Err(_) => head::read(&layout.head())?,
    };
    let heads: Vec<_> = stored.into_iter().collect();
    let mut kept = 0;
    let begun = begin(&layout, &list(&layout)?, &heads)?;
    carried::read(&layout, begun.tree(), &mut |leaf| kept = kept.max(kept_from(&leaf.record)))?;
    let scanned = scan(&layout, &heads, &mut |_, _, _, leaf| {
        kept = kept.max(kept_from(&leaf.record));
    })?;
    if let Some(first) = scanned.segments.first().filter(|first| first.first > kept) {
        return Err(ScanError::Gap { path: first.path.clone(), expected: kept }.into());
    }
    Ok(Verified { head: scanned.tree.head(), stored, segments: scanned.segments.len() })
}
