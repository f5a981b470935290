use std::io;
use std::path::Path;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use syndic_ledger::Record;
use syndic_store::{
    Disk, Durability, Options, RealDisk, ReserveError, SegmentFile, Store, WriteError,
};
use tempfile::tempdir;

use super::{Clock, decision, open, replayed};

/// A disk that keeps a log of what it is asked, and refuses after a while.
#[derive(Debug, Clone, Default)]
struct TestDisk {
    log: Arc<Mutex<Vec<&'static str>>>,
    refusals: Arc<Mutex<Refusals>>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Refusals {
    open: Option<io::ErrorKind>,
    write: Option<io::ErrorKind>,
    sync: Option<io::ErrorKind>,
    panics: bool,
}

#[derive(Debug)]
struct TestFile(Box<dyn SegmentFile>, TestDisk);

impl Disk for TestDisk {
    fn append_to(&self, path: &Path) -> io::Result<Box<dyn SegmentFile>> {
        self.log.lock().unwrap().push("open");
        if let Some(kind) = self.refusals.lock().unwrap().open {
            return Err(kind.into());
        }
        Ok(Box::new(TestFile(RealDisk.append_to(path)?, self.clone())))
    }
}

impl SegmentFile for TestFile {
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.1.log.lock().unwrap().push("write");
        if let Some(kind) = self.1.refusals.lock().unwrap().write {
            // As a full disk does: some of it is written.
            self.0.write_all(&bytes[..bytes.len() / 2])?;
            return Err(kind.into());
        }
        self.0.write_all(bytes)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.1.log.lock().unwrap().push("sync");
        let panics = self.1.refusals.lock().unwrap().panics;
        assert!(!panics, "a disk that panics");
        self.1
            .refusals
            .lock()
            .unwrap()
            .sync
            .map_or_else(|| self.0.sync_data(), |kind| Err(kind.into()))
    }
}

fn open_on(disk: &TestDisk, directory: &Path, durability: Durability) -> Store {
    let options = Options { durability, ..Options::default() };
    Store::open_on(Box::new(disk.clone()), directory, options, Arc::new(Clock), &mut |_, _| {})
        .unwrap()
}

#[test]
fn a_sync_comes_before_each_acknowledgement() {
    let (disk, directory) = (TestDisk::default(), tempdir().unwrap());
    let store = open_on(&disk, directory.path(), Durability::Full);
    disk.log.lock().unwrap().clear();
    for n in 0..3 {
        let committed = store.reserve().unwrap().enqueue(decision("a")).wait().unwrap();
        assert_eq!((committed.get().index(), store.durable_index()), (n, n + 1));
        disk.log.lock().unwrap().push("acknowledged");
    }
    let once = ["write", "sync", "acknowledged"];
    assert_eq!(*disk.log.lock().unwrap(), [once, once, once].concat());
}

#[test]
fn buffered_records_are_acknowledged_when_written_and_synced_on_closing() {
    let (disk, directory) = (TestDisk::default(), tempdir().unwrap());
    let store = open_on(&disk, directory.path(), Durability::Buffered);
    disk.log.lock().unwrap().clear();
    store.reserve().unwrap().enqueue(decision("a")).wait().unwrap();
    disk.log.lock().unwrap().push("acknowledged");
    store.close();
    assert_eq!(*disk.log.lock().unwrap(), ["write", "acknowledged", "sync"]);
}

#[test]
fn a_segment_is_synced_before_the_next_one_begins() {
    for durability in [Durability::Full, Durability::Buffered] {
        let (disk, directory) = (TestDisk::default(), tempdir().unwrap());
        let options = Options { durability, ..super::small() };
        let clock = Arc::new(Clock);
        let boxed = Box::new(disk.clone());
        let store =
            Store::open_on(boxed, directory.path(), options, clock, &mut |_, _| {}).unwrap();
        for _ in 0..2 {
            let several = (0..300).map(|_| store.reserve().unwrap().enqueue(decision("a")));
            several.collect::<Vec<_>>().into_iter().for_each(|pending| {
                pending.wait().unwrap();
            });
        }
        store.close();
        let log = disk.log.lock().unwrap();
        let begun: Vec<_> = log.windows(2).filter(|pair| pair[1] == "open").collect();
        assert!(begun.len() >= 2, "{durability:?}: {log:?}");
        assert!(begun.iter().all(|pair| pair[0] == "sync"), "{durability:?}: {log:?}");
    }
}

