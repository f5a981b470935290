//! What is encoded read as what it encodes: percent signs, `\u` and `\x`, entities of HTML, and whole tokens in
//! base64, base32 or hexadecimal. A value in a token comes from all of the token.

mod escape;
mod token;

use super::sign::Signs;
use super::view::View;

pub(super) use escape::stands as escape_stands;
pub(super) use token::stands as token_stands;

/// Decodes what a view that shows `signs` holds. Nothing if nothing in it is encoded.
pub(super) fn decoded(view: &View, signs: Signs) -> Option<View> {
    let escapes = signs.has(Signs::ESCAPE).then(|| escape::unescaped(view)).flatten();
    let tokens = (escapes.is_some() || signs.has(Signs::TOKEN))
        .then(|| token::opened(escapes.as_ref().unwrap_or(view)))
        .flatten();
    tokens.or(escapes)
}
