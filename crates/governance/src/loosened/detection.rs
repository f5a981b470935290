//! What a change loosens in what is looked for.

use super::{Loosened, everywhere};
use crate::Governance;

/// Lists what a change of `detection` loosens: less is looked for, less of it counts, or more of it may be sent.
pub(super) fn detection(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let (before, after) = (&old.settings.detection, &new.settings.detection);
    let mut all = Vec::new();
    if after.region != before.region {
        all.push("numbers without a country are taken to be of another one".to_owned());
    }
    for (what, was, is) in [
        ("counts for policies", before.block_at, after.block_at),
        ("is redacted", before.redact_at, after.redact_at),
    ] {
        if is > was {
            all.push(format!("what is found {what} from a score of {is} on, and did from {was}"));
        }
    }
    let gone = old.files.iter().filter(|(path, hash)| {
        path.starts_with("detectors/") && new.files.get(*path) != Some(*hash)
    });
    all.extend(gone.map(|(path, _)| format!("`{path}` finds something else, or nothing any more")));
    let ignored = after.off.difference(&before.off).chain(before.on.difference(&after.on));
    all.extend(ignored.map(|kind| format!("`{kind}` is not looked for any more")));
    let allowed = after.allow.iter().filter(|is| !before.allow.contains(is));
    all.extend(allowed.map(|allowed| {
        let to: Vec<&str> = allowed.to.iter().map(String::as_str).collect();
        format!("more personal data may be sent to {}", to.join(", "))
    }));
    all.into_iter().map(everywhere).collect()
}
