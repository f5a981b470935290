//! Finding events among a million: newest first by agent, by words and agent; and how long a start over them takes, until
//! the first decision is on disk, and until the first search is answered.
//!
//! The limit asks the same of a bare SQLite table with an index and a full-text table of words in clear, and reads
//! nothing else. A cold start is one with the files in the page cache.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rusqlite::{Connection, params};
use syndic_gate::SystemClock;
use syndic_ledger::{Decision, PartName, Record};
use syndic_model::{Clock, EventId};
use syndic_store::{Durability, Entry, Options, Query, Store, Subject};

use crate::events::{self, AT_ONCE, Passing, decision};
use crate::gate;
use crate::http::shipped;
use crate::row::{Figures, Measured, latencies, median, print};

const EVENTS: u64 = 1_000_000;
const AGENTS: u64 = 50;
const ACTIONS: u64 = 20;
const ROUNDS: usize = 5;
const ASKED: u64 = 100;
/// A million are four weeks.
const EVERY_MS: i64 = 2500;

pub fn run(words: &[&str], json: bool) -> anyhow::Result<()> {
    let count = words.first().map_or(Ok(EVENTS), |word| word.parse())?;
    let dir = tempfile::tempdir_in("target")?;
    shipped(dir.path())?;
    let data = dir.path().join(".syndic");
    let store = open(&data)?;
    write(&store, count, "2026-10-01T00:00:00Z".parse()?)?;
    let indexed = index(store, &data, count)?;
    let bare = Bare::make(&dir.path().join("bare.db"), count)?;
    print("search", "indexing", &[bare.made.clone()], &indexed, "per_s", json);

    let store = open(&data)?;
    caught_up(&store, count);
    for (case, query, sql) in cases() {
        let (mut limit, mut ours) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            limit.push(timed(|n| bare.ask(sql, n))?);
            ours.push(timed(|n| Ok(store.events(&query(n))?.rows.len()))?);
        }
        compare(case, &limit, &ours, json);
    }
    let read: Result<Vec<_>, _> = (0..ROUNDS).map(|_| timed(|n| read(&store, n))).collect();
    let read = Measured { subject: "syndic", figures: median(&read?) };
    print("search", "100 events whole", &[], &read, "p50_us", json);
    store.close();

    starts(dir.path(), json)
}

/// Measures starts: the first, which reads everything, and those over the snapshot that it leaves.
fn starts(dir: &Path, json: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (caller, request) = gate::refund()?;
    let decide = || {
        let gate = gate::open(dir)?;
        let decided = runtime.block_on(gate.submit(&caller, request.clone()))?;
        anyhow::ensure!(decided.allowed, "the refund is not allowed: {:?}", decided.checks);
        Ok((1, gate))
    };
    let search = || {
        let gate = gate::open(dir)?;
        Ok((gate.store().events(&by_agent(7))?.rows.len(), gate))
    };
    let whole = Measured { subject: "syndic", figures: once(decide)? };
    print("search", "first start, to the first decision", &[], &whole, "p50_us", json);
    let (mut limit, mut decision, mut answer) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        limit.push(once(|| Ok((Bare::open(&dir.join("bare.db"))?.ask(BY_AGENT, 7)?, ())))?);
        decision.push(once(decide)?);
        answer.push(once(search)?);
    }
    let decision = Measured { subject: "syndic", figures: median(&decision) };
    print("search", "cold start, to the first decision", &[], &decision, "p50_us", json);
    compare("cold start, to the first search", &limit, &answer, json);
    Ok(())
}

type Ask = fn(u64) -> Query;

const BY_AGENT: &str = "SELECT * FROM events WHERE agent = ?1 AND ?2 = ?2 ORDER BY decision DESC LIMIT 101";

fn cases() -> [(&'static str, Ask, &'static str); 3] {
    [
        ("newest 100 by agent", by_agent, BY_AGENT),
        (
            "full text",
            |n| Query { q: word(n).parse().ok(), limit: 100, ..Query::default() },
            "SELECT events.* FROM words CROSS JOIN events ON decision = words.rowid
             WHERE words MATCH ?2 AND ?1 = ?1 ORDER BY words.rowid DESC LIMIT 101",
        ),
        (
            "full text plus agent",
            |n| Query { q: word(n).parse().ok(), ..by_agent(n) },
            "SELECT events.* FROM words CROSS JOIN events ON decision = words.rowid
             WHERE words MATCH ?2 AND agent = ?1 ORDER BY words.rowid DESC LIMIT 101",
        ),
    ]
}

fn by_agent(n: u64) -> Query {
    Query { agent: agent(n).parse().ok(), limit: 100, ..Query::default() }
}

fn compare(case: &str, limit: &[Figures], ours: &[Figures], json: bool) {
    let limit = Measured { subject: "bare SQLite", figures: median(limit) };
    let ours = Measured { subject: "syndic", figures: median(ours) };
    print("search", case, &[limit], &ours, "p50_us", json);
}

fn timed(ask: impl Fn(u64) -> anyhow::Result<usize>) -> anyhow::Result<Figures> {
    let start = Instant::now();
    let mut each = Vec::new();
    for n in 0..ASKED {
        let begun = Instant::now();
        std::hint::black_box(ask(n)?);
        each.push(begun.elapsed());
    }
    Ok(latencies(each, start.elapsed()))
}

/// Measures once; closing what was opened is not in it.
fn once<T>(ask: impl Fn() -> anyhow::Result<(usize, T)>) -> anyhow::Result<Figures> {
    let begun = Instant::now();
    let (found, _opened) = ask()?;
    let elapsed = begun.elapsed();
    anyhow::ensure!(found > 0, "nothing was found");
    Ok(latencies(vec![elapsed], elapsed))
}

