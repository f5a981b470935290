//! Amazon CloudWatch Logs: a log group, and in it a stream for each agent.
//!
//! It has no key against repeats: what was stored and not answered is sent again, and is told apart by its event id.

mod batch;
mod call;
mod credentials;
mod rejected;
mod stream;
mod trouble;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use syndic_governance::CloudWatchSink;
use syndic_model::Clock;
use tokio::time::Instant;

use self::batch::Batch;
use self::call::Api;
use self::credentials::Chain;
use self::trouble::Trouble;
use crate::sink::{Failure, Fate, Most, Shaped};

/// No request is begun so long after the first of many: what was taken so far is to be known of.
const GO_ON_WITHIN: Duration = Duration::from_secs(45);
/// What a group that is made here keeps.
const DEFAULT_RETENTION: u32 = 365;

/// One log group.
pub(crate) struct CloudWatch {
    api: Api,
    clock: Arc<dyn Clock>,
    group: String,
    /// What `syndic.yaml` says.
    retention_days: Option<u32>,
    /// That has been put into force, or cannot be.
    is_retained: bool,
}

impl fmt::Debug for CloudWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudWatch").field("group", &self.group).finish_non_exhaustive()
    }
}

impl CloudWatch {
    /// Gets ready; nothing is asked yet. `environment` looks up variables of the environment.
    pub(crate) fn new(
        settings: &CloudWatchSink,
        clock: Arc<dyn Clock>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Failure> {
        let CloudWatchSink { region, group, endpoint, retention_days } = settings;
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let region =
            region.clone().or_else(|| set("AWS_REGION")).or_else(|| set("AWS_DEFAULT_REGION"));
        let region = region.ok_or_else(|| {
            Failure::stopped(
                "no region is named: write `region` in `syndic.yaml`, or set `AWS_REGION`",
            )
        })?;
        if !is_region(&region) {
            return Err(Failure::stopped(
                "`region` is no name of a region, such as `eu-central-1`",
            ));
        }
        let chain = Chain::new(&region, Arc::clone(&clock), &set)?;
        let api = Api::new(endpoint.as_deref(), region, chain, Arc::clone(&clock))?;
        let (group, retention_days) = (group.clone(), *retention_days);
        Ok(Self { api, clock, group, retention_days, is_retained: retention_days.is_none() })
    }

    pub(crate) const fn most(&self) -> Most {
        Most { events: batch::MOST_EVENTS, bytes: batch::MOST_BYTES, overhead: batch::OVERHEAD }
    }

    /// Sends each agent's events to its stream. Where one request fails after another was taken, what is left is to be
    /// sent again.
    pub(crate) async fn send(&mut self, events: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        let split = batch::split(events, self.clock.now());
        let mut fates = vec![None; events.len()];
        let mut set = |place: usize, fate| {
            if let Some(unknown) = fates.get_mut(place) {
                *unknown = Some(fate);
            }
        };
        let mut is_any_settled = !split.refused.is_empty();
        for (place, why) in split.refused {
            set(place, Fate::Refused(why));
        }
        let begun = Instant::now();
        let mut why = Failure::passing("AWS is too slow to take all events at once");
        for batch in &split.batches {
            if is_any_settled && begun.elapsed() > GO_ON_WITHIN {
                break;
            }
            match self.put(batch).await {
                Ok(refused) => {
                    batch.entries.iter().for_each(|entry| set(entry.place, Fate::Taken));
                    refused.into_iter().for_each(|(place, why)| set(place, Fate::Refused(why)));
                    is_any_settled = true;
                }
                Err(failure) if is_any_settled => {
                    why = failure;
                    break;
                }
                Err(failure) => return Err(failure),
            }
        }
        let fate = |known: Option<Fate>| known.unwrap_or_else(|| Fate::Again(why.clone()));
        Ok(fates.into_iter().map(fate).collect())
    }

    /// Sends one request, and makes the group and the stream where they are missing. Returns what was refused of it.
    async fn put(&mut self, batch: &Batch<'_>) -> Result<Vec<(usize, String)>, Failure> {
        self.retain().await?;
        let stream = stream::stream(batch.agent);
        let body = self.body(batch, &stream)?;
        let called = match self.api.call("PutLogEvents", body.clone()).await {
            Err(Trouble::Missing) => {
                self.make(&stream).await?;
                self.api.call("PutLogEvents", body).await
            }
            called => called,
        };
        match called {
            Ok(called) => {
                let info = called.body.get("rejectedLogEventsInfo");
                let rejected =
                    info.map(|info| rejected::rejected(info, &batch.entries, called.now));
                Ok(rejected.unwrap_or_default())
            }
            Err(Trouble::Invalid(reason)) => match batch.entries.as_slice() {
                [one] => Ok(vec![(one.place, reason)]),
                _ => Err(Failure::Poisoned { reason }),
            },
            Err(trouble) => Err(trouble.into()),
        }
    }

    fn body(&self, batch: &Batch<'_>, stream: &str) -> Result<String, Failure> {
        let entries = batch.entries.iter();
        let put = Put {
            group: &self.group,
            stream,
            events: entries
                .map(|entry| Event { at_ms: entry.at_ms, message: entry.message })
                .collect(),
        };
        serde_json::to_string(&put)
            .map_err(|error| Failure::passing(format!("a request could not be written: {error}")))
    }

    /// Makes a stream, and the group if that is missing too.
    async fn make(&mut self, stream: &str) -> Result<(), Failure> {
        let body = json!({"logGroupName": self.group, "logStreamName": stream}).to_string();
        match self.api.call("CreateLogStream", body.clone()).await {
            Ok(_) | Err(Trouble::Exists) => return Ok(()),
            Err(Trouble::Missing) => self.make_group().await?,
            Err(trouble) => return Err(self.unmade("CreateLogStream", trouble)),
        }
        match self.api.call("CreateLogStream", body).await {
            Ok(_) | Err(Trouble::Exists) => Ok(()),
            Err(trouble) => Err(self.unmade("CreateLogStream", trouble)),
        }
    }

    async fn make_group(&mut self) -> Result<(), Failure> {
        let body = json!({"logGroupName": self.group}).to_string();
        match self.api.call("CreateLogGroup", body).await {
            Ok(_) => {
                self.is_retained = true;
                self.put_retention(self.retention_days.unwrap_or(DEFAULT_RETENTION)).await
            }
            // Somebody else made it meanwhile.
            Err(Trouble::Exists) => {
                self.is_retained = self.retention_days.is_none();
                Ok(())
            }
            Err(trouble) => Err(self.unmade("CreateLogGroup", trouble)),
        }
    }

    /// Puts the retention that `syndic.yaml` names into force, once. A group that was there is left as it is where
    /// none is named: nothing is deleted that nobody said is to be.
    async fn retain(&mut self) -> Result<(), Failure> {
        match self.retention_days {
            Some(days) if !self.is_retained => {
                self.put_retention(days).await?;
                self.is_retained = true;
                Ok(())
            }
            Some(_) | None => Ok(()),
        }
    }

    async fn put_retention(&mut self, days: u32) -> Result<(), Failure> {
        let body = json!({"logGroupName": self.group, "retentionInDays": days}).to_string();
        match self.api.call("PutRetentionPolicy", body).await {
            // A group that is missing is made, with its retention, when events are sent.
            Ok(_) | Err(Trouble::Missing) => Ok(()),
            Err(Trouble::Forbidden(reason)) => {
                let group = &self.group;
                tracing::warn!(
                    group,
                    days,
                    reason,
                    "the retention of the log group is not set: allow `logs:PutRetentionPolicy`, or set it there"
                );
                Ok(())
            }
            Err(trouble) => Err(trouble.into()),
        }
    }

    fn unmade(&self, operation: &str, trouble: Trouble) -> Failure {
        if let Trouble::Forbidden(reason) = &trouble {
            return Failure::stopped(format!(
                "what is missing in the log group `{}` may not be made: make it, or allow `logs:{operation}` ({reason})",
                self.group
            ));
        }
        trouble.into()
    }
}

/// A request of `PutLogEvents`.
#[derive(Serialize)]
struct Put<'a> {
    #[serde(rename = "logGroupName")]
    group: &'a str,
    #[serde(rename = "logStreamName")]
    stream: &'a str,
    #[serde(rename = "logEvents")]
    events: Vec<Event<'a>>,
}

#[derive(Serialize)]
struct Event<'a> {
    #[serde(rename = "timestamp")]
    at_ms: i64,
    message: &'a str,
}

fn is_region(name: &str) -> bool {
    (1..=32).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests;
