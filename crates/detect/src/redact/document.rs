//! Splices of a JSON document.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::{Redaction, Tags};
use crate::json::{Lexer, Token, numbers_in, unescaped};
use crate::{Finding, Findings};

/// Puts replacements into a document. Nothing if it is no JSON.
pub(crate) fn spliced(
    json: &str,
    findings: &Findings,
    redaction: &Redaction,
    tags: &mut Tags,
) -> Option<String> {
    let mut findings = findings.iter().filter(|finding| redaction.takes(finding)).peekable();
    if findings.peek().is_none() {
        return Some(json.to_owned());
    }
    let findings: Vec<&Finding> = findings.collect();
    let mut keys = Keys::of(json, &findings)?;
    let mut out = Out { json, text: String::with_capacity(json.len()), copied: 0 };
    let mut lexer = Lexer::new(json);
    while let Some(token) = lexer.next().ok()? {
        match token {
            Token::ObjectStart => keys.open(),
            Token::ObjectEnd => keys.close(),
            Token::Key(span) => {
                let within = within(&findings, &span);
                if !within.is_empty() {
                    let key = string(json, &span, within, redaction, tags)?;
                    let key = keys.fresh(key);
                    out.put(&span, &key)?;
                }
            }
            Token::String(span) => {
                let within = within(&findings, &span);
                if !within.is_empty() {
                    let value = string(json, &span, within, redaction, tags)?;
                    out.put(&span, &value)?;
                }
            }
            Token::Number(span) => {
                if let Some(finding) = within(&findings, &span).first() {
                    let digits = json.get(span.clone())?.trim_start_matches('-');
                    let value = redaction.replacement(digits, finding, tags);
                    out.put(&span, &format!("\"{}\"", safe(&value)))?;
                }
            }
            Token::ArrayStart | Token::ArrayEnd | Token::Word => {}
        }
    }
    out.end()
}

/// A document as it is written anew.
struct Out<'a> {
    json: &'a str,
    text: String,
    copied: usize,
}

impl Out<'_> {
    fn put(&mut self, span: &Range<usize>, replacement: &str) -> Option<()> {
        self.text.push_str(self.json.get(self.copied..span.start)?);
        self.text.push_str(replacement);
        self.copied = span.end;
        Some(())
    }

    fn end(mut self) -> Option<String> {
        self.text.push_str(self.json.get(self.copied..)?);
        Some(self.text)
    }
}

/// Returns the findings that are within a token. They are in order.
fn within<'f>(findings: &'f [&'f Finding], token: &Range<usize>) -> &'f [&'f Finding] {
    let from = findings.partition_point(|finding| finding.span.start < token.start);
    let rest = findings.get(from..).unwrap_or_default();
    let upto = rest.partition_point(|finding| finding.span.end <= token.end);
    rest.get(..upto).unwrap_or_default()
}

/// Returns what is between the quotes of a string, with replacements.
fn string(
    json: &str,
    token: &Range<usize>,
    findings: &[&Finding],
    redaction: &Redaction,
    tags: &mut Tags,
) -> Option<String> {
    // A number in a document within the string becomes a string there.
    let numbers = numbers_in(json.get(token.clone())?, token.start);
    let mut out = Out { json, text: String::new(), copied: token.start };
    for finding in findings {
        let value = unescaped(json.get(finding.span.clone())?);
        let value = safe(&redaction.replacement(&value, finding, tags));
        let number = numbers
            .binary_search_by_key(&finding.span.end, |number| number.span.end)
            .ok()
            .and_then(|at| numbers.get(at));
        match number {
            Some(number) => {
                let quote = format!("{}\"", "\\".repeat((1 << number.depth) - 1));
                out.put(&number.span, &format!("{quote}{value}{quote}"))?;
            }
            None => out.put(&finding.span, &value)?,
        }
    }
    out.text.push_str(json.get(out.copied..token.end)?);
    Some(out.text)
}

/// Leaves nothing that a string of JSON would have to escape.
fn safe(replacement: &str) -> String {
    let safe = |char: char| !char.is_control() && !matches!(char, '"' | '\\');
    replacement.chars().map(|char| if safe(char) { char } else { '*' }).collect()
}

/// The keys of the objects of a document, in the order the objects begin.
#[derive(Default)]
struct Keys<'a> {
    objects: Vec<Object<'a>>,
    next: usize,
    open: Vec<usize>,
}

/// The keys of an object in which one is redacted. Of others none are known.
#[derive(Default)]
struct Object<'a> {
    taken: HashSet<Cow<'a, str>>,
    /// How often a name was wanted that was taken.
    again: HashMap<String, usize>,
}

impl<'a> Keys<'a> {
    /// Takes note of the keys that stay, so that no other becomes one of them.
    fn of(json: &'a str, findings: &[&Finding]) -> Option<Self> {
        let mut keys = Self::default();
        let mut lexer = Lexer::new(json);
        let mut names: Vec<(Vec<Range<usize>>, bool)> = Vec::new();
        while let Some(token) = lexer.next().ok()? {
            match token {
                Token::ObjectStart => {
                    keys.open();
                    names.push((Vec::new(), false));
                }
                Token::Key(span) => {
                    let (stay, redacted) = names.last_mut()?;
                    if within(findings, &span).is_empty() {
                        stay.push(span);
                    } else {
                        *redacted = true;
                    }
                }
                Token::ObjectEnd => {
                    let (stay, redacted) = names.pop()?;
                    let object = keys.open.last().and_then(|at| keys.objects.get_mut(*at));
                    if let Some(object) = object.filter(|_| redacted) {
                        let stay = stay.into_iter().filter_map(|span| json.get(span));
                        object.taken.extend(stay.map(unescaped));
                    }
                    keys.close();
                }
                Token::String(_)
                | Token::Number(_)
                | Token::ArrayStart
                | Token::ArrayEnd
                | Token::Word => {}
            }
        }
        keys.next = 0;
        Some(keys)
    }

    fn open(&mut self) {
        self.open.push(self.next);
        self.next += 1;
        if self.objects.len() < self.next {
            self.objects.push(Object::default());
        }
    }

    fn close(&mut self) {
        self.open.pop();
    }

    /// Returns a key, changed where its object has another of that name.
    fn fresh(&mut self, key: String) -> String {
        let Some(object) = self.open.last().and_then(|at| self.objects.get_mut(*at)) else {
            return key;
        };
        let mut fresh = key.clone();
        while !object.taken.insert(unescaped(&fresh).into_owned().into()) {
            let again = object.again.entry(key.clone()).or_insert(1);
            *again += 1;
            fresh = format!("{key}#{again}");
        }
        fresh
    }
}
