//! The data of a Kubernetes `Secret` in YAML: base64, which hides nothing.

use std::ops::Range;

use memchr::memmem;

use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Entity, OverBudget};

use super::format::B64;

/// How far before and after `kind: Secret` its data is looked for.
const REACH: usize = 1024;
/// The most lines of data.
const LINES: usize = 64;

/// Finds the data of the object whose `kind` is assigned at `separator`, if it is a `Secret`.
pub(crate) fn find(
    bytes: &[u8],
    key: usize,
    separator: usize,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let line = bytes.get(separator + 1..).unwrap_or_default();
    let line = line.get(..line.len().min(24)).unwrap_or_default();
    let value = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let value: Vec<u8> = value.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
    if !value.eq_ignore_ascii_case(b"secret") {
        return Ok(());
    }
    let object = object_around(bytes, key);
    budget.spend(4 * object.len())?;
    let text = bytes.get(object.clone()).unwrap_or_default();
    for at in memmem::find_iter(text, b"data:") {
        let indent = text
            .get(..at)
            .unwrap_or_default()
            .iter()
            .rev()
            .take_while(|byte| **byte == b' ')
            .count();
        let starts_line = at == indent || text.get(at - indent - 1) == Some(&b'\n');
        if starts_line {
            entries(text, at + 5, indent, object.start, hits);
        }
    }
    Ok(())
}

/// Returns where the YAML document around `at` stands, as far as it is looked at.
fn object_around(bytes: &[u8], at: usize) -> Range<usize> {
    let from = at.saturating_sub(REACH);
    let head = bytes.get(from..at).unwrap_or_default();
    let start = memmem::rfind(head, b"\n---").map_or(from, |place| from + place + 4);
    let tail = bytes.get(at..).unwrap_or_default();
    let tail = tail.get(..tail.len().min(REACH)).unwrap_or_default();
    start..at + memmem::find(tail, b"\n---").unwrap_or(tail.len())
}

/// Finds the base64 of the entries of a mapping that begins at `from` and is deeper than `indent`.
fn entries(text: &[u8], from: usize, indent: usize, base: usize, hits: &mut Vec<Hit>) {
    let Some(first) = memchr::memchr(b'\n', text.get(from..).unwrap_or_default()) else { return };
    let mut at = from + first + 1;
    for _ in 0..LINES {
        let rest = text.get(at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..length).unwrap_or_default();
        let depth = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if line.is_empty() || depth <= indent && line.first() != Some(&b'\t') {
            return;
        }
        let value = line.iter().position(|byte| *byte == b':').map_or(depth, |colon| colon + 1);
        let quoted = |byte: &u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'\r');
        let entry = line.get(value..).unwrap_or_default();
        let lead = entry.iter().take_while(|byte| quoted(byte)).count();
        let close = entry.iter().skip(lead).rev().take_while(|byte| quoted(byte)).count();
        let start = value + lead;
        let end = line.len() - close;
        let body = line.get(start..end).unwrap_or_default();
        let digits = body.iter().take_while(|byte| B64.has(**byte)).count();
        let padding = body.iter().skip(digits).filter(|byte| **byte == b'=').count();
        if digits >= 10 && digits + padding == body.len() && padding <= 2 {
            let span = base + at + start..base + at + end;
            let mut hit = Hit::new(Entity::Secret, "kubernetes-secret", span, 75);
            hit.context = true;
            hits.push(hit);
        }
        at += length + 1;
    }
}
