//! Telling a collector of actions: spans from the gate, in batches, by OTLP over HTTP.
//!
//! It follows no ledger, since a record knows neither its caller's trace nor how long the answer took. What is not
//! delivered is counted and gone.

mod collector;
mod encode;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use syndic_governance::{Environment, Governance, Telemetry};
use syndic_model::{ActionSpan, Clock};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use self::collector::Collector;
use crate::book::Pace;
use crate::notifier::wait;

/// How many spans go at once, and how long the first of them waits for more.
const MOST_AT_ONCE: usize = 512;
const LINGER: Duration = Duration::from_secs(1);
/// How often a batch is tried; meanwhile spans wait at the gate, as many as there is room for.
const MOST_TRIES: u32 = 5;

/// Tells a collector of actions, for as long as there are spans.
pub struct Traces {
    /// What it is told.
    pub spans: mpsc::Receiver<ActionSpan>,
    /// Where they go at the moment, if anywhere.
    pub in_force: Box<dyn Fn() -> Option<Exported> + Send + Sync>,
    /// Is told how many spans nobody will see.
    pub dropped: Box<dyn Fn(u64) + Send + Sync>,
    /// Draws how much longer to wait.
    pub clock: Arc<dyn Clock>,
    /// How fast a batch that was not taken is tried again.
    pub pace: Pace,
    /// How long a span waits for others.
    pub linger: Duration,
}

/// Where spans go, and as whose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The collector.
    pub telemetry: Telemetry,
    /// What kind of place this is.
    pub environment: Environment,
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traces").field("pace", &self.pace).finish_non_exhaustive()
    }
}

impl Traces {
    /// Takes `spans`, is told by `governance` where they go, and tells `dropped` how many got nowhere.
    #[must_use]
    pub fn new(
        spans: mpsc::Receiver<ActionSpan>,
        clock: Arc<dyn Clock>,
        governance: impl Fn() -> Option<Arc<Governance>> + Send + Sync + 'static,
        dropped: impl Fn(u64) + Send + Sync + 'static,
    ) -> Self {
        Self {
            spans,
            in_force: Box::new(move || {
                let settings = &governance()?.settings;
                let telemetry = settings.telemetry.clone()?;
                Some(Exported { telemetry, environment: settings.environment })
            }),
            dropped: Box::new(dropped),
            clock,
            pace: Pace { first: Duration::from_millis(500), most: Duration::from_secs(10) },
            linger: LINGER,
        }
    }

    /// Delivers until the gate has no more spans, and then what is left, each batch tried once. Dropping the future
    /// drops what waits.
    pub async fn run(mut self) {
        let mut collector = None;
        while let Some(first) = self.spans.recv().await {
            let batch = self.batch(first).await;
            self.deliver(&mut collector, &batch).await;
        }
    }

    /// Waits a little for more.
    async fn batch(&mut self, first: ActionSpan) -> Vec<ActionSpan> {
        let until = Instant::now() + self.linger;
        let mut batch = vec![first];
        while batch.len() < MOST_AT_ONCE
            && let Ok(Some(span)) = timeout_at(until, self.spans.recv()).await
        {
            batch.push(span);
        }
        batch
    }

    async fn deliver(&self, collector: &mut Option<Collector>, batch: &[ActionSpan]) {
        let count = u64::try_from(batch.len()).unwrap_or(u64::MAX);
        // A directory without `telemetry` came into force meanwhile, or there is none any more.
        let Some(exported) = (self.in_force)() else { return (self.dropped)(count) };
        let collector = match collector {
            Some(collector) if *collector.exported() == exported => collector,
            other => other.insert(Collector::new(exported)),
        };
        let body = encode::request(collector.exported(), batch).to_string();
        for attempts in 1..=MOST_TRIES {
            match collector.post(body.clone()).await {
                Ok(rejected) => {
                    if rejected > 0 {
                        (self.dropped)(rejected.min(count));
                    }
                    return;
                }
                Err(failure) => {
                    collector.tell(&failure);
                    if failure.is_lasting || attempts == MOST_TRIES || self.spans.is_closed() {
                        break;
                    }
                    let clock = self.clock.as_ref();
                    tokio::time::sleep(wait(self.pace, attempts, failure.retry_after, clock)).await;
                }
            }
        }
        (self.dropped)(count);
    }
}
