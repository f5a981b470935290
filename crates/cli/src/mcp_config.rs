//! The configuration of MCP clients: which servers stand in it, and how `syndic mcp` is put in front of them.
//!
//! Files are edited by splicing: what is not changed keeps its bytes, and what was put in front is taken away again.

mod client;
mod members;
mod servers;
mod splice;
mod wrap;

pub(crate) use client::Client;
pub(crate) use members::NotJson;
pub(crate) use servers::{Command, Entry, Kind, Section, read};
pub(crate) use splice::{Splice, apply};
pub(crate) use wrap::{Wrapper, difference, holds_wrapped, is_wrapped, unwrap, wrap};
