//! Other scanners.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::row::Figures;
use crate::speed::Scan;

const HOME: &str = "target/presidio";
const PRESIDIO: &str = "presidio-analyzer==2.2.366";

#[cfg(feature = "peers")]
pub fn scanners() -> Vec<(&'static str, Scan)> {
    let analyzer = redact_core::AnalyzerEngine::new();
    let redact = move |text: &str| analyzer.analyze(text, None).map_or(0, |result| result.detected_entities.len());
    let datafog = |text: &str| datafog_core::scan(text).len();
    vec![("redact-core", Box::new(redact)), ("datafog-core", Box::new(datafog))]
}

#[cfg(not(feature = "peers"))]
pub fn scanners() -> Vec<(&'static str, Scan)> {
    Vec::new()
}

/// Scans the texts with Presidio's patterns, installed from PyPI the first time.
pub fn presidio(texts: &[String]) -> anyhow::Result<Figures> {
    let python = Path::new(HOME).join("bin/python");
    if !python.exists() {
        eprintln!("installing {PRESIDIO} into {HOME}, once");
        told(Command::new("python3").args(["-m", "venv", HOME]))?;
        told(Command::new(&python).args(["-m", "pip", "install", "--quiet", PRESIDIO]))?;
    }
    let mut process = Command::new(&python)
        .arg("bench/detect/presidio.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start Presidio")?;
    let lines: String = texts.iter().map(|text| Value::from(text.as_str()).to_string() + "\n").collect();
    process.stdin.take().context("its input")?.write_all(lines.as_bytes())?;
    let output = process.wait_with_output()?;
    if !output.status.success() {
        bail!("Presidio failed; remove `{HOME}` to install it again");
    }
    let figures: Value = serde_json::from_slice(&output.stdout)?;
    let figure = |name: &'static str| anyhow::Ok((name, figures[name].as_f64().context(name)?));
    ["mb_per_s", "per_s", "p50_us", "p99_us"].into_iter().map(figure).collect()
}

fn told(command: &mut Command) -> anyhow::Result<()> {
    let status = command.status().with_context(|| format!("cannot run {command:?}"))?;
    if !status.success() {
        bail!("{command:?} failed");
    }
    Ok(())
}
