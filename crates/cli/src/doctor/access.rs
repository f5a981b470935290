//! Who may read or write a path, by owner, group and mode; access lists beyond these are not looked at.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use thiserror::Error;

/// A user of this machine and the groups it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) shown: String,
    uid: u32,
    groups: BTreeSet<u32>,
}

/// What somebody may do to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
}

/// Says why somebody is nobody.
#[derive(Debug, Error)]
#[error("there is no user `{0}` on this machine; name one, or a number")]
pub(crate) struct Unknown(String);

impl Person {
    pub(crate) fn current() -> Self {
        Self::of(rustix::process::geteuid().as_raw())
    }

    pub(crate) fn is_current(&self) -> bool {
        self.uid == rustix::process::geteuid().as_raw()
    }

    fn of(uid: u32) -> Self {
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let line = passwd.lines().find(|line| field(line, 2) == Some(uid));
        let name = line.and_then(|line| line.split(':').next());
        let mut groups: BTreeSet<u32> = line.and_then(|line| field(line, 3)).into_iter().collect();
        if let Some(name) = name {
            let groups_file = fs::read_to_string("/etc/group").unwrap_or_default();
            let member = |line: &&str| {
                line.rsplit(':').next().is_some_and(|all| all.split(',').any(|one| one == name))
            };
            groups.extend(groups_file.lines().filter(member).filter_map(|line| field(line, 2)));
        }
        let shown = name.map_or_else(|| uid.to_string(), |name| format!("{name} ({uid})"));
        Self { shown, uid, groups }
    }

    /// Tells whether this person may do so: through every directory on the way, or by putting another file in its
    /// place.
    pub(crate) fn may(&self, access: Access, path: &Path) -> io::Result<bool> {
        let path = fs::canonicalize(path)?;
        let mut above: Vec<PathBuf> = path.ancestors().skip(1).map(Path::to_owned).collect();
        above.reverse();
        let mut replaceable = false;
        for directory in &above {
            let metadata = directory.metadata()?;
            if !self.allowed(&metadata, 0o1) {
                return Ok(false);
            }
            // In a sticky directory only the owner of a file replaces it.
            let sticky = metadata.permissions().mode() & 0o1000 != 0;
            replaceable |= self.allowed(&metadata, 0o2) && !sticky;
        }
        let wanted = match access {
            Access::Read => 0o4,
            Access::Write => 0o2,
        };
        let writes = access == Access::Write;
        let metadata = path.metadata()?;
        // The owner may always give himself what he lacks.
        Ok(self.allowed(&metadata, wanted) || metadata.uid() == self.uid || (writes && replaceable))
    }

    fn allowed(&self, metadata: &fs::Metadata, bits: u32) -> bool {
        let mode = metadata.permissions().mode();
        let own = if metadata.uid() == self.uid {
            mode >> 6
        } else if self.groups.contains(&metadata.gid()) {
            mode >> 3
        } else {
            mode
        };
        self.uid == 0 || own & bits == bits
    }
}

impl FromStr for Person {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        if let Ok(uid) = text.parse() {
            return Ok(Self::of(uid));
        }
        let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let line = passwd.lines().find(|line| line.split(':').next() == Some(text));
        line.and_then(|line| field(line, 2)).map(Self::of).ok_or_else(|| Unknown(text.to_owned()))
    }
}

fn field(line: &str, n: usize) -> Option<u32> {
    line.split(':').nth(n)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    use super::{Access, Person};

    #[test]
    fn access_follows_owner_group_mode_and_the_directories_above() {
        let root = tempfile::tempdir().unwrap();
        let (folder, file) = (root.path().join("d"), root.path().join("d/f"));
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(&file, "").unwrap();
        let gid = file.metadata().unwrap().gid();
        let owner = file.metadata().unwrap().uid();
        let person = |uid, groups: &[u32]| Person {
            shown: String::new(),
            uid,
            groups: groups.iter().copied().collect(),
        };
        let other = || person(54_321, &[54_321]);
        let member = || person(54_321, &[gid]);
        for (who, above, mode, reads, writes) in [
            (other(), 0o755, 0o600, false, false),
            (other(), 0o755, 0o644, true, false),
            (other(), 0o755, 0o666, true, true),
            (other(), 0o700, 0o666, false, false),
            (other(), 0o777, 0o600, false, true),
            (other(), 0o1777, 0o600, false, false),
            (member(), 0o750, 0o640, true, false),
            (member(), 0o750, 0o660, true, true),
            (member(), 0o770, 0o600, false, true),
            (person(owner, &[]), 0o700, 0o000, true, true),
            (person(0, &[]), 0o700, 0o600, true, true),
        ] {
            set_permissions(root.path(), Permissions::from_mode(0o755)).unwrap();
            set_permissions(&folder, Permissions::from_mode(above)).unwrap();
            set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            let found = [Access::Read, Access::Write].map(|access| who.may(access, &file).unwrap());
            set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
            assert_eq!(found, [reads, writes], "{who:?} {above:o} {mode:o}");
        }
    }

    #[test]
    fn a_person_is_a_name_or_a_number() {
        assert_eq!("root".parse::<Person>().unwrap().uid, 0);
        assert_eq!("54321".parse::<Person>().unwrap().uid, 54_321);
        assert!("nobody at all".parse::<Person>().is_err());
    }
}
