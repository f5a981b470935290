//! One file a resource; a handler's signature states what it needs.

pub(crate) mod actions;
pub(crate) mod agents;
pub(crate) mod approvals;
pub(crate) mod audit;
pub(crate) mod authzen;
pub(crate) mod backups;
pub(crate) mod break_glass;
pub(crate) mod decisions;
pub(crate) mod fatigue;
pub(crate) mod filter;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod log_key;
pub(crate) mod overview;
pub(crate) mod policies;
pub(crate) mod policy;
pub(crate) mod proof;
pub(crate) mod redaction;
pub(crate) mod retention;
pub(crate) mod sessions;
pub(crate) mod sign_in;
pub(crate) mod slack;
pub(crate) mod status;
pub(crate) mod stream;
pub(crate) mod tools;
