//! The gate: the order in which things happen to an action.
//!
//! [`Gate::submit`] is the one function to read. Must never know HTTP, MCP or wire formats.

mod clock;
mod decide;
mod detect;
mod enrich;
mod events;
mod expire;
mod gate;
mod key;
mod lineage;
mod message;
mod metrics;
mod permit;
mod preview;
mod record;
mod recorded;
mod reload;
mod repeat;
mod report;
mod sealed;
mod session;
mod state;
mod submit;
mod switch;
mod trial;

pub use clock::SystemClock;
pub use events::{EventFilter, EventPage, EventsError};
pub use gate::{AgentView, Gate, Health, OpenError, WriteFailed};
pub use key::{AuthenticationError, KeyError, KeyRequest, KeyStatus, KeyView, NewKey};
pub use permit::{PermitClaims, PermitError, args_digest, verify_permit};
pub use preview::{preview, suppose};
pub use recorded::{
    Recorded, RecordedCall, RecordedContext, RecordedFacts, RecordedLocal, Unreadable,
};
pub use report::{Report, ReportError, Reported};
pub use session::SessionError;
pub use submit::SubmitError;
pub use switch::{Switch, SwitchError};
pub use trial::{Coverage, Mismatch, Trial, coverage, try_case};
