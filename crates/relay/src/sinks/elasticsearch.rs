//! Elasticsearch and OpenSearch: `_bulk` into an index a month, whatever is sent again meets itself there.
//!
//! An event's index follows from its own time and its id is the document's, so that a repeat, however late, finds that
//! the document is there. Sends once, tells what became of it, and never waits.

mod bulk;
mod client;
mod document;
mod retention;
mod template;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use reqwest::Method;
use serde_json::Value;
use syndic_governance::{ElasticsearchSink, SinkFormat};

use self::bulk::Operation;
use self::client::{Client, Content};
use crate::sink::{Failure, Fate, Most, Shaped};

/// How long one request may take.
const WITHIN: Duration = Duration::from_secs(30);
const MOST: Most = Most { events: 1_000, bytes: 5 << 20, overhead: 256 };
/// How many months are remembered to have been prepared for.
const MOST_PREPARED: usize = 64;

/// One cluster.
pub(crate) struct Elasticsearch {
    client: Client,
    index: String,
    format: SinkFormat,
    retention_days: Option<u32>,
    product: Option<Product>,
    /// The indices that were seen to get their mapping.
    prepared: BTreeSet<String>,
}

impl fmt::Debug for Elasticsearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Elasticsearch").field("index", &self.index).finish_non_exhaustive()
    }
}

/// Whose `_bulk` it is; they differ in two types of fields and in how they drop what is old.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Product {
    Elasticsearch,
    OpenSearch,
}

impl Elasticsearch {
    /// Gets ready; nothing is asked of the cluster yet. `secret` looks up an environment variable.
    pub(crate) fn new(
        settings: &ElasticsearchSink,
        format: SinkFormat,
        secret: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            client: Client::new(settings, secret, WITHIN)?,
            index: settings.index.clone(),
            format,
            retention_days: settings.retention_days,
            product: None,
            prepared: BTreeSet::new(),
        })
    }

    pub(crate) const fn most(&self) -> Most {
        MOST
    }

    /// Sends events; what is there already is left as it is.
    pub(crate) async fn send(&mut self, batch: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        self.write(Operation::Create, batch).await
    }

    /// Sends events again whose parts are gone; they take the place of what is there.
    pub(crate) async fn erase(&mut self, batch: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        self.write(Operation::Index, batch).await
    }

    async fn write(
        &mut self,
        operation: Operation,
        batch: &[Shaped],
    ) -> Result<Vec<Fate>, Failure> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        self.prepare(batch).await?;
        let lines = bulk::lines(operation, &self.index, self.format, batch);
        let content = Content::zipped(lines).await?;
        let answer = self.client.ask(Method::POST, &["_bulk"], bulk::QUERY, content).await?;
        if answer.status != 200 {
            return Err(bulk::failure(&answer));
        }
        bulk::fates(&answer, batch.len())
    }

    /// Sees to it that indices which do not exist yet get their mapping. What was deleted meanwhile is put back with
    /// the next month, or the next start.
    async fn prepare(&mut self, batch: &[Shaped]) -> Result<(), Failure> {
        let indices: BTreeSet<_> =
            batch.iter().map(|event| monthly(&self.index, event.at)).collect();
        if indices.is_subset(&self.prepared) {
            return Ok(());
        }
        let product = self.product().await?;
        if let Some(days) = self.retention_days {
            retention::put(&self.client, product, &self.index, days).await?;
        }
        template::put(&self.client, product, &self.index, self.format, self.retention_days).await?;
        if self.prepared.len() > MOST_PREPARED {
            self.prepared.clear();
        }
        self.prepared.extend(indices);
        Ok(())
    }

    async fn product(&mut self) -> Result<Product, Failure> {
        if let Some(product) = self.product {
            return Ok(product);
        }
        let answer = self.client.ask(Method::GET, &[], "", Content::None).await?;
        if answer.status != 200 {
            return Err(answer.failure("tell what it is (`cluster:monitor/main`)"));
        }
        let product = Product::of(&answer.json()).ok_or_else(|| {
            Failure::stopped("what answers at `url` is neither Elasticsearch nor OpenSearch")
        })?;
        self.product = Some(product);
        Ok(product)
    }
}

impl Product {
    /// Reads what a cluster says of itself.
    fn of(root: &Value) -> Option<Self> {
        let version = root.get("version")?;
        version.get("number")?.as_str()?;
        match version.get("distribution").and_then(Value::as_str) {
            Some("opensearch") => Some(Self::OpenSearch),
            Some(_) | None => Some(Self::Elasticsearch),
        }
    }
}

/// Names the index of an event's month, in UTC.
fn monthly(index: &str, at: Timestamp) -> String {
    format!("{index}-{}", at.to_zoned(TimeZone::UTC).strftime("%Y.%m"))
}

#[cfg(test)]
mod tests;
