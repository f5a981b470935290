//! Aligned columns.

use std::io;

use crate::output::{Output, Tone};
use crate::visible::visible;
use crate::wrap::wrap;

const GAP: &str = "  ";
/// The longest word that is not cut to fit a terminal: ids are taken from there.
const WORD: usize = 40;
/// What is no wider is short: a time is.
const SHORT: usize = 20;

/// A cell and how it is meant.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    tone: Tone,
}

/// Rows, mostly under a header. On a terminal that is too narrow for them, the widest columns take several lines.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// How wide a column is, and the least that it can be.
#[derive(Debug, Clone, Copy, Default)]
struct Column {
    width: usize,
    least: usize,
}

#[derive(Debug)]
enum Row {
    Cells(Vec<Cell>),
    Below(Cell),
}

impl Cell {
    /// Makes a cell; what hides in the text is shown, not obeyed.
    pub(crate) fn new(tone: Tone, text: impl AsRef<str>) -> Self {
        Self { text: visible(text.as_ref()), tone }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
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
        Self { columns: Vec::new(), rows: Vec::new() }
    }

    /// Sets the least widths of the columns, for rows that are written before others are known.
    pub(crate) fn with_widths(mut self, widths: &[usize]) -> Self {
        self.columns = widths.iter().map(|width| Column { width: *width, least: 0 }).collect();
        self
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, row: Vec<Cell>) {
        self.columns.resize(self.columns.len().max(row.len()), Column::default());
        for (column, cell) in self.columns.iter_mut().zip(&row) {
            column.width = column.width.max(cell.width());
            let words = cell.text.split(' ').map(|word| word.chars().count());
            column.least = column.least.max(words.max().unwrap_or_default().min(WORD));
        }
        self.rows.push(Row::Cells(row));
    }

    /// Adds what belongs to the last row and stands below it, a little further in.
    pub(crate) fn below(&mut self, cell: Cell) {
        self.rows.push(Row::Below(cell));
    }

    /// Writes the rows that were added and forgets them.
    pub(crate) fn write(&mut self, out: &Output) -> io::Result<()> {
        let room = Output::columns();
        let widths = self.fit(room);
        for row in std::mem::take(&mut self.rows) {
            match row {
                Row::Cells(cells) => {
                    for line in lines(&cells, &widths, out) {
                        out.line(line)?;
                    }
                }
                Row::Below(cell) => out.folded(GAP.len(), 0, cell.tone, &cell.text)?,
            }
        }
        Ok(())
    }

    /// Narrows the widest columns, one after the other, until they fit or would have to cut words; those that are short
    /// anyway only where that is not enough.
    fn fit(&self, room: Option<usize>) -> Vec<usize> {
        let mut columns = self.columns.clone();
        let mut all: usize = columns.iter().map(|column| column.width).sum();
        let gaps = GAP.len() * columns.len().saturating_sub(1);
        let room = room.map_or(all, |room| room.saturating_sub(gaps));
        for short in [SHORT, 0] {
            while all > room {
                let narrower = |column: &&mut Column| column.width > column.least.max(short);
                let wide = columns.iter_mut().filter(narrower);
                let Some(widest) = wide.max_by_key(|column| column.width) else { break };
                widest.width -= 1;
                all -= 1;
            }
        }
        columns.iter().map(|column| column.width).collect()
    }
}

/// Returns the lines of a row: as many as the cell that needs most.
fn lines(row: &[Cell], widths: &[usize], out: &Output) -> Vec<String> {
    let folded = row.iter().zip(widths).map(|(cell, width)| (cell.tone, wrap(&cell.text, *width)));
    let folded: Vec<_> = folded.collect();
    let most = folded.iter().map(|(_, lines)| lines.len()).max().unwrap_or_default();
    let nothing = String::new();
    let line = |number: usize| {
        let (mut line, mut pad) = (String::new(), 0);
        for ((tone, lines), width) in folded.iter().zip(widths) {
            let text = lines.get(number).unwrap_or(&nothing);
            line.extend(std::iter::repeat_n(' ', pad));
            if !text.is_empty() {
                line.push_str(&out.paint(*tone, text));
            }
            line.push_str(GAP);
            pad = width.saturating_sub(text.chars().count());
        }
        line.truncate(line.trim_end().len());
        line
    };
    (0..most).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::{Cell, Row, Table, lines};
    use crate::output::Output;

    fn shown(table: &Table, room: Option<usize>) -> Vec<String> {
        let widths = table.fit(room);
        let rows = table.rows.iter().filter_map(|row| match row {
            Row::Cells(cells) => Some(lines(cells, &widths, &Output::new(false))),
            Row::Below(_) => None,
        });
        rows.flatten().collect()
    }

    #[test]
    fn columns_line_up_and_control_characters_show() {
        let mut table = Table::new(&["agent", "why"]);
        table.push(vec![Cell::from("customer-support"), Cell::from("a\u{1b}[31mb")]);
        table.push(vec![Cell::from("kb"), Cell::from("")]);
        let expected = ["agent             why", "customer-support  a\\u{1b}[31mb", "kb"];
        assert_eq!(shown(&table, None), expected);
    }

    #[test]
    fn the_widest_column_takes_several_lines_where_the_terminal_is_narrow_and_words_stay_whole() {
        let mut table = Table::new(&["id", "told", "by"]);
        table.push(vec![
            Cell::from("0190a-7"),
            Cell::from("the disk failed and was replaced"),
            Cell::from("a key"),
        ]);
        let expected = [
            "id       told                  by",
            "0190a-7  the disk failed and   a key",
            "         was replaced",
        ];
        assert_eq!(shown(&table, Some(36)), expected);
        let narrow = shown(&table, Some(10));
        assert!(narrow.iter().any(|line| line == "         replaced"), "{narrow:?}");
    }
}
