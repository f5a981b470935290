//! `cargo xtask browser`: the pages for approvers in a real browser.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::output;
use crate::test::{install, runs};

/// Builds syndic, gets what drives the browser where it is missing, and runs the scenarios.
pub(crate) fn run(screenshots: Option<&str>) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the repository's root")?;
    let scenarios = root.join("xtask").join("browser");
    if !runs("npm", &["--version"]) {
        install("npm", "npm, which fetches what drives the browser")?;
    }
    if !runs("chromium", &["--version"]) {
        install("chromium", "Chromium, the browser that is driven")?;
    }
    does(
        Command::new("npm")
            .args(["ci", "--silent", "--no-audit", "--no-fund"])
            .current_dir(&scenarios),
    )?;
    does(Command::new(env!("CARGO")).args(["build", "--package", "syndic-cli"]).current_dir(root))?;
    let built = built()?;
    let screenshots =
        screenshots.map_or_else(|| built.with_file_name("screenshots"), PathBuf::from);
    let screenshots = std::path::absolute(screenshots).context("the directory of screenshots")?;
    output::line("── pages in Chromium");
    does(
        Command::new("node").arg("drive.mjs").arg(&built).arg(&screenshots).current_dir(&scenarios),
    )
}

/// Returns the binary that cargo built, beside this one.
fn built() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot tell where this program is")?;
    Ok(own.with_file_name("syndic"))
}

fn does(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{program} failed");
    }
    Ok(())
}
