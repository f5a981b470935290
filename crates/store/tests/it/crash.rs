//! A process that is killed at any moment loses nothing that it acknowledged. `cargo xtask faults ledger` runs many
//! rounds of this.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use syndic_ledger::{Head, Record, verify_consistency};
use syndic_store::{Options, Part, Store};
use tempfile::{TempDir, tempdir};

use super::{Clock, replayed, sealed, segments, write};

const DIRECTORY: &str = "SYNDIC_FAULTS_DIRECTORY";
const ROUNDS: &str = "SYNDIC_FAULTS_ROUNDS";
const SECONDS: &str = "SYNDIC_FAULTS_SECONDS";
const SEED: &str = "SYNDIC_FAULTS_SEED";
/// The first round; with the seed that was told it is repeated.
const FIRST: &str = "SYNDIC_FAULTS_FIRST";

const WRITERS: usize = 8;
/// A directory is used for so many rounds, so that recovery meets what earlier ones left, and reading it stays short.
const ROUNDS_OF_A_DIRECTORY: u64 = 10;

/// Segments that end after 256 records, so that most rounds see several of them end.
fn opened(directory: &Path) -> Store {
    let options = Options { segment_bytes: 64 * 1024, ..Options::default() };
    Store::open(directory, options, Arc::new(Clock), &mut |_, _| {}).unwrap()
}

/// Writes until it is killed, and prints every index and id that was acknowledged. The test below runs it.
#[test]
#[ignore = "run by the test below, as a process of its own"]
fn write_until_killed() {
    let store = Arc::new(opened(Path::new(&env::var_os(DIRECTORY).unwrap())));
    let began = store.durable_index();
    println!("opened {began}");
    let writers = (0..WRITERS).map(|writer| {
        let store = store.clone();
        thread::spawn(move || {
            for n in 0.. {
                let id = format!("{began}-{writer}-{n}");
                let index = write(&store, sealed(&id, &format!("session:{}", n / 10), &args(&id)));
                println!("acknowledged {index} {id}");
            }
        })
    });
    let publishing = store.clone();
    thread::spawn(move || publish(&publishing));
    writers.collect::<Vec<_>>().into_iter().for_each(|writer| writer.join().unwrap());
}

/// Has one checkpoint after the other signed, and prints those that somebody could have kept.
fn publish(store: &Store) {
    loop {
        let Some(last) = store.durable_index().checked_sub(1) else { continue };
        let signed = store.checkpoint_over(last, Duration::from_secs(60)).unwrap();
        let root: String = signed.head.root.iter().map(|byte| format!("{byte:02x}")).collect();
        println!("checkpoint {} {root}", signed.head.size);
        // Each costs the disk a sync of its own, which the writers wait for.
        thread::sleep(Duration::from_millis(20));
    }
}

fn args(id: &str) -> String {
    format!("{{\"id\":\"{id}\"}}")
}

/// A generator of what differs between rounds (xorshift64*).
struct Chance(u64);

impl Chance {
    fn of(seed: u64, round: u64) -> Self {
        let mut chance = Self(seed ^ round.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        chance.below(2);
        chance
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32) % limit
    }
}

/// When a process is killed.
enum Moment {
    /// So long after it was started: it may be recovering, or have written nothing.
    After(Duration),
    /// So long after so many acknowledgements.
    Acknowledged(usize, Duration),
}

impl Moment {
    fn by(chance: &mut Chance) -> Self {
        match chance.below(4) {
            0 => Self::After(Duration::from_micros(chance.below(60_000))),
            _ => Self::Acknowledged(
                1 + usize::try_from(chance.below(1200)).unwrap(),
                Duration::from_micros(chance.below(2_000)),
            ),
        }
    }
}

/// What a directory must contain, since it was acknowledged.
struct Sworn {
    directory: TempDir,
    records: Vec<(u64, String)>,
    checkpoints: Vec<Head>,
}

/// What came out whole of a process that was killed.
#[derive(Default)]
struct Told {
    records: Vec<(u64, String)>,
    checkpoints: Vec<Head>,
}

impl Told {
    fn hear(&mut self, line: &str) {
        let mut words = line.split(' ');
        match (words.next(), words.next(), words.next()) {
            (Some("acknowledged"), Some(index), Some(id)) => {
                self.records.push((index.parse().unwrap(), id.to_owned()));
            }
            (Some("checkpoint"), Some(size), Some(root)) => {
                let root: Vec<u8> = root
                    .as_bytes()
                    .chunks(2)
                    .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
                    .collect();
                let (size, root) = (size.parse().unwrap(), root.try_into().unwrap());
                self.checkpoints.push(Head { size, root });
            }
            _ => {}
        }
    }
}

impl Sworn {
    fn begin() -> Self {
        Self { directory: tempdir().unwrap(), records: Vec::new(), checkpoints: Vec::new() }
    }

