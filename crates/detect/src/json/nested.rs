//! JSON in strings of JSON.

use std::ops::Range;

use super::lexer::{Lexer, Token};
use super::place::Place;
use super::text;

/// How often JSON in a string of JSON is read as such.
pub(super) const NESTED: usize = 3;

/// Tells whether a string is an object or array of JSON.
pub(super) fn is_nested(text: &str) -> bool {
    let trimmed = text.trim_ascii();
    let bracketed = trimmed.starts_with('{') && trimmed.ends_with('}')
        || trimmed.starts_with('[') && trimmed.ends_with(']');
    if !bracketed {
        return false;
    }
    let mut lexer = Lexer::new(trimmed);
    loop {
        match lexer.next() {
            Ok(Some(_)) => {}
            Ok(None) => return true,
            Err(_) => return false,
        }
    }
}

/// A number of a document in a string.
#[derive(Debug)]
pub(crate) struct Number {
    /// Where it stands in the document around.
    pub(crate) span: Range<usize>,
    /// In how many strings it is.
    pub(crate) depth: u32,
}

/// Returns the numbers of the document that a string is, which begins at `base`, in order. There are none if it is
/// none.
pub(crate) fn numbers_in(raw: &str, base: usize) -> Vec<Number> {
    let mut numbers = Vec::new();
    let place = Place { view: None, base, around: None };
    collect(raw, &place, 1, &mut numbers);
    numbers
}

/// Collects the numbers of the document that is in the string `raw`.
fn collect(raw: &str, place: &Place<'_>, depth: u32, numbers: &mut Vec<Number>) {
    let view = raw.contains('\\').then(|| text::whole(raw));
    let place = Place { view: view.as_ref(), base: 0, around: Some(place) };
    let bytes = view.as_ref().map_or(raw.as_bytes(), |view| view.bytes());
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if depth as usize > NESTED || text.len() >= text::PART || !is_nested(text) {
        return;
    }
    let mut lexer = Lexer::new(text);
    while let Ok(Some(token)) = lexer.next() {
        match token {
            Token::Number(span) => numbers.push(Number { span: place.of(span), depth }),
            Token::String(span) => {
                let inner = text.get(span.clone()).unwrap_or_default();
                let at = Place { view: None, base: span.start, around: Some(&place) };
                collect(inner, &at, depth + 1, numbers);
            }
            Token::ObjectStart
            | Token::ObjectEnd
            | Token::ArrayStart
            | Token::ArrayEnd
            | Token::Key(_)
            | Token::Word => {}
        }
    }
}
