//! What stands around the body of an audited or governed function. The attributes write calls of it; it is no interface.

mod args;
mod asked;
mod call;
mod caught;
mod failure;
mod ways;

pub use args::{Args, argument};
pub use asked::{Asked, FromRefused, Permitted, refuse};
pub use call::{Call, Callee, Named};
pub use caught::{Panicked, caught, caught_async, ended, pass_on};
pub use failure::{
    AsIs, ByDebugFailure, ByDisplayFailure, ByNothingFailure, BySourceFailure, ErrorAsIs,
    ErrorByDebug, ErrorByDisplay, ErrorByNothing, ErrorBySource, ErrorOfAnyhow, ErrorOfBox, Failed,
    Fallible, FallibleKind, Infallible, InfallibleKind, OfAnyhowFailure, OfBoxFailure, Returned,
};
pub use syndic_gate::Ended;
pub use ways::{
    AnswerByDebug, AnswerByNothing, AnswerBySerialize, Answered, ByDebug, ByNothing, BySerialize,
    Recordable, Shown, WayDebug, WayNothing, WaySerialize,
};
