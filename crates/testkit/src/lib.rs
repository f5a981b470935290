//! What tests share: a clock that obeys, and a real server over a governance directory in a temporary place.
//!
//! Never ships.

mod clock;
mod http;
mod server;

pub use clock::TestClock;
pub use http::Answer;
pub use server::TestServer;
