//! A copy is whole, what it would take back is refused, and what is lost is said.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use syndic_ledger::{Record, SignedCheckpoint};
use syndic_store::{Backup, Known, Loss, Part, RestoreError, Restored, Store, restore, verify};
use tempfile::{TempDir, tempdir};

use super::erase::{asked, erase};
use super::prune;
use super::{Clock, decision, open, replayed, sealed, segments, write};

/// A place with a data directory `data`, and room for copies.
struct Place(TempDir);

impl Place {
    /// With so many records, each with parts.
    fn with(count: u64) -> Self {
        let place = Self(tempdir().unwrap());
        place.go_on(count);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn go_on(&self, count: u64) {
        let store = open(&self.path("data"));
        let begin = store.durable_index();
        for n in begin..begin + count {
            write(&store, sealed(&format!("a{n}"), "user:1", &format!("{{\"n\":{n}}}")));
        }
        store.close();
    }

    fn back_up(&self, name: &str) -> Backup {
        let store = open(&self.path("data"));
        store.backup(&self.path(name), true).unwrap();
        store.close();
        Backup::open(&self.path(name)).unwrap()
    }

    fn checkpoint(&self) -> Known {
        let text = fs::read_to_string(self.path("data/checkpoint")).unwrap();
        Known::Checkpoint { from: "the auditor".to_owned(), text }
    }

    fn restore(
        &self,
        backup: &Backup,
        to: &str,
        known: &[Known],
        loss: Option<&str>,
    ) -> Result<Restored, RestoreError> {
        let clock: Arc<dyn syndic_model::Clock> = Arc::new(Clock);
        let loss = loss.map(|reason| Loss { reason: reason.to_owned() });
        restore(backup, &self.path(to), known, loss.as_ref(), &clock)
    }

    fn refusal(&self, backup: &Backup, to: &str, known: &[Known]) -> String {
        let error = self.restore(backup, to, known, None).unwrap_err().to_string();
        error.replace(&fs::canonicalize(self.0.path()).unwrap().display().to_string(), "PLACE")
    }
}

fn text(store: &Store, index: u64) -> String {
    match store.read(index).unwrap().parts.into_values().next() {
        Some(Part::Clear(text)) => text,
        other => panic!("record {index}: {other:?}"),
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

#[test]
fn a_backup_under_load_has_every_record_that_was_acknowledged_before_it() {
    let place = Place::with(600);
    let store = Arc::new(open(&place.path("data")));
    let ended = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (store, ended) = (store.clone(), ended.clone());
            thread::spawn(move || {
                for n in 0.. {
                    let id = format!("{writer}-{n}");
                    write(
                        &store,
                        sealed(&id, &format!("session:{n}"), &format!("{{\"id\":\"{id}\"}}")),
                    );
                    if ended.load(Ordering::Relaxed) {
                        return;
                    }
                }
            })
        })
        .collect();
    for n in 0..3 {
        let name = format!("backup-{n}");
        let before = store.durable_index();
        let made = store.backup(&place.path(&name), true).unwrap();
        assert!(made.size >= before, "{made:?}");
        let verified = verify(&place.path(&name)).unwrap();
        assert_eq!((verified.head.size, verified.head.root), (made.size, made.root));
    }
    ended.store(true, Ordering::Relaxed);
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    drop(store);
    let backup = Backup::open(&place.path("backup-2")).unwrap();
    place.restore(&backup, "restored", &[], None).unwrap();
    let leaves = replayed(&place.path("restored"));
    let store = open(&place.path("restored"));
    for leaf in leaves {
        let Record::Decision(decision) = leaf.record else { continue };
        let told = if leaf.i < 600 {
            format!("{{\"n\":{}}}", leaf.i)
        } else {
            format!("{{\"id\":\"{}\"}}", decision.id)
        };
        assert_eq!(text(&store, leaf.i), told);
    }
}

#[test]
fn what_is_restored_without_contradiction_goes_on_as_the_same_log() {
    let place = Place::with(300);
    let backup = place.back_up("backup");
    let restored = place.restore(&backup, "restored", &[place.checkpoint()], None).unwrap();
    assert_eq!((restored.size, restored.continued, restored.later), (300, None, None));
    let store = open(&place.path("restored"));
    let key = fs::read_to_string(place.path("data/log.vkey")).unwrap();
    assert_eq!(format!("{}\n", store.log_keys()[0]), key);
    assert_eq!(write(&store, decision("next")), 300);
    assert_eq!(text(&store, 299), "{\"n\":299}");
    let proof = store.consistency(
        300,
        store.checkpoint_over(300, std::time::Duration::from_secs(60)).unwrap().head.size,
    );
    assert!(!proof.unwrap().is_empty());
    store.close();
    assert!(verify(&place.path("restored")).unwrap().head.size == 301);
    for file in files(&place.path("backup")) {
        let mode =
            std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&file).unwrap().permissions());
        assert_eq!(mode & 0o077 & !0o044, 0, "{}", file.display());
    }
}

