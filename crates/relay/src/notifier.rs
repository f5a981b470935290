//! Telling people: the one task that follows the ledger, sends what is due, and keeps where it is.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};
use std::time::Duration;

use syndic_governance::Governance;
use syndic_ledger::{ApprovalNotified, DecisionApproval, Leaf, Record};
use syndic_model::Clock;
use syndic_store::{Entry, Store};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use crate::begin::{acting, begin};
use crate::book::{Book, Key, Pace};
use crate::channel::{Channels, Failure};
use crate::cursor::{Cursor, CursorFile};
use crate::follow::{Idle, Reader, Stopped};
use crate::governed::{environment, governed};
use crate::in_force::InForce;
use crate::matter::{Matter, Posted};
use crate::recipients::kind;
use crate::sending::Sending;

/// How often the ledger is looked at, which costs its writer nothing.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How often the cursor is kept at most: where there is something to tell, and where the ledger only grew.
const KEEP_EVERY: Duration = Duration::from_millis(250);
const KEEP_INDEX_EVERY: Duration = Duration::from_secs(1);
/// How many messages go over one kind of channel at once, so that one that hangs does not hold up the others.
const AT_ONCE: usize = 8;
/// How many outcomes may wait to be recorded.
const MOST_UNRECORDED: usize = 4_096;
const NAME: &str = "notifications";

/// Tells people about requests for approval, for as long as there is a store.
pub struct Notifier {
    /// The ledger; it is never kept open for this.
    pub store: Weak<Store>,
    /// Where the cursor is kept, in `relay/`.
    pub data_dir: PathBuf,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What is in force at the moment; `None` ends it.
    pub in_force: Box<dyn Fn() -> Option<Arc<InForce>> + Send + Sync>,
    /// Is told of every try that failed: `email`, `slack` or `webhook`.
    pub failed: Box<dyn Fn(&'static str) + Send + Sync>,
    /// Is told the record that is read next, whenever that is another.
    pub reached: Box<dyn Fn(u64) + Send + Sync>,
    /// How fast what failed is tried again.
    pub pace: Pace,
    /// Tells when nothing is read any more after it was stopped.
    pub idle: Idle,
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifier").field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

impl Notifier {
    /// Puts a notifier together that follows `store`, is told what is in force by `governance`, and takes secrets from
    /// the environment.
    #[must_use]
    pub fn new(
        store: Weak<Store>,
        data_dir: &Path,
        clock: Arc<dyn Clock>,
        governance: impl Fn() -> Option<Arc<Governance>> + Send + Sync + 'static,
        failed: impl Fn(&'static str) + Send + Sync + 'static,
        reached: impl Fn(u64) + Send + Sync + 'static,
    ) -> Self {
        Self {
            store,
            data_dir: data_dir.to_owned(),
            clock,
            in_force: governed(governance, Box::new(environment)),
            failed: Box::new(failed),
            reached: Box::new(reached),
            pace: Pace::default(),
            idle: Idle::default(),
        }
    }

    /// Follows the ledger until its store is closed. Dropping the future stops it where it is; what was sent and not
    /// yet kept is sent again with the same ids.
    pub async fn run(self) {
        let Some(in_force) = (self.in_force)() else { return };
        let reader = Reader::new(self.store.clone(), self.idle.clone());
        let file = CursorFile::new(&self.data_dir, NAME);
        let Some(cursor) = begin(&reader, &file, &in_force, self.clock.as_ref()).await else {
            return;
        };
        let book = Book {
            matters: cursor.state.into_iter().map(|matter| (matter.id.clone(), matter)).collect(),
        };
        let mut running = Running {
            channels: Arc::new(Channels::new(&in_force.config)),
            reader,
            file,
            in_force,
            book,
            next_index: cursor.next_index,
            tries: JoinSet::new(),
            under_way: HashMap::new(),
            unrecorded: VecDeque::new(),
            kept: Kept::default(),
            notifier: self,
        };
        running.book.plan(&running.in_force, running.notifier.clock.now());
        running.keep().await;
        (running.notifier.reached)(running.next_index);
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                Some(tried) = running.tries.join_next_with_id() => running.settle(tried),
                _ = look.tick() => {
                    if running.look().await.is_none() {
                        return;
                    }
                }
            }
            running.send();
            running.record();
            running.keep_if_due().await;
        }
    }
}

#[derive(Debug)]
struct Kept {
    at: Instant,
    index: u64,
    /// What was done since then.
    changed: bool,
}

impl Default for Kept {
    fn default() -> Self {
        Self { at: Instant::now(), index: 0, changed: false }
    }
}

struct Running {
    notifier: Notifier,
    reader: Reader,
    file: CursorFile,
    in_force: Arc<InForce>,
    channels: Arc<Channels>,
    book: Book,
    next_index: u64,
    tries: JoinSet<Result<Option<Posted>, Failure>>,
    under_way: HashMap<tokio::task::Id, (Key, &'static str)>,
    unrecorded: VecDeque<ApprovalNotified>,
    kept: Kept,
}

impl Running {
    /// Reads what is new, and does what is due; `None` where there is nothing to follow any more.
    async fn look(&mut self) -> Option<()> {
        let in_force = (self.notifier.in_force)()?;
        let now = self.notifier.clock.now();
        if !Arc::ptr_eq(&in_force, &self.in_force) {
            if in_force.config != self.in_force.config {
                self.channels = Arc::new(Channels::new(&in_force.config));
            }
            self.in_force = in_force;
            self.book.plan(&self.in_force, now);
        }
        loop {
            let leaves = match self.reader.leaves(self.next_index).await {
                Ok(leaves) if leaves.is_empty() => break,
                Ok(leaves) => leaves,
                Err(Stopped::Closed) => return None,
                Err(Stopped::Unreadable(error)) => {
                    tracing::error!(%error, "nobody is told of what follows while this cannot be read");
                    break;
                }
            };
            for leaf in leaves {
                self.take(&leaf, now).await?;
                self.next_index = leaf.i + 1;
            }
            (self.notifier.reached)(self.next_index);
        }
        let given_up = self.book.tick(&self.in_force, now);
        self.kept.changed |= !given_up.is_empty();
        self.unrecorded.extend(given_up);
        Some(())
    }

