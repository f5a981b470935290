//! Text that somebody else wrote, so that a person sees what is there and nothing that is not.
//!
//! What cannot be seen, or changes where other letters stand, is written as its number (`U+202E`) and marked; a new
//! line is a sign and a break, and words that mix scripts are underlined. Nothing is left out, and nothing is put in a
//! text's place.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use unicode_general_category::{GeneralCategory, get_general_category};
use unicode_script::{Script, UnicodeScript as _};

/// From how many equal hidden characters on they are counted rather than repeated, so that a page stays in proportion
/// to what it shows.
const RUN: usize = 4;

/// More marks than this on one letter are no language's.
const MOST_COMBINING: usize = 3;

/// What was revealed while texts were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// Characters that cannot be seen, and how often they came.
    pub(crate) hidden: BTreeMap<char, usize>,
    /// Whether letters that are read from right to left came.
    pub(crate) right_to_left: bool,
    /// How many words mix letters that look alike.
    pub(crate) mixed_words: usize,
}

impl Found {
    /// Tells whether a person should look twice.
    pub(crate) fn is_remarkable(&self) -> bool {
        self.mixed_words > 0 || self.right_to_left || !self.hidden.is_empty()
    }
}

/// Writes a text as HTML, and notes in `found` what it revealed.
pub(crate) fn reveal(text: &str, html: &mut String, found: &mut Found) {
    if is_plain(text) {
        return escape(text, html);
    }
    let isolated = text.chars().any(is_right_to_left);
    if isolated {
        found.right_to_left = true;
        html.push_str("<bdi>");
    }
    // How many marks the letter has by now; a text does not begin with a letter.
    let mut combining = MOST_COMBINING;
    let mut word = String::new();
    let mut chars = text.chars().peekable();
    while let Some(ch) = chars.next() {
        combining = if is_combining(ch) { combining.saturating_add(1) } else { 0 };
        if !is_hidden(ch) && combining <= MOST_COMBINING {
            if ch.is_alphanumeric() || combining > 0 {
                word.push(ch);
            } else {
                end_word(&mut word, html, found);
                escape(ch.encode_utf8(&mut [0; 4]), html);
            }
            continue;
        }
        // A mark behind it would stand on its number.
        combining = MOST_COMBINING;
        end_word(&mut word, html, found);
        if ch == '\n' {
            html.push_str("<b>↵</b>\n");
            continue;
        }
        let mut times = 1;
        while chars.next_if_eq(&ch).is_some() {
            times += 1;
        }
        mark(ch, times, html);
        *found.hidden.entry(ch).or_default() += times;
    }
    end_word(&mut word, html, found);
    if isolated {
        html.push_str("</bdi>");
    }
}

/// Writes a text as HTML where nobody asks what was revealed in it.
pub(crate) fn revealed(text: &str) -> maud::PreEscaped<String> {
    let mut html = String::new();
    reveal(text, &mut html, &mut Found::default());
    maud::PreEscaped(html)
}

/// Writes a text as HTML as it is.
pub(crate) fn escape(text: &str, html: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['<', '>', '&', '"', '\'']) {
        let (before, from) = rest.split_at(at);
        html.push_str(before);
        let mut chars = from.chars();
        html.push_str(match chars.next() {
            Some('<') => "&lt;",
            Some('>') => "&gt;",
            Some('&') => "&amp;",
            Some('"') => "&quot;",
            _ => "&#39;",
        });
        rest = chars.as_str();
    }
    html.push_str(rest);
}

/// Returns what a hidden character is called.
pub(crate) fn name(ch: char) -> &'static str {
    match NAMES.binary_search_by_key(&ch, |(known, _)| *known) {
        Ok(at) => NAMES.get(at).map_or("", |(_, name)| name),
        Err(_) => class(ch),
    }
}

fn class(ch: char) -> &'static str {
    if ('\u{e0000}'..='\u{e007f}').contains(&ch) {
        return "tag: a letter for programs only";
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other categories are visible")]
    match get_general_category(ch) {
        GeneralCategory::Control => "control character",
        GeneralCategory::SpaceSeparator => "a space of another width",
        GeneralCategory::PrivateUse => "private use: it looks different everywhere",
        GeneralCategory::Unassigned => "not assigned: it looks different everywhere",
        GeneralCategory::NonspacingMark
        | GeneralCategory::EnclosingMark
        | GeneralCategory::SpacingMark => "a mark on the letter before it",
        _ => "format character",
    }
}

