//! The logs that a witness is told of, as lines of verifier keys.

use std::collections::BTreeMap;

use syndic_ledger::{KeyError, KeyKind, VerifierKey};
use thiserror::Error;

/// The most logs that one witness knows.
const MOST_LOGS: usize = 10_000;
const MOST_KEYS_OF_A_LOG: usize = 4;

/// Why a list of logs cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LogsError {
    /// A line is no key.
    #[error("line {line}: {source}")]
    Key {
        /// The line, from 1.
        line: usize,
        /// Why.
        source: KeyError,
    },
    /// The key of a witness, which signs no checkpoints of its own.
    #[error("line {line}: `{name}` is the key of a witness, not of a log")]
    Witness {
        /// The line, from 1.
        line: usize,
        /// Whose.
        name: String,
    },
    /// There are more logs, or more keys of a log, than anybody has.
    #[error(
        "line {line}: a witness knows at most {MOST_LOGS} logs, and {MOST_KEYS_OF_A_LOG} keys of one"
    )]
    TooMany {
        /// The line, from 1.
        line: usize,
    },
}

/// Reads the keys of logs, one a line, by origin. Empty lines and what begins with `#` say nothing; a log that rotates
/// its key has a line for each.
///
/// # Errors
/// When a line is anything else.
pub fn parse_logs(text: &str) -> Result<BTreeMap<String, Vec<VerifierKey>>, LogsError> {
    let mut logs = BTreeMap::<String, Vec<VerifierKey>>::new();
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        if text.is_empty() || text.starts_with('#') {
            continue;
        }
        let key: VerifierKey = text.parse().map_err(|source| LogsError::Key { line, source })?;
        if key.kind() != KeyKind::Log {
            return Err(LogsError::Witness { line, name: key.name().to_owned() });
        }
        let keys = logs.entry(key.name().to_owned()).or_default();
        if !keys.contains(&key) {
            keys.push(key);
        }
        if keys.len() > MOST_KEYS_OF_A_LOG || logs.len() > MOST_LOGS {
            return Err(LogsError::TooMany { line });
        }
    }
    Ok(logs)
}

#[cfg(test)]
mod tests {
    use syndic_ledger::{KeyKind, NoteKey};

    use super::parse_logs;

    fn key(name: &str, kind: KeyKind, seed: u8) -> String {
        NoteKey::new(name, kind, &[seed; 32]).unwrap().verifier().to_string()
    }

    #[test]
    fn a_line_is_a_key_and_keys_of_one_name_are_one_log() {
        let (first, second) =
            (key("a.example", KeyKind::Log, 1), key("a.example", KeyKind::Log, 2));
        let other = key("b.example", KeyKind::Log, 1);
        let text = format!("# ours\n{first}\n\n  {second}\n{other}\n{first}\n");
        let logs = parse_logs(&text).unwrap();
        let counts: Vec<_> = logs.iter().map(|(name, keys)| (name.as_str(), keys.len())).collect();
        assert_eq!(counts, [("a.example", 2), ("b.example", 1)]);
        for (text, message) in [
            ("\nnonsense", "line 2: not a verifier key like `example.org/log+4fa1b2c3+AQx…`"),
            (
                &key("w.example", KeyKind::Witness, 1),
                "line 1: `w.example` is the key of a witness, not of a log",
            ),
        ] {
            assert_eq!(parse_logs(text).unwrap_err().to_string(), message);
        }
        let many: String = (0..5).map(|seed| key("a.example", KeyKind::Log, seed) + "\n").collect();
        assert!(parse_logs(&many).unwrap_err().to_string().starts_with("line 5: "));
    }
}
