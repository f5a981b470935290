//! One witness: what it cosigned, and when it is asked again.

use reqwest::Client;
use syndic_governance::Witness;
use syndic_ledger::{Head, KeyKind, SignedCheckpoint, VerifierKey};
use syndic_model::{Clock, WitnessState};
use syndic_store::Published;
use tokio::time::Instant;

use super::ask::{Tried, client};
use crate::book::Pace;
use crate::notifier::wait;
use crate::plain::{in_words, plain};

/// A witness, and how it answered.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) witness: Witness,
    pub(super) state: WitnessState,
    /// How to reach it; nothing where its key cannot be used.
    means: Option<(Client, VerifierKey)>,
    /// What it cosigned last, as far as this process knows.
    cosigned: Option<Head>,
    failures: u32,
    due: Instant,
}

impl Asked {
    /// Begins with what `cosigned`, of an earlier process, has of it.
    pub(super) fn new(witness: Witness, cosigned: Option<&Published>) -> Self {
        let means = means(&witness);
        let key = means.as_ref().ok().map(|(_, key)| key);
        let cosigned = key.zip(cosigned).and_then(|(key, cosigned)| {
            let note = SignedCheckpoint::parse(cosigned.text.as_bytes()).ok()?;
            note.is_signed_by(key).then_some(cosigned.head)
        });
        let name = witness.vkey.split('+').next().unwrap_or_default();
        let state = WitnessState {
            name: name.to_owned(),
            url: witness.url.clone(),
            cosigned: cosigned.map(|head| head.size),
            behind_since: None,
            failure: means.as_ref().err().cloned(),
            contradiction: None,
        };
        if let Some(failure) = &state.failure {
            tracing::warn!(witness = state.name, "checkpoints are not cosigned: {failure}");
        }
        Self { witness, state, means: means.ok(), cosigned, failures: 0, due: Instant::now() }
    }

    pub(super) fn reached_by(&self) -> Option<(Client, VerifierKey)> {
        self.means.clone()
    }

    pub(super) fn known_size(&self) -> u64 {
        self.cosigned.map_or(0, |head| head.size)
    }

    pub(super) fn is_due(&self, newest: &Published, now: Instant) -> bool {
        self.cosigned != Some(newest.head) && self.state.contradiction.is_none() && self.due <= now
    }

    /// Notes that there is a newer checkpoint than it cosigned.
    pub(super) fn fall_behind(&mut self, newest: &Published, now: jiff::Timestamp) {
        if self.cosigned != Some(newest.head) {
            self.state.behind_since.get_or_insert(now);
        }
    }

    pub(super) fn settle(
        &mut self,
        tried: Tried,
        newest: Option<&Published>,
        pace: Pace,
        clock: &dyn Clock,
    ) {
        let (now, name) = (clock.now(), &self.state.name);
        match tried {
            Tried::Cosigned(head) => {
                if self.state.failure.take().is_some() {
                    let after = in_words(self.state.lag(now));
                    tracing::warn!(witness = name, "checkpoints are cosigned again, after {after}");
                }
                (self.failures, self.due) = (0, Instant::now());
                self.cosigned = Some(head);
                self.state.cosigned = Some(head.size);
                let is_newest = newest.is_none_or(|newest| newest.head == head);
                self.state.behind_since = if is_newest { None } else { Some(now) };
            }
            Tried::Contradicts(what) => {
                tracing::error!(
                    witness = name,
                    "THE HISTORY OF THIS LOG CONTRADICTS WHAT A WITNESS COSIGNED: {what}. Records were changed or lost; \
                     keep this data directory as it is, and see docs/witness.md"
                );
                self.state.contradiction = Some(what);
                self.state.failure = None;
            }
            Tried::Failed(reason) => {
                let reason = plain(&reason, 300);
                // Once for an outage: what follows is counted and shown.
                if self.failures == 0 {
                    tracing::warn!(
                        witness = name,
                        url = self.witness.url,
                        "a checkpoint is not cosigned: {reason}"
                    );
                }
                self.failures = self.failures.saturating_add(1);
                self.due = Instant::now() + wait(pace, self.failures, None, clock);
                self.state.failure = Some(reason);
            }
        }
    }
}

fn means(witness: &Witness) -> Result<(Client, VerifierKey), String> {
    let key: VerifierKey =
        witness.vkey.parse().map_err(|error| format!("its `vkey` is {error}"))?;
    if key.kind() != KeyKind::Witness {
        return Err(
            "its `vkey` is that of a log; `syndic witness key` prints a witness's".to_owned()
        );
    }
    Ok((client()?, key))
}
