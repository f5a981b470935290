//! The governor as programs use it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod approvals;
mod governed;
mod governor;
mod live;
mod native;
mod opening;
mod parity;
mod reload;
mod told;
