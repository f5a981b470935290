//! The archive: segments go to S3-compatible storage before they are dropped.
//!
//! Below the prefix lies a directory for each log, by its name, with its `segments/` as the data directory has them: put
//! back into a copy of that, they verify.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Weak};

use syndic_governance::{Archive, Governance};
use syndic_store::Store;

use crate::storage::Storage;

/// Archives one file, and reads back what arrived; says why not. To do it twice does no harm.
pub type Archiver =
    dyn Fn(PathBuf) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send>> + Send + Sync;

/// Returns what archives segments of `store` where the governance directory in force says.
pub fn archiver(
    store: Weak<Store>,
    governed: impl Fn() -> Option<Arc<Governance>> + Send + Sync + 'static,
) -> Arc<Archiver> {
    Arc::new(move |file| {
        let place = governed().and_then(|governance| governance.settings.audit.archive.clone());
        let log = store
            .upgrade()
            .and_then(|store| store.log_keys().first().map(|key| key.name().to_owned()));
        Box::pin(async move {
            let place = place.ok_or("`audit.archive` was taken out meanwhile")?;
            let log = log.ok_or("the log is closed")?;
            archive(&place, &log, &file).await
        })
    })
}

/// Says in the log where the archive cannot be used: better now than when the first segment is old.
pub async fn probe(governance: Arc<Governance>) {
    let Some(place) = &governance.settings.audit.archive else { return };
    let probed = match Storage::open(place) {
        Ok(storage) => storage.is_empty().await,
        Err(error) => Err(error),
    };
    if let Err(error) = probed {
        tracing::error!(
            url = place.url,
            error = &error as &dyn Error,
            "the archive cannot be used; while that is so, NO old segments are dropped"
        );
    }
}

async fn archive(place: &Archive, log: &str, file: &Path) -> Result<(), String> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let storage = Storage::open(place).map_err(|error| with_causes(&error))?;
    let kept = storage.keep(file, &format!("{log}/segments/{name}")).await;
    kept.map_err(|error| with_causes(&error))
}

fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    let words = std::iter::once(error.to_string()).chain(causes.map(ToString::to_string));
    words.collect::<Vec<_>>().join(": ")
}
