//! What a change loosens in how the ledger is watched and kept.

use super::{Loosened, everywhere};
use crate::{Governance, Sink, SinkParts};

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
    all.extend(sinks(&old.settings.sinks, &new.settings.sinks));
    all
}

/// Lists what a change of `sinks` loosens: the trail does not get somewhere, gets where it did not, or more of what is
/// private does.
fn sinks(before: &[Sink], after: &[Sink]) -> Vec<Loosened> {
    let mut all = Vec::new();
    for was in before {
        let name = &was.name;
        let Some(is) = after.iter().find(|is| is.name == *name) else {
            all.push(everywhere(format!("the audit trail goes to sink `{name}` no longer")));
            continue;
        };
        if was.target.destination() != is.target.destination() {
            let (kind, place) = (is.target.kind(), is.target.place());
            all.push(everywhere(format!("sink `{name}` is another place: {kind} {place}")));
        } else if was.target != is.target {
            all.push(everywhere(format!("sink `{name}` is reached or kept in another way")));
        }
        if was.required && !is.required {
            all.push(everywhere(format!("records may be dropped before sink `{name}` has them")));
        }
    }
    for is in after {
        let was = before.iter().find(|was| was.name == is.name).map(|was| was.parts);
        if was.is_none() {
            let (name, kind, place) = (&is.name, is.target.kind(), is.target.place());
            all.push(everywhere(format!(
                "the audit trail goes to sink `{name}` too: {kind} {place}"
            )));
        }
        let more = match (was, is.parts) {
            (_, SinkParts::None) | (None, SinkParts::Redacted) => false,
            (Some(was), SinkParts::Redacted) => was == SinkParts::None,
            (was, SinkParts::Clear) => was != Some(SinkParts::Clear),
        };
        if more {
            let parts = is.parts;
            all.push(everywhere(format!("sink `{}` gets content: {parts}", is.name)));
        }
    }
    all
}
