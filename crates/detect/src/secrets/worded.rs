//! Passwords that words lead to, without a separator: `--password …`, `login … password …`, `the password is …`.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Entity, OverBudget};

use super::value::{self, Value};

static LOWER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"assw"));
static UPPER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"ASSW"));

static DASHED: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b" -p "));

/// Finds them by the middle of the word `password`, in lower and upper case.
pub(crate) fn find(
    bytes: &[u8],
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    for (middle, rest) in [(&*LOWER, b"ord"), (&*UPPER, b"ORD")] {
        for at in middle.find_iter(bytes) {
            budget.spend(32)?;
            let tail = bytes.get(at + 4..).unwrap_or_default();
            let end = if tail.starts_with(rest) { 7 } else { 5 };
            hits.extend(after(bytes, at.saturating_sub(1), at + end));
        }
    }
    for at in DASHED.find_iter(bytes) {
        budget.spend(32)?;
        hits.extend(dashed(bytes, at, at + 4));
    }
    Ok(())
}

/// Finds the password of `-u user -p password`, as many programs take it; `-p` alone is a port or a path.
fn dashed(bytes: &[u8], start: usize, end: usize) -> Option<Hit> {
    let head = bytes.get(start.saturating_sub(64)..start)?;
    let line = head.rsplit(|byte| *byte == b'\n').next()?;
    let user =
        [&b" -u "[..], b" --username "].iter().any(|flag| memmem::find(line, flag).is_some());
    if !user {
        return None;
    }
    let value = Value { tight: true, ..value::read(bytes, end)? };
    told(bytes, &value)
}

/// Finds the password after the word that spans `start..end`.
fn after(bytes: &[u8], start: usize, end: usize) -> Option<Hit> {
    let head = bytes.get(start.saturating_sub(80)..start)?;
    let rest = bytes.get(end..)?;
    let rest = rest.get(..rest.len().min(160))?;
    if rest.first()? != &b' ' {
        return None;
    }
    let flag = head.ends_with(b" --") || head.ends_with(b" -") || head == b"--";
    let netrc = memmem::rfind(head, b"login ").is_some();
    let verb = [&b" is "[..], b" was ", b" IS "].into_iter().find(|word| rest.starts_with(word));
    let skip = match (flag || netrc, verb) {
        (_, Some(verb)) => verb.len(),
        (true, None) => 1,
        (false, None) => return None,
    };
    let value = value::read(bytes, end + skip)?;
    let value = Value { tight: true, ..value };
    told(bytes, &value)
}

/// The finding of a password that words lead to.
fn told(bytes: &[u8], value: &Value) -> Option<Hit> {
    let text = bytes.get(value.span.clone())?;
    let mut hit = Hit::new(Entity::Secret, "told-password", value.span.clone(), 80);
    hit.context = true;
    value::is_password(text, value).then_some(hit)
}