#[test]
fn an_empty_log_is_backed_up_and_restored_too() {
    let place = Place::with(0);
    let backup = place.back_up("backup");
    assert_eq!(place.restore(&backup, "restored", &[], None).unwrap().size, 0);
    assert_eq!(write(&open(&place.path("restored")), decision("first")), 0);
}

#[test]
fn a_later_checkpoint_refuses_the_restore_and_names_the_sizes() {
    let place = Place::with(300);
    let backup = place.back_up("backup");
    let at_the_backup = place.checkpoint();
    place.go_on(50);
    let later = place.checkpoint();
    let witness = |size| Known::Size { from: "the witness `w`".to_owned(), size };
    let origin = backup.origin().to_owned();
    for (known, from, size) in [(later, "the auditor", 350), (witness(301), "the witness `w`", 301)]
    {
        let refusal = place.refusal(&backup, "restored", &[at_the_backup.clone(), known]);
        let expected = format!(
            "{from} knows {size} records of `{origin}`, the backup has 300: restored, the log would forget {} and",
            size - 300
        );
        assert!(refusal.starts_with(&expected), "{refusal}");
        assert!(!place.path("restored").exists());
    }
    let known = [at_the_backup, witness(300), witness(12)];
    place.restore(&backup, "restored", &known, None).unwrap();
}

#[test]
fn the_directory_that_is_replaced_is_asked_too_and_kept_beside() {
    let place = Place::with(20);
    let backup = place.back_up("backup");
    place.restore(&backup, "data", &[], None).unwrap();
    place.go_on(5);
    let refusal = place.refusal(&backup, "data", &[]);
    assert!(refusal.starts_with("`PLACE/data/checkpoint` knows 25 records of"), "{refusal}");
    let using = open(&place.path("data"));
    let refusal = place.refusal(&backup, "data", &[]);
    assert_eq!(refusal, "`PLACE/data` is in use; stop the syndic that holds its lock first");
    using.close();
    let newer = place.back_up("newer");
    fs::remove_file(place.path("data/segments/0000000000000000.jsonl")).unwrap();
    let restored = place.restore(&newer, "data", &[], None).unwrap();
    assert!(restored.replaced.unwrap().join("checkpoint").exists());
    assert_eq!(replayed(&place.path("data")).len(), 25);
}

#[test]
fn what_was_written_after_the_last_checkpoint_counts_too() {
    let place = Place::with(260);
    let backup = place.back_up("backup");
    let checkpoint = fs::read(place.path("data/checkpoint")).unwrap();
    place.go_on(3);
    fs::write(place.path("data/checkpoint"), &checkpoint).unwrap();
    let expected = "`PLACE/data/segments` knows 263 records of";
    let refusal = place.refusal(&backup, "data", &[]);
    assert!(refusal.starts_with(expected), "{refusal}");
    assert!(refusal.contains("the log would forget 3 and"), "{refusal}");
    // Damaged before it, which may be why it is replaced, it tells no less.
    fs::write(place.path("data/segments/0000000000000000.jsonl"), "?").unwrap();
    let refusal = place.refusal(&backup, "data", &[]);
    assert!(refusal.starts_with(expected), "{refusal}");
    let restored = place.restore(&backup, "data", &[], Some("a part is damaged")).unwrap();
    assert_eq!(restored.later.unwrap().1, 263);
}

