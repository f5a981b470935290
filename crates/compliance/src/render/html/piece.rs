//! The pieces of a line on the page.

use maud::{Markup, html};

use crate::render::document::{Line, Piece};
use crate::render::mark::Mark;

/// Writes a line.
pub(super) fn line(line: &Line) -> Markup {
    html! { @for one in line.pieces() { (piece(one)) } }
}

fn piece(piece: &Piece) -> Markup {
    html! {
        @match piece {
            Piece::Text(text) => (text),
            Piece::Quiet(text) => span.quiet { (text) },
            Piece::Strong(text) => strong { (text) },
            Piece::Code(text) => code { (breakable(text)) },
            Piece::Mark(one) => (mark(*one)),
            Piece::Link { to, text } => a href={ "#" (to) } { (text) },
            Piece::Break => br;,
        }
    }
}

fn mark(mark: Mark) -> Markup {
    html! {
        span class={ "mark " (mark.tone.as_str()) } {
            b aria-hidden="true" { (mark.letter) }
            span { (breakable(mark.word)) }
        }
    }
}

/// Writes a name that can break where its parts meet.
fn breakable(name: &str) -> Markup {
    html! { @for (at, part) in name.split_inclusive('_').enumerate() { @if at > 0 { wbr; } (part) } }
}
