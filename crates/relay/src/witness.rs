//! Having checkpoints cosigned: each witness is asked for the newest, one request at a time.
//!
//! What a witness does delays nothing but its own signature.

mod ask;
mod asked;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use syndic_governance::{Governance, Witness};
use syndic_model::{Clock, WitnessState};
use syndic_store::{Published, Store};
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::{Instant, MissedTickBehavior};

use self::ask::{Asking, Tried};
use self::asked::Asked;
use crate::book::Pace;
use crate::follow::{Idle, Reader};

/// How often the newest checkpoint is looked at, which costs its writer nothing.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long those that answered wait for those that did not, before they are asked for the next checkpoint: all
/// signatures of one round stand on one checkpoint.
const ROUND_WITHIN: Duration = Duration::from_secs(5);

/// Has checkpoints cosigned by the witnesses of `syndic.yaml`, for as long as there is a store.
pub struct Witnesses {
    /// The ledger; it is never kept open for this.
    pub store: Weak<Store>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The witnesses in force at the moment; `None` ends it.
    pub in_force: Box<dyn Fn() -> Option<Vec<Witness>> + Send + Sync>,
    /// Is told how all of them are whenever that changes.
    pub told: Box<dyn Fn(Vec<WitnessState>) + Send + Sync>,
    /// How fast one that failed is asked again.
    pub pace: Pace,
    /// Tells when nothing is read any more after it was stopped.
    pub idle: Idle,
}

impl fmt::Debug for Witnesses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Witnesses").field("pace", &self.pace).finish_non_exhaustive()
    }
}

impl Witnesses {
    /// Follows `store`, is told the witnesses in force by `governance`, and tells `told` how they are.
    #[must_use]
    pub fn new(
        store: Weak<Store>,
        clock: Arc<dyn Clock>,
        governance: impl Fn() -> Option<Arc<Governance>> + Send + Sync + 'static,
        told: impl Fn(Vec<WitnessState>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            store,
            clock,
            in_force: Box::new(move || Some(governance()?.settings.audit.witnesses.clone())),
            told: Box::new(told),
            pace: Pace::default(),
            idle: Idle::default(),
        }
    }

    /// Has every new checkpoint cosigned until the store is closed. Dropping the future stops it where it is.
    pub async fn run(self) {
        let mut running = Running {
            reader: Reader::new(self.store.clone(), self.idle.clone()),
            witnesses: Vec::new(),
            round: None,
            tries: JoinSet::new(),
            under_way: HashMap::new(),
            last_told: Vec::new(),
            follower: self,
        };
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some(tried) = running.tries.join_next_with_id() => running.settle(tried),
                _ = look.tick() => {}
            }
            if running.look().is_none() {
                return;
            }
            running.ask();
            running.tell();
        }
    }
}

/// One checkpoint, and when it was begun to ask for it.
struct Round {
    checkpoint: Arc<Published>,
    begun: Instant,
}

struct Running {
    follower: Witnesses,
    reader: Reader,
    witnesses: Vec<Asked>,
    round: Option<Round>,
    tries: JoinSet<Tried>,
    under_way: HashMap<Id, Witness>,
    last_told: Vec<WitnessState>,
}

impl Running {
    /// Takes the witnesses in force, and the newest checkpoint where the round before is over; `None` where there is
    /// nothing to follow any more.
    fn look(&mut self) -> Option<()> {
        let in_force = (self.follower.in_force)()?;
        let store = self.reader.store()?;
        if !in_force.iter().eq(self.witnesses.iter().map(|asked| &asked.witness)) {
            self.follow(in_force, store.cosigned().as_deref());
        }
        let newest = store.checkpoint();
        drop(store);
        let is_over = self.round.as_ref().is_none_or(|round| {
            let is_newer = round.checkpoint.head != newest.head;
            is_newer && (self.under_way.is_empty() || round.begun.elapsed() > ROUND_WITHIN)
        });
        if is_over && newest.head.size > 0 {
            for asked in &mut self.witnesses {
                asked.fall_behind(&newest, self.follower.clock.now());
            }
            self.round = Some(Round { checkpoint: newest, begun: Instant::now() });
        }
        Some(())
    }

    /// Follows other witnesses than before; those that stay are known as they were.
    fn follow(&mut self, in_force: Vec<Witness>, cosigned: Option<&Published>) {
        let mut known = std::mem::take(&mut self.witnesses);
        for witness in in_force {
            let place = known.iter().position(|asked| asked.witness == witness);
            self.witnesses.push(match place {
                Some(place) => known.swap_remove(place),
                None => Asked::new(witness, cosigned),
            });
        }
        if let Some(round) = &self.round {
            for asked in &mut self.witnesses {
                asked.fall_behind(&round.checkpoint, self.follower.clock.now());
            }
        }
    }

    /// Asks everybody who is due for the checkpoint of this round.
    fn ask(&mut self) {
        let Some(round) = &self.round else { return };
        for asked in &mut self.witnesses {
            let busy = self.under_way.values().any(|witness| *witness == asked.witness);
            if busy || !asked.is_due(&round.checkpoint, Instant::now()) {
                continue;
            }
            let Some((client, key)) = asked.reached_by() else { continue };
            let asking = Asking {
                client,
                key,
                url: asked.witness.url.clone(),
                checkpoint: Arc::clone(&round.checkpoint),
                known_size: asked.known_size(),
                reader: self.reader.clone(),
            };
            let started = self.tries.spawn(asking.ask());
            self.under_way.insert(started.id(), asked.witness.clone());
        }
    }

    /// Takes what became of a try.
    fn settle(&mut self, tried: Result<(Id, Tried), JoinError>) {
        let (id, tried) = match tried {
            Ok(tried) => tried,
            Err(error) => (error.id(), Tried::Failed("asking it failed; this is a bug".to_owned())),
        };
        let Some(witness) = self.under_way.remove(&id) else { return };
        let newest = self.round.as_ref().map(|round| &*round.checkpoint);
        // One that is no longer in force is let go.
        if let Some(asked) = self.witnesses.iter_mut().find(|asked| asked.witness == witness) {
            asked.settle(tried, newest, self.follower.pace, self.follower.clock.as_ref());
        }
    }

    fn tell(&mut self) {
        let states: Vec<_> = self.witnesses.iter().map(|asked| asked.state.clone()).collect();
        if states != self.last_told {
            (self.follower.told)(states.clone());
            self.last_told = states;
        }
    }
}
