//! Comma-separated values (RFC 4180) that no spreadsheet takes for formulas.

use std::io::{self, Write};

use syndic_api::Event;

use super::{NAMES, Sink, cells};

pub(super) struct Rows<W: Write>(W);

impl<W: Write> Rows<W> {
    pub(super) fn new(mut to: W) -> io::Result<Self> {
        to.write_all(row(NAMES.iter().map(|name| Some(*name))).as_bytes())?;
        Ok(Self(to))
    }
}

impl<W: Write> Sink for Rows<W> {
    fn write(&mut self, event: &Event) -> anyhow::Result<()> {
        let cells = cells(event);
        Ok(self.0.write_all(row(cells.iter().map(Option::as_deref)).as_bytes())?)
    }

    fn finish(mut self: Box<Self>) -> anyhow::Result<()> {
        Ok(self.0.flush()?)
    }
}

fn row<'a>(cells: impl Iterator<Item = Option<&'a str>>) -> String {
    let cells: Vec<_> = cells.map(|cell| cell.map(quoted).unwrap_or_default()).collect();
    cells.join(",") + "\r\n"
}

/// Quotes a cell where it needs it, and takes the meaning from what a spreadsheet would run.
fn quoted(text: &str) -> String {
    let is_formula = text
        .trim_start()
        .starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
        || text.starts_with(['\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    if is_formula || text.contains(['"', ',', '\r', '\n']) {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{quoted, row};

    #[test]
    fn cells_are_quoted_and_never_a_formula() {
        for (text, expected) in [
            ("", ""),
            ("plain text", "plain text"),
            ("a,b", "\"a,b\""),
            ("a\"b", "\"a\"\"b\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            (" @SUM(A1)", "\"' @SUM(A1)\""),
            ("+49", "\"'+49\""),
            ("-1", "\"'-1\""),
            ("\t=1", "\"'\t=1\""),
            ("\u{ff1d}1", "\"'\u{ff1d}1\""),
            ("a=1", "a=1"),
        ] {
            assert_eq!(quoted(text), expected, "{text:?}");
        }
        assert_eq!(row([Some("a"), None, Some("b,")].into_iter()), "a,,\"b,\"\r\n");
    }
}
