//! What a change loosens in how the ledger is watched and kept.

use super::{Loosened, everywhere};
use crate::Governance;

/// Lists what a change of `audit` loosens: a witness watches no longer, anybody may read the leaves, or records are
/// kept for less time.
pub(super) fn audit(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let (before, after) = (&old.settings.audit, &new.settings.audit);
    let gone = before.witnesses.iter().filter(|was| {
        // Where a witness is may change; what it signs with says who it is.
        !after.witnesses.iter().any(|is| is.vkey == was.vkey)
    });
    let mut all: Vec<_> = gone
        .map(|was| {
            let name = was.vkey.split('+').next().unwrap_or_default();
            everywhere(format!("witness `{name}` cosigns the ledger no longer"))
        })
        .collect();
    if after.public && !before.public {
        all.push(everywhere("anybody may read the ledger's leaves".to_owned()));
    }
    if after.retention_days < before.retention_days {
        let (was, is) = (before.retention_days, after.retention_days);
        all.push(everywhere(format!("records are kept for {is} days, and were for {was}")));
    }
    all
}
