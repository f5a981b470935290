//! `cargo xtask bench` and `cargo xtask eval`: builds and runs the workspace of measurements, in release.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

/// Runs one measurement; its arguments are passed on.
pub(crate) fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the repository's root")?;
    let status = Command::new(env!("CARGO"))
        .args([
            "run",
            "--release",
            "--quiet",
            "--manifest-path",
            "bench/Cargo.toml",
            "--target-dir",
            "target/bench",
        ])
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
