//! Values as JSON, of a bounded size.

use std::fmt;
use std::io;

use serde::Serialize;

/// How many bytes of one argument are recorded.
const MOST_ARGUMENT: usize = 16 * 1024;

/// The arguments of a call, as the text of a JSON object.
#[derive(Debug)]
pub struct Args {
    text: String,
}

/// Bytes up to a bound; what is beyond is not made.
#[derive(Debug)]
struct Bounded {
    bytes: Vec<u8>,
    most: usize,
    is_cut: bool,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = self.most - self.bytes.len();
        let fitting = bytes.get(..room.min(bytes.len())).unwrap_or_default();
        self.bytes.extend_from_slice(fitting);
        if fitting.len() < bytes.len() {
            self.is_cut = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        io::Write::write_all(self, text.as_bytes()).map_err(|_| fmt::Error)
    }
}

impl Bounded {
    const fn new(most: usize) -> Self {
        Self { bytes: Vec::new(), most, is_cut: false }
    }

    fn text(self) -> String {
        String::from_utf8_lossy(&self.bytes).trim_end_matches('\u{fffd}').to_owned()
    }
}

impl Default for Args {
    fn default() -> Self {
        Self { text: "{".to_owned() }
    }
}

impl Args {
    /// Records that there was a value, and not which.
    pub fn redacted(&mut self, name: &str) {
        self.put_text(name, "\"[redacted]\"");
    }

    pub(crate) fn put_serialized(&mut self, name: &str, value: &(impl Serialize + ?Sized)) {
        self.put_text(name, &serialized(value, MOST_ARGUMENT, MOST_ARGUMENT));
    }

    pub(crate) fn put_debugged(&mut self, name: &str, value: &(impl fmt::Debug + ?Sized)) {
        self.put_text(name, &quoted(&debugged(value, MOST_ARGUMENT)));
    }

    fn put_text(&mut self, name: &str, json: &str) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        self.text.push('"');
        // INVARIANT: an identifier has nothing that JSON would escape.
        self.text.push_str(name);
        self.text.push_str("\":");
        self.text.push_str(json);
    }

    pub(crate) fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}

/// Records an argument of a governed function, whole: policies decide by it.
pub fn argument<T: Serialize + ?Sized>(args: &mut Result<Args, String>, name: &str, value: &T) {
    let Ok(own) = args else { return };
    match serde_json::to_string(value) {
        Ok(json) => own.put_text(name, &json),
        Err(error) => *args = Err(format!("`{name}` cannot be written as JSON: {error}")),
    }
}

/// Writes a value as JSON of at most `chars` characters; of one that is longer, its beginning as a string.
pub(crate) fn serialized(value: &(impl Serialize + ?Sized), chars: usize, bytes: usize) -> String {
    let mut written = Bounded::new(bytes.saturating_mul(4).saturating_add(2).max(64));
    let failed = serde_json::to_writer(&mut written, value).err();
    let is_cut = written.is_cut;
    let text = written.text();
    match failed {
        Some(error) if !is_cut => quoted(&format!("[cannot be written as JSON: {error}]")),
        None if text.chars().nth(chars).is_none() => text,
        None | Some(_) => quoted(&first(&content(&text), chars)),
    }
}

/// Writes a value for developers, at most `chars` characters.
pub(crate) fn debugged(value: &(impl fmt::Debug + ?Sized), chars: usize) -> String {
    shown(format_args!("{value:?}"), chars)
}

/// Writes a value for people, at most `chars` characters.
pub(crate) fn displayed(value: &(impl fmt::Display + ?Sized), chars: usize) -> String {
    shown(format_args!("{value}"), chars)
}

fn shown(text: fmt::Arguments<'_>, chars: usize) -> String {
    let mut written = Bounded::new(chars.saturating_mul(4));
    // It ends where there is no more room.
    let _ = fmt::write(&mut written, text);
    first(&written.text(), chars)
}

pub(crate) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

fn first(text: &str, chars: usize) -> String {
    text.chars().take(chars).collect()
}

/// Returns what JSON says that may have been cut: of a string its text, of anything else its JSON.
fn content(json: &str) -> String {
    if !json.starts_with('"') {
        return json.to_owned();
    }
    if let Ok(text) = serde_json::from_str(json) {
        return text;
    }
    // An escape that was cut is at most twelve characters long.
    let mut end = json.len();
    for _ in 0..=12 {
        let Some(beginning) = json.get(..end) else { break };
        if let Ok(text) = serde_json::from_str(&format!("{beginning}\"")) {
            return text;
        }
        end = json.floor_char_boundary(end.saturating_sub(1));
    }
    json.to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Args, debugged, serialized};

    #[test]
    fn a_value_is_json_up_to_so_many_characters_and_then_its_beginning() {
        for (value, chars, expected) in [
            (serde_json::json!({"a": 1}), 7, r#"{"a":1}"#),
            (serde_json::json!({"a": 1}), 6, r#""{\"a\":1""#),
            (serde_json::json!("ééééé"), 7, r#""ééééé""#),
            (serde_json::json!("ééééé"), 3, r#""ééé""#),
            (serde_json::json!("a\"b\nc"), 4, r#""a\"b\n""#),
            (serde_json::json!("x".repeat(100_000)), 5, r#""xxxxx""#),
            (serde_json::json!("\u{1}".repeat(100_000)), 2, r#""\u0001\u0001""#),
            (serde_json::json!(null), 0, r#""""#),
        ] {
            assert_eq!(serialized(&value, chars, chars), expected);
        }
    }

    #[test]
    fn arguments_are_one_object_and_a_large_one_is_cut() {
        let mut args = Args::default();
        assert_eq!(Args::default().finish(), "{}");
        args.put_serialized("order", "A-1");
        args.put_debugged("kind", &Some(1));
        args.redacted("card");
        args.put_serialized("body", &"x".repeat(1 << 20));
        let text = args.finish();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["order"], "A-1");
        assert_eq!(value["kind"], "Some(1)");
        assert_eq!(value["card"], "[redacted]");
        assert_eq!(value["body"].as_str().unwrap().len(), 16 * 1024);
    }

    #[test]
    fn what_is_not_json_is_said_to_be_none() {
        let map: std::collections::HashMap<Vec<u8>, u8> = [(vec![1], 1)].into();
        assert!(serialized(&map, 500, 500).contains("cannot be written as JSON"));
        assert_eq!(debugged(&"aé".repeat(9), 3), "\"aé");
    }
}
