//! A gate to try things out with: the files in force, over an empty data directory on a disk that can be made to fail.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use syndic_governance::{Audit, Governance, load_kept};
use syndic_model::Clock;
use syndic_store::{Disk, RealDisk, SegmentFile};
use tempfile::TempDir;

use super::DrillError;
use crate::Gate;

/// See the module.
#[derive(Debug)]
pub(super) struct Scratch {
    pub(super) gate: Arc<Gate>,
    broken: Arc<AtomicBool>,
    _place: TempDir,
}

impl Scratch {
    /// Opens one over the files in force.
    pub(super) async fn begin(
        governance: &Arc<Governance>,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, DrillError> {
        let (governance, clock) = (Arc::clone(governance), Arc::clone(clock));
        let open = tokio::task::spawn_blocking(move || Self::open(&governance, clock));
        open.await.map_err(|_| DrillError::Interrupted)?
    }

    /// Closes it, and removes what is left of it.
    pub(super) async fn end(self) -> Result<(), DrillError> {
        let closed = tokio::task::spawn_blocking(move || drop(self)).await;
        closed.map_err(|_| DrillError::Interrupted)
    }

    fn open(governance: &Governance, clock: Arc<dyn Clock>) -> Result<Self, DrillError> {
        let place = tempfile::tempdir().map_err(DrillError::Place)?;
        let checked = load_kept(&governance.dir, governance.texts.clone());
        let copy = checked.governance.ok_or(DrillError::Interrupted)?;
        let natives = governance.engine.embedded();
        let mut copy = copy.embed(natives).map_err(|_| DrillError::Interrupted)?;
        copy.settings.data_dir = place.path().join("data");
        copy.settings.audit = Audit::default();
        // Nothing is on record there that a checklist could pass by.
        copy.settings.enforce_checklist = None;
        let broken = Arc::new(AtomicBool::new(false));
        let disk = Box::new(BreakableDisk(Arc::clone(&broken)));
        let gate = Gate::open_on(disk, copy, clock)
            .map_err(|error| DrillError::Scratch(Box::new(error)))?;
        Ok(Self { gate: Arc::new(gate), broken, _place: place })
    }

    /// Has every write fail from now on.
    pub(super) fn break_disk(&self) {
        self.broken.store(true, Ordering::Release);
    }
}

#[derive(Debug)]
struct BreakableDisk(Arc<AtomicBool>);

#[derive(Debug)]
struct BreakableFile(Box<dyn SegmentFile>, Arc<AtomicBool>);

fn unless(broken: &AtomicBool) -> io::Result<()> {
    if broken.load(Ordering::Acquire) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
}

impl Disk for BreakableDisk {
    fn append_to(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        unless(&self.0)?;
        Ok(Box::new(BreakableFile(RealDisk.append_to(path)?, Arc::clone(&self.0))))
    }
}

impl SegmentFile for BreakableFile {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        unless(&self.1)?;
        self.0.write_all(bytes)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        unless(&self.1)?;
        self.0.sync_data()
    }
}
