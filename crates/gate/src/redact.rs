//! Erasing what was recorded of a user: asked for by an administrator, itself a record, and final.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use syndic_governance::RETENTION_FLOOR_DAYS;
use syndic_ledger::{Record, UserRedacted};
use syndic_store::{EraseError, Trace};
use thiserror::Error;

use crate::Gate;
use crate::about::Decided;
use crate::copies::Copies;
use crate::events::EventsError;
use crate::gate::{WriteFailed, committed};
use crate::record::plain;
use crate::retention::Holds;

/// The longest user, as a request may name one, and the longest reason, in bytes.
const MOST_USER: usize = 256;
const MOST_REASON: usize = 500;

/// A user shorter than this may stand in a reason by chance.
const NAMES: usize = 4;

/// Whose records to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// The user, as actions named them in `user_id`.
    pub user: String,
    /// Why; recorded in clear, so it must not name the user.
    pub reason: String,
    /// Erase records too that are younger than records are kept at least.
    pub override_retention: bool,
    /// Only tell what would be erased.
    pub dry_run: bool,
}

/// What was erased, or would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// Keyed pseudonym of the user.
    pub user_ref: String,
    /// The record of it; none where nothing was erased.
    pub record: Option<u64>,
    /// How many records had parts that could be read.
    pub records: u64,
    /// How many keys those were sealed under.
    pub keys: u64,
    /// When the oldest of the records was written.
    pub oldest: Option<Timestamp>,
    /// When the newest was.
    pub newest: Option<Timestamp>,
    /// How many of them were younger than records are kept at least.
    pub young: u64,
    /// Copies that this does not reach, for people.
    pub unreached: Vec<String>,
}

