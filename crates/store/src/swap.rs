//! Putting one directory in the place of another: at every moment there is a whole one in that place.

use std::fs;
use std::io;
use std::path::Path;

use crate::directory::sync_parent;

/// What is where, when a directory could not be put in the place of another.
#[derive(Debug)]
pub(crate) enum Swap {
    /// As before.
    Undone(io::Error),
    /// The new one is in its place, and so is the old one in its own; whether that outlives a crash is not known.
    Unsynced(io::Error),
    /// The old one is away, the new one where it was made, and nothing is in the place.
    Torn(io::Error),
}

/// Puts the directory `new` where `old` is, which is `away` afterwards. All three have one parent, and `away` is free.
pub(crate) fn swap(new: &Path, old: &Path, away: &Path) -> Result<(), Swap> {
    // Under the name that the old one will have: an exchange is then the last step, and whoever is interrupted before
    // it has changed nothing.
    fs::rename(new, away).map_err(Swap::Undone)?;
    let exchanged = sync_parent(away).and_then(|()| exchange(away, old));
    if exchanged.is_ok() {
        return sync_parent(old).map_err(Swap::Unsynced);
    }
    fs::rename(away, new).map_err(Swap::Undone)?;
    move_both(new, old, away)
}

#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};

    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Does it where the file system exchanges nothing.
fn move_both(new: &Path, old: &Path, away: &Path) -> Result<(), Swap> {
    fs::rename(old, away).map_err(Swap::Undone)?;
    let moved = sync_parent(away).and_then(|()| fs::rename(new, old));
    match moved {
        Ok(()) => sync_parent(old).map_err(Swap::Unsynced),
        Err(error) => match fs::rename(away, old).and_then(|()| sync_parent(old)) {
            Ok(()) => Err(Swap::Undone(error)),
            Err(_) => Err(Swap::Torn(error)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(at: &Path, names: &[&str]) {
        for name in names {
            fs::create_dir(at.join(name)).unwrap();
            fs::write(at.join(name).join("is"), name).unwrap();
        }
    }

    fn found(at: &Path) -> Vec<(String, String)> {
        let mut found: Vec<_> = fs::read_dir(at)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| {
                let is = fs::read_to_string(entry.path().join("is")).unwrap();
                (entry.file_name().into_string().unwrap(), is)
            })
            .collect();
        found.sort();
        found
    }

    #[test]
    fn each_is_where_the_other_was_with_an_exchange_and_without() {
        for by in [swap, move_both] {
            let place = tempfile::tempdir().unwrap();
            let [new, old, away] = ["new", "old", "away"].map(|name| place.path().join(name));
            made(place.path(), &["new", "old"]);
            by(&new, &old, &away).unwrap();
            let expected = [("away", "old"), ("old", "new")];
            assert_eq!(found(place.path()), expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
        }
    }

    #[test]
    fn what_cannot_be_put_there_leaves_the_old_one_in_its_place() {
        for by in [swap, move_both] {
            let place = tempfile::tempdir().unwrap();
            let [new, old, away] = ["new", "old", "away"].map(|name| place.path().join(name));
            made(place.path(), &["old"]);
            let refused = by(&new, &old, &away).unwrap_err();
            assert!(matches!(refused, Swap::Undone(_)), "{refused:?}");
            assert_eq!(found(place.path()), [("old".to_owned(), "old".to_owned())]);
        }
    }
}
