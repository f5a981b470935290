//! Tables in a text: CSV, TSV, Markdown, `COPY … FROM stdin`, `INSERT INTO … VALUES`. The header of a column says of each
//! cell below it what a key says of its value.
//!
//! A header is a line of short names, one of them a keyword, with as many separators as the next line. Each cell of
//! such a column is then searched by itself. A text without one costs a look at the beginnings of its lines.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr2_iter, memchr3, memrchr};

use crate::bytes::{at, before, cut};
use crate::hit::Hit;
use crate::kinds::Kinds;
use crate::limits::Budget;
use crate::near::says;
use crate::{Context, OverBudget, Region, Scanner, secrets};

/// The most columns that are told apart.
const COLUMNS: usize = 32;
/// The longest header, and the longest name in it.
const HEADER: usize = 1024;
const NAME: usize = 40;
/// The longest row of what is inserted.
const ROW: usize = 4096;
/// The shortest and the longest cell that is searched.
const SHORTEST: usize = 3;
const LONGEST: usize = 128;

const VALUES: &[u8] = b"VALUES";

/// Adds what the cells of tables hold that only their header tells of.
pub(crate) fn find(
    scanner: &Scanner,
    text: &[u8],
    context: &Context<'_>,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let found = Vec::new();
    let region = context.region;
    let mut search =
        Search { scanner, text, region, budget, hits, found, count: 0, known: 0, sorted: false };
    for letter in memchr2_iter(b'V', b'v', text) {
        let word = cut(text, letter, letter + VALUES.len());
        if before(text, letter) == b' ' && (word == VALUES || word == b"values") {
            search.inserted(letter - 1)?;
        }
    }
    let mut start = 0;
    for end in memchr_iter(b'\n', text) {
        if end < start {
            continue;
        }
        let table = Table::begin(text, start..end);
        start = match table {
            Some(table) => search.rows(&table, end + 1)?,
            None => end + 1,
        };
    }
    if search.sorted {
        scanner.keep_reported(0, hits);
    }
    Ok(())
}

/// The names of columns, where they stand, and what separates the cells below.
struct Table {
    columns: Vec<Range<usize>>,
    separator: u8,
}

impl Table {
    /// Reads the line at `line` as a header, if it looks like one and the next line has as many cells.
    fn begin(text: &[u8], line: Range<usize>) -> Option<Self> {
        let header = text.get(line.clone())?;
        if !(3..=HEADER).contains(&header.len()) {
            return None;
        }
        let next = || line_at(text, line.end + 1);
        if header.starts_with(b"COPY ")
            && memchr3(b',', b'\t', b'|', header).map(|first| at(header, first)) == Some(b',')
        {
            let list = line.start + memchr(b'(', header)? + 1..line.start + memchr(b')', header)?;
            let columns = names(text, list, b',')?;
            return is_row(text, next(), b'\t', columns.len())
                .then_some(Self { columns, separator: b'\t' });
        }
        let (first, separator) = first_cell(header)?;
        let rest = line.start + first + 1..line.end;
        let second = memchr(separator, cut(text, rest.start, rest.end)).unwrap_or(rest.len());
        let second = trimmed(text, rest.start..rest.start + second);
        if !is_name(cut(text, second.start, second.end)) {
            return None;
        }
        let count = memchr_iter(separator, header).count() + 1;
        let next = next();
        let below = text.get(next.clone()).unwrap_or_default();
        let ruled = is_rule(below);
        if count > COLUMNS || !(ruled || is_row(text, next, separator, count)) {
            return None;
        }
        Some(Self { columns: names(text, line, separator)?, separator })
    }
}

/// Where the first cell of a header ends, and with which separator: after a name, or at the beginning of the line.
fn first_cell(header: &[u8]) -> Option<(usize, u8)> {
    let head = header.get(..NAME + 1).unwrap_or(header);
    let first = match memchr3(b',', b'\t', b'|', head) {
        Some(first) => first,
        None => memchr(b';', head).filter(|_| memchr3(b',', b'\t', b'|', header).is_none())?,
    };
    (first == 0 || is_name(cut(header, 0, first))).then_some((first, at(header, first)))
}

/// The names in a header, if all are names and one of them tells what stands below it.
fn names(text: &[u8], header: Range<usize>, separator: u8) -> Option<Vec<Range<usize>>> {
    let mut cells = Vec::with_capacity(8);
    split(text, header, separator, |cell| cells.push(cell));
    let all = cells.len() > 1
        && cells.len() <= COLUMNS
        && cells.iter().all(|cell| cell.is_empty() || is_name(cut(text, cell.start, cell.end)));
    (all && cells.iter().any(|cell| tells(cut(text, cell.start, cell.end)))).then_some(cells)
}

/// Tells whether a cell is like the name of a column: a few words.
fn is_name(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.len() <= NAME
        && cell.first().is_none_or(|byte| !byte.is_ascii_digit())
        && cell.iter().filter(|byte| **byte == b' ').count() < 4
        && cell.iter().all(|byte| is_of_name(*byte))
}

