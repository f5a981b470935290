//! Asking Cedar.

use cedar_policy_core::ast::EntityUIDEntry;

use crate::combine::Answer;
use crate::entities::{Action, Agent};
use crate::slice::Slice;
use crate::{Call, Examined};

/// One action of one agent, as Cedar sees it.
#[derive(Debug, Clone)]
pub(crate) struct Question<'a> {
    pub(crate) agent: &'a Agent,
    pub(crate) action: &'a Action,
    pub(crate) resource: EntityUIDEntry,
    pub(crate) examined: &'a Examined,
    pub(crate) call: &'a Call<'a>,
}

/// The question itself could not be put.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unanswerable;

/// Answers for each policy of a slice, in the order of `slice.rules`, whether it holds.
///
/// Every policy is answered for itself: a satisfied forbid hides no other, and no permit. A policy that cannot be
/// evaluated is [`Answer::Failed`], never unsatisfied. The answers are those of Cedar's own authorizer on the whole
/// set, against which the tests hold the implementation in force.
pub(crate) trait Evaluate {
    fn answers(&self, slice: &Slice, question: &Question<'_>) -> Result<Vec<Answer>, Unanswerable>;
}