    /// Runs the writer, kills it, and returns how many acknowledgements came out whole.
    fn kill_one(&mut self, moment: &Moment) -> usize {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["crash::write_until_killed", "--exact", "--ignored", "--nocapture"])
            .env(DIRECTORY, self.directory.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut told = match moment {
            Moment::After(time) => {
                thread::sleep(*time);
                child.kill().unwrap();
                listen(lines, &mut child, usize::MAX, Duration::ZERO)
            }
            Moment::Acknowledged(count, time) => listen(lines, &mut child, *count, *time),
        };
        child.wait().unwrap();
        let count = told.records.len();
        self.records.append(&mut told.records);
        self.checkpoints.append(&mut told.checkpoints);
        count
    }

    /// Reads everything back: what was acknowledged is there and can be read, at the index that was told.
    fn check(&self, fresh: usize) {
        let directory = self.directory.path();
        let leaves = replayed(directory);
        let store = opened(directory);
        for (n, (index, id)) in self.records.iter().enumerate() {
            let leaf = leaves.get(usize::try_from(*index).unwrap());
            let leaf =
                leaf.unwrap_or_else(|| panic!("record {index} was acknowledged and is gone"));
            let Record::Decision(decision) = &leaf.record else { panic!("{leaf:?}") };
            assert_eq!((leaf.i, &decision.id), (*index, id), "another record is in its place");
            // Those of earlier rounds were read then.
            if n + fresh >= self.records.len() || n % 16 == 0 {
                let parts = store.read(*index).unwrap().parts;
                let parts: Vec<_> = parts.into_values().collect();
                assert_eq!(parts, [Part::Clear(args(id))], "record {index} cannot be read");
            }
        }
        self.contains_checkpoints(&store);
        store.close();
        let verified = syndic_store::verify(directory).unwrap();
        assert_eq!(verified.head.size, leaves.len() as u64);
    }

    /// Proves of every checkpoint that was ever seen that the tree continues it.
    fn contains_checkpoints(&self, store: &Store) {
        let Some(last) = store.durable_index().checked_sub(1) else { return };
        let now = store.checkpoint_over(last, Duration::from_secs(60)).unwrap().head;
        for seen in &self.checkpoints {
            assert!(seen.size <= now.size, "a checkpoint over {} records was seen", seen.size);
            let proof = store.consistency(seen.size, now.size).unwrap();
            verify_consistency(seen, &now, &proof).unwrap();
        }
    }
}

fn listen(
    mut lines: BufReader<ChildStdout>,
    child: &mut Child,
    most: usize,
    then: Duration,
) -> Told {
    let mut told = Told::default();
    let mut killed = most == usize::MAX;
    let mut line = String::new();
    while lines.read_line(&mut line).unwrap() > 0 {
        // The last line may be cut short.
        if let Some(whole) = line.strip_suffix('\n') {
            told.hear(whole);
        }
        line.clear();
        if told.records.len() >= most && !killed {
            let until = Instant::now() + then;
            while Instant::now() < until {}
            child.kill().unwrap();
            killed = true;
        }
    }
    told
}

fn asked(variable: &str, otherwise: u64) -> u64 {
    env::var(variable).map_or(otherwise, |value| value.parse().unwrap())
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged_and_its_lock() {
    let (seed, first) = (asked(SEED, 1), asked(FIRST, 0));
    let rounds = asked(ROUNDS, 5);
    let mut sworn = Sworn::begin();
    let (mut records, mut ended, mut checkpoints) = (0, 0, 0);
    // A directory is repeated from its first round: what recovery meets depends on it.
    let begin = first - first % ROUNDS_OF_A_DIRECTORY;
    let (began, seconds) = (Instant::now(), asked(SECONDS, u64::MAX));
    let mut done = 0;
    for round in begin..first + rounds {
        if began.elapsed().as_secs() >= seconds {
            break;
        }
        if round % ROUNDS_OF_A_DIRECTORY == 0 {
            sworn = Sworn::begin();
        }
        // Told before, so that it is known what a violation belongs to.
        progress(&format!("round {round} seed {seed} records {records} segments {ended}"));
        let before = segments_of(sworn.directory.path());
        let seen = sworn.checkpoints.len();
        let fresh = sworn.kill_one(&Moment::by(&mut Chance::of(seed, round)));
        sworn.check(fresh);
        records += fresh;
        checkpoints += sworn.checkpoints.len() - seen;
        done += 1;
        ended += segments_of(sworn.directory.path()).saturating_sub(before.max(1));
    }
    progress(&format!(
        "done {done} seed {seed} records {records} segments {ended} checkpoints {checkpoints}"
    ));
}

fn segments_of(directory: &Path) -> usize {
    if !directory.join("segments").exists() {
        return 0;
    }
    let is_segment = |path: &std::path::PathBuf| path.extension().is_some_and(|form| form != "idx");
    segments(directory).iter().filter(|path| is_segment(path)).count()
}

/// A line for whoever asked for many rounds.
fn progress(line: &str) {
    if env::var_os(ROUNDS).is_some() {
        println!("faults: {line}");
        drop(std::io::stdout().flush());
    }
}
