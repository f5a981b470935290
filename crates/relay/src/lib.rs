//! The relay: followers of the ledger with durable cursors, that tell people and other systems what happened.
//!
//! Reads and appends through `store`. Must never be in the path of a decision: what fails here is tried again, counted
//! and recorded, and changes nothing else.

// Following.
mod cursor;
mod follow;

// Telling people.
mod notifier;

mod begin;
mod book;
mod governed;
mod in_force;
mod matter;
mod recipients;
mod sending;

// What is said.
mod event;
mod notice;
mod plain;

// Having checkpoints cosigned.
mod witness;

// Reaching for tools around the gateway.
mod knock;

// Telling traces of actions.
mod traces;

// The audit trail elsewhere.
mod format;
mod sink;
mod sinks;

// Copies in S3-compatible storage.
#[cfg(feature = "archive")]
mod archive;
#[cfg(feature = "archive")]
mod storage;

// How it goes.
mod answer;
mod channel;
mod headers_file;
mod mail;
mod slack;
mod webhook;

#[cfg(feature = "archive")]
pub use archive::{Archiver, archiver, probe as probe_archive};
pub use book::Pace;
pub use follow::Idle;
pub use in_force::{Config, Endpoint, InForce, SLACK_API, SlackApp, Smtp, SmtpTls};
pub use knock::knock;
pub use notifier::Notifier;
pub use recipients::slack_person;
pub use sinks::{ReplayError, SinkControl, Sinks, kept_sinks};
pub use slack::{Interaction, Pressed, Slack, SlackRefused, parse, verify};
#[cfg(feature = "archive")]
pub use storage::{Storage, StorageError};
pub use traces::{Exported, Traces};
pub use witness::Witnesses;
