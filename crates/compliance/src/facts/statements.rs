//! What people answer for: the newest statement of each agent about each field, unless it was taken back.

use std::collections::BTreeMap;

use jiff::Timestamp;
use syndic_ledger::{Leaf, Record, StatementMade};

/// The most statements that are kept in mind; a new field beyond that is as if nothing had been stated.
const MOST: usize = 65_536;

/// A statement in the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// What was stated.
    pub made: StatementMade,
    /// When.
    pub at: Timestamp,
    /// The record.
    pub index: u64,
}

/// The statements in force. A newer one takes the place of the one before, so what is taken back leaves none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statements {
    /// By agent and field.
    of: BTreeMap<String, BTreeMap<String, Stated>>,
    count: usize,
}

impl Statements {
    pub(super) fn see(&mut self, leaf: &Leaf) {
        if let Record::StatementMade(made) = &leaf.record {
            self.add(Stated { made: (**made).clone(), at: leaf.at, index: leaf.i });
        } else if let Record::StatementWithdrawn(withdrawn) = &leaf.record
            && let Some(fields) = self.of.get_mut(&withdrawn.agent)
            && fields.get(&withdrawn.field).is_some_and(|stated| stated.made.id == withdrawn.id)
        {
            fields.remove(&withdrawn.field);
            self.count -= 1;
        }
    }

    fn add(&mut self, stated: Stated) {
        let replaces = self.newest(&stated.made.agent, &stated.made.field).is_some();
        if !replaces && self.count >= MOST {
            return;
        }
        self.count += usize::from(!replaces);
        let fields = self.of.entry(stated.made.agent.clone()).or_default();
        fields.insert(stated.made.field.clone(), stated);
    }

    /// Returns the newest statement about a field, whether or not it has expired.
    #[must_use]
    pub fn newest(&self, agent: &str, field: &str) -> Option<&Stated> {
        self.of.get(agent)?.get(field)
    }

    /// Returns the newest statement about each field, in the order of the fields.
    pub fn of(&self, agent: &str) -> impl Iterator<Item = &Stated> {
        self.of.get(agent).into_iter().flat_map(BTreeMap::values)
    }
}
