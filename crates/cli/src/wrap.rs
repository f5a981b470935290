//! Text on as many lines as a terminal needs for it.

/// Cuts text into lines of at most so many columns, between words where it can; lines after the first stand as far in
/// as the first. A word that is longer than a line is cut.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let text = text.trim_end();
    if text.chars().count() <= columns {
        return vec![text.to_owned()];
    }
    let indent: String = text.chars().take_while(|letter| *letter == ' ').collect();
    let most = columns.saturating_sub(indent.len()).max(1);
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut word: Vec<char> = word.chars().collect();
        while !word.is_empty() {
            let Some(line) = lines.last_mut() else { break };
            let used = line.chars().count();
            let gap = usize::from(used > 0);
            if used + gap + word.len() > most && used > 0 {
                lines.push(String::new());
                continue;
            }
            line.extend(std::iter::repeat_n(' ', gap));
            line.extend(word.drain(..most.min(word.len())));
        }
    }
    lines.into_iter().map(|line| indent.clone() + &line).collect()
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn text_is_cut_between_words_and_a_long_word_within() {
        for (text, columns, lines) in [
            ("", 4, &[""][..]),
            ("a b c", 5, &["a b c"]),
            ("a b c d", 5, &["a b c", "d"]),
            ("größer als", 6, &["größer", "als"]),
            ("  in as far", 7, &["  in as", "  far"]),
            ("an abcdefgh z", 4, &["an", "abcd", "efgh", "z"]),
            ("abc  d", 4, &["abc", "d"]),
        ] {
            assert_eq!(wrap(text, columns), lines, "{text}");
        }
    }
}
