//! Text of others, made fit to be shown to a person on one line.

use jiff::SignedDuration;

/// Returns at most `most` characters of a text on one line: what a reader could not see, or what would change how the
/// rest is read, is spelt out.
pub(crate) fn plain(text: &str, most: usize) -> String {
    let mut shown = String::new();
    let mut length = 0;
    for character in text.chars() {
        let spelt: String = if is_hidden(character) {
            format!("\\u{{{:x}}}", u32::from(character))
        } else {
            character.to_string()
        };
        length += spelt.chars().count();
        if length > most {
            shown.push('…');
            break;
        }
        shown.push_str(&spelt);
    }
    shown
}

/// Control characters, line separators, and characters of no width or that turn the direction of writing.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Writes a duration in words, the largest two units of it.
pub(crate) fn in_words(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let units = [
        (seconds / 86_400, "day"),
        (seconds / 3_600 % 24, "hour"),
        (seconds / 60 % 60, "minute"),
        (seconds % 60, "second"),
    ];
    let words =
        units.iter().skip_while(|(count, _)| *count == 0).take(2).filter(|(count, _)| *count > 0);
    let words: Vec<String> = words
        .map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    if words.is_empty() { "0 seconds".to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{in_words, plain};

    #[test]
    fn what_cannot_be_seen_is_spelt_out_and_what_is_long_is_cut() {
        for (text, shown) in [
            ("refund Žofie 退款", "refund Žofie 退款"),
            ("a\r\nBcc: x", "a\\u{d}\\u{a}Bcc: x"),
            ("pay\u{202e}kcol", "pay\\u{202e}kcol"),
            ("a\u{2028}b\u{0}", "a\\u{2028}b\\u{0}"),
            (&"x".repeat(41), &format!("{}…", "x".repeat(40))),
        ] {
            assert_eq!(plain(text, 40), shown);
        }
    }

    #[test]
    fn a_duration_reads_as_a_person_would_say_it() {
        for (seconds, words) in [
            (-5, "0 seconds"),
            (1, "1 second"),
            (90, "1 minute 30 seconds"),
            (300, "5 minutes"),
            (3_600, "1 hour"),
            (90_061, "1 day 1 hour"),
        ] {
            assert_eq!(in_words(SignedDuration::from_secs(seconds)), words);
        }
    }
}
