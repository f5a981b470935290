//! The `AuthZEN` Authorization API 1.0 (OpenID): its questions, its answers, and the turn from them to an action.
//!
//! As the standard says, unknown fields are ignored.

mod answer;
mod ask;

pub use answer::{
    AccessRequest, AccessTask, AuthzenMetadata, Evaluated, EvaluatedAll, Evaluation,
    EvaluationContext, EvaluationFault, GovernanceBody,
};
pub use ask::{
    CallContext, Entity, Evaluate, EvaluateAll, EvaluateOptions, EvaluateOr, EvaluationError,
    NamedAction, Semantic,
};
