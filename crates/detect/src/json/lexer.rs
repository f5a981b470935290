//! The tokens of a JSON document (RFC 8259), without a copy of anything.

use std::ops::Range;

use crate::OverBudget;
use crate::json::JsonError;

/// How deep a document may be nested.
pub(crate) const DEEPEST: usize = 512;

/// A token of a document. Strings are told without their quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token {
    ObjectStart,
    ObjectEnd,
    ArrayStart,
    ArrayEnd,
    Key(Range<usize>),
    String(Range<usize>),
    Number(Range<usize>),
    /// `true`, `false` or `null`.
    Word,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    Value,
    ValueOrEnd,
    KeyOrEnd,
    Key,
    CommaOrEnd,
    Nothing,
}

/// Reads the tokens of a document.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    expected: Expected,
    /// The brackets that are open.
    open: Vec<u8>,
}

impl<'a> Lexer<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, expected: Expected::Value, open: Vec::new() }
    }

    /// Returns the next token. Nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Token>, JsonError> {
        let mut byte = self.blank();
        if self.expected == Expected::CommaOrEnd && byte == Some(b',') {
            self.at += 1;
            let object = self.open.last() == Some(&b'{');
            self.expected = if object { Expected::Key } else { Expected::Value };
            byte = self.blank();
        }
        let Some(byte) = byte else {
            return if self.expected == Expected::Nothing { Ok(None) } else { Err(self.here()) };
        };
        match (self.expected, byte) {
            (Expected::KeyOrEnd | Expected::CommaOrEnd, b'}') => self.close(b'{', Token::ObjectEnd),
            (Expected::ValueOrEnd | Expected::CommaOrEnd, b']') => {
                self.close(b'[', Token::ArrayEnd)
            }
            (Expected::Key | Expected::KeyOrEnd, b'"') => self.key(),
            (Expected::Value | Expected::ValueOrEnd, _) => self.value(byte),
            (Expected::Key | Expected::KeyOrEnd | Expected::CommaOrEnd | Expected::Nothing, _) => {
                Err(self.here())
            }
        }
        .map(Some)
    }

    fn here(&self) -> JsonError {
        JsonError::Malformed(self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// Skips blanks and returns what follows.
    fn blank(&mut self) -> Option<u8> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.at += blanks.count();
        self.peek()
    }

    fn close(&mut self, bracket: u8, token: Token) -> Result<Token, JsonError> {
        if self.open.pop() != Some(bracket) {
            return Err(self.here());
        }
        self.at += 1;
        self.after_value();
        Ok(token)
    }

    const fn after_value(&mut self) {
        self.expected = if self.open.is_empty() { Expected::Nothing } else { Expected::CommaOrEnd };
    }

    fn key(&mut self) -> Result<Token, JsonError> {
        let key = self.string()?;
        if self.blank() != Some(b':') {
            return Err(self.here());
        }
        self.at += 1;
        self.expected = Expected::Value;
        Ok(Token::Key(key))
    }

    fn value(&mut self, first: u8) -> Result<Token, JsonError> {
        match first {
            b'{' | b'[' => {
                if self.open.len() == DEEPEST {
                    return Err(OverBudget::Depth(DEEPEST).into());
                }
                self.open.push(first);
                self.at += 1;
                let object = first == b'{';
                self.expected = if object { Expected::KeyOrEnd } else { Expected::ValueOrEnd };
                Ok(if object { Token::ObjectStart } else { Token::ArrayStart })
            }
            b'"' => {
                let string = self.string()?;
                self.after_value();
                Ok(Token::String(string))
            }
            b'-' | b'0'..=b'9' => {
                let number = self.number()?;
                self.after_value();
                Ok(Token::Number(number))
            }
            _ => {
                let rest = self.text.get(self.at..).unwrap_or_default();
                let word = [&b"true"[..], b"false", b"null"]
                    .into_iter()
                    .find(|word| rest.starts_with(word));
                self.at += word.ok_or_else(|| self.here())?.len();
                self.after_value();
                Ok(Token::Word)
            }
        }
    }

    /// Reads a string, and returns where it stands without its quotes.
    fn string(&mut self) -> Result<Range<usize>, JsonError> {
        let start = self.at + 1;
        self.at = start;
        loop {
            let rest = self.text.get(self.at..).unwrap_or_default();
            let plain = memchr::memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            let body = rest.get(..plain).unwrap_or_default();
            if let Some(control) = body.iter().position(|byte| *byte < b' ') {
                self.at += control;
                return Err(self.here());
            }
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(start..self.at - 1);
                }
                Some(_) => self.escape()?,
                None => return Err(self.here()),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        let rest = self.text.get(self.at + 1..).unwrap_or_default();
        let length = match rest.first() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u')
                if rest.get(1..5).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
            {
                6
            }
            _ => return Err(self.here()),
        };
        self.at += length;
        Ok(())
    }

    fn number(&mut self) -> Result<Range<usize>, JsonError> {
        let start = self.at;
        self.at += usize::from(self.peek() == Some(b'-'));
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(start..self.at)
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        if digits == 0 { Err(self.here()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::value::RawValue;

    use super::*;

    fn accepts(text: &str) -> bool {
        let mut lexer = Lexer::new(text);
        loop {
            match lexer.next() {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    }

    #[test]
    fn it_accepts_what_is_json_and_nothing_else() {
        for text in [
            "{}",
            "[]",
            "0",
            "-1.5e+9",
            "\"\\ud800\"",
            " [1 , {\"a\" : [ ] } , null ] ",
            "true",
            "",
            "{",
            "]",
            "[1,]",
            "{\"a\"}",
            "{\"a\":}",
            "{,}",
            "01",
            "1.",
            "-",
            "\"",
            "\"\\x\"",
            "\"\\u12\"",
            "[1 2]",
            "nul",
            "{} {}",
            "\"\n\"",
            "{\"a\":1,}",
            "[}",
            "{\"a\":1]",
            "1e",
            "+1",
            "{1:2}",
        ] {
            assert_eq!(accepts(text), serde_json::from_str::<&RawValue>(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_over_budget() {
        let deep = "[".repeat(1_000_000);
        let mut lexer = Lexer::new(&deep);
        let error = loop {
            if let Err(error) = lexer.next() {
                break error;
            }
        };
        assert_eq!(error, JsonError::OverBudget(OverBudget::Depth(DEEPEST)));
    }

    proptest! {
        #[test]
        fn it_agrees_with_serde(text in r#"[\[\]{}",:0-9a\\u.eE\- tru]{0,24}"#) {
            prop_assert_eq!(accepts(&text), serde_json::from_str::<&RawValue>(&text).is_ok());
        }
    }
}
