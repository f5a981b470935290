//! The scanner and how it is made.

use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Context, Entity, Findings, Limits, OverBudget, overlap, secrets, views};

/// Finds what its builder was asked to. It holds no state between texts.
#[derive(Debug, Clone)]
pub struct Scanner {
    limits: Limits,
}

impl Scanner {
    /// Begins a scanner that looks for every kind that is on by default.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Finds what `text` holds.
    ///
    /// # Errors
    /// When it would cost more than [`Limits`] say.
    pub fn scan(&self, text: &str, context: &Context<'_>) -> Result<Findings, OverBudget> {
        let mut budget = Budget::new(self.limits, text.len())?;
        let hits = self.hits(text, context, &mut budget)?;
        budget.admit(hits.len())?;
        Ok(Findings(hits.into_iter().map(Hit::finding).collect()))
    }

    /// Finds what a text holds, disguised or not; no two overlap.
    pub(crate) fn hits(
        &self,
        text: &str,
        context: &Context<'_>,
        budget: &mut Budget,
    ) -> Result<Vec<Hit>, OverBudget> {
        let mut hits = Vec::new();
        self.scan_view(text.as_bytes(), context, budget, &mut hits)?;
        let mut hits = overlap::settle(views::look(self, text.as_bytes(), context, budget, hits)?);
        if let Some(tail) = context.tail {
            hits.extend(views::across(self, tail, text, context, budget, &hits)?);
            hits.sort_by_key(|hit| hit.span.start);
        }
        Ok(hits)
    }

    pub(crate) const fn limits(&self) -> Limits {
        self.limits
    }

    /// Finds what one view of a text holds as it stands: no disguise is looked through, and hits may overlap.
    /// A view is not always UTF-8.
    #[expect(clippy::unused_self, reason = "what is looked for is the scanner's")]
    pub(crate) fn scan_view(
        &self,
        view: &[u8],
        context: &Context<'_>,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        secrets::anywhere(view, budget, hits)?;
        if let Some(key) = context.key {
            secrets::named(view, key, budget, hits)?;
        }
        for at in memchr::memchr2_iter(b'=', b':', view) {
            secrets::assigned(view, at, budget, hits)?;
        }
        for token in tokens(view) {
            secrets::in_token(view, token, budget, hits)?;
        }
        for at in memchr::memchr_iter(b'@', view) {
            budget.spend(1)?;
            let local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
            let host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
            let before = view.iter().take(at).rev().take(64).take_while(|b| local(b)).count();
            let after = view.iter().skip(at + 1).take(64).take_while(|b| host(b)).count();
            let domain = view.get(at + 1..at + 1 + after).unwrap_or_default();
            if before > 0 && domain.contains(&b'.') {
                let span = at - before..at + 1 + after;
                hits.push(Hit::new(Entity::EmailAddress, "email", span, 95));
            }
        }
        Ok(())
    }
}

/// The maximal runs of 16 or more of `[A-Za-z0-9_\-+/=.~]`.
fn tokens(view: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let in_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-+/=.~".contains(byte);
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = view.get(at..)?;
            let start = at + rest.iter().position(in_token)?;
            let run = view.get(start..)?.iter().take_while(|byte| in_token(byte)).count();
            at = start + run;
            if run >= 16 {
                return Some(start..at);
            }
        }
    })
}

/// How a scanner is made.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    limits: Limits,
    off: Vec<Entity>,
    on: Vec<Entity>,
}

impl Builder {
    /// Looks for `entity` too.
    #[must_use]
    pub fn with(mut self, entity: Entity) -> Self {
        self.on.push(entity);
        self
    }

    /// Does not look for `entity`.
    #[must_use]
    pub fn without(mut self, entity: Entity) -> Self {
        self.off.push(entity);
        self
    }

    /// Sets what one input may cost.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Makes the scanner.
    #[must_use]
    pub fn build(self) -> Scanner {
        Scanner { limits: self.limits }
    }
}
