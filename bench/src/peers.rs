//! Governance crates that cannot be built beside syndic, in a process of their own: `bench/peers`.

use std::io::Write as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::row::Measured;

/// Builds the peers, gives them `case`, and reads what each measured.
pub fn ask(case: &Value) -> anyhow::Result<Vec<Measured>> {
    let mut process = Command::new("cargo")
        .args(["run", "--release", "--quiet", "--manifest-path", "bench/peers/Cargo.toml"])
        .args(["--target-dir", "target/peers"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start cargo")?;
    process.stdin.take().context("its input")?.write_all(case.to_string().as_bytes())?;
    let output = process.wait_with_output()?;
    if !output.status.success() {
        bail!("`bench/peers` failed");
    }
    let text = String::from_utf8(output.stdout)?;
    text.lines().map(|line| measured(&serde_json::from_str(line)?)).collect()
}

fn measured(row: &Value) -> anyhow::Result<Measured> {
    let subject = row["subject"].as_str().context("a subject")?.to_owned();
    let figure = |name: &'static str| anyhow::Ok((name, row[name].to_string().parse::<f64>()?));
    let figures = ["p50_us", "p99_us", "per_s"].map(figure).into_iter().collect::<Result<_, _>>()?;
    // One word per peer and run, for as long as the program runs.
    Ok(Measured { subject: subject.leak(), figures })
}