/// Tells whether names of columns have such a byte.
#[inline]
const fn is_of_name(byte: u8) -> bool {
    const SIGNS: u128 = {
        let (mut signs, mut rest) = (0, b" _-./#\"'`*()|\r".as_slice());
        while let [sign, tail @ ..] = rest {
            signs |= 1 << *sign;
            rest = tail;
        }
        signs
    };
    byte >= 0x80 || byte.is_ascii_alphanumeric() || SIGNS >> byte & 1 == 1
}

/// Tells whether a name says what the cells below it are.
fn tells(name: &[u8]) -> bool {
    !keyword(name).is_empty() || secrets::is_name(name)
}

/// What its last keyword says.
fn keyword(name: &[u8]) -> Kinds {
    let words = name.rsplit(|byte| !byte.is_ascii_alphabetic() && *byte < 0x80);
    words.map(says).find(|said| !said.is_empty()).unwrap_or(Kinds::NONE)
}

/// Tells whether a line only separates a header from its rows: `| --- | :-: |`, `----+----`.
fn is_rule(line: &[u8]) -> bool {
    line.len() > 2
        && line.iter().all(|byte| b"-+|:= \t\r".contains(byte))
        && memchr(b'-', line).is_some()
}

fn is_row(text: &[u8], line: Range<usize>, separator: u8, cells: usize) -> bool {
    let bytes = cut(text, line.start, line.end);
    // Those within quotes separate nothing.
    if memchr_iter(separator, bytes).count() + 1 < cells {
        return false;
    }
    let mut count = 0;
    split(text, line, separator, |_| count += 1);
    count == cells
}

/// The line that begins at `start`, without its end.
fn line_at(text: &[u8], start: usize) -> Range<usize> {
    let rest = text.get(start..).unwrap_or_default();
    start..start + memchr(b'\n', rest).unwrap_or(rest.len())
}

/// Visits the cells of a row, without blanks and quotes around them. A separator within quotes separates nothing.
fn split(text: &[u8], row: Range<usize>, separator: u8, mut cell: impl FnMut(Range<usize>)) {
    let bytes = cut(text, row.start, row.end);
    if memchr2(b'"', b'\'', bytes).is_some() {
        return split_quoted(text, row, separator, cell);
    }
    let mut start = row.start;
    for place in memchr_iter(separator, bytes) {
        cell(trimmed(text, start..row.start + place));
        start = row.start + place + 1;
    }
    cell(trimmed(text, start..row.end));
}

fn split_quoted(text: &[u8], row: Range<usize>, separator: u8, mut cell: impl FnMut(Range<usize>)) {
    let (mut start, mut quote) = (row.start, 0);
    for place in row.clone() {
        let byte = at(text, place);
        if quote != 0 {
            if byte == quote {
                quote = 0;
            }
        } else if matches!(byte, b'"' | b'\'') && is_blank(text, start..place) {
            quote = byte;
        } else if byte == separator {
            cell(trimmed(text, start..place));
            start = place + 1;
        }
    }
    cell(trimmed(text, start..row.end));
}

fn is_blank(text: &[u8], span: Range<usize>) -> bool {
    span.len() < 4 && cut(text, span.start, span.end).iter().all(u8::is_ascii_whitespace)
}

