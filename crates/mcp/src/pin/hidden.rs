//! Characters a person does not see and a model reads.
//!
//! Some of them belong to honest text: the joiners in emoji and in several scripts, one selector after an emoji or an
//! ideograph, the marks of direction in Hebrew or Arabic. Those are let be where they belong.

use unicode_script::{Script, UnicodeScript as _};

/// Tells whether a character does not show for itself: a control, one of direction, one without width, or one that
/// looks like nothing or like a space.
pub(super) const fn hides(char: char) -> bool {
    matches!(char,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}'
        | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{2800}' | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Why a hidden character is remarkable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hidden {
    /// Without width, or looking like nothing: splits words for a reader of bytes and not for a reader of letters.
    Invisible,
    /// Changes the order in which letters stand.
    Direction,
    /// Spells ASCII that nobody sees (U+E0000 to U+E007F).
    Tag,
    /// Carries bytes nobody sees, one per selector.
    Selector,
    /// A control character.
    Control,
    /// Moves or hides what a terminal shows.
    Escape,
}

/// Returns the hidden characters of a text that do not belong there, with their positions in bytes.
pub(super) fn hidden(text: &str) -> Vec<(usize, char, Hidden)> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n' | b'\r' | b'\t')) {
        return Vec::new();
    }
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let right_to_left = chars.iter().any(|(_, char)| is_right_to_left(*char));
    let flags = flags(&chars);
    let at = |index: usize| chars.get(index).map(|(_, char)| *char);
    let found = chars.iter().enumerate().filter_map(|(index, &(position, char))| {
        let before = index.checked_sub(1).and_then(at);
        let hidden = kind(char, before, at(index + 1), right_to_left)?;
        let in_flag = hidden == Hidden::Tag && flags.iter().any(|flag| flag.contains(&index));
        (!in_flag).then_some((position, char, hidden))
    });
    found.collect()
}

fn kind(
    char: char,
    before: Option<char>,
    after: Option<char>,
    right_to_left: bool,
) -> Option<Hidden> {
    let belongs = match char {
        '\n' | '\r' | '\t' => true,
        '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2066}'..='\u{2069}' => right_to_left,
        '\u{200c}' | '\u{200d}' => {
            before.is_some_and(joins)
                || (char == '\u{200d}' && before.is_some_and(is_sign) && after.is_some_and(is_sign))
        }
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            let keycap = after == Some('\u{20e3}');
            before.is_some_and(|base| {
                (is_sign(base) && !hides(base))
                    || base.script() == Script::Han
                    || (keycap && base.is_ascii())
            })
        }
        '\u{180b}'..='\u{180d}' | '\u{180f}' => {
            before.is_some_and(|base| base.script() == Script::Mongolian)
        }
        '\u{115f}' | '\u{1160}' => before.is_some_and(|base| base.script() == Script::Hangul),
        _ => false,
    };
    if belongs {
        return None;
    }
    match char {
        '\u{1b}' | '\u{9b}' | '\u{9d}' => Some(Hidden::Escape),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => Some(Hidden::Control),
        '\u{e0000}'..='\u{e007f}' => Some(Hidden::Tag),
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => Some(Hidden::Selector),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(Hidden::Direction)
        }
        // Spaces of other widths are typography.
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => None,
        _ if hides(char) => Some(Hidden::Invisible),
        _ => None,
    }
}

/// Tells whether a letter is of a script that writes joiners within words.
fn joins(char: char) -> bool {
    let plain = [Script::Latin, Script::Greek, Script::Cyrillic, Script::Common, Script::Han];
    let script = char.script();
    !hides(char)
        && script != Script::Inherited
        && script != Script::Unknown
        && !plain.contains(&script)
}

/// Tells whether a character can be part of an emoji.
fn is_sign(char: char) -> bool {
    !char.is_ascii()
        && !char.is_alphanumeric()
        && !char.is_whitespace()
        && matches!(char.script(), Script::Common | Script::Inherited)
}

fn is_right_to_left(char: char) -> bool {
    let scripts = [Script::Hebrew, Script::Arabic, Script::Syriac, Script::Thaana, Script::Nko];
    scripts.contains(&char.script())
}

/// Returns where the three flags stand that are written with tags: England, Scotland, Wales.
fn flags(chars: &[(usize, char)]) -> Vec<std::ops::Range<usize>> {
    let flag = |(index, _): (usize, &(usize, char))| {
        let tags = chars.iter().skip(index + 1).take(6).map(|(_, char)| spelled(*char));
        let spelt: Option<String> = tags.collect();
        let known = matches!(spelt.as_deref(), Some("gbeng\0" | "gbsct\0" | "gbwls\0"));
        known.then_some(index..index + 7)
    };
    let blacks = chars.iter().enumerate().filter(|(_, (_, char))| *char == '\u{1f3f4}');
    blacks.filter_map(flag).collect()
}

/// Returns what a tag character spells; the last one of a sequence spells a zero.
pub(super) fn spelled(tag: char) -> Option<char> {
    match u32::from(tag) {
        0xe007f => Some('\0'),
        code @ 0xe0020..=0xe007e => char::from_u32(code - 0xe0000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Hidden, hidden};

    #[test]
    fn hidden_characters_are_found_where_they_do_not_belong() {
        use Hidden::{Control, Direction, Escape, Invisible, Selector, Tag};
        for (text, kinds) in [
            ("plain\ttext\r\n", &[][..]),
            ("naïve – “quoted”… 10\u{a0}000 €", &[]),
            ("做完了。 全角\u{3000}空格", &[]),
            ("می\u{200c}خواهم", &[]),
            ("क्\u{200d}ष", &[]),
            ("👩\u{200d}💻 ❤\u{fe0f} 1\u{fe0f}\u{20e3} ⚠\u{fe0f} 👨\u{1f3fd}\u{200d}🚀", &[]),
            ("🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", &[]),
            ("葛\u{e0100}飾区", &[]),
            ("שלום\u{200f} (abc)", &[]),
            ("se\u{200b}nd", &[Invisible]),
            ("a\u{200d}b", &[Invisible]),
            ("\u{feff}a", &[Invisible]),
            ("a\u{3164}b", &[Invisible]),
            ("abc\u{200f}", &[Direction]),
            ("pay \u{202e}evil\u{202c}", &[Direction, Direction]),
            ("hi\u{e0049}\u{e0067}", &[Tag, Tag]),
            ("🏴\u{e0049}", &[Tag]),
            ("x\u{fe00}\u{fe01}", &[Selector, Selector]),
            ("😀\u{fe0f}\u{fe01}\u{e0101}", &[Selector, Selector]),
            ("a\u{8}b", &[Control]),
            ("\u{1b}[8mhidden\u{1b}[0m", &[Escape, Escape]),
        ] {
            let found: Vec<Hidden> = hidden(text).into_iter().map(|(_, _, kind)| kind).collect();
            assert_eq!(found, kinds, "{text:?}");
        }
    }
}