    async fn take(&mut self, leaf: &Leaf, now: jiff::Timestamp) -> Option<()> {
        let opens = matches!(
            &leaf.record,
            Record::Decision(decision) if matches!(decision.approval, Some(DecisionApproval::Opened(_)))
        );
        let acting = if opens {
            match self.reader.record(leaf.i).await {
                Ok(stored) => acting(&stored, &self.in_force),
                Err(Stopped::Closed) => return None,
                Err(Stopped::Unreadable(error)) => {
                    tracing::error!(%error, "whom an agent acts for cannot be read");
                    None
                }
            }
        } else {
            None
        };
        self.book.take(leaf, acting, &self.in_force, now);
        self.kept.changed |= is_told(leaf);
        Some(())
    }

    /// Starts tries for what is due.
    fn send(&mut self) {
        let mut busy: HashMap<&'static str, usize> = HashMap::new();
        for (_, kind) in self.under_way.values() {
            *busy.entry(kind).or_default() += 1;
        }
        let mut has_room = |kind| {
            let busy = busy.entry(kind).or_default();
            *busy += 1;
            *busy <= AT_ONCE
        };
        for key in self.book.due(Instant::now(), &mut has_room) {
            let Some((matter, letter)) = self.book.letter(&key) else { continue };
            let Some(to) = letter.channels.first().cloned() else { continue };
            let kind = kind(&to);
            let sending = Sending {
                matter: Matter { letters: Vec::new(), ..matter.clone() },
                letter: letter.clone(),
                to,
                reader: self.reader.clone(),
                in_force: Arc::clone(&self.in_force),
                channels: Arc::clone(&self.channels),
                clock: Arc::clone(&self.notifier.clock),
            };
            let started = self.tries.spawn(sending.send());
            self.under_way.insert(started.id(), (key, kind));
        }
    }

    /// Takes what became of a try.
    fn settle(
        &mut self,
        tried: Result<(tokio::task::Id, Result<Option<Posted>, Failure>), tokio::task::JoinError>,
    ) {
        let (id, result) = match tried {
            Ok(tried) => tried,
            Err(error) => (error.id(), Err(Failure::passing("it could not be written"))),
        };
        let Some((key, kind)) = self.under_way.remove(&id) else { return };
        if let Err(failure) = &result {
            (self.notifier.failed)(kind);
            tracing::warn!(
                id = key.0,
                channel = kind,
                reason = failure.reason,
                "a message was not taken"
            );
        }
        let (pace, clock) = (self.notifier.pace, Arc::clone(&self.notifier.clock));
        let recorded = self.book.settle(&key, result, |attempts, retry_after| {
            Instant::now() + wait(pace, attempts, retry_after, clock.as_ref())
        });
        self.unrecorded.extend(recorded);
        self.kept.changed = true;
    }

