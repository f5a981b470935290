//! The body of `_bulk`, and what is read out of its answer.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::json;
use syndic_governance::SinkFormat;

use super::client::{Answer, Cause};
use super::{document, monthly};
use crate::sink::{Failure, Fate, Shaped};

/// An answer is as small as its failures.
pub(super) const QUERY: &str =
    "filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// What is there stays.
    Create,
    /// What is there is replaced.
    Index,
}

/// Two lines an event: where it goes, and the event.
pub(super) fn lines(
    operation: Operation,
    index: &str,
    format: SinkFormat,
    batch: &[Shaped],
) -> String {
    let bytes = batch.iter().map(|event| event.body.len() + 256).sum();
    let mut lines = String::with_capacity(bytes);
    for event in batch {
        let place = json!({"_index": monthly(index, event.at), "_id": event.id});
        let action = match operation {
            Operation::Create => json!({"create": place}),
            Operation::Index => json!({"index": place}),
        };
        lines.push_str(&action.to_string());
        lines.push('\n');
        lines.push_str(&document::fitting(format, event));
        lines.push('\n');
    }
    lines
}

#[derive(Deserialize)]
struct Bulk<'a> {
    errors: bool,
    #[serde(borrow, default)]
    items: Vec<Item<'a>>,
}

/// One of the two, as the operation was.
#[derive(Deserialize)]
struct Item<'a> {
    #[serde(borrow)]
    create: Option<Done<'a>>,
    #[serde(borrow)]
    index: Option<Done<'a>>,
}

#[derive(Deserialize)]
struct Done<'a> {
    status: u16,
    #[serde(borrow)]
    error: Option<Wrong<'a>>,
}

#[derive(Deserialize)]
struct Wrong<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    reason: Option<Cow<'a, str>>,
}

/// Tells what became of each event, in order.
pub(super) fn fates(answer: &Answer, sent: usize) -> Result<Vec<Fate>, Failure> {
    let bulk: Bulk<'_> = serde_json::from_slice(&answer.body).map_err(|_| {
        Failure::passing(
            "what it answered is not what `_bulk` answers; is there a proxy before it?",
        )
    })?;
    if bulk.items.len() != sent {
        let told = bulk.items.len();
        return Err(Failure::passing(format!("it told of {told} events out of {sent}")));
    }
    let fates: Result<Vec<_>, _> = bulk.items.iter().map(|item| fate(item, answer)).collect();
    let fates = fates?;
    if !bulk.errors && fates.iter().any(|fate| *fate != Fate::Taken) {
        return Err(Failure::passing("what it answered contradicts itself"));
    }
    Ok(fates)
}

fn fate(item: &Item<'_>, answer: &Answer) -> Result<Fate, Failure> {
    let done = item.create.as_ref().or(item.index.as_ref());
    let done = done.ok_or_else(|| Failure::passing("it did not tell of an event"))?;
    let wrong = done.error.as_ref();
    let kind = wrong.map(|wrong| wrong.kind.as_ref()).unwrap_or_default();
    let reason = wrong.and_then(|wrong| wrong.reason.as_deref()).unwrap_or_default();
    let said = || answer.plain(&format!("{kind}: {reason}"));
    match (done.status, kind) {
        (200 | 201 | 409, _) => Ok(Fate::Taken),
        // A disk that is full, or a person who makes room: not this event's fault, and over by itself.
        (_, "cluster_block_exception") | (408 | 429 | 500..=599, _) => {
            let reason = format!("it did not take an event: {} {}", done.status, said());
            Ok(Fate::Again(Failure::passing(reason)))
        }
        // Not this event's fault either, and it stays until somebody does something.
        (401 | 403 | 404, _)
        | (
            _,
            "index_closed_exception"
            | "index_not_found_exception"
            | "invalid_index_name_exception"
            | "security_exception"
            | "validation_exception",
        ) => Err(Failure::stopped(format!("it takes nothing into the index: {}", said()))),
        (status, _) => Ok(Fate::Refused(format!("{status} {}", said()))),
    }
}

/// Tells what a whole request that was not taken means.
pub(super) fn failure(answer: &Answer) -> Failure {
    match (answer.status, answer.cause()) {
        (413, _) => Failure::TooLarge,
        (400, Cause::Said(said)) => {
            Failure::Poisoned { reason: format!("the whole request was refused: {said}") }
        }
        (_, Cause::Said(_) | Cause::Unreadable) => {
            answer.failure("write (`create_doc`, `create_index`)")
        }
    }
}
