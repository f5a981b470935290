//! Text that somebody else wrote, so that a person sees what is there and nothing that is not.

use std::fmt::Write as _;

use unicode_general_category::{GeneralCategory, get_general_category};

use super::document::Piece;

/// Cuts text into pieces: lines, and what stands between backticks in each.
pub(crate) fn tell(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (at, line) in trimmed(text).lines().enumerate() {
        if at > 0 {
            pieces.push(Piece::Break);
        }
        let parts: Vec<_> = line.split('`').collect();
        // Between an odd number of backticks nothing can be told apart.
        if parts.len().is_multiple_of(2) {
            pieces.push(Piece::Text(visible(line)));
            continue;
        }
        for (at, part) in parts.into_iter().enumerate().filter(|(_, part)| !part.is_empty()) {
            let part = visible(part);
            pieces.push(if at.is_multiple_of(2) { Piece::Text(part) } else { Piece::Code(part) });
        }
    }
    pieces
}

/// Writes text on one line; a new line in it is a sign.
pub(crate) fn one_line(text: &str) -> String {
    visible(&trimmed(text).lines().collect::<Vec<_>>().join(" ↵ "))
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(['\n', '\r'])
}

/// Writes what cannot be seen, or changes where other letters stand, as its number.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            hidden if is_hidden(hidden) => {
                // Writing to a string does not fail.
                let _written = write!(out, "‹U+{:04X}›", u32::from(hidden));
            }
            seen => out.push(seen),
        }
    }
    out
}

fn is_hidden(c: char) -> bool {
    !c.is_ascii_graphic()
        && c != ' '
        && (matches!(
            get_general_category(c),
            GeneralCategory::Control
                | GeneralCategory::Format
                | GeneralCategory::LineSeparator
                | GeneralCategory::ParagraphSeparator
                | GeneralCategory::PrivateUse
                | GeneralCategory::Surrogate
                | GeneralCategory::Unassigned
        ) || matches!(
            c,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
        ))
}
