//! Which governance directories were in force, and who brought them.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use syndic_ledger::{Leaf, PolicyLoaded, Record};

use super::count::counts;
use super::days::Days;

/// The most keys whose holder is known.
const MOST_KEYS: usize = 10_000;

counts! {
    /// What changed in the governance directory on a day.
    Changed:
    /// Another directory came into force.
    changed,
    /// Of these, proposed with one key and brought into force with another.
    by_two,
    /// Of these, brought into force with one key.
    by_one,
    /// Of these, taken from the disk: the records name nobody.
    unsigned,
    /// A directory that loosens something was proposed.
    proposed,
}

/// Which governance directories were in force.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Policies {
    pub(crate) in_force: Option<InForce>,
    pub(crate) days: Days<Changed>,
    /// Who holds a key, where a person does.
    holders: HashMap<Box<str>, Box<str>>,
    /// The people by whose keys the directory in force was proposed and loaded.
    authors: BTreeSet<Box<str>>,
}

/// The governance directory in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InForce {
    /// The record that brought it.
    pub(crate) index: u64,
    pub(crate) since: Timestamp,
    pub(crate) loaded: PolicyLoaded,
    /// The manifest of the one before it, where there was one.
    pub(crate) previous: Option<String>,
}

impl InForce {
    /// Tells with how many keys it came into force: none where it was taken from the disk.
    pub(crate) fn keys(&self) -> u8 {
        keys(&self.loaded)
    }
}

fn keys(loaded: &PolicyLoaded) -> u8 {
    match &loaded.proposed_by {
        _ if matches!(loaded.by.as_str(), "start" | "watch") => 0,
        Some(proposed_by) if *proposed_by != loaded.by => 2,
        Some(_) | None => 1,
    }
}

impl Policies {
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        if let Record::PolicyLoaded(loaded) = &leaf.record {
            self.loaded(loaded, leaf);
        } else if let Record::PolicyProposed(_) = leaf.record {
            if let Some(day) = self.days.at(leaf.at) {
                day.records.see(leaf.i);
                day.proposed.see(leaf.i);
            }
        } else if let Record::KeyCreated(key) = &leaf.record
            && key.role != "agent"
            && let Some(holder) = &key.holder
            && self.holders.len() < MOST_KEYS
        {
            self.holders.insert(key.id.as_str().into(), holder.as_str().into());
        }
    }

    /// Tells whether somebody proposed or loaded what is in force.
    pub(crate) fn is_author(&self, person: &str) -> bool {
        self.authors.contains(person)
    }

    fn loaded(&mut self, loaded: &PolicyLoaded, leaf: &Leaf) {
        let before = self.in_force.as_ref().map(|in_force| &in_force.loaded.manifest);
        if before == Some(&loaded.manifest) {
            return;
        }
        let previous = before.cloned();
        if previous.is_some()
            && let Some(day) = self.days.at(leaf.at)
        {
            day.records.see(leaf.i);
            day.changed.see(leaf.i);
            match keys(loaded) {
                0 => day.unsigned.see(leaf.i),
                1 => day.by_one.see(leaf.i),
                _ => day.by_two.see(leaf.i),
            }
        }
        let keys = [Some(&loaded.by), loaded.proposed_by.as_ref()].into_iter().flatten();
        self.authors = keys.filter_map(|key| self.holders.get(key.as_str())).cloned().collect();
        let loaded = loaded.clone();
        self.in_force = Some(InForce { index: leaf.i, since: leaf.at, loaded, previous });
    }
}
