//! What the words of a status mean.

use super::super::document::{Line, Row, Section, Table};
use super::super::mark::meaning;
use crate::Status;

pub(super) fn section() -> Section {
    let rows = Status::ALL.into_iter().map(|status| {
        let cells = vec![Line::marked(status.into()), Line::told(meaning(status))];
        Row { id: None, cells }
    });
    let table = Table {
        caption: "What the words mean".to_owned(),
        heads: vec!["Status", "Meaning"],
        rows: rows.collect(),
    };
    Section::new("words", "What the words mean").table(table, "")
}
