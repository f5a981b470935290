//! `cargo xtask bench` and `cargo xtask eval`: builds and runs the workspace of measurements, in release.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

const BENCH: &[&str] =
    &["run", "--release", "--manifest-path", "bench/Cargo.toml", "--target-dir", "target/bench"];
/// It measures nothing, so that it needs neither a release build nor the peers.
const FAILOPEN: &[&str] = &["run", "--package", "syndic-testkit", "--example", "failopen"];

/// Runs one measurement; its arguments are passed on. Cargo tells on standard error what it builds.
pub(crate) fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the repository's root")?;
    let cargo = if arguments.starts_with(&["eval", "failopen"]) { FAILOPEN } else { BENCH };
    let status = Command::new(env!("CARGO"))
        .args(cargo)
        .arg("--")
        .args(arguments)
        .current_dir(root)
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        bail!("`{}` failed", arguments.join(" "));
    }
    Ok(())
}
