//! Verifying: the tree is derived again from the lines and compared.

use thiserror::Error;

use crate::{Head, Line, LineError, Tree};

/// Derives a tree from lines, one after the other, and compares it with heads on the way.
#[derive(Debug, Default)]
pub struct Verifier {
    tree: Tree,
    /// What is still to be compared, the smallest last.
    expected: Vec<Head>,
}

/// The first thing that is wrong with a ledger.
#[derive(Debug, Error)]
#[error("record {index}: {fault}")]
pub struct VerifyError {
    /// The first bad index. A root speaks of all leaves below its size, so for [`Fault::Root`] it is the last of them.
    pub index: u64,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a record.
#[derive(Debug, Error)]
pub enum Fault {
    /// The line is no record.
    #[error(transparent)]
    Line(LineError),
    /// Another index than its place.
    #[error("the leaf says it is record {0}")]
    Order(u64),
    /// The leaves up to here are not those the head was made of.
    #[error("the tree up to here is not the one of the checkpoint")]
    Root,
    /// The head was made of more leaves.
    #[error("missing, the checkpoint covers {0} records")]
    Missing(u64),
}

impl Verifier {
    /// Starts with no leaves; each of `expected` is compared when its size is reached.
    #[must_use]
    pub fn new(expected: impl IntoIterator<Item = Head>) -> Self {
        Self::after(Tree::default(), expected)
    }

    /// Starts after the leaves of `tree`.
    #[must_use]
    pub fn after(tree: Tree, expected: impl IntoIterator<Item = Head>) -> Self {
        let beyond = |head: &Head| head.size > tree.size();
        let mut expected: Vec<_> = expected.into_iter().filter(beyond).collect();
        expected.sort_by_key(|head| std::cmp::Reverse(head.size));
        Self { tree, expected }
    }

    /// Returns the tree over the lines so far.
    #[must_use]
    pub const fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Takes the next line. Checks its shape, version, place, and the head when its size is reached; the record
    /// itself is not decoded.
    ///
    /// # Errors
    /// The first fault; then nothing was taken, except for [`Fault::Root`].
    pub fn push<'a>(&mut self, line: &'a [u8]) -> Result<Line<'a>, VerifyError> {
        let index = self.tree.size();
        let fault = |fault| VerifyError { index, fault };
        let line = check(line, index).map_err(fault)?;
        self.tree.append_leaf_hash(line.hash());
        while let Some(head) = self.expected.pop_if(|head| head.size == self.tree.size()) {
            if head.root != self.tree.root() {
                return Err(fault(Fault::Root));
            }
        }
        Ok(line)
    }

    /// Ends.
    ///
    /// # Errors
    /// When the expected head covers more leaves than came.
    pub fn finish(self) -> Result<Tree, VerifyError> {
        match self.expected.first() {
            Some(head) => {
                Err(VerifyError { index: self.tree.size(), fault: Fault::Missing(head.size) })
            }
            None => Ok(self.tree),
        }
    }
}

fn check(line: &[u8], index: u64) -> Result<Line<'_>, Fault> {
    let line = Line::parse(line).map_err(Fault::Line)?;
    match line.index().map_err(Fault::Line)? {
        found if found == index => {}
        found => return Err(Fault::Order(found)),
    }
    line.has_sealed().map_err(Fault::Line)?;
    Ok(line)
}

/// Verifies a whole ledger against the head it should have, or reach beyond.
///
/// # Errors
/// The first fault, with its index.
pub fn verify<'a>(
    lines: impl IntoIterator<Item = &'a [u8]>,
    expected: Option<Head>,
) -> Result<Head, VerifyError> {
    let mut verifier = Verifier::new(expected);
    for line in lines {
        verifier.push(line)?;
    }
    verifier.finish().map(|tree| tree.head())
}
