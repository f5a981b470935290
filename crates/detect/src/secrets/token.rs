//! Secrets that a long run of token characters holds, by how they are written.

use std::ops::Range;

use crate::bytes::{is_name, run_back};
use crate::classes;
use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Entity, OverBudget};

use super::format::{B62, DEC, HEX, LOOSE, Match, URL, stands_before};
use super::{assign, index, jwt, rarity};

/// Finds the secrets that begin in `token`.
pub(crate) fn find(
    bytes: &[u8],
    token: Range<usize>,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    budget.spend(token.len())?;
    let mut found = hits.len();
    let mut from = first_start(bytes, &token);
    while from < token.end {
        let end = begins_near(bytes, from, token.end, budget, hits)?;
        from = next_start(bytes, end, token.end);
    }
    if hits.len() == found {
        hits.extend(inside(bytes, &token));
    }
    if hits.len() == found {
        hits.extend(assign::led(bytes, token));
    }
    found = hits.len() - found;
    budget.spend(found * 16)
}

/// Finds the first secret that begins at `from` or after a sign of the 64 bytes behind. Returns where it ends, or those
/// bytes do.
fn begins_near(
    bytes: &[u8],
    from: usize,
    end: usize,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<usize, OverBudget> {
    let mut signs = !classes::words(bytes, from);
    let mut start = from;
    while start < end {
        if let Some(end) = begins_at(bytes, start, budget, hits)? {
            return Ok(end);
        }
        if signs == 0 {
            return Ok(from + classes::BLOCK);
        }
        start = from + signs.trailing_zeros() as usize + 1;
        signs &= signs - 1;
    }
    Ok(end)
}

/// Finds the secret that begins at `start` and returns where it ends.
fn begins_at(
    bytes: &[u8],
    start: usize,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<Option<usize>, OverBudget> {
    let is_jwt = bytes.get(start..).is_some_and(|rest| rest.starts_with(b"ey"));
    if !is_jwt && !index::may_begin(bytes, start) {
        return Ok(None);
    }
    let mut best: Option<(&'static str, Match)> = None;
    let head = first_eight(bytes, start);
    for format in index::at(bytes, start) {
        budget.spend(1)?;
        if !format.may_begin(head) {
            continue;
        }
        let Some(found) = format.at(bytes, start) else { continue };
        budget.spend(found.span.len())?;
        let better = best.as_ref().is_none_or(|(_, best)| {
            (found.span.len(), found.score) > (best.span.len(), best.score)
        });
        if better {
            best = Some((format.name, found));
        }
    }
    if best.is_none() && is_jwt {
        best = jwt::at(bytes, start).map(|found| ("jwt", found));
        budget.spend(best.as_ref().map_or(64, |(_, found)| 2 * found.span.len()))?;
    }
    let Some((name, found)) = best else { return Ok(None) };
    let end = found.span.end;
    let mut hit = Hit::new(Entity::Secret, name, with_scheme(bytes, name, found.span), found.score);
    hit.checksum = found.checksum;
    hits.push(hit);
    Ok(Some(end))
}

/// The eight bytes from `start` on as a number, zeros past the end.
fn first_eight(bytes: &[u8], start: usize) -> u64 {
    let rest = bytes.get(start..).unwrap_or_default();
    let eight = rest.first_chunk().copied().unwrap_or_else(|| {
        let mut eight = [0; 8];
        eight.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        eight
    });
    u64::from_le_bytes(eight)
}

/// A webhook is secret as a whole URL.
fn with_scheme(bytes: &[u8], name: &str, span: Range<usize>) -> Range<usize> {
    let head = bytes.get(..span.start).unwrap_or_default();
    let scheme = [&b"https://"[..], b"http://"].into_iter().find(|scheme| head.ends_with(scheme));
    match scheme {
        Some(scheme) if name.ends_with("webhook") => span.start - scheme.len()..span.end,
        _ => span,
    }
}

/// Where the first secret may begin: before a `:` that stands right before the run, and after an escape.
fn first_start(bytes: &[u8], token: &Range<usize>) -> usize {
    let before = |back: usize| token.start.checked_sub(back).and_then(|at| bytes.get(at)).copied();
    let first = bytes.get(token.start).copied().unwrap_or_default();
    match before(1) {
        Some(b'\\') if matches!(first, b'n' | b'r' | b't') => token.start + 1,
        Some(b'%') => token.start + 2,
        Some(b':' | b'!') => {
            let run = run_back(bytes, token.start - 1, 32, |byte| {
                is_name(byte) || matches!(byte, b'=' | b'/')
            });
            if (1..16).contains(&run) { token.start - 1 - run } else { token.start }
        }
        _ => token.start,
    }
}

/// The next place after `from` where a secret may begin: after anything but a letter or digit.
fn next_start(bytes: &[u8], from: usize, end: usize) -> usize {
    let mut at = from;
    while at < end {
        let others = !classes::words(bytes, at);
        if others != 0 {
            return end.min(at + others.trailing_zeros() as usize + 1);
        }
        at += classes::BLOCK;
    }
    end
}

/// Finds secrets that are known by what stands inside or at the end of them.
fn inside(bytes: &[u8], token: &Range<usize>) -> Option<Hit> {
    let text = bytes.get(token.clone())?;
    let hit = |name, span: Range<usize>| {
        let span = token.start + span.start..token.start + span.end;
        Some(Hit::new(Entity::Secret, name, span, 90))
    };
    let run = |from: usize, has: fn(u8) -> bool| {
        text.get(from..).unwrap_or_default().iter().take_while(|byte| has(**byte)).count()
    };
    for at in memchr::memchr_iter(b'~', text) {
        if at < 5 || text.get(at - 1) != Some(&b'Q') {
            continue;
        }
        let start = at - 5;
        let body = run(at + 1, |byte| URL.has(byte) || matches!(byte, b'~' | b'.'));
        let digit = text.get(at - 2).is_some_and(u8::is_ascii_digit);
        let boundary = start == 0 || text.get(start - 1) == Some(&b'=');
        let tail = text.get(at + 1..at + 1 + body).unwrap_or_default();
        if digit && boundary && (31..=34).contains(&body) && !rarity::is_placeholder(tail) {
            return hit("azure-client-secret", start..at + 1 + body);
        }
    }
    if text.ends_with(b"_mmk")
        && let Some(start) = text.len().checked_sub(40)
        && text.get(start + 6) == Some(&b'_')
    {
        return hit("maxmind-license-key", start..text.len());
    }
    if text.len() >= 83
        && let Some(at) = memchr::memmem::find(text, b".atlasv1.")
        && at >= 14
    {
        let body = run(at + 9, |byte| LOOSE.has(byte));
        let tail = text.get(at + 9..at + 9 + body).unwrap_or_default();
        if (60..=70).contains(&body) && !rarity::is_placeholder(tail) {
            return hit("terraform-cloud-token", at - 14..at + 9 + body);
        }
    }
    if matches!(text.len(), 37..=120)
        && let Some(hit) = ends(text, token.start)
    {
        return Some(hit);
    }
    bot(bytes, token)
}

/// Finds secrets that are known by their end.
fn ends(text: &[u8], base: usize) -> Option<Hit> {
    let hit = |name, span: Range<usize>| {
        Some(Hit::new(Entity::Secret, name, base + span.start..base + span.end, 90))
    };
    let start = memchr::memrchr(b'=', text).map_or(0, |at| at + 1);
    let value = text.get(start..)?;
    if let [key @ .., b'-', b'u', b's', a, b] = value
        && key.len() == 32
        && key.iter().all(|byte| HEX.has(*byte))
        && DEC.has(*a)
        && DEC.has(*b)
    {
        return hit("mailchimp-api-key", start..text.len());
    }
    if value.len() == 84 && value.get(76..80) == Some(b"AZDO") && value.iter().all(|b| B62.has(*b))
    {
        return hit("azure-devops-token", start..text.len());
    }
    None
}

/// Finds tokens of Telegram's and Discord's bots, and Facebook's: a number, a separator, a key.
fn bot(bytes: &[u8], token: &Range<usize>) -> Option<Hit> {
    let before = token.start.checked_sub(1)?;
    let separator = bytes.get(before)?;
    let head = bytes.get(before.saturating_sub(18)..before)?;
    let digits = head.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let key = bytes.get(token.clone())?;
    let name = match separator {
        b':' if (5..=16).contains(&digits) && key.len() == 35 && key.first() == Some(&b'A') => {
            let told = stands_before(bytes, before - digits, "telegr") || key.starts_with(b"AA");
            told.then_some("telegram-bot-token")?
        }
        b'|' if (15..=16).contains(&digits) && (27..=40).contains(&key.len()) => {
            "facebook-app-token"
        }
        _ => return None,
    };
    let apart = head.len() == digits
        || head.get(head.len() - digits - 1).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    let plausible = apart
        && key.iter().all(|byte| URL.has(*byte))
        && rarity::is_random(key)
        && !rarity::is_placeholder(key);
    let hit = Hit::new(Entity::Secret, name, before - digits..token.end, 90);
    plausible.then_some(hit)
}
