//! The file that takes the first admin key.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use tempfile::NamedTempFile;

use crate::failure::Failure;

/// A file that is ready to take a key before the key is made, so that no key is made and lost.
#[derive(Debug)]
pub(crate) struct KeyFile {
    target: PathBuf,
    draft: NamedTempFile,
}

impl KeyFile {
    /// Prepares `path`, which must lie outside of `forbidden` once all symbolic links are followed.
    ///
    /// INVARIANT: an admin's key is never within reach of what it governs.
    pub(crate) fn prepare(path: &Path, forbidden: &[&Path]) -> anyhow::Result<Self> {
        let name =
            path.file_name().with_context(|| format!("`{}` names no file", path.display()))?;
        let parent = match path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        let parent = fs::canonicalize(parent)
            .with_context(|| format!("cannot write into `{}`", parent.display()))?;
        let inside = |dir: &&&Path| fs::canonicalize(dir).is_ok_and(|dir| parent.starts_with(dir));
        if let Some(dir) = forbidden.iter().find(inside) {
            return Err(Failure::usage(
                format!("the key file `{}` would lie inside `{}`", path.display(), dir.display()),
                "name a file outside the governance and data directories, where no agent reaches it",
            )
            .into());
        }
        // Made with mode 0600 by `tempfile`.
        let draft = NamedTempFile::new_in(&parent)
            .with_context(|| format!("cannot write into `{}`", parent.display()))?;
        Ok(Self { target: parent.join(name), draft })
    }

    /// Puts `key` in place at once; a symbolic link at the name is replaced, not followed.
    pub(crate) fn write(mut self, key: &str) -> anyhow::Result<PathBuf> {
        let shown = self.target.display().to_string();
        writeln!(self.draft, "{key}")
            .and_then(|()| self.draft.as_file().sync_all())
            .with_context(|| format!("cannot write `{shown}`"))?;
        self.draft.persist(&self.target).with_context(|| format!("cannot write `{shown}`"))?;
        Ok(self.target)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::Path;

    use super::KeyFile;

    #[test]
    fn a_key_file_lies_outside_even_through_links() {
        let root = tempfile::tempdir().unwrap();
        let (governance, outside) = (root.path().join("governance"), root.path().join("outside"));
        std::fs::create_dir_all(governance.join("agents")).unwrap();
        std::fs::create_dir(&outside).unwrap();
        symlink(&governance, root.path().join("link")).unwrap();
        for (path, fits) in [
            ("outside/key", true),
            ("governance-key", true),
            ("governance/key", false),
            ("governance/agents/key", false),
            ("outside/../governance/key", false),
            ("link/key", false),
            ("missing/key", false),
        ] {
            let prepared =
                KeyFile::prepare(&root.path().join(path), &[&governance, Path::new("/gone")]);
            assert_eq!(prepared.is_ok(), fits, "{path}");
        }
    }

    #[test]
    fn a_key_file_is_for_its_owner_alone() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("key");
        let written = KeyFile::prepare(&path, &[]).unwrap().write("secret").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "secret\n");
        assert_eq!(written.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(root.path().read_dir().unwrap().count(), 1, "no draft is left");
    }
}
