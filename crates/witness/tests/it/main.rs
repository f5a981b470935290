//! A witness as its users meet it: over HTTP, across restarts, and beside another one.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod directory;
mod http;
mod log;
mod siglog;
