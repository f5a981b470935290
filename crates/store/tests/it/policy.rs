//! The files of governance directories, kept by content.

use std::fs;

use syndic_store::{Files, PolicyFiles, PolicyFilesError};

fn files(policy: &str) -> Files {
    let texts = [("agents/a.yaml", "name: A\n"), ("policies/org/p.cedar", policy)];
    texts.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

#[test]
fn files_come_back_by_revision_and_by_the_whole_hash() {
    let directory = tempfile::tempdir().unwrap();
    let kept = PolicyFiles::of(directory.path());
    let (old, new) = (files("permit(principal, action, resource);"), files(""));
    let (first, second) = (kept.keep(&old).unwrap(), kept.keep(&new).unwrap());
    assert_eq!(kept.keep(&old).unwrap(), first, "the same files are the same manifest");
    assert_eq!(kept.read(first.get(..12).unwrap()).unwrap(), old);
    assert_eq!(kept.read(&second).unwrap(), new);
    // Two manifests, two policies, and one agent that both share.
    assert_eq!(fs::read_dir(directory.path().join("policy")).unwrap().count(), 5);
    for revision in ["", "0123456789ab", first.get(..4).unwrap(), "../../../../etc/passwd"] {
        assert!(matches!(kept.read(revision), Err(PolicyFilesError::Unknown(_))), "{revision}");
    }
}

#[test]
fn a_kept_file_that_was_changed_is_found_and_mended() {
    let directory = tempfile::tempdir().unwrap();
    let kept = PolicyFiles::of(directory.path());
    let manifest = kept.keep(&files("forbid(principal, action, resource);")).unwrap();
    for entry in fs::read_dir(directory.path().join("policy")).unwrap() {
        let path = entry.unwrap().path();
        if fs::read_to_string(&path).unwrap().starts_with("forbid") {
            fs::write(path, "permit(principal, action, resource);").unwrap();
        }
    }
    assert!(matches!(kept.read(&manifest), Err(PolicyFilesError::Changed(_))));
    kept.keep(&files("forbid(principal, action, resource);")).unwrap();
    assert!(kept.read(&manifest).is_ok());
}
