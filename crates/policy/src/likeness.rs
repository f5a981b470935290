//! Cedar's `like`, in time that grows with text and pattern, not with their product.

use cedar_policy_core::ast::{Pattern, PatternElem};

/// A pattern, cut at its wildcards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Likeness {
    /// No wildcard: this text and no other.
    Exactly(String),
    /// A text with this beginning and end, and these texts in between, one after the other.
    Around { first: String, between: Box<[String]>, last: String },
}

impl Likeness {
    pub(crate) fn of(pattern: &Pattern) -> Self {
        let mut parts = pattern.iter().fold(vec![String::new()], |mut parts, element| {
            match (element, parts.last_mut()) {
                (PatternElem::Char(char), Some(part)) => part.push(*char),
                (PatternElem::Char(_) | PatternElem::Wildcard, _) => parts.push(String::new()),
            }
            parts
        });
        let last = parts.pop().unwrap_or_default();
        if parts.is_empty() {
            return Self::Exactly(last);
        }
        let first = parts.remove(0);
        let between = parts.into_iter().filter(|part| !part.is_empty()).collect();
        Self::Around { first, between, last }
    }

    pub(crate) fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exactly(only) => text == only,
            Self::Around { first, between, last } => {
                let inside = text.strip_prefix(first.as_str());
                let Some(mut rest) = inside.and_then(|text| text.strip_suffix(last.as_str()))
                else {
                    return false;
                };
                // Where a part is found first, most is left for those after it.
                for part in between {
                    let Some((_, after)) = rest.split_once(part.as_str()) else { return false };
                    rest = after;
                }
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cedar_policy_core::ast::{Pattern, PatternElem};
    use proptest::prelude::*;

    use super::Likeness;

    /// `?` stands for a star that is a character.
    fn pattern(text: &str) -> Pattern {
        let elements = text.chars().map(|char| match char {
            '*' => PatternElem::Wildcard,
            '?' => PatternElem::Char('*'),
            char => PatternElem::Char(char),
        });
        Pattern::from(elements.collect::<Vec<_>>())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn it_matches_what_cedar_matches(written in "[ab*?é]{0,8}", text in "[ab*é]{0,10}") {
            let pattern = pattern(&written);
            prop_assert_eq!(Likeness::of(&pattern).matches(&text), pattern.wildcard_match(&text));
        }
    }

    #[test]
    fn many_wildcards_on_a_long_text_take_no_longer_than_few() {
        let bomb = Likeness::of(&pattern(&format!("{}b", "*a".repeat(100_000))));
        assert!(!bomb.matches(&"a".repeat(1_000_000)));
        assert!(!Likeness::of(&pattern("*a*b*")).matches(&"a".repeat(1_000_000)));
    }
}
