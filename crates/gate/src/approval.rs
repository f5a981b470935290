//! The approval gate: a hold asks people, and what they say is bound to exactly what they were asked.
//!
//! `consult` is where a decision meets requests for approval; `vote`, `end` and `wait` are what happens to them after.

mod again;
mod ballots;
mod consult;
mod details;
mod end;
mod held;
mod index;
mod link;
mod list;
mod note;
mod view;
mod vote;
mod wait;
mod waiting;

pub use ballots::Ballots;
pub use details::{ApprovalDetails, Earlier, Noted, Said};
pub use end::CancelError;
pub use index::ApprovalError;
pub use link::same;
pub use list::{ApprovalFilter, ApprovalPage};
pub use view::{ApprovalView, BallotView};
pub use vote::{VoteError, Voter};

pub(crate) use consult::Consulted;
pub(crate) use held::{Approvals, Held};
pub(crate) use note::awaited;
