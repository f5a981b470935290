//! Text of a server as a person should see it: what hides, moves or reorders is written out.

use crate::pin::hidden::hides;

/// Writes at most `most` characters of a text so that each can be seen and none can be taken for an escape of ours: a
/// hidden character as `\u{202e}`, a backslash twice. Says how many characters were left out.
pub(super) fn show(text: &str, most: usize) -> String {
    write(text, most, true)
}

/// Writes JSON in the same way; there a backslash is twice already.
pub(super) fn show_json(json: &str, most: usize) -> String {
    write(json, most, false)
}

fn write(text: &str, most: usize, backslashes: bool) -> String {
    let mut shown = String::new();
    let mut chars = text.chars();
    for char in chars.by_ref().take(most) {
        match char {
            '\n' | '\r' | '\t' => shown.extend(char.escape_default()),
            '\\' if backslashes => shown.push_str("\\\\"),
            _ if hides(char) => shown.extend(char.escape_unicode()),
            _ => shown.push(char),
        }
    }
    match chars.count() {
        0 => {}
        left => shown.push_str(&format!("… ({left} more characters)")),
    }
    shown
}
