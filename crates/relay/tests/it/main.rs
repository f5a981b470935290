//! Who is told what, over real sockets.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod delivery;
mod elasticsearch;
mod glass;
mod mail;
mod sinks;
mod slack;
#[cfg(feature = "archive")]
mod storage;
#[cfg(test)]
mod traces;
mod webhook;
mod witnesses;
mod world;
