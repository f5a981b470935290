//! What happens because nothing happened.

use std::sync::{Arc, Weak};
use std::time::Duration;

use syndic_ledger::{OutcomeMissing, Record};

use crate::Gate;
use crate::caution::Looked;
use crate::gate::{WriteFailed, committed};
use crate::record::plain;

/// How often old segments are dropped, and how long after a start they are first looked for.
const PRUNED_EVERY_S: u64 = 86_400;
const PRUNED_AFTER_S: u64 = 60;
/// How often it is recorded how many actions arrived.
const COUNTED_EVERY_S: u64 = 3_600;
/// How often it is looked which drills are due, and how long after a start first.
const DRILLED_EVERY_S: u64 = 60;
const DRILLED_AFTER_S: u64 = 30;
/// How often the checklists that are enforced are judged, and how long after a start first.
const CHECKED_EVERY_S: u64 = 60;
const CHECKED_AFTER_S: u64 = 45;

impl Gate {
    /// Records outcomes that are overdue and forgets what is too old, every second for as long as there is a gate, and
    /// drops records whose time has come, once a day and not on the first.
    /// Whoever opens one runs this beside it.
    pub async fn keep_time(gate: Weak<Self>) {
        let mut tick = tokio::time::interval(Duration::from_secs(1));
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut looked = Looked::default();
        for second in 0_u64.. {
            tick.tick().await;
            let Some(gate) = gate.upgrade() else { return };
            gate.forget(second);
            if second % PRUNED_EVERY_S == PRUNED_AFTER_S {
                // A tick lasts a second at least: what is dropped was too old a day ago already.
                if let Some(before) = looked.again(gate.too_old()) {
                    drop(tokio::spawn(Arc::clone(&gate).prune_by_itself(before)));
                }
            }
            if second % COUNTED_EVERY_S == COUNTED_EVERY_S - 1
                && let Err(error) = gate.count_calls().await
            {
                tracing::warn!(%error, "what was counted of actions waits to be recorded");
            }
            if second % DRILLED_EVERY_S == DRILLED_AFTER_S {
                drop(tokio::spawn(Arc::clone(&gate).drill_by_itself()));
            }
            if second % CHECKED_EVERY_S == CHECKED_AFTER_S {
                let gate = Arc::clone(&gate);
                drop(tokio::spawn(async move { gate.check_by_itself().await }));
            }
            if let Err(error) = gate.expire().await {
                tracing::warn!(%error, "what is overdue waits to be recorded");
            }
        }
    }

    /// Forgets repeats every second; idle sessions, of which all must be looked at, every minute; and recipients
    /// every hour.
    fn forget(&self, second: u64) {
        let now = self.now();
        self.unsealed_for();
        let mut state = self.state();
        state.forget(now);
        if second.is_multiple_of(60) {
            state.forget_sessions(now);
        }
        if second.is_multiple_of(3600) {
            state.counted.forget_recipients(now);
        }
    }

    /// Records every outcome that is overdue now, and every request for approval that nobody answered in time.
    ///
    /// # Errors
    /// When they cannot be recorded; those are taken up again next time.
    pub async fn expire(&self) -> Result<u64, WriteFailed> {
        let mut recorded = self.expire_approvals().await?;
        loop {
            let slot = self.reserve()?;
            let (pending, agent) = {
                let mut state = self.state();
                let now = self.now();
                let Some(event) = state.overdue(now) else { return Ok(recorded) };
                let agent = state.awaited(event).map(|open| open.agent.clone());
                state.close(Some(event));
                let missing = OutcomeMissing { id: event.to_string() };
                (slot.enqueue(plain(Record::OutcomeMissing(missing), now)), agent)
            };
            committed(pending).await?;
            self.metrics.outcome_missing(&agent.unwrap_or_default());
            recorded += 1;
        }
    }
}
