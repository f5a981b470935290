//! The governance directory, read for a command that needs it whole.

use std::path::Path;

use syndic_governance::{Checked, Governance};

use crate::failure::Failure;
use crate::finding;
use crate::output::Output;

/// Makes sure that `dir` is a governance directory, sound or not.
pub(crate) fn known(dir: &Path) -> Result<(), Failure> {
    if dir.join("syndic.yaml").is_file() {
        return Ok(());
    }
    Err(Failure::new(
        format!("`{}` is not a governance directory: it has no syndic.yaml", dir.display()),
        "make one with `syndic init DIR`, or name one with --dir",
    ))
}

/// Reads `dir` with all its findings.
pub(crate) fn check(dir: &Path) -> Result<Checked, Failure> {
    known(dir)?;
    Ok(syndic_governance::load(dir))
}

/// Reads `dir`; what is wrong with it goes to standard error, and stops the command if it must.
pub(crate) fn load(dir: &Path, out: &Output) -> Result<Governance, Failure> {
    let checked = check(dir)?;
    for one in &checked.findings {
        out.note(finding::render(one, &checked.sources, out.colours_errors()));
    }
    checked.governance.ok_or_else(|| {
        Failure::new(
            format!("the governance directory `{}` has errors", dir.display()),
            format!("mend them; `syndic check --dir {}` shows them again", dir.display()),
        )
    })
}
