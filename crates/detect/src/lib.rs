//! Finds personal data and secrets in text, and redacts them.
//!
//! A [`Scanner`] reads a text once, decides from each byte's class where something may stand, and asks a bounded
//! verifier with the kind's checksum whether it does. Where the text shows signs of a disguise it is read again
//! without it; spans always are of the original. Names of people and street addresses need a model and are **not**
//! found; [`Entity::Person`] and [`Entity::StreetAddress`] are the seam for one.
//!
//! # The way of a text
//!
//! 1. `scanner` takes it in, with a budget (`limits`) that everything below draws on. Over it is an error, never a
//!    shorter answer.
//! 2. `classes` makes bits of its bytes, 64 at a time: digits, words, tokens, `@`, `:`, `=`. AVX2 does so where the
//!    processor has it, and a simple loop that tests hold equal to it elsewhere.
//! 3. `candidates` goes from bit to bit. Each leads to one verifier, which reads a bounded number of bytes around its
//!    place, and a mark moves past what was read: words with a digit to `pii`, long tokens and what is assigned to
//!    `secrets`, colons between hexadecimal digits to addresses, and so on.
//! 4. A verifier checks grammar first, then the checksum, and last asks `near` for the nearest keyword: before the
//!    value, else the key it stands under ([`Context::key`]), else right after it. `keyword` knows what kinds each word
//!    speaks of; words of machines (`order`, `version`) speak against. `pii::Claim` makes a score of that.
//! 5. `views` reads again what looks disguised, through the same `Scanner::scan_view`.
//! 6. `table` searches each cell of a column by itself whose header is a keyword.
//! 7. `overlap` keeps, of hits that overlap, the surest and then the longest, in order.
//! 8. `redact` cuts the findings' spans out of the text, or of the JSON document that `json` walked.
//!
//! # To add an entity
//!
//! 1. Its name in `entity.rs`, and whether it is on by default.
//! 2. What it looks like: for digits alone, a row of `pii/national.rs` with a check beside it; with letters, a function
//!    of `pii/identifier.rs`; else a file in `pii/` and the event in `candidates.rs` that leads to it. A form that a
//!    random number has often (a checksum of one digit alone passes one in ten) scores below 50 without a word.
//! 3. The words that tell of it, in the table of `keyword.rs`.
//! 4. Cases in `tests/it/entities.rs`: what is found, and what resembles it and is not.
//!
//! This crate does no IO, depends on no other crate of syndic, and panics on no input.

mod bytes;
mod candidates;
mod checksum;
mod classes;
mod context;
mod entity;
mod finding;
mod hit;
mod json;
mod keyword;
mod kinds;
mod limits;
mod near;
mod overlap;
mod pattern;
mod pii;
mod redact;
mod scanner;
mod secrets;
mod table;
mod views;

pub use context::{Context, Region, Tail};
pub use entity::{Entity, UnknownEntity};
pub use finding::{Evasion, Evidence, Finding, Findings, Score};
pub use json::JsonError;
pub use limits::{Limits, OverBudget};
pub use pattern::{Checksum, Examples, Pattern, PatternError, UnknownChecksum};
pub use redact::{
    Key, NotRedacted, Opened, Operator, Redacted, Redaction, Tags, Vault, VaultError, redact,
    redact_json,
};
pub use scanner::{Builder, Scanner};
pub use secrets::secret_names;
