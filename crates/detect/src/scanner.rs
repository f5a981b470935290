//! The scanner and how it is made.

use std::sync::Arc;

use crate::hit::Hit;
use crate::kinds::Kinds;
use crate::limits::Budget;
use crate::near::Near;
use crate::pattern::{self, Compiled, Patterns};
use crate::pii::{Text, domain, postal};
use crate::{
    Context, Entity, Findings, Limits, OverBudget, Pattern, PatternError, Region, Score,
    candidates, overlap, redact, secrets, table, views,
};

/// Finds what its builder was asked to. It holds no state between texts.
#[derive(Debug, Clone)]
pub struct Scanner {
    limits: Limits,
    on: Kinds,
    floor: Score,
    patterns: Option<Arc<Patterns>>,
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
        table::find(self, text.as_bytes(), context, budget, &mut hits)?;
        let mut hits = overlap::settle(views::look(self, text.as_bytes(), context, budget, hits)?);
        if !hits.is_empty() && redact::may_be_own(text.as_bytes()) {
            hits.retain(|hit| !redact::is_own(text.as_bytes(), &hit.span));
        }
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
    pub(crate) fn scan_view(
        &self,
        view: &[u8],
        context: &Context<'_>,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let known = hits.len();
        if let Some(key) = context.key {
            secrets::named(view, key, budget, hits)?;
        }
        self.verify(view, context, budget, hits)?;
        if let Some(patterns) = &self.patterns {
            patterns.find(view, context.key, budget, hits)?;
        }
        self.keep_reported(known, hits);
        Ok(())
    }

    /// Finds what a short value is of which `key` tells, as the headers of columns do.
    pub(crate) fn scan_value(
        &self,
        value: &[u8],
        (key, is_secret): (&str, bool),
        region: Option<Region>,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let known = hits.len();
        if is_secret {
            secrets::named(value, key, budget, hits)?;
        }
        if value.iter().any(u8::is_ascii_digit) {
            let context = Context { key: Some(key), region, tail: None };
            self.verify(value, &context, budget, hits)?;
        }
        if let Some(patterns) = &self.patterns {
            patterns.find(value, Some(key), budget, hits)?;
        }
        self.keep_reported(known, hits);
        Ok(())
    }

    fn verify(
        &self,
        view: &[u8],
        context: &Context<'_>,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let text = Text {
            bytes: view,
            near: Near::new(view, context),
            region: context.region,
            on: self.on,
            floor: self.floor.hundredths(),
        };
        candidates::verify(&text, budget, hits)?;
        domain::find(&text, hits);
        postal::find(&text, hits);
        Ok(())
    }

    /// Drops hits after the first `known` that are not of what is looked for, or not sure enough.
    pub(crate) fn keep_reported(&self, known: usize, hits: &mut Vec<Hit>) {
        let mut kept = known;
        for place in known..hits.len() {
            if hits.get(place).is_some_and(|hit| self.reports(hit)) {
                hits.swap(kept, place);
                kept += 1;
            }
        }
        hits.truncate(kept);
    }

    /// Tells whether a hit is of what is looked for and sure enough.
    fn reports(&self, hit: &Hit) -> bool {
        hit.score >= self.floor.hundredths()
            && hit.entity.kind().is_none_or(|kind| self.on.has(kind))
    }
}

/// How a scanner is made.
#[derive(Debug, Clone)]
pub struct Builder {
    limits: Limits,
    on: Kinds,
    floor: Score,
    patterns: Vec<Compiled>,
}

impl Default for Builder {
    fn default() -> Self {
        let on = Entity::ALL.iter().filter(|entity| entity.is_default());
        Self {
            limits: Limits::default(),
            on: on.filter_map(Entity::kind).fold(Kinds::NONE, |on, kind| on.with(Kinds::one(kind))),
            floor: Score::REDACT,
            patterns: Vec::new(),
        }
    }
}

impl Builder {
    /// Looks for `entity` too. A custom one is looked for by its pattern.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "as one writes it")]
    pub fn with(mut self, entity: Entity) -> Self {
        self.on = self.on.with(entity.kind().map_or(Kinds::NONE, Kinds::one));
        self
    }

    /// Does not look for `entity`.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "as one writes it")]
    pub fn without(mut self, entity: Entity) -> Self {
        self.on = self.on.without(entity.kind().map_or(Kinds::NONE, Kinds::one));
        self
    }

    /// Reports what is at least as sure as `floor`; [`Score::REDACT`] unless told otherwise.
    #[must_use]
    pub const fn floor(mut self, floor: Score) -> Self {
        self.floor = floor;
        self
    }

    /// Sets what one input may cost.
    #[must_use]
    pub const fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Looks for what a user declares, too: a custom entity always, one of ours if it is looked for.
    ///
    /// # Errors
    /// When the pattern does not compile, needs no literal, or does not do what its examples say.
    pub fn pattern(mut self, pattern: Pattern) -> Result<Self, PatternError> {
        if self.patterns.iter().any(|known| known.name() == pattern.name) {
            return Err(PatternError::Twice(pattern.name));
        }
        if self.patterns.len() == pattern::MOST {
            return Err(PatternError::TooMany(pattern.name));
        }
        self.patterns.push(Compiled::new(pattern)?);
        Ok(self)
    }

    /// Makes the scanner.
    #[must_use]
    pub fn build(self) -> Scanner {
        let patterns = (!self.patterns.is_empty()).then(|| Arc::new(Patterns::new(self.patterns)));
        Scanner { limits: self.limits, on: self.on, floor: self.floor, patterns }
    }
}
