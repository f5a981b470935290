//! The approval gate's requirements (A1 and on), as far as they are the state machine's, as cases.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod binding;
mod break_glass;
mod eligibility;
mod fixture;
mod lifecycle;
mod quorum;
