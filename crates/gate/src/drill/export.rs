//! The export drill: records with their proofs go through a file, and are verified with nothing but the log's keys.

use std::path::Path;
use std::time::Duration;

use syndic_ledger::{MAX_PROVED, ProofFile, VerifierKey};
use syndic_store::Store;

use super::{DrillError, Tried, figure};
use crate::Gate;

/// How many records are exported, at most.
const MOST: u64 = 100;
/// How long a signature over the newest record is waited for.
const PATIENCE: Duration = Duration::from_secs(5);
const _: () = assert!(MOST <= MAX_PROVED);

impl Gate {
    /// Draws records as an auditor would, writes them with their proofs to a file, and verifies what is read back.
    pub(super) async fn drill_export(&self) -> Result<Tried, DrillError> {
        let size = self.store.durable_index();
        let count = size.saturating_sub(self.store.first_kept()).clamp(1, MOST);
        // What is drawn is signed for.
        let signed = move |store: &Store| store.checkpoint_over(size.saturating_sub(1), PATIENCE);
        drop(self.reading(signed).await?);
        let seed = format!("drill {size}");
        let text = self.sample(&seed, count, None).await?;
        let keys = self.log_keys();
        let tried = tokio::task::spawn_blocking(move || {
            let place = tempfile::tempdir().map_err(DrillError::Place)?;
            let path = place.path().join("export.proof");
            std::fs::write(&path, &text).map_err(DrillError::Place)?;
            let verified = verify(&path, &keys);
            Ok(judge(text.len(), verified))
        });
        tried.await.map_err(|_| DrillError::Interrupted)?
    }
}

/// Verifies a file as somebody would who has it and the log's keys.
fn verify(path: &Path, keys: &[String]) -> Result<usize, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let keys: Result<Vec<VerifierKey>, _> = keys.iter().map(|key| key.parse()).collect();
    let keys = keys.map_err(|_| "the log's keys cannot be read".to_owned())?;
    let file = ProofFile::parse(&text).map_err(|error| error.to_string())?;
    file.verify(&keys, &[]).map_err(|error| error.to_string())?;
    Ok(file.records().len())
}

fn judge(bytes: usize, verified: Result<usize, String>) -> Tried {
    let (passed, count, told) = match verified {
        Ok(count) => {
            (true, count, format!("{count} exported records verify with the log's keys alone"))
        }
        Err(why) => (false, 0, format!("what was exported does not verify: {why}")),
    };
    let figures = [("records_verified_count", figure(count)), ("file_bytes", figure(bytes))];
    Tried { passed, figures: figures.into_iter().collect(), told }
}