#[test]
fn what_was_erased_in_the_replaced_directory_stays_erased() {
    let place = Place::with(3);
    let store = open(&place.path("data"));
    let [hers, his] = ["ada", "bob"].map(|user| write(&store, asked(user, user)));
    store.close();
    let backup = place.back_up("backup");
    let store = open(&place.path("data"));
    assert_eq!(erase(&store, "ada").1.keys, 1);
    store.close();
    for (to, destroyed, is_erased) in [("data", Some(1), true), ("elsewhere", None, false)] {
        let restored = place.restore(&backup, to, &[], Some("a drill")).unwrap();
        assert_eq!(restored.destroyed, destroyed, "{to}");
        let store = open(&place.path(to));
        let part = |index| store.read(index).unwrap().parts.into_values().next().unwrap();
        assert_eq!(part(hers) == Part::Erased, is_erased, "{to}");
        assert_eq!(part(his), Part::Clear("{}".to_owned()), "{to}");
        assert_eq!(text(&store, 2), "{\"n\":2}");
        let next = write(&store, asked("next", "ada"));
        assert_eq!(part(next), Part::Clear("{}".to_owned()), "{to}");
    }
}

#[test]
fn a_replaced_directory_whose_keys_are_damaged_destroys_nothing() {
    for damage in [&b""[..], &[0; 8192]] {
        let place = Place::with(3);
        let backup = place.back_up("backup");
        fs::write(place.path("data/keys.db"), damage).unwrap();
        let restored = place.restore(&backup, "data", &[], None).unwrap();
        assert_eq!(restored.destroyed, None);
        assert_eq!(text(&open(&place.path("data")), 2), "{\"n\":2}");
    }
}

#[test]
fn a_directory_of_which_segments_were_dropped_is_backed_up_and_restored() {
    let place = Place(prune::ledger());
    let store = open(place.0.path());
    prune::catch_up(&store);
    prune::prune(&store);
    let copies = tempdir().unwrap();
    store.backup(&copies.path().join("backup"), true).unwrap();
    store.close();
    let backup = Backup::open(&copies.path().join("backup")).unwrap();
    let to = copies.path().join("data");
    let clock: Arc<dyn syndic_model::Clock> = Arc::new(Clock);
    let restored = restore(&backup, &to, &[], None, &clock).unwrap();
    assert_eq!(restored.size, 601);
    assert_eq!(replayed(&to)[..92], replayed(place.0.path())[..92]);
    let store = open(&to);
    assert_eq!((store.first_index(), store.read(1).unwrap().leaf.i), (512, 1));
    let next = write(&store, decision("next"));
    store.close();
    assert_eq!(verify(&to).unwrap().head.size, next + 1);
    // It is replaced as any other.
    restore(&backup, &to, &[], Some(&Loss { reason: "a drill".to_owned() }), &clock).unwrap();
    assert_eq!(verify(&to).unwrap().head.size, 602);
}

#[test]
fn a_loss_that_is_accepted_makes_another_log_that_names_the_last_checkpoint() {
    let place = Place::with(300);
    let backup = place.back_up("backup");
    place.go_on(50);
    let Known::Checkpoint { text: last, .. } = place.checkpoint() else { panic!() };
    let restored = place.restore(&backup, "data", &[], Some("the disk is gone")).unwrap();
    let (from, known) = restored.later.unwrap();
    assert!(from.ends_with("data/checkpoint`"), "{from}");
    let continued = restored.continued.unwrap();
    assert_eq!((known, restored.size, continued.record), (350, 300, 300));
    assert!(continued.origin.starts_with(&format!("{}/continued-", backup.origin())));
    let store = open(&place.path("data"));
    assert_eq!(store.log_keys()[0].to_string(), continued.vkey);
    assert_eq!(text(&store, 299), "{\"n\":299}");
    let Record::LogContinued(record) = store.read(300).unwrap().leaf.record else { panic!() };
    assert_eq!((record.checkpoint, record.restored), (last, 300));
    assert_eq!((record.former, record.to), (continued.former, continued.vkey));
    assert_eq!(record.reason, "the disk is gone");
    let text = store.checkpoint().text.clone();
    let signed = SignedCheckpoint::parse(text.as_bytes()).unwrap();
    signed.verify(&store.log_keys(), &[]).unwrap();
    assert_eq!(write(&store, decision("next")), 301);
    store.close();
    assert!(verify(&place.path("data")).is_ok());
    // The former log never comes back to where the new one is, and the new one can be backed up as any.
    let refusal = place.refusal(&backup, "data", &[]);
    assert!(refusal.contains("holds the log") && refusal.contains("/continued-"), "{refusal}");
    let again = place.back_up("again");
    place.go_on(1);
    let twice = place.restore(&again, "data", &[], Some("again")).unwrap().continued.unwrap();
    assert_eq!(twice.origin.matches("/continued-").count(), 1, "{}", twice.origin);
}