    /// Records outcomes as far as the ledger has room; a decision comes first.
    fn record(&mut self) {
        while self.unrecorded.len() > MOST_UNRECORDED {
            tracing::warn!("the ledger is too busy for the outcome of a message");
            self.unrecorded.pop_front();
        }
        let Some(store) = self.reader.store() else { return };
        while let Some(outcome) = self.unrecorded.pop_front() {
            let Ok(slot) = store.reserve() else {
                self.unrecorded.push_front(outcome);
                return;
            };
            let at = self.notifier.clock.now();
            let entry = Entry {
                record: Record::ApprovalNotified(outcome),
                at,
                parts: Vec::new(),
                subject: None,
            };
            // Nothing waits for it: what is lost with the process is sent and recorded again.
            drop(slot.enqueue(entry));
        }
    }

    async fn keep_if_due(&mut self) {
        let since = self.kept.at.elapsed();
        let has_grown = self.kept.index != self.next_index;
        if self.kept.changed && since >= KEEP_EVERY || has_grown && since >= KEEP_INDEX_EVERY {
            self.keep().await;
        }
    }

    /// Keeps where it is. A cursor that cannot be kept costs a repeated message after the next start.
    async fn keep(&mut self) {
        let matters: Vec<Matter> = self.book.matters.values().cloned().collect();
        let (next_index, file) = (self.next_index, self.file.clone());
        // With thousands of requests the text is long: who waits for an answer does not wait for it.
        let written = tokio::task::spawn_blocking(move || {
            file.write(&Cursor::new(next_index, matters.iter().collect::<Vec<_>>()).encode())
        });
        let written = written.await;
        if let Ok(Err(error)) = written {
            tracing::warn!(%error, "where the relay is could not be kept");
        }
        self.kept = Kept { at: Instant::now(), index: self.next_index, changed: false };
    }
}

/// Tells whether a record changes what there is to tell.
fn is_told(leaf: &Leaf) -> bool {
    match &leaf.record {
        Record::Decision(decision) => {
            matches!(decision.approval, Some(DecisionApproval::Opened(_)))
        }
        Record::ApprovalVoted(vote) => vote.ended.is_some(),
        Record::ApprovalEnded(_)
        | Record::BreakGlassAsked(_)
        | Record::BreakGlassOpened(_)
        | Record::BreakGlassReviewed(_)
        | Record::UserRedacted(_) => true,
        Record::Started(_)
        | Record::PolicyLoaded(_)
        | Record::PolicyProposed(_)
        | Record::AgentPromoted(_)
        | Record::Outcome(_)
        | Record::OutcomeMissing(_)
        | Record::Audited(_)
        | Record::SessionOpened(_)
        | Record::AgentSuspended(_)
        | Record::AgentResumed(_)
        | Record::KeyCreated(_)
        | Record::KeyRevoked(_)
        | Record::ApprovalNotified(_)
        | Record::ApprovalViewed(_)
        | Record::ToolsOffered(_)
        | Record::Anomaly(_)
        | Record::LogKeyRotated(_)
        | Record::RetentionHoldAdded(_)
        | Record::RetentionHoldReleased(_)
        | Record::SegmentsPruned(_)
        | Record::LogContinued(_)
        | Record::SinkRejected(_)
        | Record::StatementMade(_)
        | Record::StatementWithdrawn(_)
        | Record::DrillRan(_)
        | Record::CallsCounted(_)
        | Record::ReportMade(_)
        | Record::ChecklistJudged(_)
        | Record::IncidentOpened(_)
        | Record::IncidentUpdated(_)
        | Record::IncidentClosed(_) => false,
    }
}

/// Twice as long after every try, a quarter more or less, or as long as the receiver asks for up to five minutes.
pub(crate) fn wait(
    pace: Pace,
    attempts: u32,
    retry_after: Option<Duration>,
    clock: &dyn Clock,
) -> Duration {
    let doubled =
        pace.first.saturating_mul(2_u32.saturating_pow(attempts.saturating_sub(1).min(16)));
    let mut byte = [0];
    clock.fill(&mut byte);
    let [byte] = byte;
    let jittered = doubled.min(pace.most).mul_f64(0.75 + f64::from(byte) / 512.0);
    retry_after.map_or(jittered, |asked| asked.min(Duration::from_secs(300)).max(jittered))
}
