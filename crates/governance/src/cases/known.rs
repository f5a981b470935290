//! What tests may say was found.

use std::collections::BTreeSet;

use crate::Governance;
use crate::kinds::Kinds;
use crate::position::At;
use crate::report::Report;
use crate::text::did_you_mean;

/// What can be found.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) kinds: Kinds,
    /// The names of secrets' formats.
    secrets: BTreeSet<String>,
}

impl Known {
    /// What `governance` can find.
    pub(super) fn of(governance: &Governance) -> Self {
        let mut kinds = Kinds::default();
        governance.kinds.iter().for_each(|kind| kinds.add(kind));
        let mut secrets: BTreeSet<String> =
            syndic_detect::secret_names().map(str::to_owned).collect();
        let own = governance.files.keys().filter_map(|path| path.strip_prefix("detectors/"));
        secrets.extend(own.filter_map(|name| name.strip_suffix(".yaml")).map(str::to_owned));
        Self { kinds, secrets }
    }

    /// Reads the names of formats; one of none is a finding.
    pub(super) fn secrets(
        &self,
        names: &[At<String>],
        report: &mut Report<'_>,
    ) -> BTreeSet<String> {
        for At { value: name, position } in names {
            if !self.secrets.contains(name) {
                let hint = did_you_mean(name, self.secrets.iter().map(String::as_str));
                let hint = hint.unwrap_or_else(|| {
                    "a name that `syndic scan` tells, like `github-personal-token`".to_owned()
                });
                let message = format!("no secret is named `{}`", name.escape_debug());
                report.error(*position, "unknown-secret", message, hint);
            }
        }
        names.iter().map(|name| name.value.clone()).collect()
    }
}
