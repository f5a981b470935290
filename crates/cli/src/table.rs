//! Aligned columns.

use std::io;

use crate::output::{Output, Tone};
use crate::visible::visible;

const GAP: &str = "  ";

/// A cell and how it is meant.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

/// Rows, mostly under a header, the last column as wide as it likes.
#[derive(Debug)]
pub(crate) struct Table {
    widths: Vec<usize>,
    rows: Vec<Vec<Cell>>,
}

impl Cell {
    /// Makes a cell; what hides in the text is shown, not obeyed.
    pub(crate) fn new(tone: Tone, text: impl AsRef<str>) -> Self {
        Self { text: visible(text.as_ref()), tone }
    }
}

impl<T: AsRef<str>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(Tone::Plain, text)
    }
}

impl Table {
    /// Starts a table with its header.
    pub(crate) fn new(header: &[&str]) -> Self {
        let mut table = Self::without_header();
        table.push(header.iter().map(|text| Cell::new(Tone::Quiet, text)).collect());
        table
    }

    /// Starts a table whose rows speak for themselves.
    pub(crate) const fn without_header() -> Self {
        Self { widths: Vec::new(), rows: Vec::new() }
    }

    /// Sets the least widths of the columns, for rows that are written before others are known.
    pub(crate) fn with_widths(mut self, widths: &[usize]) -> Self {
        self.widths = widths.to_vec();
        self
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: Vec<Cell>) {
        self.widths.resize(self.widths.len().max(row.len()), 0);
        for (width, cell) in self.widths.iter_mut().zip(&row) {
            *width = (*width).max(cell.text.chars().count());
        }
        self.rows.push(row);
    }

    /// Writes the rows that were added and forgets them.
    pub(crate) fn write(&mut self, out: &Output) -> io::Result<()> {
        for row in std::mem::take(&mut self.rows) {
            out.line(self.line(&row, out))?;
        }
        Ok(())
    }

    fn line(&self, row: &[Cell], out: &Output) -> String {
        let mut line = String::new();
        let mut pad = 0;
        for (cell, width) in row.iter().zip(&self.widths) {
            line.extend(std::iter::repeat_n(' ', pad));
            line.push_str(&out.paint(cell.tone, &cell.text));
            line.push_str(GAP);
            pad = width.saturating_sub(cell.text.chars().count());
        }
        line.truncate(line.trim_end().len());
        line
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Table};
    use crate::output::Output;

    #[test]
    fn columns_line_up_and_control_characters_show() {
        let out = Output::new(false);
        let mut table = Table::new(&["agent", "why"]);
        table.push(vec![Cell::from("customer-support"), Cell::from("a\u{1b}[31mb")]);
        table.push(vec![Cell::from("kb"), Cell::from("")]);
        let lines: Vec<_> = table.rows.iter().map(|row| table.line(row, &out)).collect();
        let expected = ["agent             why", "customer-support  a\\u{1b}[31mb", "kb"];
        assert_eq!(lines, expected);
    }
}
