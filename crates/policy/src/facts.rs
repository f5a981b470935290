//! What the catalogue extracted from arguments.

use std::collections::BTreeSet;

use syndic_model::{Currency, Decimal};

/// The facts of one action; absent ones were declared optional, or not declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// How much money.
    pub amount: Option<Decimal>,
    /// In which currency.
    pub currency: Option<Currency>,
    /// Who receives it: addresses in lower case, without display names.
    pub recipients: Option<BTreeSet<String>>,
    /// How many people are affected.
    pub affected_people: Option<u64>,
    /// Texts that leave the organisation.
    pub content: Option<String>,
    /// What is acted upon.
    pub resource: Option<String>,
}
