//! Work that nobody waits for, bounded, and awaited at the end.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Work in the background: so much at most. The end can be waited for while more begins.
#[derive(Debug, Clone)]
pub(crate) struct Background {
    under_way: Arc<watch::Sender<usize>>,
    most: usize,
}

/// Counts as long as it is there.
#[derive(Debug)]
struct Place(Arc<watch::Sender<usize>>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Background {
    pub(crate) fn at_most(most: usize) -> Self {
        Self { under_way: Arc::new(watch::Sender::new(0)), most }
    }

    /// Starts work; not where too much is under way, or the runtime is gone.
    pub(crate) fn spawn(
        &self,
        what: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) {
        drop(self.start(what, work));
    }

    /// Starts work that can be stopped; nothing, where too much is under way, or the runtime is gone.
    pub(crate) fn start(
        &self,
        what: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> Option<JoinHandle<()>> {
        let (Some(place), Ok(runtime)) = (self.place(), Handle::try_current()) else {
            tracing::warn!("too much is under way: {what} is left out");
            return None;
        };
        Some(runtime.spawn(async move {
            let _place = place;
            work.await;
        }))
    }

    fn place(&self) -> Option<Place> {
        let mut taken = false;
        self.under_way.send_if_modified(|count| {
            taken = *count < self.most;
            *count += usize::from(taken);
            taken
        });
        taken.then(|| Place(Arc::clone(&self.under_way)))
    }

    /// Waits until nothing is under way.
    pub(crate) async fn none(&self) {
        // An error means that nothing can be under way.
        drop(self.under_way.subscribe().wait_for(|count| *count == 0).await);
    }

    /// Waits until everything is done, or `within` is over.
    pub(crate) async fn finish(&self, within: Duration) {
        if tokio::time::timeout(within, self.none()).await.is_err() {
            tracing::warn!("some outcomes could not be reported in time");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Notify;

    use super::Background;

    #[tokio::test]
    async fn more_may_begin_while_the_end_is_waited_for() {
        let (background, go) = (Background::at_most(2), Arc::new(Notify::new()));
        let wait = |go: Arc<Notify>| async move { go.notified().await };
        assert!(background.start("one", wait(Arc::clone(&go))).is_some());
        let ending = tokio::spawn({
            let background = background.clone();
            async move { background.none().await }
        });
        tokio::task::yield_now().await;
        assert!(background.start("two", wait(Arc::clone(&go))).is_some());
        assert!(background.start("three", wait(Arc::clone(&go))).is_none());
        tokio::task::yield_now().await;
        assert!(!ending.is_finished());
        go.notify_waiters();
        ending.await.unwrap();
        assert!(background.start("four", async {}).is_some());
    }
}
