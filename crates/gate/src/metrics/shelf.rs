//! The values of one family for one agent. Counting takes no memory once a series is there, and rendering copies text
//! that is ready: a hundred thousand series are told in the time that a decision may wait.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::RwLock;

use crate::metrics::descriptor::{Descriptor, MetricKind};

/// The most words that a last label may have.
const MOST_WORDS: usize = 5;
const NOWHERE: u32 = u32::MAX;

/// A family of which each agent has its own part. Its labels are the agent, then a name where `words` leaves one, then
/// one of `words`.
#[derive(Debug)]
pub(super) struct Form {
    pub(super) descriptor: &'static Descriptor,
    pub(super) words: &'static [&'static str],
}

/// See the module.
#[derive(Debug)]
pub(super) struct Shelf {
    form: &'static Form,
    /// What every line begins with.
    head: String,
    kept: RwLock<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    places: HashMap<Box<str>, [u32; MOST_WORDS]>,
    values: Vec<AtomicU64>,
    /// What follows the head of each line, one after another, up to `ends`.
    tails: String,
    ends: Vec<usize>,
}

impl Form {
    fn is_named(&self) -> bool {
        self.descriptor.labels.len() > 1 + usize::from(!self.words.is_empty())
    }

    fn tail(&self, name: &str, word: usize) -> String {
        let mut tail = String::new();
        let mut labels = self.descriptor.labels.iter().skip(1);
        let named = self.is_named().then_some(name);
        for value in named.into_iter().chain(self.words.get(word).copied()) {
            let label = labels.next().copied().unwrap_or_default();
            // Writing to a string cannot fail, here as below.
            let _ = write!(tail, ",{label}=\"{}\"", Escaped(value));
        }
        tail.push_str("} ");
        tail
    }
}

impl Shelf {
    pub(super) fn new(form: &'static Form, agent: &str) -> Self {
        let Descriptor { name, kind, labels, .. } = form.descriptor;
        let total = if *kind == MetricKind::Counter { "_total" } else { "" };
        let label = labels.first().copied().unwrap_or_default();
        let head = format!("{name}{total}{{{label}=\"{}\"", Escaped(agent));
        Self { form, head, kept: RwLock::default() }
    }

    /// Adds one; with no name or no words, those are `""` and 0.
    pub(super) fn count(&self, name: &str, word: usize) {
        self.with(name, word, |value| {
            value.fetch_add(1, Ordering::Relaxed);
        });
    }

    /// Makes a series that is told from now on, at 0 where it is new.
    pub(super) fn begin(&self, name: &str, word: usize) {
        self.with(name, word, |_| ());
    }

    pub(super) fn set(&self, name: &str, word: usize, to: u64) {
        self.with(name, word, |value| value.store(to, Ordering::Relaxed));
    }

    fn with(&self, name: &str, word: usize, change: impl Fn(&AtomicU64)) {
        if let Some(value) = self.kept.read().find(name, word) {
            return change(value);
        }
        let mut kept = self.kept.write();
        kept.make(self.form, name, word, 0);
        kept.find(name, word).into_iter().for_each(change);
    }

    /// Forgets the series whose name is not `known`.
    pub(super) fn retain(&self, known: impl Fn(&str) -> bool) {
        let mut kept = self.kept.write();
        if kept.places.keys().all(|name| known(name)) {
            return;
        }
        let former = std::mem::take(&mut *kept);
        for (name, places) in former.places.iter().filter(|(name, _)| known(name)) {
            for (word, place) in places.iter().enumerate() {
                if let Some(value) = former.value(*place) {
                    kept.make(self.form, name, word, value.load(Ordering::Relaxed));
                }
            }
        }
    }

    /// Writes a line for each series. Nobody who counts waits for it, but for a series that is new.
    pub(super) fn render(&self, text: &mut String) {
        let kept = self.kept.read();
        let mut begin = 0;
        for (end, value) in kept.ends.iter().zip(&kept.values) {
            text.push_str(&self.head);
            text.push_str(kept.tails.get(begin..*end).unwrap_or_default());
            let _ = writeln!(text, "{}", value.load(Ordering::Relaxed));
            begin = *end;
        }
    }
}

impl Kept {
    fn find(&self, name: &str, word: usize) -> Option<&AtomicU64> {
        self.value(*self.places.get(name)?.get(word)?)
    }

    fn value(&self, place: u32) -> Option<&AtomicU64> {
        self.values.get(usize::try_from(place).ok()?)
    }

    fn make(&mut self, form: &Form, name: &str, word: usize, value: u64) {
        let places = self.places.entry(name.into()).or_insert([NOWHERE; MOST_WORDS]);
        let next = u32::try_from(self.values.len()).unwrap_or(NOWHERE);
        let Some(place) = places.get_mut(word).filter(|place| **place == NOWHERE) else { return };
        *place = next;
        self.values.push(AtomicU64::new(value));
        self.tails.push_str(&form.tail(name, word));
        self.ends.push(self.tails.len());
    }
}

/// The value of a label as the format has it.
struct Escaped<'a>(&'a str);

impl std::fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\\' => f.write_str("\\\\"),
            '"' => f.write_str("\\\""),
            '\n' => f.write_str("\\n"),
            c => f.write_char(c),
        })
    }
}
