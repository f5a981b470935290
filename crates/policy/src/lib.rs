//! Policy as code, in Cedar: load, validate, show, evaluate.
//!
//! Owns the schema made from the catalogue, the policies compiled from agent profiles, the strict conversion of
//! arguments, and the three-valued verdict. Must never do IO beyond strings given to it, nor know HTTP or approvals.

mod engine;
mod load;
mod source;

mod entry;
mod extract;
mod input;
mod recipient;

mod advice;
mod annotation;
mod bounds;
mod draft;
mod known;
mod limits;
mod lint;
mod outline;
mod parse;
mod profile;
mod reads;
mod reason;
mod reserved;
mod rule;
mod schema;
mod spot;
mod syntax;
mod threshold;
mod validate;

mod branches;
mod combine;
mod condition;
mod convert;
mod entities;
mod evaluate;
mod fast;
mod likeness;
#[cfg(test)]
mod oracle;
mod paths;
mod residue;
mod slice;

mod embed;
mod native;
mod value;
mod view;

mod call;
mod detected;
mod determining;
mod evaluation;
mod facts;
mod finding;
mod show;
mod usage;

pub use advice::fault;
pub use branches::{Branch, Taken};
pub use call::{Call, Session};
pub use detected::Detected;
pub use determining::Determining;
pub use engine::Engine;
pub use entry::{Examined, Refusal};
pub use evaluation::Evaluation;
pub use facts::Facts;
pub use lint::ENVIRONMENTS;
pub use native::Policy;
pub use reserved::RESERVED;
pub use show::{Listed, Origin, Shown};
pub use source::{Loaded, PolicyFile, Sources};
pub use syntax::syntax;
pub use usage::{Usage, Used};
pub use value::ContextValue;
pub use view::{ActionView, ContextError, ContextView};
