//! How the files of two revisions differ, as unified diffs.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use similar::TextDiff;
use syndic_store::{PolicyFiles, PolicyFilesError};

use super::short;

/// The largest text that is compared line by line.
const MOST_COMPARED: usize = 1 << 20;
/// The most bytes of diffs that are told at once.
const MOST_BYTES: usize = 4 << 20;
/// After how long a shorter diff is no longer looked for.
const PATIENCE: Duration = Duration::from_millis(200);
/// How many lines around a change are shown.
const AROUND: usize = 3;

/// How the files of a revision differ from those of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionChanges {
    /// The revision.
    pub revision: String,
    /// The other; `None` where there was none before.
    pub against: Option<String>,
    /// The files that differ, by path.
    pub files: Vec<FileChange>,
}

/// How one file differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path in the governance directory.
    pub path: String,
    /// What became of it.
    pub kind: ChangeKind,
    /// A unified diff; `None` where it is too much for one answer.
    pub diff: Option<String>,
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is not there any more.
    Removed,
    /// Its text is another.
    Changed,
}

impl ChangeKind {
    /// Returns its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// Compares the files of `revision` with those of `against`, both named by their manifests.
pub(super) fn between(
    kept: &PolicyFiles,
    against: Option<&str>,
    revision: &str,
) -> Result<RevisionChanges, PolicyFilesError> {
    let former = against.map(|against| kept.hashes(against)).transpose()?.unwrap_or_default();
    let newer = kept.hashes(revision)?;
    let paths: BTreeSet<&String> = former.keys().chain(newer.keys()).collect();
    let mut left = MOST_BYTES;
    let mut files = Vec::new();
    for path in paths {
        let kind = match (former.get(path), newer.get(path)) {
            (Some(one), Some(other)) if one == other => continue,
            (Some(_), Some(_)) => ChangeKind::Changed,
            (Some(_), None) => ChangeKind::Removed,
            (None, _) => ChangeKind::Added,
        };
        let text = |hashes: &BTreeMap<String, String>| {
            hashes.get(path).map(|hash| kept.text(hash)).transpose()
        };
        // What cannot be told any more is not read.
        let diff = match left {
            0 => None,
            _ => unified(path, text(&former)?.as_deref(), text(&newer)?.as_deref()),
        };
        let diff = diff.filter(|diff| diff.len() <= left);
        left = diff.as_ref().map_or(0, |diff| left.saturating_sub(diff.len()));
        files.push(FileChange { path: path.clone(), kind, diff });
    }
    Ok(RevisionChanges { revision: short(revision), against: against.map(short), files })
}

/// Writes a unified diff; nothing where the texts are too long for one.
fn unified(path: &str, former: Option<&str>, newer: Option<&str>) -> Option<String> {
    let name = |side: char, text: Option<&str>| match text {
        Some(_) => format!("{side}/{path}"),
        None => "/dev/null".to_owned(),
    };
    let names = (name('a', former), name('b', newer));
    let (former, newer) = (former.unwrap_or_default(), newer.unwrap_or_default());
    if former.len().max(newer.len()) > MOST_COMPARED {
        return None;
    }
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(former, newer);
    Some(diff.unified_diff().context_radius(AROUND).header(&names.0, &names.1).to_string())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use syndic_store::PolicyFiles;

    use super::{MOST_COMPARED, between};

    fn kept(kept: &PolicyFiles, files: &[(&str, &str)]) -> String {
        let files: BTreeMap<String, String> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        kept.keep(&files).unwrap()
    }

    #[test]
    fn what_differs_is_told_as_a_unified_diff_by_path() {
        let dir = tempfile::tempdir().unwrap();
        let files = PolicyFiles::of(dir.path());
        let former = [("a.yaml", "same\n"), ("b.yaml", "1\n2\n3\n"), ("c.yaml", "gone\n")];
        let newer = [("a.yaml", "same\n"), ("b.yaml", "1\ntwo\n3\n"), ("d.yaml", "<new>")];
        let (former, newer) = (kept(&files, &former), kept(&files, &newer));
        let told = between(&files, Some(&former), &newer).unwrap();
        let told: Vec<_> = told
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.kind.as_str(), file.diff.as_deref().unwrap()))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "b.yaml",
                    "changed",
                    "--- a/b.yaml\n+++ b/b.yaml\n@@ -1,3 +1,3 @@\n 1\n-2\n+two\n 3\n"
                ),
                ("c.yaml", "removed", "--- a/c.yaml\n+++ /dev/null\n@@ -1 +0,0 @@\n-gone\n"),
                (
                    "d.yaml",
                    "added",
                    "--- /dev/null\n+++ b/d.yaml\n@@ -0,0 +1 @@\n+<new>\n\\ No newline at end of file\n"
                ),
            ]
        );
        assert!(between(&files, Some(&newer), &newer).unwrap().files.is_empty());
        let first = between(&files, None, &former).unwrap();
        assert_eq!((first.files.len(), first.against), (3, None));
    }

    #[test]
    fn what_is_too_much_is_named_and_not_compared() {
        let dir = tempfile::tempdir().unwrap();
        let files = PolicyFiles::of(dir.path());
        let long = "x\n".repeat(MOST_COMPARED / 2 + 1);
        let (former, newer) = (kept(&files, &[("a", "1\n")]), kept(&files, &[("a", &long)]));
        let told = between(&files, Some(&former), &newer).unwrap();
        assert_eq!(told.files.iter().map(|file| file.diff.is_some()).collect::<Vec<_>>(), [false]);
    }
}
