//! JSON in the one form that is signed: RFC 8785, the JSON Canonicalization Scheme.

use serde_json::{Number, Value};
use thiserror::Error;

/// How deeply arrays and objects may nest.
const MAX_DEPTH: usize = 64;

/// The largest whole number that every reader of JSON takes as it is: 2^53 - 1.
const MAX_INTEGER: u64 = (1 << 53) - 1;

/// A value that has no canonical form here.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CanonicalError {
    /// Numbers are whole, and every reader must take them as they are.
    #[error(
        "the number `{number}` at `{path}` is not a whole number from -(2^53 - 1) to 2^53 - 1, written without exponent: \
         give a count in a smaller unit, or a text"
    )]
    Number {
        /// JSON pointer to it.
        path: String,
        /// The number, as it was written.
        number: String,
    },
    /// It nests deeper than is read.
    #[error("the value at `{path}` nests deeper than {MAX_DEPTH} levels: make it flatter")]
    Depth {
        /// JSON pointer to it.
        path: String,
    },
}

/// Returns the canonical form of a value: members sorted by the UTF-16 code units of their names, no white space, and
/// the escapes of RFC 8785. Only whole numbers have one here; reports hold no others.
///
/// # Errors
///
/// A number that is not whole or too large for some reader, and nesting over 64 levels; each with its JSON pointer.
pub fn canonical(value: &Value) -> Result<String, CanonicalError> {
    let mut writer = Writer { out: String::new(), path: Vec::new() };
    writer.value(value)?;
    Ok(writer.out)
}

struct Writer<'a> {
    out: String,
    path: Vec<Step<'a>>,
}

enum Step<'a> {
    Index(usize),
    Name(&'a str),
}

impl<'a> Writer<'a> {
    fn value(&mut self, value: &'a Value) -> Result<(), CanonicalError> {
        if self.path.len() > MAX_DEPTH {
            return Err(CanonicalError::Depth { path: self.pointer() });
        }
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Value::Number(number) => self.number(number)?,
            Value::String(text) => self.text(text),
            Value::Array(items) => self.array(items)?,
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members
                    .sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
                self.object(members)?;
            }
        }
        Ok(())
    }

    fn array(&mut self, items: &'a [Value]) -> Result<(), CanonicalError> {
        self.out.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.path.push(Step::Index(index));
            self.value(item)?;
            self.path.pop();
        }
        self.out.push(']');
        Ok(())
    }

    fn object(&mut self, members: Vec<(&'a String, &'a Value)>) -> Result<(), CanonicalError> {
        self.out.push('{');
        for (index, (name, member)) in members.into_iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.text(name);
            self.out.push(':');
            self.path.push(Step::Name(name));
            self.value(member)?;
            self.path.pop();
        }
        self.out.push('}');
        Ok(())
    }

    fn number(&mut self, number: &Number) -> Result<(), CanonicalError> {
        let written = number.to_string();
        let whole: Option<i64> = written.parse().ok();
        // The text must be the one form of its number, which `-0`, `007` or `+1` are not.
        if whole
            .is_none_or(|whole| whole.unsigned_abs() > MAX_INTEGER || whole.to_string() != written)
        {
            return Err(CanonicalError::Number { path: self.pointer(), number: written });
        }
        self.out.push_str(&written);
        Ok(())
    }

    /// Writes a text. `serde_json` has the very escapes of RFC 8785: the short ones, and `\u00xx` in lower case for other
    /// control characters.
    fn text(&mut self, text: &str) {
        self.out.push_str(&Value::from(text).to_string());
    }

    fn pointer(&self) -> String {
        let step = |step: &Step<'_>| match step {
            Step::Index(index) => format!("/{index}"),
            Step::Name(name) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        };
        self.path.iter().map(step).collect()
    }
}
