//! The approval gate's requirements (A1 and on), as far as they are the state machine's, as cases.

mod binding;
mod eligibility;
mod fixture;
mod lifecycle;
mod quorum;
