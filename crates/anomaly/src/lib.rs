//! Unusual behaviour: what an agent does now beside what it usually does, by its own past alone.
//!
//! Pure: time is an argument, nothing is random, and what is kept of an agent is bounded. Must never read the clock,
//! do IO, or decide anything. `docs/anomaly.md` has the formulas and where they come from.

mod act;
mod alarm;
mod amount;
mod assessment;
mod baseline;
mod days;
mod denials;
mod fading;
mod histogram;
mod hours;
mod learned;
mod novelty;
mod rate;
mod recent;
mod score;
mod seen;
mod share;
mod told;
mod usual;

pub use act::{Act, Moment};
pub use alarm::{Alarm, Change};
pub use assessment::{Assessment, Found, Signal};
pub use baseline::{Baseline, Settings};
