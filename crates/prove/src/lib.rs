//! Proofs about policies: invariants that hold for every request, and what a change opens or closes.
//!
//! Owns the solver's process, the questions put to it, and the requests it answers with. Must never decide about an
//! action, nor be in the path of one: nothing here runs while agents wait.
//!
//! A question is always `allow(these policies, as the host can ask them) ⇒ allow(those)`, for one request environment,
//! through Cedar's symbolic compiler. Cedar skips a policy that fails to evaluate; the verdict denies instead, so what
//! is proved to be never allowed here is never allowed there.

mod diff;
mod lint;
mod prove;

mod invariant;
mod witness;
mod world;

mod concrete;
mod host;
mod schema;
mod solver;

pub use diff::{Change, Relation, diff, outlines};
pub use invariant::{Invariant, Level, Read, read};
pub use lint::{Doubt, DoubtKind, lint};
pub use prove::{Outcome, Proof, prove};
pub use solver::{Solver, SolverError};
pub use witness::Witness;
pub use world::{Subject, World, WorldError};
