//! The HTTP API as its callers see it.

mod actions;
#[cfg(test)]
mod agents;
#[cfg(test)]
mod approval_gate;
#[cfg(test)]
mod approval_pages;
#[cfg(test)]
mod approvals;
#[cfg(test)]
mod assessments;
#[cfg(test)]
mod authzen;
#[cfg(test)]
mod backups;
mod bad_input;
#[cfg(test)]
mod break_glass;
#[cfg(test)]
mod browsers;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod checklist;
#[cfg(test)]
mod compliance;
#[cfg(test)]
mod decisions;
#[cfg(test)]
mod detection;
#[cfg(test)]
mod drills;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod fixture_of_today;
mod health;
mod incidents;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod log;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod notifications;
mod openapi;
mod outcomes;
mod over_time;
#[cfg(test)]
mod overview;
mod permits;
#[cfg(test)]
mod policies;
mod proof;
#[cfg(test)]
mod redactions;
mod reload;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod search;
mod snapshot;
#[cfg(test)]
mod statements;
#[cfg(test)]
mod stop_button;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod tools;
#[cfg(test)]
mod traces;
#[cfg(test)]
mod unusual;
#[cfg(test)]
mod witnesses;
