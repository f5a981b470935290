//! `cargo xtask faults ledger`: kills a process that writes, again and again, and reads back what it acknowledged.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};

use crate::output;

/// The test that a bounded run of is in CI; told so many rounds, it says where it is.
const TEST: &str = "crash::a_killed_process_loses_nothing_it_acknowledged_and_its_lock";

#[derive(Debug)]
struct Faults {
    rounds: u64,
    seconds: Option<u64>,
    seed: u64,
    first: u64,
    json: bool,
}

/// What a line of the test says: words and numbers, in pairs.
#[derive(Debug, Default)]
struct Told(BTreeMap<String, u64>);

/// Runs rounds until they are done or time is up; the first violation ends them.
pub(crate) fn run(words: &[&str]) -> anyhow::Result<()> {
    let faults = Faults::parse(words)?;
    let began = Instant::now();
    let (last, ended_well) = faults.rounds()?;
    let round = last.number("round").unwrap_or(faults.first);
    if !ended_well {
        let seed = faults.seed;
        bail!(
            "violated in round {round}; what was found is above\n\
             repeat it: cargo xtask faults ledger --seed {seed} --first {round} --rounds 1"
        );
    }
    faults.summary(&last, began.elapsed().as_secs());
    Ok(())
}

impl Faults {
    fn parse(words: &[&str]) -> anyhow::Result<Self> {
        let seed = RandomState::new().build_hasher().finish() >> 32;
        let mut faults = Self { rounds: 1000, seconds: None, seed, first: 0, json: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            if *word == "--json" {
                faults.json = true;
                continue;
            }
            let value = words.next().with_context(|| format!("`{word}` needs a number"))?;
            let value: u64 = value.parse().with_context(|| format!("`{value}` is no number"))?;
            match *word {
                "--rounds" => faults.rounds = value,
                "--seconds" => faults.seconds = Some(value),
                "--seed" => faults.seed = value,
                "--first" => faults.first = value,
                _ => bail!("`{word}` is not known: --rounds, --seconds, --seed, --first, --json"),
            }
        }
        Ok(faults)
    }

    /// Runs the test; returns the last line it told, and whether it found nothing.
    fn rounds(&self) -> anyhow::Result<(Told, bool)> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the repository's root")?;
        let mut test = Command::new(env!("CARGO"));
        test.args([
            "test",
            "--profile",
            "ci",
            "--quiet",
            "--package",
            "syndic-store",
            "--test",
            "it",
        ])
        .args(["--", "--exact", TEST, "--nocapture"])
        .env("SYNDIC_FAULTS_ROUNDS", self.rounds.to_string())
        .env("SYNDIC_FAULTS_SEED", self.seed.to_string())
        .env("SYNDIC_FAULTS_FIRST", self.first.to_string())
        .current_dir(root)
        .stdout(Stdio::piped());
        if let Some(seconds) = self.seconds {
            test.env("SYNDIC_FAULTS_SECONDS", seconds.to_string());
        }
        let mut test = test.spawn().context("cannot start cargo")?;
        let mut last = Told::default();
        for line in BufReader::new(test.stdout.take().context("what the test says")?).lines() {
            let line = line?;
            // A test says its name before its first line, on the same one.
            if let Some((_, told)) = line.split_once("faults: ") {
                last = Told::read(told);
                output::progress(&last.line(self.first + self.rounds));
            }
        }
        output::progress("");
        let ended_well = test.wait()?.success() && last.number("done").is_some();
        Ok((last, ended_well))
    }

    fn summary(&self, last: &Told, seconds: u64) {
        let of = |word| last.number(word).unwrap_or_default();
        let seed = self.seed;
        let (rounds, records) = (of("done"), of("records"));
        let (segments, checkpoints) = (of("segments"), of("checkpoints"));
        if self.json {
            output::document(&format!(
                "{{\"rounds\":{rounds},\"seed\":{seed},\"acknowledged\":{records},\"segments_ended\":{segments},\
                 \"checkpoints\":{checkpoints},\"seconds\":{seconds},\"violations\":0}}"
            ));
            return;
        }
        output::line(&format!(
            "{rounds} kills in {seconds} s, seed {seed}: all {records} acknowledged records are there, in their place, \
             and readable; {segments} segments ended on the way; the tree contains all {checkpoints} checkpoints that \
             were seen"
        ));
    }
}

impl Told {
    fn read(line: &str) -> Self {
        let words: Vec<_> = line.split_whitespace().collect();
        let pairs = words.chunks_exact(2).filter_map(|pair| match pair {
            [word, number] => Some(((*word).to_owned(), number.parse().ok()?)),
            _ => None,
        });
        Self(pairs.collect())
    }

    fn number(&self, word: &str) -> Option<u64> {
        self.0.get(word).copied()
    }

    fn line(&self, rounds: u64) -> String {
        let of = |word| self.number(word).unwrap_or_default();
        format!("round {} of {rounds}, {} records acknowledged", of("round"), of("records"))
    }
}
