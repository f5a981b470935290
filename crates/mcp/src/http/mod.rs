//! The Streamable HTTP transport: clients on a listener, one server behind it.
//!
//! `routes.rs` says who may come in, `exchange.rs` what happens to one message of a client, and `pump.rs` to what the
//! server says on a stream. A client is an agent by its key; the key stays here, and what opens the server is the
//! proxy's own.

mod listen;
mod routes;

mod caller;
mod entrance;
mod guard;

mod claims;
mod desk;
mod exchange;
mod mirrors;
mod peer;
mod pump;
mod reply;
mod sessions;

mod agree;
mod behind;
mod credential;
mod sse;
mod upstream;

pub use credential::HeaderFileError;
pub use guard::NotAnOrigin;
pub use listen::{Bound, HttpSettings, ServeError, bind};
pub use upstream::{UpstreamError, UpstreamSettings};
