//! Events as an agent leaves them, made up for what measures many.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::Timestamp;
use syndic_gate::SystemClock;
use syndic_ledger::{Counted, Decision};
use syndic_model::Clock;
use syndic_store::{Entry, Pending, Store};

/// How many records are on their way at once.
pub const AT_ONCE: usize = 4096;

/// A clock that goes on by hand.
#[derive(Debug)]
pub struct Passing(AtomicI64);

impl Clock for Passing {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::Relaxed)).unwrap_or_default()
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}

/// Writes the records of so many events, of which one happens every `every_ms` after `since`.
pub fn write<const RECORDS: usize>(
    store: &Store,
    count: u64,
    (since, every_ms): (Timestamp, i64),
    event: impl Fn(u64, &Passing) -> [Entry; RECORDS],
) -> anyhow::Result<()> {
    let clock = Passing(AtomicI64::new(since.as_millisecond()));
    let mut pending = VecDeque::with_capacity(AT_ONCE);
    for n in 0..count {
        clock.0.fetch_add(every_ms, Ordering::Relaxed);
        for entry in event(n, &clock) {
            if pending.len() == AT_ONCE {
                let first: Option<Pending> = pending.pop_front();
                first.map(Pending::wait).transpose()?;
            }
            pending.push_back(store.reserve()?.enqueue(entry));
        }
    }
    for pending in pending {
        pending.wait()?;
    }
    Ok(())
}

/// Makes up a decision that allows a refund.
pub fn decision(id: String, agent: String, session: String) -> Decision {
    Decision {
        id,
        agent,
        agent_version: "1.4.2".into(),
        action: "issue_refund".into(),
        undeclared: false,
        tool: Some("issue_refund".into()),
        server: None,
        tool_pin: None,
        session: Some(session),
        user_ref: None,
        model: Some("model-2026-10".into()),
        asked_by: "a1b2c3d4e5f6".into(),
        grade: "cooperative".into(),
        risk: "medium".into(),
        mode: "enforce".into(),
        owner: Some("support lead (support)".into()),
        effect: "allow".into(),
        allowed: true,
        violations: Vec::new(),
        revision: "0123456789ab".into(),
        counted: Counted::default(),
        labels: Vec::new(),
        args_digest: None,
        chain: Vec::new(),
        parent: None,
        idempotency: None,
        approval: None,
        break_glass: Vec::new(),
    }
}
