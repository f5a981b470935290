//! Work that nobody waits for, bounded, and awaited at the end.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// How much may be under way.
const PLACES: u32 = 1024;

/// Work in the background.
#[derive(Debug, Clone)]
pub(crate) struct Background(Arc<Semaphore>);

impl Default for Background {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(PLACES as usize)))
    }
}

impl Background {
    /// Starts work; with none of it done where too much is under way, or the runtime is gone.
    pub(crate) fn spawn(
        &self,
        what: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        let (Ok(place), Ok(runtime)) =
            (Arc::clone(&self.0).try_acquire_owned(), Handle::try_current())
        else {
            tracing::warn!("too much is under way: {what} is left out");
            return;
        };
        // Detached on purpose: `finish` waits for the place it gives back.
        drop(runtime.spawn(async move {
            work.await;
            drop(place);
        }));
    }

    /// Waits until everything is done, or `within` is over.
    pub(crate) async fn finish(&self, within: Duration) {
        if tokio::time::timeout(within, self.0.acquire_many(PLACES)).await.is_err() {
            tracing::warn!("some outcomes could not be reported in time");
        }
    }
}
