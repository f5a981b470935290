//! What people state: a reading tells it, and it is no machine evidence.

use jiff::tz::TimeZone;
use syndic_model::{Statement, StatementField, StatementValue};

use super::Found;
use crate::{Evidence, Figure, Stated, Verdict};

/// The most characters of a statement that a reading repeats.
const MOST_CHARS: usize = 200;

/// What is stated about a field, and has not expired.
struct Word<'a> {
    value: &'a str,
    document: Option<&'a str>,
    record: Option<u64>,
}

/// Tells what is stated about some fields; unknown where nothing is.
pub(super) fn stated(evidence: &Evidence<'_>, fields: &[&str], told: &str, nothing: &str) -> Found {
    let (found, count) = add(evidence, fields, Found::new(Verdict::Told, told));
    if count == 0 { Found::unknown(nothing) } else { found }
}

/// Adds what is stated about some fields, and returns how many of them that are.
pub(super) fn add(evidence: &Evidence<'_>, fields: &[&str], found: Found) -> (Found, usize) {
    fields.iter().fold((found, 0), |(found, count), field| match word(evidence, field) {
        Some(word) => (word.add(field, found), count + 1),
        None => (found, count),
    })
}

/// Finds what is stated about a field: in the ledger or in the governance directory, whichever is newer.
fn word<'a>(evidence: &Evidence<'a>, field: &str) -> Option<Word<'a>> {
    let agent = evidence.setup.profile.id.as_str();
    let recorded = evidence.facts.statements().newest(agent, field);
    let recorded = recorded.filter(|stated| evidence.now < stated.made.expires);
    let field: StatementField = field.parse().ok()?;
    let today = evidence.now.to_zoned(TimeZone::UTC).date();
    let written = evidence.setup.record.statements.get(&field);
    let written = written.filter(|statement| statement.on <= today && today <= statement.expires);
    match (recorded, written) {
        (Some(recorded), Some(written))
            if recorded.at.to_zoned(TimeZone::UTC).date() < written.on =>
        {
            Some(Word::written(written))
        }
        (Some(recorded), _) => Some(Word::recorded(recorded)),
        (None, written) => written.map(Word::written),
    }
}

impl<'a> Word<'a> {
    fn recorded(stated: &'a Stated) -> Self {
        let made = &stated.made;
        let document = made.document.as_deref();
        Self { value: &made.value, document, record: Some(stated.index) }
    }

    fn written(statement: &'a Statement) -> Self {
        let value = match &statement.value {
            StatementValue::Yes => "true",
            StatementValue::No => "false",
            StatementValue::Text(text) => text,
            StatementValue::NotApplicable(_) => "not_applicable",
        };
        Self { value, document: statement.document.as_deref(), record: None }
    }

    fn add(&self, field: &str, found: Found) -> Found {
        let value: String = self.value.chars().take(MOST_CHARS).collect();
        let found = found.with(field, Figure::Text(value)).cite(self.record);
        match self.document {
            Some(hash) => found.with(&format!("{field}_document"), Figure::Text(hash.to_owned())),
            None => found,
        }
    }
}
