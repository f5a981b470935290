//! What tests share: a clock that obeys, a real server over a governance directory in a temporary place, and cases of
//! `corpus/` that evaluations show too.
//!
//! Never ships.

mod clock;
mod failopen;
mod http;
mod server;

pub use clock::TestClock;
pub use failopen::{Answered, FailOpen};
pub use http::Answer;
pub use server::TestServer;
