//! What was found is put out of a text: by the spans of the findings and by nothing else.
//!
//! An [`Operator`] says what comes in the place of a value, and a [`Redaction`] which operator is for which kind.
//! [`redact`] and [`redact_json`] do it with findings at hand; [`Scanner::redact`] and [`Scanner::redact_json`] find,
//! redact and look again, so that nothing of a kind to be redacted is left.
//!
//! Of JSON the bytes between values are spliced: what is no finding stays as it is, to the byte. A number that is one
//! becomes a string. A key that is one stays different from every other key of its object. What a redaction writes
//! is never a finding itself, and redacting twice changes nothing.

mod document;
mod hash;
mod key;
mod mask;
mod own;
mod tags;
mod vault;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;

pub(crate) use document::spliced;
pub use key::Key;
pub(crate) use own::{is_own, may_be as may_be_own};
pub use tags::Tags;
pub use vault::{Opened, Vault, VaultError};

use crate::{Context, Entity, Finding, Findings, OverBudget, Scanner, Score, views};

/// What comes in the place of a value.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Operator {
    /// The value itself.
    Keep,
    /// A numbered tag, as `<EMAIL_ADDRESS_1>`: the same number for the same value, as long as [`Tags`] are kept.
    Tag,
    /// Stars.
    Mask,
    /// Stars, but for the last four of a card, account or telephone number, and the first character and the domain
    /// of an e-mail address. A value that was disguised is masked whole.
    Partial,
    /// 96 bits of an HMAC-SHA-256 of kind and value: the same for the same value, however it is written.
    Hash(Key),
    /// The value, encrypted: who has the vault's key can open it.
    Token(Arc<Vault>),
}

/// Which operator is for which kind, and how sure a finding must be.
#[derive(Debug, Clone)]
pub struct Redaction {
    default: Operator,
    of: BTreeMap<Entity, Operator>,
    at: Score,
}

impl Default for Redaction {
    /// Tags, at [`Score::REDACT`].
    fn default() -> Self {
        Self::new(Operator::Tag)
    }
}

impl Redaction {
    /// Makes one that does the same with every kind, at [`Score::REDACT`].
    #[must_use]
    pub const fn new(default: Operator) -> Self {
        Self { default, of: BTreeMap::new(), at: Score::REDACT }
    }

    /// Does something else with one kind.
    #[must_use]
    pub fn of(mut self, entity: Entity, operator: Operator) -> Self {
        self.of.insert(entity, operator);
        self
    }

    /// Leaves findings that are less sure.
    #[must_use]
    pub const fn at(mut self, score: Score) -> Self {
        self.at = score;
        self
    }

    /// Tells whether a finding is to be redacted.
    #[must_use]
    pub fn takes(&self, finding: &Finding) -> bool {
        finding.score >= self.at && !matches!(self.operator(&finding.entity), Operator::Keep)
    }

    fn operator(&self, entity: &Entity) -> &Operator {
        self.of.get(entity).unwrap_or(&self.default)
    }

    /// Returns what comes in the place of a value. It is safe within a string of JSON, at any depth.
    fn replacement(&self, value: &str, finding: &Finding, tags: &mut Tags) -> String {
        let entity = &finding.entity;
        match self.operator(entity) {
            Operator::Keep => value.to_owned(),
            Operator::Tag => tags.tag(entity, &views::normal(entity, value)),
            Operator::Mask => mask::whole(value),
            Operator::Partial if finding.evidence.evasion.is_some() => mask::whole(value),
            Operator::Partial => mask::partial(entity, value),
            Operator::Hash(key) => hash::hash(key, entity, &views::normal(entity, value)),
            Operator::Token(vault) => vault.token(entity, value),
        }
    }
}

/// A text without what was found in it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Redacted<T> {
    /// The text.
    pub text: T,
    /// What was found in the text as it was given, whether it was redacted or not.
    pub findings: Findings,
}

/// The findings are not of this document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the findings are not of this document")]
pub struct NotRedacted;

/// Redacts what was found in `text`. Findings of another text are redacted where their spans happen to fit.
#[must_use]
pub fn redact(text: &str, findings: &Findings, redaction: &Redaction, tags: &mut Tags) -> String {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for finding in findings.iter().filter(|finding| redaction.takes(finding)) {
        let (Some(before), Some(value)) =
            (text.get(copied..finding.span.start), text.get(finding.span.clone()))
        else {
            continue;
        };
        out.push_str(before);
        out.push_str(&redaction.replacement(value, finding, tags));
        copied = finding.span.end;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out
}

/// Redacts what was found in a JSON document.
///
/// # Errors
/// When the findings are of another document, so that what comes out is no JSON.
pub fn redact_json(
    json: &RawValue,
    findings: &Findings,
    redaction: &Redaction,
    tags: &mut Tags,
) -> Result<Box<RawValue>, NotRedacted> {
    let spliced = spliced(json.get(), findings, redaction, tags).ok_or(NotRedacted)?;
    RawValue::from_string(spliced).map_err(|_| NotRedacted)
}

/// How often what was redacted is looked at again: what is left out can uncover what it hid.
const ROUNDS: usize = 8;

impl Scanner {
    /// Finds and redacts, until nothing is found that is to be redacted.
    ///
    /// # Errors
    /// When it would cost more than [`Limits`](crate::Limits) say, or there is no end to it.
    pub fn redact(
        &self,
        text: &str,
        context: &Context<'_>,
        redaction: &Redaction,
        tags: &mut Tags,
    ) -> Result<Redacted<String>, OverBudget> {
        let findings = self.scan(text, context)?;
        let mut out = redact(text, &findings, redaction, tags);
        for _ in 0..ROUNDS {
            let left = self.scan(&out, context)?;
            if !left.iter().any(|finding| redaction.takes(finding)) {
                return Ok(Redacted { text: out, findings });
            }
            out = redact(&out, &left, redaction, tags);
        }
        Err(OverBudget::Work)
    }

    /// Finds and redacts in a JSON document, until nothing is found that is to be redacted.
    ///
    /// # Errors
    /// When it would cost more than [`Limits`](crate::Limits) say, is nested too deep, or there is no end to it.
    pub fn redact_json(
        &self,
        json: &RawValue,
        context: &Context<'_>,
        redaction: &Redaction,
        tags: &mut Tags,
    ) -> Result<Redacted<Box<RawValue>>, OverBudget> {
        self.redact_json_but(json, context, redaction, tags, |_| false)
    }

    /// Does as [`redact_json`](Self::redact_json) does, but for findings that are to be `left`: they are none.
    ///
    /// # Errors
    /// As there.
    pub fn redact_json_but(
        &self,
        json: &RawValue,
        context: &Context<'_>,
        redaction: &Redaction,
        tags: &mut Tags,
        left: impl Fn(&Finding) -> bool,
    ) -> Result<Redacted<Box<RawValue>>, OverBudget> {
        let scan = |json: &RawValue| {
            let mut findings = self.scan_json(json, context)?;
            findings.retain(|finding| !left(finding));
            Ok(findings)
        };
        let findings = scan(json)?;
        let again = |json: &RawValue, findings: &Findings, tags: &mut Tags| {
            // Findings of the document itself always fit.
            redact_json(json, findings, redaction, tags).map_err(|NotRedacted| OverBudget::Work)
        };
        let mut out = again(json, &findings, tags)?;
        for _ in 0..ROUNDS {
            let more = scan(&out)?;
            if !more.iter().any(|finding| redaction.takes(finding)) {
                return Ok(Redacted { text: out, findings });
            }
            out = again(&out, &more, tags)?;
        }
        Err(OverBudget::Work)
    }
}
