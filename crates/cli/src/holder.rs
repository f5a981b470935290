//! Who holds a data directory, without touching its lock.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Returns the id of the process that holds the lock of `data_dir`, as far as this user can see.
///
/// Trying to take the lock would tell too, and would be in the way of whoever takes it at that moment.
pub(crate) fn holder(data_dir: &Path) -> Option<u32> {
    let lock = fs::canonicalize(data_dir.join("lock")).ok()?;
    let inode = fs::metadata(&lock).ok()?.ino();
    let locks = fs::read_to_string("/proc/locks").ok()?;
    // Inodes of two file systems may be the same number: the process must have that very file open.
    locks.lines().filter_map(|line| held(line, inode)).find(|id| has_open(*id, &lock))
}

/// Reads a line such as `4: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`; one who waits has an arrow before the kind.
fn held(line: &str, inode: u64) -> Option<u32> {
    let mut fields = line.split_ascii_whitespace().skip(1);
    if fields.next()? != "FLOCK" {
        return None;
    }
    let mut fields = fields.skip(2);
    let id = fields.next()?;
    let file = fields.next()?.rsplit(':').next()?;
    if file.parse::<u64>().ok()? == inode { id.parse().ok() } else { None }
}

fn has_open(id: u32, file: &Path) -> bool {
    let open = fs::read_dir(format!("/proc/{id}/fd")).into_iter().flatten().flatten();
    open.into_iter().any(|entry| fs::read_link(entry.path()).is_ok_and(|path| path == file))
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::{held, holder};

    #[test]
    fn the_holder_of_a_lock_is_named_while_it_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let lock = File::create(dir.path().join("lock")).unwrap();
        assert_eq!(holder(dir.path()), None);
        lock.try_lock().unwrap();
        assert_eq!(holder(dir.path()), Some(std::process::id()));
        lock.unlock().unwrap();
        assert_eq!(holder(dir.path()), None);
        assert_eq!(holder(&dir.path().join("nowhere")), None);
    }

    #[test]
    fn only_who_holds_that_file_counts() {
        for (line, id) in [
            ("1: FLOCK  ADVISORY  WRITE 1234 fe:00:77 0 EOF", Some(1234)),
            ("1: -> FLOCK  ADVISORY  WRITE 1234 fe:00:77 0 EOF", None),
            ("1: POSIX  ADVISORY  WRITE 1234 fe:00:77 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE 1234 fe:00:78 0 EOF", None),
            ("1: FLOCK  ADVISORY  WRITE", None),
            ("", None),
        ] {
            assert_eq!(held(line, 77), id, "{line}");
        }
    }
}
