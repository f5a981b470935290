//! What tests share: a clock that obeys, a real server over a governance directory in a temporary place, a mail server
//! and an HTTP server that keep what they are sent, and cases of `corpus/` that evaluations show too.
//!
//! Never ships.

mod clock;
mod failopen;
mod http;
mod mailbox;
mod moto;
mod python;
mod receiver;
mod server;
mod slack;

pub use clock::TestClock;
pub use failopen::{Answered, FailOpen};
pub use http::Answer;
pub use mailbox::{Mail, MailServer};
pub use moto::Moto;
pub use receiver::{Received, Receiver};
pub use server::TestServer;
pub use slack::slack_signature;
