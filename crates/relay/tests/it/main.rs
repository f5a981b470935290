//! Who is told what, over real sockets.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

mod delivery;
mod glass;
mod mail;
mod slack;
mod webhook;
mod witnesses;
mod world;
