//! What in the texts of a server speaks to the model, or hides from people.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::pin::class::token;
use crate::pin::hidden::{Hidden, hidden, spelled};
use crate::pin::instruction::instructions;
use crate::pin::show::show;
use crate::pin::words::words;

/// The most findings about one definition.
const MOST_FINDINGS: usize = 32;
/// The most bytes of one definition that are looked at.
const MOST_BYTES: usize = 64 << 10;
/// Deeper than this nothing is looked at.
const MOST_DEPTH: usize = 128;
/// The characters of an excerpt.
const EXCERPT: usize = 120;
/// From this length on a run of letters and digits is no word.
const ENCODED: usize = 80;

/// What somebody should read before a tool is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A JSON pointer into the definition: the text, or the member whose name it is.
    pub place: String,
    /// What was found.
    pub kind: Kind,
    /// How remarkable it is.
    pub weight: Weight,
    /// The text around it, escaped.
    pub excerpt: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.kind, self.excerpt)
    }
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Tells the model to leave what it was told.
    Override,
    /// Tells the model to keep something from people.
    Secrecy,
    /// Asks for files, secrets or the conversation, or names an address to send things to.
    Exfiltration,
    /// Says how other tools are to be used.
    OtherTools,
    /// Looks like the frame of a conversation rather than its content.
    Markup,
    /// Has characters that nobody sees.
    Hidden,
    /// Has characters that make text stand in another order than it is read.
    Direction,
    /// Has control characters.
    Control,
    /// Has a long run of encoded data.
    Encoded,
    /// Is too long or too deep to be looked at whole.
    TooLong,
}

impl Kind {
    /// Returns the word that is shown and recorded.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::Secrecy => "secrecy",
            Self::Exfiltration => "exfiltration",
            Self::OtherTools => "other-tools",
            Self::Markup => "markup",
            Self::Hidden => "hidden",
            Self::Direction => "direction",
            Self::Control => "control",
            Self::Encoded => "encoded",
            Self::TooLong => "too-long",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How remarkable a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Honest texts have it sometimes.
    Medium,
    /// Honest texts hardly ever have it.
    High,
}

impl Weight {
    /// Returns the word that is shown and recorded.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Looks at every text of a definition, of a tool, a prompt or a resource, names of members included, without `_meta`.
/// The most remarkable come first. What follows is for people to read: nothing is refused for a finding.
#[must_use]
pub fn scan(definition: &Value) -> Vec<Finding> {
    let mut scanner = Scanner { findings: Vec::new(), left: MOST_BYTES };
    if let Value::Object(members) = definition {
        for (key, value) in members.iter().filter(|(key, _)| *key != "_meta") {
            scanner.member("", key, value, 0);
        }
    } else {
        scanner.value("", definition, 0);
    }
    scanner.findings.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.place.cmp(&b.place)));
    scanner.findings
}

struct Scanner {
    findings: Vec<Finding>,
    left: usize,
}

