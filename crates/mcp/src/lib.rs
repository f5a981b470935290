//! The MCP proxy: it stands between one MCP server and its clients, and lets pass what the gate allows.
//!
//! [`Proxy::request`] is the one function to read. Owns the messages, methods and tools of the protocol, how a hold
//! reaches a client, and the transports. Must never decide, nor touch the ledger's files: a [`Decider`] does.
//!
//! [`stdio::run`] starts a server and carries the messages of this process's standard input and output;
//! [`http::bind`] listens, and carries the messages of many clients to one server over HTTP.

mod proxy;

mod call;
mod decide;
mod denial;
mod ladder;
mod method;
mod pending;
mod permitted;
mod questions;
mod rounds;
mod tools;

mod answer;
mod id;
mod json;
mod message;
mod part;
mod strict;

mod background;
mod daemon;
mod decider;
mod line;
mod session;
mod settings;

pub mod http;
pub mod pin;
pub mod stdio;

pub use answer::{DENIED, NO_SERVER, UNDECIDED};
pub use daemon::{Daemon, Seek};
pub use decider::{Decider, Standalone, Undecided};
pub use id::{Id, IdKey};
pub use json::Json;
pub use line::{Asked, Line, NoAnswer, Upstream, Voice, Waiting};
pub use message::{Malformed, Message, Notification, Request, Response};
pub use permitted::Permitted;
pub use proxy::{Forwarded, Passage, Proxy, Step};
pub use session::{ClientSession, Era, Speaker};
pub use settings::Settings;
