//! A text as words, so that spelling, spacing and invisible characters make no difference.

use unicode_normalization::UnicodeNormalization as _;

use crate::pin::hidden::hides;

/// One word, lowercase, and where it begins in the text; `@email`, `@url` and `@secret` stand for themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) begin: usize,
}

/// Places where credentials are kept.
const SECRETS: &[&str] = &[
    ".ssh/",
    "id_rsa",
    "id_ed25519",
    ".aws/",
    "/etc/passwd",
    "/etc/shadow",
    "mcp.json",
    ".cursor/",
    ".claude/",
    "claude_desktop_config",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    ".kube/",
    ".gnupg",
    ".docker/config",
    "wallet.dat",
    ".bash_history",
    ".zsh_history",
    ".syndic/",
];

/// Splits a text into words.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chunk: Vec<(usize, char)> = Vec::new();
    for (begin, char) in text.char_indices().chain([(text.len(), ' ')]) {
        if char.is_whitespace() {
            read(&chunk, &mut words);
            chunk.clear();
        } else if !hides(char) {
            let folded = char.nfkc().flat_map(char::to_lowercase).map(alike);
            chunk.extend(folded.map(|char| (begin, char)));
        }
    }
    words
}

/// Reads what stands between two spaces.
fn read(chunk: &[(usize, char)], words: &mut Vec<Word>) {
    let Some(&(begin, _)) = chunk.first() else { return };
    let text: String = chunk.iter().map(|(_, char)| *char).collect();
    let whole = text.trim_matches(|char: char| !char.is_alphanumeric() && !"~/.".contains(char));
    let special = if SECRETS.iter().any(|place| whole.contains(place)) || is_env_file(whole) {
        Some("@secret")
    } else if whole.contains("://") || whole.starts_with("www.") {
        Some("@url")
    } else if is_email(whole) {
        Some("@email")
    } else {
        None
    };
    if let Some(special) = special {
        words.push(Word { text: special.to_owned(), begin });
        return;
    }
    let mut word = String::new();
    let mut from = begin;
    for (at, char) in chunk.iter().copied().chain([(begin, ' ')]) {
        match char {
            '\'' | '\u{2019}' => {}
            _ if char.is_alphanumeric() => {
                if word.is_empty() {
                    from = at;
                }
                word.push(char);
            }
            _ if !word.is_empty() => add(std::mem::take(&mut word), from, words),
            _ => {}
        }
    }
}

/// Adds a word; `do not` and its like become one.
fn add(word: String, begin: usize, words: &mut Vec<Word>) {
    if word == "not"
        && let Some(last) = words.last_mut()
        && ["do", "must", "should", "may", "shall", "need"].contains(&last.text.as_str())
    {
        last.text = "dont".to_owned();
        return;
    }
    let text = match word.as_str() {
        "mustnt" | "shouldnt" | "neednt" => "dont".to_owned(),
        _ => word,
    };
    words.push(Word { text, begin });
}

fn is_env_file(text: &str) -> bool {
    let name = text.rsplit('/').next().unwrap_or_default();
    name == ".env" || name.starts_with(".env.")
}

fn is_email(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        let label = |l: &str| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-');
        let domain = domain.trim_end_matches('.');
        !local.is_empty() && domain.contains('.') && domain.split('.').all(label)
    })
}

/// Returns the Latin letter that a Cyrillic or Greek one is drawn like.
const fn alike(char: char) -> char {
    match char {
        'а' | 'α' => 'a',
        'с' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' => 'e',
        'һ' => 'h',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' => 'u',
        'ν' => 'v',
        'ѡ' => 'w',
        'х' | 'χ' => 'x',
        'у' => 'y',
        _ => char,
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_the_same_however_they_are_written() {
        for (text, read) in [
            ("Do NOT tell,\n the user’s boss!", "dont tell the users boss"),
            ("ｉｇｎｏｒｅ аll", "ignore all"),
            ("ig\u{200b}no\u{ad}re", "ignore"),
            ("send_email (to: x@example.org.)", "send email to @email"),
            ("read `~/.ssh/id_rsa`, then https://example.org/a?b", "read @secret then @url"),
            ("the \".env\" file, .environment", "the @secret file environment"),
            ("", ""),
        ] {
            let found: Vec<String> = words(text).into_iter().map(|word| word.text).collect();
            assert_eq!(found.join(" "), read, "{text:?}");
        }
    }
}
