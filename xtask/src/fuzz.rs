//! `cargo xtask fuzz detect`: texts of the corpora, broken at random, for as long as it is told.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::output;

/// The test that a bounded run of is in CI.
const TEST: &str = "fuzz::broken_texts_are_scanned_and_redacted_as_whole_ones";

/// Runs rounds until they are done or time is up; the first that goes wrong ends them and says how to repeat it.
pub(crate) fn run(words: &[&str]) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the repository's root")?;
    let mut test = Command::new(env!("CARGO"));
    test.args(["test", "--release", "--quiet", "--package", "syndic-detect", "--test", "it"])
        .args(["--", "--exact", TEST, "--nocapture"])
        .current_dir(root);
    let mut seed = RandomState::new().build_hasher().finish() >> 32;
    let (mut seconds, mut rounds) = (Some(60), u64::MAX);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let value = words.next().with_context(|| format!("`{word}` needs a number"))?;
        let number: u64 = value.parse().with_context(|| format!("`{value}` is no number"))?;
        match *word {
            "--seconds" => seconds = Some(number),
            "--rounds" => (rounds, seconds) = (number, None),
            "--seed" => seed = number,
            "--first" => drop(test.env("SYNDIC_FUZZ_FIRST", value)),
            _ => bail!("`{word}` is not known: --seconds, --rounds, --seed, --first"),
        }
    }
    if let Some(seconds) = seconds {
        test.env("SYNDIC_FUZZ_SECONDS", seconds.to_string());
    }
    output::line(&format!("seed {seed}"));
    test.env("SYNDIC_FUZZ_SEED", seed.to_string()).env("SYNDIC_FUZZ_ROUNDS", rounds.to_string());
    if !test.status().context("cannot start cargo")?.success() {
        bail!("a round went wrong; how to repeat it is above");
    }
    Ok(())
}
