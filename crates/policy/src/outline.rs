//! Where things are in the text of one policy, which Cedar's public API does not tell.

use std::ops::Range;

/// The places in a policy's text that findings and rewriting need.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Each annotation's name and the offset of its `@`.
    pub(crate) annotations: Vec<(String, usize)>,
    /// The offset of `permit` or `forbid`.
    pub(crate) effect: usize,
    /// What is between the parentheses of the scope.
    pub(crate) scope: Range<usize>,
}

/// Reads the head of a policy that Cedar has already parsed.
pub(crate) fn outline(text: &str) -> Outline {
    let mut outline = Outline::default();
    let (mut depth, mut sign, mut effect) = (0_usize, None, false);
    for (at, token) in tokens(text) {
        match token {
            Token::Sign('@') if depth == 0 => sign = Some(at),
            Token::Word(word) if depth == 0 => match sign.take() {
                Some(sign) => outline.annotations.push((word.to_owned(), sign)),
                None => {
                    effect = matches!(word, "permit" | "forbid");
                    outline.effect = at;
                }
            },
            Token::Sign('(') => {
                depth += 1;
                if effect && depth == 1 {
                    outline.scope.start = at + 1;
                }
            }
            Token::Sign(')') => {
                depth = depth.saturating_sub(1);
                if effect && depth == 0 {
                    outline.scope.end = at;
                    return outline;
                }
            }
            Token::Sign(_) | Token::Word(_) => {}
        }
    }
    outline
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    Word(&'a str),
    Sign(char),
}

/// Yields words and signs with their offsets; comments, strings and space are skipped.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = (usize, Token<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let start = at;
            let first = rest.chars().next()?;
            let word =
                rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            if first.is_whitespace() {
                at += first.len_utf8();
            } else if rest.starts_with("//") {
                at += rest.find('\n').unwrap_or(rest.len());
            } else if first == '"' {
                at += string_length(rest);
            } else if word > 0 {
                at += word;
                return rest.get(..word).map(|word| (start, Token::Word(word)));
            } else {
                at += first.len_utf8();
                return Some((start, Token::Sign(first)));
            }
        }
    })
}

/// Returns the length of the string literal at the start of `text`, quotes included.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            _ => escaped = c == '\\' && !escaped,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::outline;

    #[test]
    fn an_outline_knows_strings_and_comments() {
        let text = "// forbid (no)\n@id(\"a)\\\"(\") @reason(\"forbid(\")\nforbid (principal, // )\n action == Action::\"x)\", resource) when { true };";
        let found = outline(text);
        let names: Vec<_> = found
            .annotations
            .iter()
            .map(|(name, at)| (name.as_str(), text.get(*at..*at + 3).unwrap()))
            .collect();
        assert_eq!(names, [("id", "@id"), ("reason", "@re")]);
        assert_eq!(text.get(found.effect..).unwrap().get(..8), Some("forbid ("));
        assert_eq!(
            text.get(found.scope).unwrap(),
            "principal, // )\n action == Action::\"x)\", resource"
        );
    }
}