#[test]
fn a_loss_right_after_a_full_segment_is_recorded_in_one_of_its_own() {
    let place = Place::with(512);
    let backup = place.back_up("backup");
    place.restore(&backup, "restored", &[], Some("nobody knows")).unwrap();
    assert_eq!(replayed(&place.path("restored")).len(), 513);
}

#[test]
fn a_backup_that_vouches_for_other_records_is_refused() {
    let place = Place::with(20);
    let backup = place.back_up("backup");
    let other = Place::with(20);
    let refusal = place.refusal(&backup, "restored", &[other.checkpoint()]);
    assert!(refusal.starts_with("cannot use the checkpoint of the auditor"), "{refusal}");
    // The same keys over another history: what a fork is.
    fs::create_dir(place.path("fork")).unwrap();
    for file in files(&place.path("backup")) {
        let target = place.path("fork").join(file.strip_prefix(place.path("backup")).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&file, target).unwrap();
    }
    for name in ["segments/0000000000000000.jsonl", "checkpoint"] {
        fs::remove_file(place.path("fork").join(name)).unwrap();
    }
    let forked = open(&place.path("fork"));
    for n in 0..10 {
        write(&forked, decision(&format!("other{n}")));
    }
    forked.close();
    let text = fs::read_to_string(place.path("fork/checkpoint")).unwrap();
    let fork = Known::Checkpoint { from: "the witness".to_owned(), text };
    let refusal = place.refusal(&backup, "restored", std::slice::from_ref(&fork));
    assert!(
        refusal.starts_with(
            "the first 10 records of the backup are not those that the witness vouches for"
        ),
        "{refusal}"
    );
    // No loss that is accepted makes it right.
    place.restore(&backup, "restored", &[fork], Some("r")).unwrap_err();
}

#[test]
fn a_backup_in_which_a_bit_flipped_is_refused_and_the_file_named() {
    let place = Place::with(300);
    place.back_up("backup");
    let copied = files(&place.path("backup"));
    assert!(copied.len() > 8, "{copied:?}");
    for file in copied {
        let before = fs::read(&file).unwrap();
        let mut after = before.clone();
        let Some(byte) = after.last_mut() else { continue };
        *byte ^= 1;
        fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        fs::write(&file, &after).unwrap();
        let error = Backup::open(&place.path("backup")).unwrap_err().to_string();
        assert!(error.contains(file.file_name().unwrap().to_str().unwrap()), "{error}");
        fs::remove_file(&file).unwrap();
        Backup::open(&place.path("backup")).unwrap_err();
        fs::write(&file, before).unwrap();
    }
    Backup::open(&place.path("backup")).unwrap();
}

#[test]
fn a_backup_of_a_newer_program_is_refused_with_its_format() {
    let place = Place::with(1);
    place.back_up("backup");
    let manifest = place.path("backup/backup.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"format\": 2", "\"format\": 99, \"new\": 1")).unwrap();
    let error = Backup::open(&place.path("backup")).unwrap_err().to_string();
    assert!(error.contains("has format 99, this program reads up to 2"), "{error}");
}

#[test]
fn a_backup_goes_into_an_empty_place_outside_and_leaves_nothing_half_done() {
    let place = Place::with(3);
    let store = open(&place.path("data"));
    let refused = |to: &str| store.backup(&place.path(to), true).unwrap_err().to_string();
    assert!(refused("data/backup").contains("is within the data directory"));
    fs::create_dir(place.path("full")).unwrap();
    fs::write(place.path("full/x"), "").unwrap();
    assert!(refused("full").contains("is not an empty directory"));
    assert!(refused("missing/backup").contains("cannot write the backup"));
    fs::create_dir(place.path(".twice.partial")).unwrap();
    assert!(refused("twice").contains("remove `"));
    fs::create_dir(place.path("empty")).unwrap();
    let made = store.backup(&place.path("empty"), false).unwrap();
    assert_eq!((made.secrets, made.master_key), (false, false));
    assert!(!place.path("empty/keys").exists());
    let names = fs::read_dir(place.0.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let hidden = names.filter(|name| name.to_str().unwrap().starts_with('.')).count();
    assert_eq!(hidden, 1, "the one that was there");
    store.close();
    assert_eq!(segments(&place.path("empty")).len(), 1);
}
