//! The proxy in process, between a scripted client, a scripted server and a real gate.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may panic"
)]

mod rig;

mod bad_input;
mod calls;
mod drift;
mod http;
mod ladder;
mod lists;
mod methods;
mod pin;
mod questions;
