//! The approval gate's state machine: who may vote, when a request is decided, what an approval is bound to.
//!
//! Pure: time is an argument, and so is everything that is known of people. Must never read the clock or do IO.

mod approval;
mod binding;
mod break_glass;
mod break_glasses;
mod quorum;
mod request;
mod vote;

pub use approval::{Approval, Ended, Unusable};
pub use binding::{Bound, binding_text, request_text};
pub use break_glass::{
    AskRefused, BreakGlass, OpenRefused, Opening, ReviewRefused, Signature, Wish,
};
pub use break_glasses::BreakGlasses;
pub use quorum::Progress;
pub use request::{Factor, Request};
pub use vote::{Ballot, Cast, Refused, Voter};