fn mark(ch: char, times: usize, html: &mut String) {
    let label = match ch {
        '\t' => "⇥".to_owned(),
        other => format!("U+{:04X}", u32::from(other)),
    };
    // Writing to a string does not fail.
    if times >= RUN {
        let _written = write!(html, "<i>{label} ×{times}</i>");
    } else {
        html.extend(std::iter::repeat_n(format!("<i>{label}</i>"), times));
    }
}

fn end_word(word: &mut String, html: &mut String, found: &mut Found) {
    if mixes_scripts(word) {
        found.mixed_words += 1;
        html.push_str("<u>");
        html.push_str(word);
        html.push_str("</u>");
    } else {
        html.push_str(word);
    }
    word.clear();
}

/// Tells whether a word has letters of two of the scripts whose letters look alike.
fn mixes_scripts(word: &str) -> bool {
    if word.is_ascii() {
        return false;
    }
    let mut alike = word.chars().map(|ch| ch.script()).filter(|script| {
        matches!(
            script,
            Script::Latin | Script::Cyrillic | Script::Greek | Script::Armenian | Script::Cherokee
        )
    });
    alike.next().is_some_and(|first| alike.any(|script| script != first))
}

/// Tells whether a text has visible ASCII alone, so that nothing has to be revealed.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// Tells whether a character cannot be seen, or not everywhere the same.
pub(crate) fn is_hidden(ch: char) -> bool {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other categories are visible")]
    let by_category = match get_general_category(ch) {
        GeneralCategory::Control
        | GeneralCategory::Format
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator
        | GeneralCategory::PrivateUse
        | GeneralCategory::Surrogate
        | GeneralCategory::Unassigned => true,
        GeneralCategory::SpaceSeparator => ch != ' ',
        _ => false,
    };
    // What is left of Default_Ignorable_Code_Point (DerivedCoreProperties.txt), and a Braille cell without dots.
    by_category
        || matches!(ch,
            '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_combining(ch: char) -> bool {
    matches!(
        get_general_category(ch),
        GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark
    )
}

/// Tells whether a letter is in a block whose letters are read from right to left.
fn is_right_to_left(ch: char) -> bool {
    matches!(ch,
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// Names of the characters that are used to deceive, by their number.
const NAMES: &[(char, &str)] = &[
    ('\0', "null"),
    ('\u{7}', "bell"),
    ('\u{8}', "backspace"),
    ('\t', "tab"),
    ('\r', "carriage return"),
    ('\u{1b}', "escape: begins commands of terminals"),
    ('\u{7f}', "delete"),
    ('\u{a0}', "no-break space"),
    ('\u{ad}', "soft hyphen"),
    ('\u{61c}', "Arabic letter mark"),
    ('\u{115f}', "Hangul filler"),
    ('\u{1160}', "Hangul filler"),
    ('\u{200b}', "zero width space"),
    ('\u{200c}', "zero width non-joiner"),
    ('\u{200d}', "zero width joiner"),
    ('\u{200e}', "left-to-right mark"),
    ('\u{200f}', "right-to-left mark"),
    ('\u{2028}', "line separator"),
    ('\u{2029}', "paragraph separator"),
    ('\u{202a}', "left-to-right embedding"),
    ('\u{202b}', "right-to-left embedding"),
    ('\u{202c}', "end of a direction"),
    ('\u{202d}', "left-to-right override"),
    ('\u{202e}', "right-to-left override: what follows is shown backwards elsewhere"),
    ('\u{202f}', "narrow no-break space"),
    ('\u{2060}', "word joiner"),
    ('\u{2066}', "left-to-right isolate"),
    ('\u{2067}', "right-to-left isolate"),
    ('\u{2068}', "first strong isolate"),
    ('\u{2069}', "end of an isolate"),
    ('\u{3164}', "Hangul filler"),
    ('\u{fe0f}', "variation selector: shows the sign before it as a picture"),
    ('\u{feff}', "zero width no-break space"),
];

#[cfg(test)]
mod tests;
