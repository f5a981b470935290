//! Going on as another log, where records of the former one are lost: another key, another name, and a record that
//! names the last checkpoint that is known of the former.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::sync::Arc;

use syndic_ledger::{Checkpoint, KeyKind, Ledger, LogContinued, NoteKey, Record, SEED_BYTES, Tree};
use syndic_model::Clock;
use thiserror::Error;

use crate::cipher::Random;
use crate::directory::{Layout, make, private, remove, replace, sync_parent};
use crate::lines::Kind;
use crate::restore::{Backup, Loss};
use crate::scan::list;

/// What stands before the random end of the name of a log that continues another.
const SUFFIX: &str = "/continued-";

/// The log that goes on in place of one that lost records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Continued {
    /// Its name.
    pub origin: String,
    /// Its verifier key.
    pub vkey: String,
    /// The former log's verifier key.
    pub former: String,
    /// The record that says so.
    pub record: u64,
}

#[derive(Debug, Error)]
pub(crate) enum ContinueError {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("{0}")]
    Scan(#[from] crate::scan::ScanError),
    #[error("{0}")]
    Append(#[from] syndic_ledger::AppendError),
    #[error("{0}")]
    Key(#[from] syndic_ledger::KeyError),
    #[error("{0}")]
    Sign(#[from] syndic_ledger::CheckpointError),
}

/// Makes of a restored directory, which nobody has opened yet, another log.
pub(crate) fn continue_as_another(
    layout: &Layout,
    backup: &Backup,
    tree: Tree,
    last_known: &str,
    loss: &Loss,
    clock: &Arc<dyn Clock>,
) -> Result<Continued, ContinueError> {
    let mut random = Random::new(Arc::clone(clock));
    let seed: [u8; SEED_BYTES] = random.draw();
    let end: [u8; 4] = random.draw();
    let end: String = end.iter().map(|byte| format!("{byte:02x}")).collect();
    let stem = backup.origin().split(SUFFIX).next().unwrap_or_default();
    let origin = format!("{stem}{SUFFIX}{end}");
    let key = NoteKey::new(&origin, KeyKind::Log, &seed)?;
    let former = backup.keys().first().map(ToString::to_string).unwrap_or_default();
    let record = LogContinued {
        former: former.clone(),
        checkpoint: last_known.to_owned(),
        restored: tree.size(),
        reason: loss.reason.clone(),
        to: key.verifier().to_string(),
    };
    let mut ledger = Ledger::resume(tree, false);
    let mut line = Vec::new();
    let receipt = ledger.append(clock.now(), Record::LogContinued(record), None, &mut line)?;
    append(layout, receipt.index(), &line)?;

    make(&layout.root().join("keys"))?;
    replace(&layout.secret("log"), &seed)?;
    remove(&layout.secret("log-former"))?;
    let vkey = key.verifier().to_string();
    replace(&layout.log_vkey(), format!("{vkey}\n").as_bytes())?;
    let checkpoint = Checkpoint { origin: origin.clone(), head: ledger.head() };
    let signed = checkpoint.sign(&[key])?.to_string();
    replace(&layout.checkpoint(), signed.as_bytes())?;
    // It is of the former log, and in the record where it is the last one known.
    remove(&layout.cosigned())?;
    Ok(Continued { origin, vkey, former, record: receipt.index() })
}

fn append(layout: &Layout, index: u64, line: &[u8]) -> Result<(), ContinueError> {
    let last = list(layout)?.pop().filter(|last| last.kind == Kind::Plain);
    let path = last.map_or_else(|| layout.segment(index), |last| last.path);
    if path.exists() {
        fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    } else {
        private().create_new(true).write(true).open(&path)?.sync_all()?;
    }
    let mut file = OpenOptions::new().append(true).open(&path)?;
    file.write_all(line)?;
    file.sync_all()?;
    Ok(sync_parent(&path)?)
}
