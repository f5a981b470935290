//! The probes: each a pure rule over the evidence.

mod accuracy;
mod clocks;
mod data;
mod drill;
mod identity;
mod incident;
mod log;
mod operation;
mod oversight;
mod policy;
mod risk;
mod stated;
mod supply;
mod transparency;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::facts::{AgentFacts, Count, Span, midnight};
use crate::{Evidence, Figure, Reading, Verdict, Window};

/// Days that a probe looks back, where its own rule says nothing else.
const WINDOW_DAYS: i64 = 30;

/// Says why a rule about the whole log finds nothing.
const NO_RECORD: &str = "the ledger has no record yet";
/// Says why a rule about what an agent does finds nothing.
const NO_CALL: &str = "the agent asked for nothing in the last thirty days";

/// A rule, and the version of it.
pub(crate) struct Probe {
    /// Its id in the catalogue.
    pub(crate) id: &'static str,
    /// It changes whenever the same records could read otherwise.
    pub(crate) version: u32,
    /// For how many days a reading holds.
    pub(crate) fresh_for_days: i64,
    /// The rule; none where this runtime cannot measure it, and then why.
    pub(crate) rule: Result<fn(&Evidence<'_>) -> Found, &'static str>,
}

/// What a rule finds, before the probe puts its name to it.
pub(crate) struct Found {
    pub(crate) verdict: Verdict,
    pub(crate) told: String,
    pub(crate) value: BTreeMap<String, Figure>,
    pub(crate) records: Option<(u64, u64)>,
    pub(crate) cited: Vec<u64>,
    /// When it was found, where that was not now: a drill's or an evaluation's time.
    pub(crate) at: Option<Timestamp>,
    pub(crate) enforcement: bool,
}

/// The probes of every family, in the order of the catalogue.
const FAMILIES: [&[Probe]; 11] = [
    log::PROBES,
    policy::PROBES,
    oversight::PROBES,
    transparency::PROBES,
    data::PROBES,
    accuracy::PROBES,
    supply::PROBES,
    identity::PROBES,
    incident::PROBES,
    risk::PROBES,
    operation::PROBES,
];

/// Measures all that can be measured, and says of the rest why not.
#[must_use]
pub fn measure(evidence: &Evidence<'_>) -> Vec<Reading> {
    FAMILIES.iter().copied().flatten().map(|probe| probe.read(evidence)).collect()
}

impl Probe {
    fn read(&self, evidence: &Evidence<'_>) -> Reading {
        let found = match self.rule {
            Ok(rule) => rule(evidence).unless_empty(evidence),
            Err(why) => Found::unknown(why),
        };
        let at = found.at.unwrap_or(evidence.now);
        let fresh_until = at.checked_add(SignedDuration::from_hours(24 * self.fresh_for_days)).ok();
        let past = fresh_until.is_some_and(|until| until <= evidence.now);
        let verdict = match found.verdict {
            Verdict::Met | Verdict::Partial | Verdict::Told if past => Verdict::Stale,
            verdict @ (Verdict::Met
            | Verdict::Partial
            | Verdict::NotMet
            | Verdict::Unknown
            | Verdict::Stale
            | Verdict::Told) => verdict,
        };
        Reading {
            probe: self.id.to_owned(),
            version: self.version,
            verdict,
            told: found.told,
            value: found.value,
            window: evidence.window(),
            records: found.records,
            cited: found.cited,
            fresh_until: fresh_until.filter(|_| found.verdict != Verdict::Unknown),
            enforcement: found.enforcement,
        }
    }
}

impl<'a> Evidence<'a> {
    /// Returns the window that rules look at: the last thirty days and what there is of today, all in UTC.
    pub(crate) fn window(&self) -> Window {
        let back = SignedDuration::from_hours(24 * WINDOW_DAYS);
        let from = self.now.checked_sub(back).unwrap_or(Timestamp::MIN);
        Window { from: midnight(from), to: self.now }
    }

    /// Returns what the records tell about the agent, where they name it.
    pub(crate) fn agent(&self) -> Option<&'a AgentFacts> {
        self.facts.agent(self.setup.profile.id.as_str())
    }

    /// Returns how many whole days ago a time was.
    pub(crate) fn days_since(&self, at: Timestamp) -> u64 {
        let days = self.now.duration_since(at).as_hours() / 24;
        u64::try_from(days).unwrap_or_default()
    }
}

/// Returns how many thousandths of a whole a part is, rounded down; nothing of nothing.
pub(crate) fn permille(part: u64, whole: u64) -> Option<u64> {
    let thousandths = (u128::from(part) * 1_000).checked_div(u128::from(whole))?;
    u64::try_from(thousandths).ok()
}

/// Lists counts by name.
pub(crate) fn named(counts: &BTreeMap<&str, Count>) -> Figure {
    Figure::List(counts.iter().map(|(name, count)| format!("{name} {}", count.n())).collect())
}

impl Found {
    pub(crate) fn new(verdict: Verdict, told: impl Into<String>) -> Self {
        Self {
            verdict,
            told: told.into(),
            value: BTreeMap::new(),
            records: None,
            cited: Vec::new(),
            at: None,
            enforcement: false,
        }
    }

    pub(crate) fn unknown(why: impl Into<String>) -> Self {
        Self::new(Verdict::Unknown, why)
    }

    /// Says that no record names the agent.
    pub(crate) fn no_agent() -> Self {
        Self::unknown("the ledger has no record of the agent")
    }

    /// Praises nothing where nothing happened yet: a ledger of starts alone shows nothing good.
    fn unless_empty(self, evidence: &Evidence<'_>) -> Self {
        let praises = matches!(self.verdict, Verdict::Met | Verdict::Partial);
        if praises && evidence.facts.is_empty() {
            let told = "nothing happened yet that could show it";
            return Self { verdict: Verdict::Unknown, told: told.to_owned(), ..self };
        }
        self
    }

    /// Adds a value.
    pub(crate) fn with(mut self, name: &str, figure: Figure) -> Self {
        self.value.insert(name.to_owned(), figure);
        self
    }

    /// Adds a number.
    pub(crate) fn count(self, name: &str, count: u64) -> Self {
        self.with(name, Figure::Count(count))
    }

    /// Adds a share in thousandths, where there is anything to share.
    pub(crate) fn share(self, name: &str, part: u64, whole: u64) -> Self {
        match permille(part, whole) {
            Some(share) => self.count(name, share),
            None => self,
        }
    }

    /// Says which records it rests on; the first and the last are cited.
    pub(crate) fn over(mut self, records: Span) -> Self {
        self.records = records.range();
        self.cite(records.range().into_iter().flat_map(|(first, last)| [first, last]))
    }

    /// Cites records that stand for it.
    pub(crate) fn cite(mut self, records: impl IntoIterator<Item = u64>) -> Self {
        self.cited.extend(records);
        self.cited.sort_unstable();
        self.cited.dedup();
        self.cited.truncate(MOST_CITED);
        self
    }

    /// Says when it was found.
    pub(crate) const fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }

    /// Says that it speaks of enforcement.
    pub(crate) const fn enforced(mut self) -> Self {
        self.enforcement = true;
        self
    }
}

/// The most records that stand for a reading.
const MOST_CITED: usize = 8;
