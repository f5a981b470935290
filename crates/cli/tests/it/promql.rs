//! Reads which names an expression of Prometheus has; whether it is one, promtool says.

/// A name in an expression of Prometheus.
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) inside: Inside,
}

/// Where a name stands.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Inside {
    Nothing,
    /// Between the braces of this series: a label.
    Series(String),
    /// Between the brackets of `by`, `on` and the like: a label.
    Grouping,
}

/// Returns the names of an expression; texts and durations are none.
pub(crate) fn words(expression: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut inside = Inside::Nothing;
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let last = words.last().map(|word| word.text.clone()).unwrap_or_default();
        let taken = match first {
            '"' => rest.split('"').nth(1).unwrap().len() + 2,
            '[' => rest.find(']').unwrap() + 1,
            _ if first.is_ascii_alphabetic() || first == '_' => {
                let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
                let taken = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
                words
                    .push(Word { text: rest.split_at(taken).0.to_owned(), inside: inside.clone() });
                taken
            }
            _ if first.is_ascii_digit() => {
                rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len())
            }
            '{' => {
                inside = Inside::Series(last);
                1
            }
            '(' => {
                if ["by", "without", "on", "ignoring", "group_left", "group_right"]
                    .contains(&last.as_str())
                {
                    inside = Inside::Grouping;
                }
                1
            }
            '}' | ')' => {
                inside = Inside::Nothing;
                1
            }
            _ => first.len_utf8(),
        };
        rest = rest.split_at(taken).1;
    }
    words
}
