//! The sinks there are: one match, no second door.

use std::path::Path;
use std::sync::Arc;

use syndic_governance::{Sink, SinkTarget};
use syndic_model::Clock;

use crate::format;
use crate::governed::Variable;
use crate::sink::{Failure, Fate, Most, Shaped};
use crate::sinks::file::File;
use crate::sinks::follower::Turn;

/// Where events go.
#[derive(Debug)]
pub(crate) enum Target {
    File(File),
}

/// What a sink is made with beside its settings.
pub(crate) struct Around<'a> {
    /// No sink writes there.
    pub(crate) data_dir: &'a Path,
    /// Looks secrets up.
    #[expect(dead_code, reason = "for sinks that join later")]
    pub(crate) variable: &'a Variable,
    pub(crate) clock: &'a Arc<dyn Clock>,
    /// Goes with whatever is done on a thread that may block.
    pub(crate) turn: &'a Turn,
}

impl Target {
    /// Makes a sink ready. Nothing is sent yet.
    pub(crate) fn new(sink: &Sink, around: &Around<'_>) -> Result<Self, Failure> {
        let Around { data_dir, clock, turn, .. } = around;
        if !format::is_known(sink.format) {
            let format = sink.format;
            return Err(Failure::stopped(format!("this program has no format `{format}` yet")));
        }
        match &sink.target {
            SinkTarget::File(file) => {
                Ok(Self::File(File::new(file, sink.format, data_dir, clock, turn)))
            }
            SinkTarget::Elasticsearch(_)
            | SinkTarget::CloudWatch(_)
            | SinkTarget::Otlp(_)
            | SinkTarget::Webhook(_) => {
                let kind = sink.target.kind();
                Err(Failure::stopped(format!("this program has no sinks of kind `{kind}` yet")))
            }
        }
    }

    /// Tells how much is sent at once.
    pub(crate) fn most(&self) -> Most {
        match self {
            Self::File(file) => file.most(),
        }
    }

    /// Sends a batch in the order of the ledger; one fate an event.
    pub(crate) async fn send(&mut self, batch: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        match self {
            Self::File(file) => file.send(batch).await,
        }
    }

    /// Opens anew what is open.
    pub(crate) fn reopen(&mut self) {
        match self {
            Self::File(file) => file.reopen(),
        }
    }

    /// Takes note that events it has may come again, and are to be written again.
    pub(crate) fn replay(&mut self) {
        match self {
            Self::File(file) => file.replay(),
        }
    }
}
