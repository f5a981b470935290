//! The governor as programs use it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod approvals;
mod attributes;
mod audited;
mod governed;
mod governed_functions;
mod governor;
mod live;
mod native;
mod opening;
mod parity;
mod reload;
mod told;
