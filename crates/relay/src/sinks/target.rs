//! The sinks there are: one match, no second door.

use std::path::Path;
use std::sync::Arc;

use syndic_governance::{Environment, Sink, SinkTarget};
use syndic_model::Clock;

use crate::governed::Variable;
use crate::sink::{Failure, Fate, Most, Shaped};
use crate::sinks::cloudwatch::CloudWatch;
use crate::sinks::elasticsearch::Elasticsearch;
use crate::sinks::file::File;
use crate::sinks::follower::Turn;
use crate::sinks::otlp::Otlp;
use crate::sinks::webhook::WebhookReceiver;

/// Where events go.
#[derive(Debug)]
pub(crate) enum Target {
    File(Box<File>),
    Elasticsearch(Box<Elasticsearch>),
    CloudWatch(Box<CloudWatch>),
    Otlp(Box<Otlp>),
    Webhook(Box<WebhookReceiver>),
}

/// What a sink is made with beside its settings.
pub(crate) struct Around<'a> {
    /// No sink writes there.
    pub(crate) data_dir: &'a Path,
    /// Looks secrets up.
    pub(crate) variable: &'a Variable,
    pub(crate) clock: &'a Arc<dyn Clock>,
    /// Goes with whatever is done on a thread that may block.
    pub(crate) turn: &'a Turn,
    /// What kind of place this is.
    pub(crate) environment: Environment,
}

impl Target {
    /// Makes a sink ready. Nothing is sent yet.
    pub(crate) fn new(sink: &Sink, around: &Around<'_>) -> Result<Self, Failure> {
        let Around { data_dir, variable, clock, turn, environment } = around;
        match &sink.target {
            SinkTarget::File(file) => {
                Ok(Self::File(Box::new(File::new(file, sink.format, data_dir, clock, turn))))
            }
            SinkTarget::Elasticsearch(elasticsearch) => {
                let made = Elasticsearch::new(elasticsearch, sink.format, variable)?;
                Ok(Self::Elasticsearch(Box::new(made)))
            }
            SinkTarget::CloudWatch(cloudwatch) => {
                let made = CloudWatch::new(cloudwatch, Arc::clone(clock), variable)?;
                Ok(Self::CloudWatch(Box::new(made)))
            }
            SinkTarget::Otlp(otlp) => {
                let made = Otlp::new(otlp, sink.format, *environment, Arc::clone(clock))?;
                Ok(Self::Otlp(Box::new(made)))
            }
            SinkTarget::Webhook(webhook) => {
                let made = WebhookReceiver::new(webhook, Arc::clone(clock), variable)?;
                Ok(Self::Webhook(Box::new(made)))
            }
        }
    }

    /// Tells how much is sent at once.
    pub(crate) fn most(&self) -> Most {
        match self {
            Self::File(file) => file.most(),
            Self::Elasticsearch(elasticsearch) => elasticsearch.most(),
            Self::CloudWatch(cloudwatch) => cloudwatch.most(),
            Self::Otlp(otlp) => otlp.most(),
            Self::Webhook(webhook) => webhook.most(),
        }
    }

    /// Sends a batch in the order of the ledger; one fate an event.
    pub(crate) async fn send(&mut self, batch: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        match self {
            Self::File(file) => file.send(batch).await,
            Self::Elasticsearch(elasticsearch) => elasticsearch.send(batch).await,
            Self::CloudWatch(cloudwatch) => cloudwatch.send(batch).await,
            Self::Otlp(otlp) => otlp.send(batch).await,
            Self::Webhook(webhook) => webhook.send(batch).await,
        }
    }

    /// Has events take the place of what was sent of them before.
    pub(crate) async fn erase(&mut self, batch: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        match self {
            Self::Elasticsearch(elasticsearch) => elasticsearch.erase(batch).await,
            Self::File(_) | Self::CloudWatch(_) | Self::Otlp(_) | Self::Webhook(_) => {
                Err(Failure::stopped("what went there stays there"))
            }
        }
    }

    /// Takes note that events it has may come again, and are to be written again.
    pub(crate) fn replay(&mut self) {
        match self {
            Self::File(file) => file.replay(),
            // What is there already says so itself.
            Self::Elasticsearch(_) => {}
            // Who reads there tells repeats by their ids.
            Self::CloudWatch(_) | Self::Otlp(_) | Self::Webhook(_) => {}
        }
    }
}
