//! The HTTP API as typed calls, over TCP, TLS or a Unix socket.
//!
//! Owns the connection, the key that goes with it, and the reading of problem documents. Must never do anything else.

mod client;
mod error;
mod filter;
mod routes;
mod stream;
mod witness;

pub use client::Client;
pub use error::ClientError;
pub use filter::{ApprovalFilter, EventFilter, ReportFilter};
pub use stream::{Stream, Streamed};
pub use witness::{WitnessKnows, ask_witness};
