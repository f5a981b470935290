use proptest::prelude::*;

use super::{Found, NAMES, is_hidden, name, reveal};

fn shown(text: &str) -> (String, Found) {
    let (mut html, mut found) = (String::new(), Found::default());
    reveal(text, &mut html, &mut found);
    (html, found)
}

/// Reads a text back from its HTML.
fn read_back(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(next) = rest.chars().next() {
        if let Some((marked, after)) = rest.strip_prefix("<i>").and_then(|at| at.split_once("</i>"))
        {
            let (label, times) = marked.split_once(" ×").unwrap_or((marked, "1"));
            let ch = match label {
                "⇥" => '\t',
                number => {
                    let digits = number.strip_prefix("U+").unwrap();
                    char::from_u32(u32::from_str_radix(digits, 16).unwrap()).unwrap()
                }
            };
            text.extend(std::iter::repeat_n(ch, times.parse().unwrap()));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("<b>↵</b>\n") {
            text.push('\n');
            rest = after;
        } else if let Some(after) =
            ["<u>", "</u>", "<bdi>", "</bdi>"].iter().find_map(|tag| rest.strip_prefix(tag))
        {
            rest = after;
        } else if let Some((entity, after)) =
            rest.strip_prefix('&').and_then(|at| at.split_once(';'))
        {
            text.push(match entity {
                "lt" => '<',
                "gt" => '>',
                "amp" => '&',
                "quot" => '"',
                "#39" => '\'',
                other => panic!("{other}"),
            });
            rest = after;
        } else {
            text.push(next);
            rest = rest.strip_prefix(next).unwrap();
        }
    }
    text
}

#[test]
fn what_cannot_be_seen_is_written_as_its_number() {
    for (text, html) in [
        ("plain text", "plain text"),
        ("<script>alert('&')</script>", "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;"),
        ("pay\u{202e}diap", "pay<i>U+202E</i>diap"),
        ("a\u{200b}b\u{ad}c", "a<i>U+200B</i>b<i>U+00AD</i>c"),
        ("a\u{a0}b", "a<i>U+00A0</i>b"),
        ("\0\u{1b}[31m\u{7f}", "<i>U+0000</i><i>U+001B</i>[31m<i>U+007F</i>"),
        ("one\ntwo\tthree", "one<b>↵</b>\ntwo<i>⇥</i>three"),
        ("a\r\n", "a<i>U+000D</i><b>↵</b>\n"),
        ("x\u{e0041}\u{e0042}", "x<i>U+E0041</i><i>U+E0042</i>"),
        ("\u{200b}\u{200b}\u{200b}\u{200b}\u{200b}", "<i>U+200B ×5</i>"),
        ("\u{fe0f}\u{3164}\u{2800}", "<i>U+FE0F</i><i>U+3164</i><i>U+2800</i>"),
        ("\u{e000}\u{378}\u{2028}", "<i>U+E000</i><i>U+0378</i><i>U+2028</i>"),
        ("Zoë 李 日本語 ça", "Zoë 李 日本語 ça"),
        ("U+202E", "U+202E"),
    ] {
        assert_eq!(shown(text).0, html, "{text:?}");
    }
}

#[test]
fn a_letter_carries_no_more_marks_than_a_language_has() {
    let (html, found) = shown("Z\u{300}\u{301}\u{302}\u{303}\u{304}");
    assert_eq!(html, "Z\u{300}\u{301}\u{302}<i>U+0303</i><i>U+0304</i>");
    assert_eq!(found.hidden.len(), 2);
    assert_eq!(shown("\u{300}a").0, "<i>U+0300</i>a", "nothing before the text is changed");
    assert_eq!(shown("\"\u{338}").0, "&quot;\u{338}");
}

#[test]
fn a_word_that_mixes_scripts_is_underlined() {
    let (html, found) = shown("send to p\u{430}ypal now");
    assert_eq!(html, "send to <u>p\u{430}ypal</u> now");
    assert_eq!(found.mixed_words, 1);
    assert!(found.is_remarkable());
    assert_eq!(shown("Привет Zoë Ωμέγα").1, Found::default());
}

#[test]
fn words_from_right_to_left_stay_among_themselves() {
    let (html, found) = shown("שלום 100");
    assert_eq!(html, "<bdi>שלום 100</bdi>");
    assert!(found.right_to_left);
}

#[test]
fn every_named_character_is_hidden_and_found_by_its_name() {
    assert!(NAMES.is_sorted_by_key(|(ch, _)| *ch));
    for (ch, known) in NAMES {
        assert!(is_hidden(*ch), "{known}");
        assert_eq!(name(*ch), *known);
    }
    assert_eq!(name('\u{e0041}'), "tag: a letter for programs only");
    assert_eq!(name('\u{3}'), "control character");
}

proptest! {
    #[test]
    fn nothing_is_lost_and_nothing_hidden_is_left(text in any_text()) {
        let (html, _) = shown(&text);
        prop_assert_eq!(read_back(&html), text);
        // A line break stands only behind its mark.
        let unbroken = html.replace("</b>\n", "</b>");
        prop_assert!(!unbroken.chars().any(is_hidden), "{html:?}");
    }

    #[test]
    fn a_page_grows_in_proportion(text in any_text()) {
        prop_assert!(shown(&text).0.len() <= 24 + 15 * text.len());
    }
}

/// Texts in which what is hidden, what HTML means and letters of many scripts stand side by side.
fn any_text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        '<',
        '>',
        '&',
        '"',
        '\'',
        ' ',
        '\n',
        '\t',
        '\r',
        '\0',
        '\u{7f}',
        '\u{200b}',
        '\u{202e}',
        '\u{2066}',
        '\u{feff}',
        '\u{300}',
        '\u{e0041}',
        '\u{fe0f}',
        'a',
        'а',
        'α',
        'ש',
        '李',
        'i',
        ';',
        '×',
        'U',
        '+',
    ]);
    let character = prop_oneof![6 => odd, 1 => any::<char>()];
    (prop::collection::vec((character, 1..7_usize), 0..40)).prop_map(|runs| {
        runs.into_iter().flat_map(|(ch, times)| std::iter::repeat_n(ch, times)).collect()
    })
}
