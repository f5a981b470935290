//! A document as one page that needs nothing else.

mod piece;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::piece::line;
use super::document::{Block, Document, Piece, Row, Section, Table};
use super::told::{one_line, visible};

/// The look of the page, with the colours of the pages of the server.
const SHEET: &str = include_str!("html/style.css");

/// What the page may do: look like this, and nothing else.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/// Writes a document.
pub(crate) fn write(document: &Document) -> String {
    let title: String = document.title.pieces().iter().map(plain).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(SHEET)) }
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                header.top { (logo()) span { "syndic" } }
                main #main {
                    h1 { (line(&document.title)) }
                    @for one in &document.lead { (block(one, "top")) }
                    (contents(document))
                    @for one in &document.sections { (section(one)) }
                }
            }
        }
    };
    page.into_string()
}

fn contents(document: &Document) -> Markup {
    html! {
        nav aria-label="Contents" {
            ol {
                @for section in &document.sections {
                    li { a href={ "#" (section.id) } { (line(&section.title)) } }
                }
            }
        }
    }
}

fn section(section: &Section) -> Markup {
    html! {
        section aria-labelledby=(section.id) {
            h2 id=(section.id) { (line(&section.title)) }
            @for one in &section.blocks { (block(one, &section.id)) }
            @for part in &section.parts {
                h3 id=(part.id) { (line(&part.title)) }
                @for one in &part.blocks { (block(one, &part.id)) }
            }
        }
    }
}

fn block(block: &Block, section: &str) -> Markup {
    html! {
        @match block {
            Block::Words(words) => p { (line(words)) },
            Block::Caution(words) => p.caution { (line(words)) },
            Block::Figure(words) => p.figure { (line(words)) },
            Block::List(lines) => ul { @for one in lines { li { (line(one)) } } },
            Block::Facts(facts) => dl {
                @for (name, value) in facts { div { dt { (name) } dd { (line(value)) } } }
            },
            Block::Table(rows) => (table(rows, section)),
            Block::Command(command) => pre { code { (command.lines().map(visible).collect::<Vec<_>>().join("\n")) } },
        }
    }
}

/// Writes a table. It scrolls within itself where it is wider than the page, so that it can be focused.
fn table(table: &Table, section: &str) -> Markup {
    let caption = one_line(&table.caption);
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table class={ "of-" (table.heads.len()) " " (kind(section)) } {
                caption.unseen { (caption) }
                thead { tr { @for head in &table.heads { th scope="col" { (head) } } } }
                tbody { @for one in &table.rows { (row(one)) } }
            }
        }
    }
}

/// Returns what the table's look goes by: the section's kind.
fn kind(section: &str) -> &str {
    section.split_once('-').map_or(section, |(kind, _)| kind)
}

fn row(row: &Row) -> Markup {
    html! {
        tr id=[row.id.as_deref()] {
            @for (at, cell) in row.cells.iter().enumerate() {
                @if at == 0 { th scope="row" { (line(cell)) } } @else { td { (line(cell)) } }
            }
        }
    }
}

fn plain(piece: &Piece) -> &str {
    match piece {
        Piece::Text(text)
        | Piece::Quiet(text)
        | Piece::Strong(text)
        | Piece::Code(text)
        | Piece::Link { text, to: _ } => text,
        Piece::Mark(mark) => mark.word,
        Piece::Break => " ",
    }
}

/// A gate that a mark passes under.
fn logo() -> Markup {
    html! {
        svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false" {
            path d="M4 21V10a8 8 0 0 1 16 0v11" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" {}
            circle cx="12" cy="14.5" r="2.6" fill="currentColor" {}
        }
    }
}
