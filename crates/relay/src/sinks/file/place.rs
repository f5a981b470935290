//! Where a file may lie: not in the data directory and in no governance directory, whatever links lead there.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use crate::sink::Failure;

/// What is in every governance directory.
const SETTINGS: &str = "syndic.yaml";

/// Makes the directory of `path`, where `path` may lie there. Nothing is made where it may not.
pub(super) fn prepare(path: &Path, data_dir: &Path) -> Result<(), Failure> {
    let real = real(path)?;
    keep_out(path, &real, data_dir)?;
    if real.is_dir() {
        let path = path.display();
        return Err(Failure::stopped(format!(
            "`{path}` is a directory: name a file in it in syndic.yaml"
        )));
    }
    let Some(directory) = path.parent() else { return Ok(()) };
    DirBuilder::new()
        .recursive(true)
        .mode(0o750)
        .create(directory)
        .map_err(|error| refused(path, &error))
}

/// Returns where a path leads, as far as there is anything, with the rest behind it.
fn real(path: &Path) -> Result<PathBuf, Failure> {
    for there in path.ancestors() {
        match fs::symlink_metadata(there) {
            Ok(_) => {
                let lead = fs::canonicalize(there).map_err(|error| {
                    if error.kind() == io::ErrorKind::NotFound {
                        Failure::stopped(format!("`{}` is a link to nothing", there.display()))
                    } else {
                        refused(path, &error)
                    }
                })?;
                let rest = path.strip_prefix(there).unwrap_or(Path::new(""));
                // A slash at the end would say that a file is a directory.
                let ends = rest.as_os_str().is_empty();
                return Ok(if ends { lead } else { lead.join(rest) });
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(refused(path, &error)),
        }
    }
    Ok(path.to_owned())
}

fn keep_out(path: &Path, real: &Path, data_dir: &Path) -> Result<(), Failure> {
    let data_dir = fs::canonicalize(data_dir).unwrap_or_else(|_| data_dir.to_owned());
    let holder = if real.starts_with(data_dir) {
        "the data directory"
    } else if real.ancestors().skip(1).any(|place| place.join(SETTINGS).exists()) {
        "a governance directory"
    } else {
        return Ok(());
    };
    Err(Failure::stopped(format!(
        "`{}` is inside {holder}: name a file elsewhere in syndic.yaml",
        path.display()
    )))
}

fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::passing(format!("cannot open `{}`: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::prepare;
    use crate::sink::Failure;

    #[test]
    fn a_file_lies_in_no_directory_of_syndics_whatever_links_lead_there() {
        let world = tempfile::tempdir().unwrap();
        let at = |path: &str| world.path().join(path);
        for place in ["gov", "data", "logs", "ln"] {
            fs::create_dir(at(place)).unwrap();
        }
        fs::write(at("gov/syndic.yaml"), "").unwrap();
        symlink(at("gov"), at("ln/gov")).unwrap();
        symlink(at("data"), at("ln/data")).unwrap();
        symlink(at("logs"), at("ln/logs")).unwrap();
        symlink(at("gov/new.jsonl"), at("ln/new.jsonl")).unwrap();
        symlink(at("nowhere"), at("ln/nowhere")).unwrap();
        symlink(at("data/x"), at("logs/x.jsonl")).unwrap();
        fs::write(at("data/x"), "").unwrap();
        for (path, why) in [
            ("gov/inside.jsonl", Some("a governance directory")),
            ("ln/gov/inside.jsonl", Some("a governance directory")),
            ("ln/gov/deep/er/inside.jsonl", Some("a governance directory")),
            ("data/inside.jsonl", Some("the data directory")),
            ("ln/data/new/inside.jsonl", Some("the data directory")),
            ("logs/x.jsonl", Some("the data directory")),
            ("ln/new.jsonl", Some("a link to nothing")),
            ("logs", Some("is a directory")),
            ("ln/logs", Some("is a directory")),
            ("ln/nowhere/inside.jsonl", Some("a link to nothing")),
            ("ln/logs/new/audit.jsonl", None),
            ("logs/audit.jsonl", None),
        ] {
            match (prepare(&at(path), &at("data")), why) {
                (Ok(()), None) => {}
                (Err(Failure::Stopped { reason }), Some(why)) => {
                    assert!(reason.contains(why), "{path}: {reason}");
                }
                (other, _) => panic!("{path}: {other:?}"),
            }
        }
        assert!(!at("gov/deep").exists() && !at("data/new").exists());
        assert!(at("logs/new").is_dir());
    }
}
