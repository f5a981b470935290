//! What tests share: a clock that obeys, a real server over a governance directory in a temporary place, a mail server
//! and an HTTP server that keep what they are sent, a search engine and a proxy that spoils its day, and cases of `corpus/` that evaluations show too.
//!
//! Never ships.

mod clock;
mod failopen;
mod fault_proxy;
mod http;
mod mailbox;
mod moto;
mod python;
mod receiver;
mod search_server;
mod server;
mod slack;

pub use clock::TestClock;
pub use failopen::{Answered, FailOpen};
pub use fault_proxy::{FaultProxy, Faults, Passed};
pub use http::Answer;
pub use mailbox::{Mail, MailServer};
pub use moto::Moto;
pub use receiver::{Received, Receiver};
pub use search_server::SearchServer;
pub use server::TestServer;
pub use slack::slack_signature;