#[test]
fn after_one_failure_nothing_is_acknowledged_until_a_restart() {
    use io::ErrorKind::{Other, ReadOnlyFilesystem, StorageFull, WriteZero};
    let none = Refusals::default();
    for refusals in [
        Refusals { write: Some(StorageFull), ..none },
        Refusals { write: Some(ReadOnlyFilesystem), ..none },
        Refusals { write: Some(WriteZero), ..none },
        Refusals { sync: Some(Other), ..none },
        Refusals { sync: Some(StorageFull), ..none },
    ] {
        let (disk, directory) = (TestDisk::default(), tempdir().unwrap());
        let store = open_on(&disk, directory.path(), Durability::Full);
        store.reserve().unwrap().enqueue(decision("kept")).wait().unwrap();

        let was_reserved = store.reserve().unwrap();
        *disk.refusals.lock().unwrap() = refusals;
        let refused = store.reserve().unwrap().enqueue(decision("lost")).wait().unwrap_err();
        assert!(matches!(refused, WriteError::Disk(_)), "{refusals:?}: {refused}");
        assert!(!store.is_open());
        assert_eq!(store.reserve().unwrap_err(), ReserveError::Closed);

        *disk.refusals.lock().unwrap() = none;
        let refused = was_reserved.enqueue(decision("lost")).wait().unwrap_err();
        assert!(matches!(refused, WriteError::Closed), "{refusals:?}: {refused}");
        assert_eq!(store.durable_index(), 1);
        store.close();

        // Whether the record whose sync failed is there is unknown; that what was acknowledged is, is known.
        let leaves = replayed(directory.path());
        assert!((1..=2).contains(&leaves.len()), "{refusals:?}");
        let Record::Decision(first) = &leaves[0].record else { panic!() };
        assert_eq!(first.id, "kept");
        let store = open(directory.path());
        assert_eq!(super::write(&store, decision("after")), leaves.len() as u64);
    }
}

#[test]
fn a_segment_that_cannot_begin_closes_the_ledger_and_loses_nothing() {
    let (disk, directory) = (TestDisk::default(), tempdir().unwrap());
    let (boxed, clock) = (Box::new(disk.clone()), Arc::new(Clock));
    let store =
        Store::open_on(boxed, directory.path(), super::small(), clock, &mut |_, _| {}).unwrap();
    disk.refusals.lock().unwrap().open = Some(io::ErrorKind::ReadOnlyFilesystem);
    let several: Vec<_> =
        (0..600).map(|_| store.reserve().unwrap().enqueue(decision("a"))).collect();
    let answers: Vec<_> = several.into_iter().map(syndic_store::Pending::wait).collect();
    let kept = answers.iter().take_while(|answer| answer.is_ok()).count();
    assert_eq!(kept, 256);
    assert!(answers[kept..].iter().all(Result::is_err), "nothing after it is acknowledged");
    assert!(!store.is_open());
    store.close();
    *disk.refusals.lock().unwrap() = Refusals::default();
    assert!(replayed(directory.path()).len() >= kept);
}

#[test]
fn who_writes_here_finds_its_record_written_when_it_comes_back_with_all_queued_before() {
    let (disk, directory) = (TestDisk::default(), tempdir().unwrap());
    let store = open_on(&disk, directory.path(), Durability::Full);
    let first = store.reserve().unwrap().enqueue_to_write(decision("a"));
    let second = store.reserve().unwrap().enqueue_to_write(decision("b"));
    disk.log.lock().unwrap().clear();
    store.write_here();
    assert_eq!(*disk.log.lock().unwrap(), ["write", "sync"]);
    let indexes = [first, second].map(|pending| pending.wait().unwrap().get().index());
    assert_eq!((indexes, store.durable_index()), ([0, 1], 2));
}

#[test]
fn a_record_in_company_is_written_with_the_next_or_by_itself() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let alone = store.reserve().unwrap().enqueue_in_company(decision("a"));
    assert_eq!(alone.wait().unwrap().get().index(), 0);
    let with_the_next = store.reserve().unwrap().enqueue_in_company(decision("b"));
    let next = store.reserve().unwrap().enqueue_to_write(decision("c"));
    store.write_here();
    assert_eq!([with_the_next, next].map(|of| of.wait().unwrap().get().index()), [1, 2]);
}

#[test]
fn what_fails_here_closes_the_ledger_for_everybody() {
    let (disk, directory) = (TestDisk::default(), tempdir().unwrap());
    let store = open_on(&disk, directory.path(), Durability::Full);
    let was_reserved = store.reserve().unwrap();
    let refused = store.reserve().unwrap().enqueue_to_write(decision("lost"));
    disk.refusals.lock().unwrap().sync = Some(io::ErrorKind::Other);
    store.write_here();
    assert!(matches!(refused.wait().unwrap_err(), WriteError::Disk(_)));
    assert!(!store.is_open());
    let refused = was_reserved.enqueue(decision("lost")).wait().unwrap_err();
    assert!(matches!(refused, WriteError::Closed), "{refused}");
}

