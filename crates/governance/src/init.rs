//! The governance directory that syndic ships.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Every shipped file: where it goes, and what it says.
macro_rules! shipped {
    ($($path:literal $(from $source:literal)?,)*) => {
        &[$(($path, shipped!(@text $path $($source)?)),)*]
    };
    (@text $path:literal) => { include_str!(concat!("../shipped/", $path)) };
    (@text $path:literal $source:literal) => { include_str!(concat!("../shipped/", $source)) };
}

const SHIPPED: &[(&str, &str)] = shipped![
    "README.md",
    "syndic.yaml",
    ".gitignore" from "gitignore",
    "agents/knowledge-base.yaml",
    "agents/customer-support.yaml",
    "agents/financial-advisor.yaml",
    "actions/support.yaml",
    "actions/finance.yaml",
    "actions/code.yaml",
    "approvers/support.yaml",
    "approvers/finance.yaml",
    "calendars/business-hours.yaml",
    "policies/org/baseline.cedar",
    "policies/org/no-pii-external.cedar",
    "policies/teams/README.md",
    "policies/invariants/declared-actions.cedar",
    "policies/invariants/large-refunds.cedar",
    "policies/invariants/transaction-limit.cedar",
    "policies/tests/no-pii-external.yaml",
    "policies/tests/refunds.yaml",
    "policies/tests/tool-access.yaml",
    "policies/tests/transactions.yaml",
    "policies/teams/finance/business-hours-only.cedar",
];

/// Why no governance directory was written.
#[derive(Debug, Error)]
pub enum InitError {
    /// Something is in the way; nothing was written.
    #[error("`{}` is already there", path.display())]
    Exists {
        /// What is in the way.
        path: PathBuf,
    },
    /// The file system said no.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// What was being written.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
}

/// Writes the shipped governance directory, and returns the files written.
///
/// # Errors
/// When one of the files is already there, before anything is written, or when one cannot be written.
pub fn init(dir: &Path) -> Result<Vec<PathBuf>, InitError> {
    let files: Vec<_> = SHIPPED.iter().map(|(path, text)| (dir.join(path), *text)).collect();
    if let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok()) {
        return Err(InitError::Exists { path: path.clone() });
    }
    for (path, text) in &files {
        write_new(path, text).map_err(|source| InitError::Write { path: path.clone(), source })?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

/// Writes a file that is not there yet, and the folders it stands in.
pub(crate) fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create_new(path)?.write_all(text.as_bytes())
}
