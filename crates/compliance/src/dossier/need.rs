//! What only a person can say.

use super::basis::Basis;
use super::{Needed, Shown, Source};
use crate::remedy::attest;
use crate::{Standing, StatementEntry};

/// Something that only a person can say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    /// What a statement that carries it is about: a field, or a control.
    field: &'static str,
    /// What is asked of them.
    asks: &'static str,
    takes: Takes,
}

/// What a statement has to have to carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// Somebody's word.
    Word,
    /// A text, or the document that has it.
    Text,
    /// A look into the document, since the statement is about more than this.
    Document,
}

impl Need {
    /// Something that somebody has to answer for.
    pub(super) const fn word(field: &'static str, asks: &'static str) -> Self {
        Self { field, asks, takes: Takes::Word }
    }

    /// Something that somebody has to write down.
    pub(super) const fn text(field: &'static str, asks: &'static str) -> Self {
        Self { field, asks, takes: Takes::Text }
    }

    /// Something that stands in a document among other things.
    pub(super) const fn document(field: &'static str, asks: &'static str) -> Self {
        Self { field, asks, takes: Takes::Document }
    }

    /// Returns what somebody says of it, and what is still asked of a person.
    pub(super) fn look(self, basis: &Basis<'_>) -> (Option<Shown>, Option<Needed>) {
        let Some(entry) = basis.statement(self.field) else {
            return (None, Some(self.open("nobody has stated it".to_owned(), basis)));
        };
        match entry.standing {
            Standing::Holds if !self.is_carried(entry) => {
                let lacks = match self.takes {
                    Takes::Word | Takes::Text => {
                        "neither gives the text nor names the document that has it"
                    }
                    Takes::Document => "names no document that has it",
                };
                let why = format!("{} says so, and {lacks}", entry.by);
                (Some(said(entry)), Some(self.open(why, basis)))
            }
            Standing::Holds if self.takes == Takes::Document => {
                let why = format!(
                    "{} answers for the whole by a document; whether this is in it, only its reader can say",
                    entry.by
                );
                let document = entry.document.as_deref().unwrap_or_default();
                let closes = format!("read the document whose SHA-256 is {document}");
                (Some(said(entry)), Some(self.needed(why, closes)))
            }
            Standing::Holds | Standing::NotApplicable => (Some(said(entry)), None),
            Standing::Denied => {
                let why = format!("{} says that it is not so", entry.by);
                (None, Some(self.open(why, basis)))
            }
            Standing::Outdated | Standing::Expired | Standing::Ahead => {
                (None, Some(self.open(entry.why.clone(), basis)))
            }
        }
    }

    fn is_carried(self, entry: &StatementEntry) -> bool {
        match self.takes {
            Takes::Word => true,
            Takes::Text => entry.value != "true" || entry.document.is_some(),
            Takes::Document => entry.document.is_some(),
        }
    }

    fn open(self, why: String, basis: &Basis<'_>) -> Needed {
        let mut closes = attest(basis.setup.profile.id.as_str(), self.field);
        if self.takes != Takes::Word && closes.contains(" --value true ") {
            closes.push_str(" --document FILE");
        }
        self.needed(why, closes)
    }

    fn needed(self, why: String, closes: String) -> Needed {
        Needed { asks: self.asks.to_owned(), why, field: self.field.to_owned(), closes }
    }
}

fn said(entry: &StatementEntry) -> Shown {
    let told = match (&entry.reason, &entry.document) {
        (Some(reason), _) => format!("does not apply: {reason}"),
        (None, Some(_)) if entry.value == "true" => {
            format!("{} answers for it, by a document", entry.by)
        }
        (None, _) if entry.value == "true" => "it is so".to_owned(),
        (None, _) => entry.value.clone(),
    };
    let from = Source::Statement {
        field: entry.field.clone(),
        by: entry.by.clone(),
        function: entry.function.clone(),
        document: entry.document.clone(),
        record: entry.record,
    };
    Shown { what: format!("statement of `{}`", entry.field), told, on: entry.on, from }
}
