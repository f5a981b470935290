//! A document as Markdown (GFM).

mod escape;

use std::fmt::Write as _;

use self::escape::{code, escape};
use super::document::{Block, Document, Line, Piece, Section, Table};
use super::told::visible;

/// Writes a document.
pub(crate) fn write(document: &Document) -> String {
    let mut out = format!("# {}\n\n", line(&document.title));
    document.lead.iter().for_each(|one| block(one, &mut out));
    document.sections.iter().for_each(|one| section(one, 2, &mut out));
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn section(section: &Section, level: usize, out: &mut String) {
    // Writing to a string does not fail.
    let _written = write!(out, "{} {}\n\n", "#".repeat(level), line(&section.title));
    section.blocks.iter().for_each(|one| block(one, out));
    section.parts.iter().for_each(|part| self::section(part, level + 1, out));
}

fn block(block: &Block, out: &mut String) {
    match block {
        Block::Words(words) => out.push_str(&line(words)),
        Block::Caution(words) => {
            out.push_str("> ");
            out.push_str(&line(words));
        }
        Block::Figure(words) => {
            out.push_str("**");
            out.push_str(&line(words));
            out.push_str("**");
        }
        Block::List(lines) => {
            let lines: Vec<_> = lines.iter().map(|one| format!("- {}", line(one))).collect();
            out.push_str(&lines.join("\n"));
        }
        Block::Facts(facts) => {
            let facts: Vec<_> =
                facts.iter().map(|(name, value)| format!("- {name}: {}", line(value))).collect();
            out.push_str(&facts.join("\n"));
        }
        Block::Table(rows) => table(rows, out),
        Block::Command(command) => fenced(command, out),
    }
    out.push_str("\n\n");
}

fn table(table: &Table, out: &mut String) {
    let mut rows = vec![row(table.heads.iter().map(|head| (*head).to_owned()))];
    rows.push(row(table.heads.iter().map(|_| "---".to_owned())));
    rows.extend(table.rows.iter().map(|one| row(one.cells.iter().map(line))));
    out.push_str(&rows.join("\n"));
}

fn row(cells: impl Iterator<Item = String>) -> String {
    format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
}

/// Writes text as it is, between fences that are longer than any in it.
fn fenced(text: &str, out: &mut String) {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    out.push_str(&fence);
    out.push('\n');
    for line in text.trim_end().lines() {
        out.push_str(&visible(line));
        out.push('\n');
    }
    out.push_str(&fence);
}

fn line(line: &Line) -> String {
    let pieces = line.pieces().iter().map(|piece| match piece {
        Piece::Text(text) | Piece::Quiet(text) | Piece::Link { text, to: _ } => escape(text),
        Piece::Strong(text) => format!("**{}**", escape(text)),
        Piece::Code(text) => code(text),
        Piece::Mark(mark) => format!("**{}**", escape(mark.word)),
        Piece::Break => "<br>".to_owned(),
    });
    pieces.collect::<String>().trim().to_owned()
}