/// Says why nothing was erased.
#[derive(Debug, Error)]
pub enum RedactError {
    /// There is no name, or it is too long.
    #[error("a user of 1 to {MOST_USER} bytes is needed, as actions named them")]
    User,
    /// A reason is part of the record.
    #[error("a reason of 1 to {MOST_REASON} bytes is needed; it is recorded")]
    Reason,
    /// The reason stays readable.
    #[error("the reason names the user, and stays readable for good; say why without the name")]
    NamesUser,
    /// The law wants them kept.
    #[error(
        "{young} of {records} records are younger than {days} days, the newest from {newest}; records are kept so \
         long at least (`audit.retention_days`) unless retention is overridden with this reason"
    )]
    Young {
        /// How many are too young.
        young: u64,
        /// Of how many.
        records: u64,
        /// How long records are kept.
        days: u32,
        /// When the newest was written.
        newest: Timestamp,
    },
    /// Somebody holds a record back.
    #[error("record {record} is held back by `{hold}`; release the hold first")]
    Held {
        /// The hold.
        hold: String,
        /// The first record that it holds.
        record: u64,
    },
    /// Holds come and go.
    #[error("what is held back changed meanwhile; try again")]
    Changed,
    /// The ledger cannot be read.
    #[error(transparent)]
    Lookup(#[from] EventsError),
    /// It cannot be recorded, so nothing was erased.
    #[error(transparent)]
    Write(#[from] WriteFailed),
    /// It is recorded, and is not done.
    #[error("record {record} says so, but not all is erased; the next start tries again")]
    Erase {
        /// The record.
        record: u64,
        /// Why.
        #[source]
        source: EraseError,
    },
}

/// What was found of a user.
struct Found {
    trace: Trace,
    young: u64,
    held: Option<(String, u64)>,
    copies: Copies,
}

impl Gate {
    /// Erases what was recorded of a user until now: arguments, results, metadata, reasons and the user's name, of
    /// every action that named them. Leaves, and so all proofs, stay as they are.
    ///
    /// # Errors
    /// When records are too young or held back, or it cannot be recorded; then nothing was erased.
    pub async fn redact(&self, redaction: &Redaction, by: &str) -> Result<Redacted, RedactError> {
        redaction.check()?;
        let _one_at_a_time = self.removing.lock().await;
        let user_ref = self.store.pseudonym("user", &redaction.user);
        let before = if redaction.dry_run {
            self.store.durable_index()
        } else {
            self.parted(user_ref.clone()).await?
        };
        let holds = self.state().holds.clone();
        let found = self.found(user_ref.clone(), before, holds.clone()).await?;
        found.may_be_erased(redaction, self.days_kept())?;
        let mut redacted = self.told(user_ref, &found);
        if redaction.dry_run || redacted.records == 0 {
            return Ok(redacted);
        }
        let record = self.record_redaction(redaction, &redacted, before, &holds, by).await?;
        redacted.record = Some(record);
        let store = Arc::clone(&self.store);
        let erased = tokio::task::spawn_blocking(move || store.erase(record)).await;
        // What people said lies in mind too.
        self.state().approvals.forget_reasons(&redacted.user_ref);
        self.end_requests_of(&redacted.user_ref).await?;
        match erased {
            Ok(Ok(_)) => Ok(redacted),
            Ok(Err(source)) => Err(RedactError::Erase { record, source }),
            Err(error) => Err(EventsError::Unreadable(error.to_string()).into()),
        }
    }

    /// Gives the user other keys for all that comes.
    async fn parted(&self, user_ref: String) -> Result<u64, EventsError> {
        self.reading(move |store| Ok(store.part_keys(&user_ref))).await
    }

    async fn found(
        &self,
        user_ref: String,
        before: u64,
        holds: Holds,
    ) -> Result<Found, EventsError> {
        let kept = SignedDuration::from_hours(24 * i64::from(self.days_kept()));
        let floor = self.now().checked_sub(kept).unwrap_or(Timestamp::MIN);
        self.reading(move |store| {
            let (mut copies, mut decided) = (Copies::default(), Decided::default());
            let (mut young, mut held) = (Vec::new(), Vec::new());
            let trace = store.trace(&user_ref, before, &mut |leaf| {
                copies.see(leaf);
                decided.see(leaf);
                let Some(key) = leaf.key else { return };
                young.extend((leaf.at > floor).then_some(key));
                held.extend(
                    holds
                        .over(&decided.about(&leaf.record), leaf.at)
                        .map(|hold| (key, hold.id.clone(), leaf.i)),
                );
            })?;
            // What was erased before stands in nobody's way.
            let young = young.iter().filter(|key| trace.keys.contains(key)).count() as u64;
            let held = held.into_iter().find(|(key, ..)| trace.keys.contains(key));
            let held = held.map(|(_, hold, record)| (hold, record));
            Ok(Found { trace, young, held, copies })
        })
        .await
    }

    async fn record_redaction(
        &self,
        redaction: &Redaction,
        redacted: &Redacted,
        before: u64,
        holds: &Holds,
        by: &str,
    ) -> Result<u64, RedactError> {
        let record = Record::UserRedacted(UserRedacted {
            user_ref: redacted.user_ref.clone(),
            before,
            reason: redaction.reason.clone(),
            by: by.to_owned(),
            records: redacted.records,
            keys: redacted.keys,
            override_retention: redacted.young > 0,
            unreached: redacted.unreached.clone(),
        });
        let slot = self.reserve()?;
        let pending = {
            // INVARIANT: in the ledger, no hold that was not asked stands before the record that erases.
            let state = self.state();
            if state.holds != *holds {
                return Err(RedactError::Changed);
            }
            slot.enqueue(plain(record, self.now()))
        };
        Ok(committed(pending).await?.get().index())
    }

    fn told(&self, user_ref: String, found: &Found) -> Redacted {
        let trace = &found.trace;
        Redacted {
            user_ref,
            record: None,
            records: trace.readable,
            keys: trace.keys.len() as u64,
            oldest: trace.oldest,
            newest: trace.newest,
            young: found.young,
            unreached: found.copies.unreached(&self.governance().settings, trace.archived),
        }
    }

    /// Returns for how many days records are kept at least.
    fn days_kept(&self) -> u32 {
        self.governance().settings.audit.retention_days.max(RETENTION_FLOOR_DAYS)
    }
}

impl Redaction {
    fn check(&self) -> Result<(), RedactError> {
        let Self { user, reason, .. } = self;
        if user.is_empty() || user.len() > MOST_USER {
            return Err(RedactError::User);
        }
        if reason.trim().is_empty() || reason.len() > MOST_REASON {
            return Err(RedactError::Reason);
        }
        if user.len() >= NAMES && reason.to_lowercase().contains(&user.to_lowercase()) {
            return Err(RedactError::NamesUser);
        }
        Ok(())
    }
}

impl Found {
    fn may_be_erased(&self, redaction: &Redaction, days: u32) -> Result<(), RedactError> {
        if let Some((hold, record)) = &self.held {
            return Err(RedactError::Held { hold: hold.clone(), record: *record });
        }
        match self.trace.newest {
            Some(newest) if self.young > 0 && !redaction.override_retention => {
                let (young, records) = (self.young, self.trace.readable);
                Err(RedactError::Young { young, records, days, newest })
            }
            Some(_) | None => Ok(()),
        }
    }
}
