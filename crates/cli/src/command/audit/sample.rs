//! `syndic audit sample`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;
use syndic_ledger::{ProofFile, Subject};

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic audit sample --seed 'closing prices of 20 November' --n 25 > sample.txt
  syndic audit sample --seed 4711 --over 20000 --out sample/

Which records are drawn follows from the seed, the first record that is kept and the size of the log alone, by a formula
in docs/verifying.md; `syndic-verify` draws again. So that nobody can choose the size after the seed is known, take
--over from a checkpoint that was kept before.")]
pub(crate) struct SampleArgs {
    /// What the draw follows from: one line that the auditor chooses
    #[arg(long, value_name = "TEXT")]
    seed: String,
    /// How many records
    #[arg(long, value_name = "N", default_value_t = 25, value_parser = clap::value_parser!(u16).range(1..=1000))]
    n: u16,
    /// Of the first so many records, not of all
    #[arg(long, value_name = "SIZE")]
    over: Option<u64>,
    /// Write a proof of each record, and one of all, into this directory
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) async fn run(args: SampleArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let SampleArgs { seed, n, over, out: directory } = args;
    connect::with(global, out, async |client| {
        let sample = client.sample(&seed, n, over).await?;
        match &directory {
            Some(directory) => write(directory, &sample, out),
            None if out.is_json() => Ok(out.document(&json!({ "proof": sample }))?),
            None => Ok(out.text(&sample)?),
        }
    })
    .await?;
    Ok(Exit::Success)
}

/// Writes the sample as a whole, and each record with its proof.
fn write(directory: &Path, sample: &str, out: &Output) -> anyhow::Result<()> {
    let put = |name: String, text: &str| {
        let path = directory.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        anyhow::Ok(path.display().to_string())
    };
    let proof = ProofFile::parse(sample)?;
    fs::create_dir_all(directory)
        .with_context(|| format!("cannot make `{}`", directory.display()))?;
    let checkpoint = proof.checkpoint().to_string();
    let mut written = vec![put("sample.txt".to_owned(), sample)?];
    for record in proof.records() {
        let subject = Subject::Record(record.index);
        let one = ProofFile::new(subject, &checkpoint, vec![record.clone()])?;
        written.push(put(format!("record-{}.txt", record.index), &one.to_string())?);
    }
    if out.is_json() {
        return Ok(out.document(&json!({ "files": written }))?);
    }
    written.iter().try_for_each(|path| out.line(path))?;
    Ok(())
}
