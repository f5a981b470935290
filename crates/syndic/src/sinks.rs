//! Sinks of the audit trail.

use syndic_model::SinkState;
use syndic_relay::ReplayError;

use crate::Governor;

impl Governor {
    /// Tells how the sinks of the audit trail are, each with how many records and seconds it is behind.
    pub async fn sinks(&self) -> Vec<(SinkState, (u64, u64))> {
        self.to_the_end(|gate| async move {
            let views = tokio::task::spawn_blocking(move || gate.sink_views());
            views.await.unwrap_or_default()
        })
        .await
    }

    /// Has a sink go on from record `from`, and returns how many records it reads again. Events go there with the same
    /// ids.
    ///
    /// # Errors
    /// When there is no such sink, or no such record.
    pub async fn replay_sink(&self, sink: &str, from: u64) -> Result<u64, ReplayError> {
        self.sinks.replay(sink, from).await
    }

    /// Has the sinks open anew what they have open, as after a file was put aside by somebody else; the server does so
    /// at SIGHUP.
    pub fn reopen_sinks(&self) {
        self.sinks.reopen();
    }
}
