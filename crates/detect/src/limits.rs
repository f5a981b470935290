//! How much one input may cost.

use thiserror::Error;

/// How much one input may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Findings at most.
    pub findings: usize,
    /// Bytes at most.
    pub bytes: usize,
    /// Steps of verifiers and bytes of other views at most, for each byte of the input and beyond a first allowance.
    pub work_per_byte: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { findings: 10_000, bytes: 128 << 20, work_per_byte: 64 }
    }
}

/// An input asks for more than it may. What it holds is not known: who decides on it must refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OverBudget {
    /// More findings.
    #[error("more than {0} findings in one text")]
    Findings(usize),
    /// More bytes.
    #[error("a text of more than {0} bytes")]
    Bytes(usize),
    /// More levels of a document.
    #[error("a document nested more than {0} deep")]
    Depth(usize),
    /// More work.
    #[error("a text that takes too long to scan")]
    Work,
}

/// What is left of an input's budget.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    work: usize,
}

impl Budget {
    /// Work that every input may cost.
    const ALLOWANCE: usize = 1 << 20;

    pub(crate) const fn new(limits: Limits, bytes: usize) -> Result<Self, OverBudget> {
        if bytes > limits.bytes {
            return Err(OverBudget::Bytes(limits.bytes));
        }
        let work = bytes.saturating_mul(limits.work_per_byte).saturating_add(Self::ALLOWANCE);
        Ok(Self { limits, work })
    }

    /// Pays for `steps`.
    pub(crate) const fn spend(&mut self, steps: usize) -> Result<(), OverBudget> {
        match self.work.checked_sub(steps) {
            Some(left) => {
                self.work = left;
                Ok(())
            }
            None => Err(OverBudget::Work),
        }
    }

    /// Refuses more findings than may be.
    pub(crate) const fn admit(&self, findings: usize) -> Result<(), OverBudget> {
        if findings > self.limits.findings {
            return Err(OverBudget::Findings(self.limits.findings));
        }
        Ok(())
    }
}
