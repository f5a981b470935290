//! The policies in force.

use syndic_api::PolicyTextBody;
use syndic_gate::{Origin, Shown};

/// Tells a policy as it is evaluated.
pub(crate) fn text(shown: Shown) -> PolicyTextBody {
    let (origin, file, line) = origin(&shown.origin);
    PolicyTextBody {
        policy: shown.id.to_string(),
        origin: origin.to_owned(),
        file,
        line,
        effect: shown.effect.to_owned(),
        severity: shown.severity.to_string(),
        mode: mode(shown.shadow).to_owned(),
        scope: shown.scope,
        source: shown.text.trim().to_owned(),
    }
}

const fn mode(shadow: bool) -> &'static str {
    if shadow { "shadow" } else { "enforce" }
}

/// Tells where a policy comes from: the word, the file, the line.
fn origin(origin: &Origin) -> (&'static str, Option<String>, Option<u32>) {
    match origin {
        Origin::Profile(agent) => ("profile", Some(format!("agents/{agent}.yaml")), None),
        Origin::EveryProfile => ("profile", Some("agents".to_owned()), None),
        Origin::Catalogue(_) => ("catalogue", Some("actions".to_owned()), None),
        Origin::File(place) => {
            ("file", Some(place.file.clone()), place.position.map(|(line, _)| line))
        }
        Origin::Native => ("native", None, None),
    }
}
