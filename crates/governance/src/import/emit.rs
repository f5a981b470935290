//! JSON as YAML that people can edit.

use std::fmt::Write as _;

use serde_json::Value;

/// Writes `key: value` lines, nested objects as blocks, everything else on one line.
pub(super) fn field(out: &mut String, indent: usize, key: &str, value: &Value) {
    let pad = " ".repeat(indent);
    if let Some(members) = value.as_object().filter(|members| !members.is_empty()) {
        let _infallible = writeln!(out, "{pad}{}:", scalar(key));
        members.iter().for_each(|(key, value)| field(out, indent + 2, key, value));
        return;
    }
    let _infallible = writeln!(out, "{pad}{}: {}", scalar(key), flow(value));
}

/// Writes a value on one line.
pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", "))
        }
        Value::Object(members) => {
            let member =
                |(key, value): (&String, &Value)| format!("{}: {}", quoted(key), flow(value));
            format!("{{{}}}", members.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}

/// Writes a text bare where it cannot be taken for anything else.
pub(super) fn scalar(text: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let mut characters = text.chars();
    let plain = characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '$' || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || "_-$.".contains(c))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { quoted(text) }
}

/// Quotes a text; what is no printable character is escaped.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            _ if hidden(character) => {
                let mut units = [0; 2];
                let code = u32::from(character);
                if character.encode_utf16(&mut units).len() == 1 {
                    let _infallible = write!(out, "\\u{code:04x}");
                } else {
                    let _infallible = write!(out, "\\U{code:08x}");
                }
            }
            _ => out.push(character),
        }
    }
    out.push('"');
    out
}

/// Characters that YAML does not take as they are, or that make text read otherwise than it is written.
pub(super) fn hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::field;

    #[test]
    fn what_is_written_reads_the_same() {
        let value = json!({
            "type": "object", "required": ["a", "on"], "empty": {}, "none": [],
            "properties": {"on": {"type": ["string", "null"], "default": null},
                "a b": {"enum": ["yes", "1.5", "x: y", "# z", ""], "description": "line\none \"two\" \u{202e}three\u{e0041}"},
                "n": {"minimum": 0, "maximum": 1.5, "anyOf": [{"type": "integer"}, {"const": {"q": [1]}}]}},
        });
        let mut text = String::new();
        field(&mut text, 0, "value", &value);
        let read: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(read["value"], value, "{text}");
        assert!(!text.contains('\u{202e}') && !text.contains('\u{e0041}'));
    }
}