fn trimmed(text: &[u8], cell: Range<usize>) -> Range<usize> {
    let Range { mut start, mut end } = cell;
    let around = |byte: u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`');
    while start < end && around(at(text, start)) {
        start += 1;
    }
    while start < end && around(before(text, end)) {
        end -= 1;
    }
    start..end
}

/// What the name of a column says of its cells.
#[derive(Debug, Clone, Copy)]
enum Says<'a> {
    Nothing,
    /// What they are; whether it promises a secret.
    Key(&'a str, bool),
    /// That they are nobody's: `sku`, `order`.
    Other,
}

/// What searches cells.
struct Search<'a, 'b> {
    scanner: &'a Scanner,
    text: &'a [u8],
    region: Option<Region>,
    budget: &'b mut Budget,
    hits: &'b mut Vec<Hit>,
    /// What is found in one cell.
    found: Vec<Hit>,
    /// How much in all.
    count: usize,
    /// What was found before, by its place from when it was first asked for.
    known: usize,
    sorted: bool,
}

impl Search<'_, '_> {
    /// Searches the rows from `start` on that have as many cells as `table` has columns. Returns where they end.
    fn rows(&mut self, table: &Table, start: usize) -> Result<usize, OverBudget> {
        let told = told(self.text, &table.columns);
        let mut start = start;
        while start < self.text.len() {
            let line = line_at(self.text, start);
            let end = line.end;
            if !is_rule(cut(self.text, line.start, line.end))
                && !self.row(&told, line, table.separator)?
            {
                break;
            }
            start = end + 1;
        }
        Ok(start)
    }

    /// Searches the rows behind the word `VALUES` at `place`, behind a list of columns.
    fn inserted(&mut self, place: usize) -> Result<(), OverBudget> {
        let head = place.saturating_sub(HEADER)..place;
        let list = trimmed(self.text, head);
        if before(self.text, list.end) != b')' {
            return Ok(());
        }
        let Some(open) = memrchr(b'(', cut(self.text, list.start, list.end)) else { return Ok(()) };
        let list = list.start + open + 1..list.end - 1;
        self.budget.spend(list.len())?;
        let Some(columns) = names(self.text, list, b',') else { return Ok(()) };
        let told = told(self.text, &columns);
        let mut start = place + " VALUES".len();
        loop {
            let blanks = |byte: u8| byte.is_ascii_whitespace() || byte == b',';
            start += crate::bytes::run(self.text, start, 16, blanks);
            if at(self.text, start) != b'(' {
                return Ok(());
            }
            let Some(end) = closing(self.text, start + 1) else {
                return self.budget.spend(ROW);
            };
            self.row(&told, start + 1..end, b',')?;
            start = end + 1;
        }
    }

    /// Searches one row; tells whether it has as many cells as there are columns.
    fn row(
        &mut self,
        columns: &[Says<'_>],
        row: Range<usize>,
        separator: u8,
    ) -> Result<bool, OverBudget> {
        let mut cells = [const { 0..0 }; COLUMNS];
        let mut count = 0;
        self.budget.spend(row.len())?;
        split(self.text, row, separator, |cell| {
            if let Some(slot) = cells.get_mut(count) {
                *slot = cell;
            }
            count += 1;
        });
        if count != columns.len() {
            return Ok(false);
        }
        for (cell, key) in cells.into_iter().zip(columns) {
            match *key {
                Says::Key(key, is_secret) => self.cell((key, is_secret), cell)?,
                Says::Other => self.doubt(&cell),
                Says::Nothing => {}
            }
        }
        Ok(true)
    }

    /// Searches a cell; what is found counts if its column tells of it and it is most of the cell.
    fn cell(&mut self, key: (&str, bool), cell: Range<usize>) -> Result<(), OverBudget> {
        let bytes = cut(self.text, cell.start, cell.end);
        if !(SHORTEST..=LONGEST).contains(&bytes.len()) {
            return Ok(());
        }
        self.budget.spend(64)?;
        self.scanner.scan_value(bytes, key, self.region, self.budget, &mut self.found)?;
        for hit in self.found.drain(..) {
            if hit.context && 2 * hit.span.len() > bytes.len() {
                let span = cell.start + hit.span.start..cell.start + hit.span.end;
                self.hits.push(Hit { span, ..hit });
                self.count += 1;
            }
        }
        self.budget.admit(self.count)
    }

    /// Takes from the score of a number that stands in a cell, as the word right before it would.
    fn doubt(&mut self, cell: &Range<usize>) {
        if cell.len() < DOUBTED {
            return;
        }
        if !self.sorted {
            self.hits.sort_by_key(|hit| hit.span.start);
            (self.sorted, self.known) = (true, self.hits.len());
        }
        let known = self.hits.get_mut(..self.known).unwrap_or_default();
        let first = known.partition_point(|hit| hit.span.start < cell.start);
        let within = known.iter_mut().skip(first).take_while(|hit| hit.span.end <= cell.end);
        for hit in within {
            let value = cut(self.text, hit.span.start, hit.span.end);
            let number = |byte: &u8| byte.is_ascii_digit() || b" -.()/".contains(byte);
            if !hit.context && value.iter().all(number) {
                hit.score = hit.score.saturating_sub(40);
            }
        }
    }
}

/// The shortest cell that a number of somebody may stand in.
const DOUBTED: usize = 7;

/// What each column says.
fn told<'a>(text: &'a [u8], columns: &[Range<usize>]) -> Vec<Says<'a>> {
    let said = |span: &Range<usize>| {
        let name = cut(text, span.start, span.end);
        match std::str::from_utf8(name) {
            Ok(key) if secrets::is_name(name) => Says::Key(key, true),
            Ok(_) if keyword(name).meets(Kinds::OTHER) => Says::Other,
            Ok(key) if !keyword(name).is_empty() => Says::Key(key, false),
            Ok(_) | Err(_) => Says::Nothing,
        }
    };
    columns.iter().map(said).collect()
}

/// Returns where the parenthesis closes that encloses `start`, outside of quotes, if it is not far.
fn closing(text: &[u8], start: usize) -> Option<usize> {
    let mut quote = false;
    let near = text.get(start..text.len().min(start + ROW))?;
    let end = near.iter().position(|byte| {
        quote ^= *byte == b'\'';
        !quote && *byte == b')'
    });
    end.map(|length| start + length)
}