#[test]
fn a_panic_while_writing_answers_everybody_and_closes_the_ledger() {
    for here in [false, true] {
        let (disk, directory) = (TestDisk::default(), tempdir().unwrap());
        let store = open_on(&disk, directory.path(), Durability::Full);
        let was_reserved = store.reserve().unwrap();
        disk.refusals.lock().unwrap().panics = true;
        let slot = store.reserve().unwrap();
        let lost = if here {
            let lost = slot.enqueue_to_write(decision("lost"));
            store.write_here();
            lost
        } else {
            slot.enqueue(decision("lost"))
        };
        assert!(matches!(lost.wait().unwrap_err(), WriteError::Closed), "{here}");
        let refused = was_reserved.enqueue(decision("lost")).wait().unwrap_err();
        assert!(matches!(refused, WriteError::Closed), "{here}");
        disk.refusals.lock().unwrap().panics = false;
        store.close();
    }
}

#[test]
fn a_full_queue_says_so_and_a_dropped_slot_is_free_again() {
    let directory = tempdir().unwrap();
    let options = Options { queue: 2, ..Options::default() };
    let store = Store::open(directory.path(), options, Arc::new(Clock), &mut |_, _| {}).unwrap();
    let (first, _second) = (store.reserve().unwrap(), store.reserve().unwrap());
    assert_eq!(store.reserve().unwrap_err(), ReserveError::Full);
    assert_eq!(store.statistics().queued, 2);
    drop(first);
    store.reserve().unwrap().enqueue(decision("a")).wait().unwrap();
    store.reserve().unwrap().enqueue(decision("b")).wait().unwrap();
}

#[test]
fn a_record_that_cannot_be_written_leaves_the_ledger_as_it_was() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let refused =
        store.reserve().unwrap().enqueue(decision(&"x".repeat(65_536))).wait().unwrap_err();
    assert!(matches!(refused, WriteError::Refused(_)), "{refused}");
    let without_subject =
        syndic_store::Entry { subject: None, ..super::sealed("a", "user:1", "{}") };
    let refused = store.reserve().unwrap().enqueue(without_subject).wait().unwrap_err();
    assert!(matches!(refused, WriteError::NoSubject), "{refused}");
    assert_eq!(super::write(&store, decision("a")), 0);
}

#[test]
fn a_loss_is_told_of_once_and_what_is_written_is_none() {
    let (disk, directory) = (TestDisk::default(), tempdir().unwrap());
    let store = open_on(&disk, directory.path(), Durability::Full);
    let lost = Arc::new(AtomicUsize::new(0));
    let slot = || {
        let lost = lost.clone();
        store.reserve().unwrap().or_else(move || {
            lost.fetch_add(1, Ordering::Relaxed);
        })
    };
    drop(slot());
    slot().enqueue(decision("kept")).wait().unwrap();
    let was_reserved = slot();
    assert_eq!(lost.load(Ordering::Relaxed), 0);
    disk.refusals.lock().unwrap().sync = Some(io::ErrorKind::Other);
    slot().enqueue(decision("lost")).wait().unwrap_err();
    assert_eq!(lost.load(Ordering::Relaxed), 1);
    was_reserved.enqueue(decision("lost")).wait().unwrap_err();
    assert_eq!(lost.load(Ordering::Relaxed), 2);
}

#[test]
fn who_waits_for_a_slot_leaves_half_of_them_to_others_and_has_one_when_one_is_free() {
    let directory = tempdir().unwrap();
    let options = Options { queue: 4, ..super::small() };
    let store = Store::open(directory.path(), options, Arc::new(Clock), &mut |_, _| {}).unwrap();
    let mut context = Context::from_waker(Waker::noop());
    let mut reserve =
        |store: &Store| pin!(store.reserve_behind()).poll(&mut context).map(Result::unwrap);
    let mut mine = Vec::new();
    while let Poll::Ready(slot) = reserve(&store) {
        mine.push(slot);
    }
    assert_eq!(mine.len(), 2);
    let others = [store.reserve().unwrap(), store.reserve().unwrap()];
    mine.pop().unwrap().enqueue(decision("a")).wait().unwrap();
    assert!(reserve(&store).is_ready());
    drop(others);
    store.close();
}
