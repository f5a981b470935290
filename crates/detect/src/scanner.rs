//! The scanner and how it is made.

use serde_json::value::RawValue;

use crate::limits::Budget;
use crate::{Context, Entity, Findings, Limits, OverBudget};

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
        let _ = (Budget::new(self.limits, text.len())?, context);
        Ok(Findings::default())
    }

    /// Finds what the keys, strings and numbers of a JSON document hold; spans are of its bytes.
    ///
    /// # Errors
    /// When it would cost more than [`Limits`] say, or is nested too deep.
    pub fn scan_json(
        &self,
        json: &RawValue,
        context: &Context<'_>,
    ) -> Result<Findings, OverBudget> {
        self.scan(json.get(), context)
    }
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
