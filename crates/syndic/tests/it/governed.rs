//! A governance directory in a temporary place, and short ways to ask.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use syndic::{Builder, Clock as _, Decided, EventFilter, Governor, Policy, Request};
use syndic_testkit::TestClock;
use tempfile::TempDir;

/// The shipped governance directory, for a test to change.
pub(crate) struct Governed {
    place: TempDir,
    pub(crate) clock: Arc<TestClock>,
}

impl Governed {
    pub(crate) fn shipped() -> Self {
        let place = tempfile::tempdir().unwrap();
        syndic::init(&place.path().join("governance")).unwrap();
        Self { place, clock: Arc::new(TestClock::at("2026-11-23T12:00:00Z")) }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.place.path().join("governance")
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        fs::write(self.dir().join(path), text).unwrap();
    }

    pub(crate) fn replace(&self, path: &str, from: &str, to: &str) {
        let text = fs::read_to_string(self.dir().join(path)).unwrap();
        assert!(text.contains(from), "{path} has no {from}");
        self.write(path, &text.replace(from, to));
    }

    pub(crate) fn builder(&self) -> Builder {
        Governor::builder(self.dir()).clock(self.clock.clone())
    }

    pub(crate) async fn open(&self) -> Governor {
        self.builder().open().await.unwrap()
    }

    pub(crate) async fn with(&self, policy: Policy) -> Governor {
        self.builder().native(policy).open().await.unwrap()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

pub(crate) fn refund(amount: u32) -> Request {
    Request::new("customer-support", "issue_refund").arg("order_id", "A-1").arg("amount", amount)
}

/// The effect and every reason, in one line.
pub(crate) fn told(decided: &Decided) -> String {
    let reasons = decided.reasons().into_iter().map(|reason| format!("; {reason}"));
    format!("{}{}", decided.effect, reasons.collect::<String>())
}

pub(crate) async fn events(governor: &Governor) -> Vec<syndic::AuditEvent> {
    let filter = EventFilter { limit: 100, ..EventFilter::default() };
    governor.events(filter).await.unwrap().events
}
