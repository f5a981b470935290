//! A request for approval that somebody waits for.

use crate::background::Background;
use crate::decider::Decider;

/// A pending request for approval; dropped, it is taken back, since nobody waits for it any more.
#[derive(Debug)]
pub(crate) struct Pending<D: Decider> {
    decider: D,
    background: Background,
    id: Option<String>,
}

impl<D: Decider> Pending<D> {
    pub(crate) fn new(decider: D, background: Background, id: String) -> Self {
        Self { decider, background, id: Some(id) }
    }

    /// Leaves it to people: the client is told, and asks again.
    pub(crate) fn keep(mut self) {
        self.id = None;
    }
}

impl<D: Decider> Drop for Pending<D> {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let decider = self.decider.clone();
        self.background.spawn("taking back a request for approval", async move {
            if let Err(error) = decider.cancel(&id).await {
                tracing::warn!(%error, id, "a request for approval was not taken back");
            }
        });
    }
}
