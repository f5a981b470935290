//! The words of a text, and of a search for them.

use std::str::FromStr;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The longest search.
const MOST_BYTES: usize = 1000;

/// The most words of a search.
const MOST_WORDS: usize = 32;

/// What texts are searched for: every phrase must occur, its words one after another.
///
/// Words in double quotes are a phrase, and so are words that only punctuation joins (`clerk@example.com`). There are no
/// operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    phrases: Vec<Vec<String>>,
}

/// Why a text is no [`Search`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SearchError {
    /// Nothing in it is a letter or a digit.
    #[error("there is no word to search for")]
    Empty,
    /// It is too long.
    #[error("a search has {MOST_BYTES} bytes and {MOST_WORDS} words at most")]
    TooLong,
}

impl FromStr for Search {
    type Err = SearchError;

    fn from_str(text: &str) -> Result<Self, SearchError> {
        if text.len() > MOST_BYTES {
            return Err(SearchError::TooLong);
        }
        let mut phrases = Vec::new();
        for (n, piece) in text.split('"').enumerate() {
            if n.is_multiple_of(2) {
                phrases.extend(piece.split_whitespace().map(words));
            } else {
                phrases.push(words(piece));
            }
        }
        phrases.retain(|phrase| !phrase.is_empty());
        match phrases.iter().map(Vec::len).sum() {
            0 => Err(SearchError::Empty),
            1..=MOST_WORDS => Ok(Self { phrases }),
            _ => Err(SearchError::TooLong),
        }
    }
}

impl Search {
    /// Returns its words.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.phrases.iter().flatten().map(String::as_str)
    }

    /// Tells whether words must stand one after another, which the index does not know.
    pub(crate) fn has_order(&self) -> bool {
        self.phrases.iter().any(|phrase| phrase.len() > 1)
    }

    /// Tells whether its phrases are in texts that have all its words.
    pub(crate) fn is_in<'a>(&self, texts: impl Iterator<Item = &'a str>) -> bool {
        let texts: Vec<_> = texts.map(words).collect();
        let occurs = |phrase: &Vec<String>| {
            texts
                .iter()
                .any(|text| text.windows(phrase.len()).any(|part| part == phrase.as_slice()))
        };
        self.phrases.iter().filter(|phrase| phrase.len() > 1).all(occurs)
    }
}

fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    each_word(text, &mut |word| words.push(word.to_owned()));
    words
}

/// Gives every word of a text in order: letters and digits in lower case, without accents and compatibility forms.
/// Scripts that put no space between words have a word for each character.
pub(crate) fn each_word(text: &str, each: &mut dyn FnMut(&str)) {
    if text.is_ascii() {
        split(text.chars().map(|c| c.to_ascii_lowercase()), each);
    } else {
        let lower = text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
        split(lower.filter(|c| !is_combining_mark(*c)), each);
    }
}

fn split(chars: impl Iterator<Item = char>, each: &mut dyn FnMut(&str)) {
    let mut word = String::new();
    for c in chars {
        let alone = is_alone(c);
        if (alone || !c.is_alphanumeric()) && !word.is_empty() {
            each(&word);
            word.clear();
        }
        if alone {
            each(c.encode_utf8(&mut [0; 4]));
        } else if c.is_alphanumeric() {
            word.push(c);
        }
    }
    if !word.is_empty() {
        each(&word);
    }
}

/// Tells whether a character is a word by itself: kana and ideographs.
const fn is_alone(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::{Search, words};

    #[test]
    fn a_text_falls_into_folded_words() {
        for (text, expected) in [
            ("", ""),
            ("Order_ID: A-1001, 45.50", "order id a 1001 45 50"),
            ("Clerk@Example.COM", "clerk example com"),
            ("crème BRÛLÉE", "creme brulee"),
            ("\u{ff21}\u{ff22} \u{fb01}ne 10\u{b2}", "ab fine 102"),
            ("Straße İstanbul", "straße istanbul"),
            ("東京 tower", "東 京 tower"),
            ("Привет, МИР", "привет мир"),
            ("\u{0}\u{1}\u{301}", ""),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text:?}");
        }
    }

    #[test]
    fn a_search_is_words_and_phrases_and_never_an_operator() {
        let read = |text: &str| {
            let search: Result<Search, _> = text.parse();
            match search {
                Ok(search) => search
                    .phrases
                    .iter()
                    .map(|phrase| phrase.join("+"))
                    .collect::<Vec<_>>()
                    .join(" "),
                Err(error) => error.to_string(),
            }
        };
        for (text, expected) in [
            ("refund  Clerk", "refund clerk"),
            ("clerk@example.com NOT x*", "clerk+example+com not x"),
            (r#"late "as agreed" by"#, "late as+agreed by"),
            (r#""never closed"#, "never+closed"),
            (r#"a"b"c"#, "a b c"),
            ("^(a AND b) NEAR/2 -c : {x}", "a and b near+2 c x"),
            (" \"\" ! ", "there is no word to search for"),
            (&"x ".repeat(33), "a search has 1000 bytes and 32 words at most"),
            (&"x".repeat(1001), "a search has 1000 bytes and 32 words at most"),
        ] {
            assert_eq!(read(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_words_of_a_phrase_stand_one_after_another_in_one_text() {
        let search: Search = r#"x "late as agreed" a-1001"#.parse().unwrap();
        assert!(search.is_in(["late, as AGREED!", "order A-1001"].into_iter()));
        assert!(!search.is_in(["late as", "agreed", "A-1001"].into_iter()));
        assert!(!search.is_in(["late as agreed", "a 7 1001"].into_iter()));
    }
}
