//! Short values that stand under the same key of several objects in a row.

use super::pieces::Pieces;
use super::place::Step;

/// More rows are a table.
const ROWS: usize = 24;
/// More columns, too.
const COLUMNS: usize = 8;

/// What stands under each key of the objects of an array.
#[derive(Debug, Default)]
pub(super) struct Columns<'a> {
    columns: Vec<(&'a str, Pieces<'a>)>,
    rows: usize,
}

impl<'a> Columns<'a> {
    /// Adds the short values of the object at `step`.
    pub(super) fn add(&mut self, row: &Pieces<'a>, step: Step<'a>) {
        self.rows += 1;
        if self.rows > ROWS {
            self.columns.clear();
            return;
        }
        for (text, piece) in row.each() {
            let Step::Object(key) = piece.step() else { continue };
            let place = self.columns.iter().position(|(known, _)| *known == key);
            let place = place.unwrap_or(self.columns.len());
            if place == self.columns.len() && place < COLUMNS {
                self.columns.push((key, Pieces::default()));
            }
            if let Some((_, column)) = self.columns.get_mut(place) {
                // What there is no room for is no piece any more.
                column.push_within(text, piece, step);
            }
        }
    }

    /// Returns what stands under each key.
    pub(super) fn into_columns(self) -> impl Iterator<Item = (&'a str, Pieces<'a>)> {
        self.columns.into_iter()
    }
}
