//! Policy as code, in Cedar: load, validate, show, evaluate.
//!
//! Owns the schema made from the catalogue, the policies compiled from agent profiles, the strict conversion of
//! arguments, and the three-valued verdict. Must never do IO beyond strings given to it, nor know HTTP or approvals.

mod call;
mod evaluation;
mod facts;

pub use call::Call;
pub use evaluation::Evaluation;
pub use facts::Facts;
