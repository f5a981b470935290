//! One try of one letter: written anew from the ledger, so that nothing erasable is kept for it.

use std::sync::Arc;

use syndic_ledger::PartName;
use syndic_model::Clock;
use syndic_store::Stored;

use crate::channel::{Channels, Envelope, Failure};
use crate::event::event;
use crate::follow::Reader;
use crate::in_force::InForce;
use crate::matter::{Address, FIRST_STAGE, Letter, Matter, Posted, Recipient};
use crate::notice::{Given, Notice};

/// One try of one letter.
pub(crate) struct Sending {
    pub(crate) matter: Matter,
    pub(crate) letter: Letter,
    pub(crate) to: Address,
    pub(crate) reader: Reader,
    pub(crate) in_force: Arc<InForce>,
    pub(crate) channels: Arc<Channels>,
    pub(crate) clock: Arc<dyn Clock>,
}

impl Sending {
    pub(crate) async fn send(self) -> Result<Option<Posted>, Failure> {
        let reasons = match self.reader.record(self.matter.opened).await {
            Ok(stored) => reasons(&stored),
            Err(_) => return Err(Failure::passing("the request cannot be read")),
        };
        let busy = self.reader.busy().await;
        let envelope =
            self.envelope(&reasons).ok_or_else(|| Failure::passing("the ledger is closed"))?;
        drop(busy);
        self.channels.send(&self.to, &envelope).await
    }

    fn envelope(&self, reasons: &[String]) -> Option<Envelope> {
        let store = self.reader.store()?;
        let (matter, letter) = (&self.matter, &self.letter);
        let id = |stage: &str| {
            store.pseudonym("notice", &format!("{} {} {stage}", matter.id, letter.to.key()))
        };
        let token = match &letter.to {
            Recipient::Person(person) => {
                let secret = store.pseudonym("approval-link", &format!("{} {person}", matter.id));
                Some(format!("{person}.{secret}"))
            }
            Recipient::Group(..) => None,
        };
        let given = Given { in_force: &self.in_force, reasons, token, now: self.clock.now() };
        let stage = letter.about.stage();
        Some(Envelope {
            notice: Notice::new(matter, letter, &given),
            id: id(stage),
            follows: (stage != FIRST_STAGE).then(|| id(FIRST_STAGE)),
            posted: letter.follows.clone(),
            at: letter.written,
            now: given.now,
            event: event(matter, letter.about, &given),
        })
    }
}

/// Reads why an action is held: `policy: reason`.
fn reasons(stored: &Stored) -> Vec<String> {
    #[derive(serde::Deserialize)]
    struct Checks {
        checks: Vec<Check>,
    }
    #[derive(serde::Deserialize)]
    struct Check {
        policy: String,
        result: String,
        reason: Option<String>,
        shadow: bool,
    }
    let text = stored.parts.get(&PartName::Checks).and_then(|part| part.text());
    let checks: Option<Checks> = text.and_then(|text| serde_json::from_str(text).ok());
    let checks = checks.map(|checks| checks.checks).unwrap_or_default();
    let standing = checks.into_iter().filter(|check| check.result != "passed" && !check.shadow);
    standing
        .map(|Check { policy, reason, .. }| match reason {
            Some(reason) => format!("{policy}: {reason}"),
            None => policy,
        })
        .collect()
}