fn read(store: &Store, n: u64) -> anyhow::Result<usize> {
    let page = store.events(&by_agent(n))?;
    for row in &page.rows {
        std::hint::black_box(store.event(row)?);
    }
    Ok(page.rows.len())
}

fn open(dir: &Path) -> anyhow::Result<Store> {
    let options = Options { durability: Durability::Buffered, queue: AT_ONCE, ..Options::default() };
    Ok(Store::open(dir, options, Arc::new(SystemClock), &mut |_, _| {})?)
}

/// Writes a million events that end now into a new data directory, and waits until they can be searched.
pub fn recent(data: &Path) -> anyhow::Result<()> {
    let store = open(data)?;
    let since = Timestamp::now().as_millisecond() - EVENTS.cast_signed() * EVERY_MS;
    write(&store, EVENTS, Timestamp::from_millisecond(since)?)?;
    caught_up(&store, EVENTS);
    Ok(store.close())
}

fn write(store: &Store, count: u64, since: Timestamp) -> anyhow::Result<()> {
    events::write(store, count, (since, EVERY_MS), |n, clock| [entry(n, clock)])
}

/// Measures making the index of all that was written.
fn index(store: Store, data: &Path, count: u64) -> anyhow::Result<Measured> {
    store.close();
    std::fs::remove_dir_all(data.join("index"))?;
    let store = open(data)?;
    let (begun, from) = (Instant::now(), store.statistics().indexed_through);
    caught_up(&store, count);
    let per_s = (count - from) as f64 / begun.elapsed().as_secs_f64();
    store.close();
    let mut bytes = 0;
    for file in std::fs::read_dir(data.join("index"))? {
        bytes += file?.metadata()?.len();
    }
    let figures = vec![("per_s", per_s), ("bytes_per_event", bytes as f64 / count as f64)];
    Ok(Measured { subject: "syndic", figures })
}

fn caught_up(store: &Store, count: u64) {
    while store.statistics().indexed_through < count && store.is_followed() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn agent(n: u64) -> String {
    format!("agent-{:02}", mixed(n) % AGENTS)
}

/// One of 20,000 words, some far more common than others, as in a language.
fn word(n: u64) -> String {
    let share = (mixed(n ^ 0x5eed) >> 11) as f64 / (1_u64 << 53) as f64;
    format!("word{}", 20_000_f64.powf(share) as u64)
}

fn note(n: u64) -> String {
    (0..16).map(|nth| word(n * 16 + nth)).collect::<Vec<_>>().join(" ")
}

/// Spreads numbers evenly (the finalizer of SplitMix64).
fn mixed(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

fn entry(n: u64, clock: &Passing) -> Entry {
    let session = format!("session-{}", n / 20);
    let id = EventId::draw(clock).to_string();
    let record = Decision {
        action: format!("action_{}", mixed(n ^ 1) % ACTIONS),
        ..decision(id, agent(n), session.clone())
    };
    let parts = vec![
        (PartName::Args, format!("{{\"order_id\":\"A-{n}\",\"amount\":45.5,\"note\":\"{}\"}}", note(n))),
        (PartName::Checks, "{\"checks\":[{\"policy\":\"tool-access\",\"result\":\"passed\"}]}".to_owned()),
    ];
    Entry {
        record: Record::Decision(Box::new(record)),
        at: clock.now(),
        parts,
        subject: Some(Subject::new(&session)),
    }
}

/// The same events in SQLite and nothing else.
struct Bare {
    database: Connection,
    made: Measured,
}

impl Bare {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let made = Measured { subject: "bare SQLite", figures: Figures::new() };
        Ok(Self { database: Connection::open(path)?, made })
    }

    fn make(path: &Path, count: u64) -> anyhow::Result<Self> {
        let mut bare = Self::open(path)?;
        bare.database.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;
             CREATE TABLE events (decision INTEGER PRIMARY KEY, id TEXT, agent TEXT, action TEXT, at INTEGER);
             CREATE INDEX by_agent ON events (agent, decision);
             CREATE VIRTUAL TABLE words USING fts5 (note, content = '', columnsize = 0, detail = none);",
        )?;
        let begun = Instant::now();
        for first in (0..count).step_by(AT_ONCE) {
            let transaction = bare.database.transaction()?;
            for n in first..count.min(first + AT_ONCE as u64) {
                let key = n.cast_signed();
                transaction
                    .prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5)")?
                    .execute(params![key, format!("{n:036}"), agent(n), "action", key])?;
                transaction
                    .prepare_cached("INSERT INTO words (rowid, note) VALUES (?1, ?2)")?
                    .execute(params![key, format!("order id a {n} amount 45 5 note {}", note(n))])?;
            }
            transaction.commit()?;
        }
        let per_s = count as f64 / begun.elapsed().as_secs_f64();
        bare.database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        let bytes = std::fs::metadata(path)?.len() as f64;
        bare.made.figures = vec![("per_s", per_s), ("bytes_per_event", bytes / count as f64)];
        Ok(bare)
    }

    fn ask(&self, sql: &str, n: u64) -> anyhow::Result<usize> {
        let mut statement = self.database.prepare_cached(sql)?;
        let mut rows = statement.query(params![agent(n), word(n)])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            std::hint::black_box((row.get::<_, String>(1)?, row.get::<_, String>(2)?));
            count += 1;
        }
        Ok(count)
    }
}
