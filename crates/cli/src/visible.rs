//! Text of others on a terminal: what would move the cursor, hide or reorder is shown, not obeyed.

/// Writes every character that does not show for itself as its escape, such as `\u{202e}`.
pub(crate) fn visible(text: &str) -> String {
    text.chars().flat_map(shown).collect()
}

fn shown(character: char) -> impl Iterator<Item = char> {
    let escaped = hides(character).then(|| character.escape_unicode());
    let control = matches!(character, '\n' | '\r' | '\t').then(|| character.escape_default());
    let plain = (escaped.is_none() && control.is_none()).then_some(character);
    let escaped = if control.is_some() { None } else { escaped };
    control.into_iter().flatten().chain(escaped.into_iter().flatten()).chain(plain)
}

/// Control characters, those of direction, those without width, and those that look like nothing or like a space.
const fn hides(character: char) -> bool {
    matches!(character,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_hides_or_reorders_is_seen() {
        for (text, shown) in [
            ("order A-1, größer, 你好, 😀", "order A-1, größer, 你好, 😀"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\nb\tc\rd", "a\\nb\\tc\\rd"),
            ("pay \u{202e}evil\u{2066}", "pay \\u{202e}evil\\u{2066}"),
            ("a\u{200b}b\u{feff}c\u{ad}", "a\\u{200b}b\\u{feff}c\\u{ad}"),
            ("tag\u{e0041}", "tag\\u{e0041}"),
        ] {
            assert_eq!(visible(text), shown, "{text:?}");
        }
    }
}