impl Scanner {
    fn value(&mut self, place: &str, value: &Value, depth: usize) {
        match value {
            Value::String(text) => self.text(place, text),
            _ if depth > MOST_DEPTH => {
                self.add(place, Kind::TooLong, Weight::Medium, String::new());
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(&format!("{place}/{index}"), item, depth + 1);
                }
            }
            Value::Object(members) => {
                for (key, value) in members {
                    self.member(place, key, value, depth);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    fn member(&mut self, place: &str, key: &str, value: &Value, depth: usize) {
        let place = format!("{place}/{}", token(key));
        self.text(&place, key);
        self.value(&place, value, depth + 1);
    }

    fn text(&mut self, place: &str, text: &str) {
        if self.left == 0 || text.is_empty() {
            return;
        }
        let whole = text;
        let text = text.get(..text.floor_char_boundary(self.left)).unwrap_or_default();
        self.left -= text.len();
        if text.len() < whole.len() {
            self.left = 0;
            self.add(place, Kind::TooLong, Weight::Medium, excerpt(text, text.len()));
        }
        self.hidden(place, text);
        for found in instructions(text, &words(text)) {
            self.add(place, found.kind, found.weight, excerpt(text, found.begin));
        }
        if let Some(begin) = encoded(text) {
            self.add(place, Kind::Encoded, Weight::Medium, excerpt(text, begin));
        }
    }

    /// Hidden characters of a kind are one finding, however many there are.
    fn hidden(&mut self, place: &str, text: &str) {
        let mut kinds: BTreeMap<(Kind, Weight), (usize, usize, String)> = BTreeMap::new();
        for (position, char, hidden) in hidden(text) {
            let kind = match hidden {
                Hidden::Invisible | Hidden::Tag | Hidden::Selector => (Kind::Hidden, Weight::High),
                Hidden::Direction => (Kind::Direction, Weight::High),
                Hidden::Escape => (Kind::Control, Weight::High),
                Hidden::Control => (Kind::Control, Weight::Medium),
            };
            let (_, count, message) = kinds.entry(kind).or_insert((position, 0, String::new()));
            *count += 1;
            message.extend(spelled(char).filter(|_| hidden == Hidden::Tag));
        }
        for ((kind, weight), (position, count, message)) in kinds {
            let mut excerpt = format!("{count} in: {}", excerpt(text, position));
            if !message.is_empty() {
                excerpt.push_str(&format!("; they spell: {}", show(&message, EXCERPT)));
            }
            self.add(place, kind, weight, excerpt);
        }
    }

    fn add(&mut self, place: &str, kind: Kind, weight: Weight, excerpt: String) {
        let shown = show(place, 200);
        let same = |finding: &&mut Finding| finding.place == shown && finding.kind == kind;
        if let Some(known) = self.findings.iter_mut().find(same) {
            if known.weight < weight {
                known.weight = weight;
                known.excerpt = excerpt;
            }
            return;
        }
        let finding = Finding { place: shown, kind, weight, excerpt };
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        } else if let Some(lighter) = self.findings.iter_mut().find(|known| known.weight < weight) {
            // Findings that matter less do not crowd out those that matter more.
            *lighter = finding;
        }
    }
}

/// Shows the text from a little before `begin`.
fn excerpt(text: &str, begin: usize) -> String {
    let before = text.get(..begin).unwrap_or_default();
    let from = before.char_indices().rev().nth(EXCERPT / 4).map_or(0, |(at, _)| at);
    let rest = text.get(from..).unwrap_or_default();
    let end = rest.char_indices().nth(EXCERPT).map_or(rest.len(), |(at, _)| at);
    let shown = show(rest.get(..end).unwrap_or_default(), EXCERPT);
    let mark = |cut: bool| if cut { "…" } else { "" };
    format!("{}{shown}{}", mark(from > 0), mark(end < rest.len()))
}

/// Finds a run that is long, and made of letters of both cases and digits as Base64 is, or of hexadecimal digits.
fn encoded(text: &str) -> Option<usize> {
    if text.starts_with("data:") {
        // A picture: nobody reads it as words.
        return None;
    }
    let mut begin = 0;
    text.split(|char: char| !(char.is_ascii_alphanumeric() || "+/=_-".contains(char)))
        .map(|run| {
            let at = begin;
            let end = at + run.len();
            let separator = text.get(end..).and_then(|rest| rest.chars().next());
            begin = end + separator.map_or(0, char::len_utf8);
            (at, run)
        })
        .find(|(_, run)| run.len() >= ENCODED && is_mixed(run))
        .map(|(at, _)| at)
}

/// Tells whether upper case, lower case and digits take turns as they do in no word, or all are hexadecimal digits.
fn is_mixed(run: &str) -> bool {
    let class = |byte: &u8| match byte {
        b'A'..=b'Z' => Some(0),
        b'a'..=b'z' => Some(1),
        b'0'..=b'9' => Some(2),
        _ => None,
    };
    let turns = run.as_bytes().windows(2).filter(|pair| match pair {
        [a, b] => class(a).zip(class(b)).is_some_and(|(a, b)| a != b),
        _ => false,
    });
    turns.count() * 4 >= run.len() || run.bytes().all(|byte| byte.is_ascii_hexdigit())
}
