//! The ends of what was sent, against values that are split over messages.

use std::collections::{BTreeSet, VecDeque};
use std::num::NonZeroUsize;

use lru::LruCache;
use parking_lot::Mutex;
use serde_json::Value;
use syndic_detect::{Context, Evasion, OverBudget, Tail};
use syndic_governance::Governance;
use syndic_model::{ActionRequest, AgentId, Capability, CatalogueEntry, EventId, Fact, Pointer};
use syndic_policy::{Detected, Facts};

use crate::detect::{context, count, is_of};

/// How many agents and destinations are kept in mind; one that is forgotten begins anew.
const MOST: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
/// How many arguments beside the content are.
const OTHERS: usize = 4;

/// The end of what each agent sent, by whom it went to, whatever the session. It is in memory alone, and gone with the
/// process.
#[derive(Debug)]
pub(crate) struct Tails(Mutex<LruCache<Way, Vec<Sent>>>);

/// From an agent to recipients.
type Way = (AgentId, BTreeSet<String>);

/// What was sent in one place of the arguments.
#[derive(Debug, Clone)]
struct Sent {
    /// The argument, as a JSON pointer. The content, wherever that is, has none.
    place: String,
    tail: Tail,
    /// The actions whose ends the tail holds.
    events: VecDeque<EventId>,
}

impl Sent {
    const fn new(place: String, tail: Tail) -> Self {
        Self { place, tail, events: VecDeque::new() }
    }

    fn note(&mut self, event: EventId, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.tail.push(text);
        self.events.push_back(event);
        while self.events.len() > self.tail.messages() {
            self.events.pop_front();
        }
    }

    /// Finds what a text holds together with what was sent in its place before.
    fn join(&self, text: &str, way: &Joining<'_>) -> Result<Detected, OverBudget> {
        let Joining { governance, request, facts } = way;
        let around = Context { tail: Some(&self.tail), ..context(governance) };
        let end = text.floor_char_boundary(Tail::LENGTH.min(text.len()));
        let beginning = text.get(..end).unwrap_or_default();
        let mut found = governance.scanner.scan(beginning, &around)?;
        found.retain(|finding| finding.evidence.evasion == Some(Evasion::Messages));
        let mut detected = count(governance, request, facts, beginning, &found);
        if !detected.is_empty() {
            let began = found.iter().filter_map(|finding| {
                let nth = self.events.len().checked_sub(finding.evidence.messages_back)?;
                self.events.get(nth).map(ToString::to_string)
            });
            detected.began_in = began.collect();
        }
        Ok(detected)
    }
}

/// What is sent now.
struct Joining<'a> {
    governance: &'a Governance,
    request: &'a ActionRequest,
    facts: &'a Facts,
}

impl Default for Tails {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Tails {
    /// Finds what an action would send together with what was sent the same way before.
    pub(crate) fn join(
        &self,
        governance: &Governance,
        request: &ActionRequest,
        facts: &Facts,
    ) -> Result<Detected, OverBudget> {
        let mut detected = Detected::default();
        let texts = texts(governance, request, facts);
        if texts.is_empty() {
            return Ok(detected);
        }
        let before = self.0.lock().get(&way(request, facts)).cloned();
        let joining = Joining { governance, request, facts };
        for (place, text) in &texts {
            let sent = before.iter().flatten().find(|sent| sent.place == *place);
            if let Some(sent) = sent {
                detected.absorb(sent.join(text, &joining)?);
            }
        }
        Ok(detected)
    }

    /// Takes note of what may be sent.
    pub(crate) fn note(
        &self,
        event: EventId,
        governance: &Governance,
        request: &ActionRequest,
        facts: &Facts,
    ) {
        let texts = texts(governance, request, facts);
        if texts.is_empty() {
            return;
        }
        let mut tails = self.0.lock();
        let all = tails.get_or_insert_mut(way(request, facts), Vec::new);
        for (place, text) in texts {
            let known = all.iter().position(|sent| sent.place == place);
            if known.is_none() && all.len() > OTHERS {
                continue;
            }
            let known = known.unwrap_or_else(|| {
                all.push(Sent::new(place, Tail::default()));
                all.len() - 1
            });
            if let Some(sent) = all.get_mut(known) {
                sent.note(event, text);
            }
        }
    }
}

fn way(request: &ActionRequest, facts: &Facts) -> Way {
    (request.agent.clone(), facts.recipients.clone().unwrap_or_default())
}

/// Returns what an action sends, by its place: the content and, of what goes to others, the first other arguments.
fn texts<'a>(
    governance: &Governance,
    request: &'a ActionRequest,
    facts: &'a Facts,
) -> Vec<(String, &'a str)> {
    let mut texts = Vec::new();
    texts.extend(facts.content.as_deref().map(|text| (String::new(), text)));
    let entry = governance.catalogue.get(&request.action);
    let sends =
        |entry: &&CatalogueEntry| entry.capabilities.contains(&Capability::SendExternalMessage);
    if let (Some(entry), Ok(args)) = (entry.filter(sends), request.args.value()) {
        others(entry, args, &mut String::new(), &mut texts);
    }
    texts
}

/// Adds the arguments at and below `place` that are neither content nor recipients.
fn others<'a>(
    entry: &CatalogueEntry,
    value: &'a Value,
    place: &mut String,
    texts: &mut Vec<(String, &'a str)>,
) {
    if texts.len() > OTHERS {
        return;
    }
    let length = place.len();
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                place.push('/');
                place.push_str(&key.replace('~', "~0").replace('/', "~1"));
                others(entry, value, place, texts);
                place.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                place.push('/');
                place.push_str(&index.to_string());
                others(entry, value, place, texts);
                place.truncate(length);
            }
        }
        // A bare number is of an order or a count; digits of several would be a card's by chance.
        Value::String(text) if !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            let is_known = place.parse::<Pointer>().is_ok_and(|path| {
                is_of(entry, Fact::Content, &path) || is_of(entry, Fact::Recipients, &path)
            });
            if !is_known {
                texts.push((place.clone(), text.as_str()));
            }
        }
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}
