//! YAML text to wire types: strict, bounded, and with every refusal at its line.

use serde::de::DeserializeOwned;
use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{DuplicateKeyPolicy, Error, MergeKeyPolicy, Options, budget, options};
use syndic_model::{Finding, Level, Place};

use crate::position::{START, position};
use crate::text::did_you_mean;

/// Reads one document.
///
/// A file whose shape is wrong (syntax, an unknown or repeated key, a list for a word) yields that one finding;
/// what its texts mean is checked afterwards, all of it.
pub(crate) fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, Finding> {
    if text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#')) {
        return Err(Refusal::new("empty-file", "the file is empty").finding(file, START));
    }
    serde_saphyr::from_str_with_options(text, strict()).map_err(|error| {
        let error = error.without_snippet();
        let place = error.location().as_ref().and_then(position).or(START);
        Refusal::of(error, text).finding(file, place)
    })
}

fn strict() -> Options {
    options! {
        budget: budget! { max_depth: 64, max_nodes: 50_000, max_events: 150_000, max_aliases: 0, max_documents: 1 },
        duplicate_keys: DuplicateKeyPolicy::Error,
        merge_keys: MergeKeyPolicy::Error,
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// Why a document was refused, in our words.
struct Refusal {
    code: &'static str,
    message: String,
    hint: Option<String>,
}

impl Refusal {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    fn hint(self, hint: impl Into<Option<String>>) -> Self {
        Self { hint: hint.into(), ..self }
    }

    fn finding(self, file: &str, position: Option<(u32, u32)>) -> Finding {
        let place = Place { file: file.to_owned(), position };
        Finding {
            level: Level::Error,
            code: self.code,
            place,
            message: self.message,
            hint: self.hint,
        }
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the reader has some eighty errors and may grow more"
    )]
    fn of(error: &Error, text: &str) -> Self {
        match error {
            Error::SerdeUnknownField { field, expected, .. } => {
                let hint =
                    did_you_mean(field, expected.iter().copied()).unwrap_or_else(|| list(expected));
                Self::new("unknown-field", format!("unknown field `{}`", plain(field))).hint(hint)
            }
            Error::DuplicateMappingKey { key, .. } => {
                let key = key.as_deref().map(plain).unwrap_or_default();
                Self::new("duplicate-key", format!("`{key}` is given twice"))
                    .hint("keep one of them".to_owned())
            }
            Error::SerdeInvalidType { unexpected, expected, .. } => {
                Self::new("wrong-type", format!("expected {expected}, found {}", plain(unexpected)))
            }
            Error::InvalidBooleanStrict { .. } => Self::new("wrong-type", "expected a truth value")
                .hint("write `true` or `false`".to_owned()),
            Error::InvalidScalar { ty, .. } => {
                Self::new("wrong-type", format!("expected {}", type_name(ty)))
            }
            Error::NullIntoString { .. } => {
                Self::new("wrong-type", "expected a text, found nothing")
            }
            Error::Unexpected { expected: "sequence start", .. } => {
                Self::new("wrong-type", "expected a list")
                    .hint("write `[one, another]`, or `- one` lines".to_owned())
            }
            Error::Unexpected { expected: "mapping start", .. } => {
                Self::new("wrong-type", "expected fields")
                    .hint("write `field: value` lines".to_owned())
            }
            Error::Unexpected { expected, .. } => {
                Self::new("wrong-type", format!("expected {expected}"))
            }
            Error::MergeKeyNotAllowed { .. } => {
                Self::new("merge-key", "merge keys (`<<`) are not read here")
                    .hint("write the fields out".to_owned())
            }
            Error::Budget { breach: BudgetBreach::Aliases { .. }, .. } => {
                Self::new("alias", "aliases (`*name`) are not read here")
                    .hint("write the value out".to_owned())
            }
            Error::Budget { breach: BudgetBreach::Documents { .. }, .. }
            | Error::MultipleDocuments { .. } => {
                let hint = "give each document a file of its own".to_owned();
                Self::new("several-documents", "a file holds one document").hint(hint)
            }
            Error::Budget { .. } => {
                Self::new("too-complex", "the file nests too deeply or holds too many values")
            }
            other => {
                Self::new("syntax", plain(&unplaced(&other.to_string()))).hint(syntax_hint(text))
            }
        }
    }
}

fn list(expected: &[&str]) -> String {
    format!(
        "the fields here are {}",
        expected.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ")
    )
}

fn type_name(rust: &str) -> &str {
    match rust {
        "bool" => "`true` or `false`",
        "u64" | "u32" | "usize" => "a whole number, not below zero",
        other => other,
    }
}

/// Quotes input: bounded, and without control characters.
fn plain(text: &str) -> String {
    text.chars()
        .take(120)
        .flat_map(|c| if c.is_control() { c.escape_default().collect() } else { vec![c] })
        .collect()
}

/// Drops the place from a message of the reader; the finding says it.
fn unplaced(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.split_once(" at line ").map_or(line, |(message, _)| message).to_owned()
}

fn syntax_hint(text: &str) -> Option<String> {
    let tab = text.lines().position(|line| line.trim_start_matches(' ').starts_with('\t'))?;
    Some(format!("line {} is indented with a tab; YAML wants spaces", tab + 1))
}
