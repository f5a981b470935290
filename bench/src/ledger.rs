//! What a durable record costs: encoding, tree, sealing and sync included.
//!
//! The limit writes the same bytes with one `write` and one `fdatasync` per turn, a turn being as many records as
//! there are producers: the group commit that no ledger on this disk can beat by much.
//!
//! SQLite inserts the same bytes into a table (`journal_mode=WAL`, `synchronous=FULL`), without encoding, tree or
//! sealing. One producer inserts a row per transaction; several hand their rows to one thread, which commits whatever
//! has queued up in one transaction and then answers.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use syndic_gate::SystemClock;
use syndic_ledger::{Decision, PartName, Record};
use syndic_model::Clock;
use syndic_store::{Entry, Options, Store, Subject};

use crate::events::decision;
use crate::row::{Figures, Measured, latencies, median, print};

const ROUNDS: usize = 5;
const PER_ROUND: Duration = Duration::from_millis(1500);

pub fn run(json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    for producers in [1, 16, 256] {
        let (mut limit, mut peer, mut ours) = (Vec::new(), Vec::new(), Vec::new());
        let bytes = record_bytes()?;
        for _ in 0..ROUNDS {
            limit.push(raw(producers, bytes)?);
            peer.push(match producers {
                1 => sqlite(bytes)?,
                _ => runtime.block_on(sqlite_in_groups(producers, bytes))?,
            });
            ours.push(runtime.block_on(syndic(producers))?);
        }
        let limit = Measured { subject: "fdatasync", figures: median(&limit) };
        let peer = Measured { subject: "sqlite", figures: median(&peer) };
        let ours = Measured { subject: "syndic", figures: median(&ours) };
        let case = format!("{producers} producer{}", if producers == 1 { "" } else { "s" });
        print("ledger", &case, &[limit, peer], &ours, "per_s", json);
    }
    Ok(())
}

fn raw(producers: usize, bytes: usize) -> anyhow::Result<Figures> {
    let dir = tempfile::tempdir_in("target")?;
    let mut file = File::create(dir.path().join("raw"))?;
    let batch = vec![b'x'; bytes * producers];
    let mut each = Vec::new();
    let start = Instant::now();
    while start.elapsed() < PER_ROUND {
        let begun = Instant::now();
        file.write_all(&batch)?;
        file.sync_data()?;
        each.push(begun.elapsed());
    }
    let mut figures = latencies(each, start.elapsed());
    figures[2].1 *= producers as f64;
    Ok(figures)
}

fn database(dir: &Path) -> anyhow::Result<Connection> {
    let database = Connection::open(dir.join("records.db"))?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.execute("CREATE TABLE records (i INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT", [])?;
    Ok(database)
}

const INSERT: &str = "INSERT INTO records (line) VALUES (?1)";

fn sqlite(bytes: usize) -> anyhow::Result<Figures> {
    let dir = tempfile::tempdir_in("target")?;
    let database = database(dir.path())?;
    let mut insert = database.prepare(INSERT)?;
    let line = vec![b'x'; bytes];
    let mut each = Vec::new();
    let start = Instant::now();
    while start.elapsed() < PER_ROUND {
        let begun = Instant::now();
        insert.execute([&line])?;
        each.push(begun.elapsed());
    }
    Ok(latencies(each, start.elapsed()))
}

/// A row and who waits for it.
type Row = (Vec<u8>, tokio::sync::oneshot::Sender<()>);

async fn sqlite_in_groups(producers: usize, bytes: usize) -> anyhow::Result<Figures> {
    let dir = tempfile::tempdir_in("target")?;
    let (queue, rows) = mpsc::channel();
    let mut database = database(dir.path())?;
    let writer = thread::spawn(move || commit_in_groups(&mut database, &rows));
    let start = Instant::now();
    let tasks: Vec<_> = (0..producers).map(|_| tokio::spawn(insert(queue.clone(), bytes, start))).collect();
    drop(queue);
    let mut each = Vec::new();
    for task in tasks {
        each.extend(task.await??);
    }
    let elapsed = start.elapsed();
    writer.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
    Ok(latencies(each, elapsed))
}

async fn insert(queue: Sender<Row>, bytes: usize, start: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut each = Vec::new();
    while start.elapsed() < PER_ROUND {
        let begun = Instant::now();
        let (done, committed) = tokio::sync::oneshot::channel();
        queue.send((vec![b'x'; bytes], done))?;
        committed.await?;
        each.push(begun.elapsed());
    }
    Ok(each)
}

fn commit_in_groups(database: &mut Connection, rows: &Receiver<Row>) -> anyhow::Result<()> {
    while let Ok(first) = rows.recv() {
        let group: Vec<Row> = std::iter::once(first).chain(rows.try_iter().take(4095)).collect();
        let transaction = database.transaction()?;
        let mut insert = transaction.prepare_cached(INSERT)?;
        for (line, _) in &group {
            insert.execute([line])?;
        }
        drop(insert);
        transaction.commit()?;
        for (_, done) in group {
            let _gone = done.send(());
        }
    }
    Ok(())
}

async fn syndic(producers: usize) -> anyhow::Result<Figures> {
    let dir = tempfile::tempdir_in("target")?;
    let store = Arc::new(open(dir.path())?);
    let start = Instant::now();
    let tasks: Vec<_> = (0..producers).map(|producer| tokio::spawn(produce(Arc::clone(&store), producer, start))).collect();
    let mut each = Vec::new();
    for task in tasks {
        each.extend(task.await??);
    }
    let elapsed = start.elapsed();
    tokio::task::spawn_blocking(move || drop(store)).await?;
    Ok(latencies(each, elapsed))
}

async fn produce(store: Arc<Store>, producer: usize, start: Instant) -> anyhow::Result<Vec<Duration>> {
    let mut each = Vec::new();
    while start.elapsed() < PER_ROUND {
        let begun = Instant::now();
        let slot = store.reserve()?;
        slot.enqueue(entry(producer)).await?;
        each.push(begun.elapsed());
    }
    Ok(each)
}

fn open(dir: &Path) -> anyhow::Result<Store> {
    Ok(Store::open(dir, Options::default(), Arc::new(SystemClock), &mut |_, _| {})?)
}

/// Returns how many bytes one record takes in a segment.
fn record_bytes() -> anyhow::Result<usize> {
    let dir = tempfile::tempdir_in("target")?;
    let store = open(dir.path())?;
    for _ in 0..100 {
        store.reserve()?.enqueue(entry(0)).wait()?;
    }
    store.close();
    let mut bytes = 0;
    for file in std::fs::read_dir(dir.path().join("segments"))? {
        bytes += file?.metadata()?.len();
    }
    Ok(usize::try_from(bytes / 100)?)
}

pub fn entry(producer: usize) -> Entry {
    let record = Decision {
        args_digest: Some("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".into()),
        ..decision(
            "0198c0de-1234-7abc-8def-0123456789ab".into(),
            "customer-support".into(),
            format!("session-{producer}"),
        )
    };
    let parts = vec![
        (PartName::Args, format!("{{\"order_id\":\"A-{producer}\",\"amount\":45.5,\"note\":\"as agreed by phone\"}}")),
        (PartName::Checks, "{\"checks\":[{\"policy\":\"tool-access\",\"result\":\"passed\"}]}".to_owned()),
    ];
    Entry {
        record: Record::Decision(Box::new(record)),
        at: SystemClock.now(),
        parts,
        subject: Some(Subject::new(&format!("session:{producer}"))),
    }
}
