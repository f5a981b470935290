//! `cargo xtask vendor` and `cargo xtask test --web`: what the dashboard is made of, and its pages and those for approvers
//! in a real browser.
//!
//! What is run stands in `xtask/web/`; this module gets its parts from npm, once, into the target directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::mcp::{build, copy, does, root, target};
use crate::output;
use crate::test::{install, runs};

const INSTALLED: &str = ".installed";

/// What the pictures of the documentation are made with, beside the browser.
const PICTURES: [(&str, &str, &str); 2] = [
    ("/usr/bin/faketime", "faketime", "faketime, with which a day is lived through"),
    ("/usr/bin/pngquant", "pngquant", "pngquant, which makes pictures small"),
];

/// Writes the vendored libraries and the types of the API; with `check`, says whether they are what is pinned.
pub(crate) fn vendor(check: bool) -> anyhow::Result<()> {
    let kit = kit()?;
    written(&kit, check)
}

/// Runs every scenario, or writes the pictures of the documentation into a directory.
pub(crate) fn run(profile: &str, screenshots: Option<&str>) -> anyhow::Result<()> {
    if !runs("chromium", &["--version"]) {
        install("chromium", "Chromium, the browser that is driven")?;
    }
    let kit = kit()?;
    checked(&kit)?;
    let syndic = build(profile)?;
    output::line("── pages in Chromium");
    let mut drive = Command::new("node");
    drive.arg(kit.join("drive.mjs")).arg(syndic);
    match screenshots {
        Some(directory) => {
            for (program, package, why) in PICTURES {
                if !Path::new(program).exists() {
                    install(package, why)?;
                }
            }
            let directory = std::path::absolute(directory).context("where pictures are written")?;
            drive.arg(directory).arg("--pictures")
        }
        None => drive.arg(kit.join("screenshots")),
    };
    does(&mut drive)
}

/// What of it fits into every test: types, vendored files, and, where Chromium is there already, one look at each page.
pub(crate) fn smoke(profile: &str) -> anyhow::Result<()> {
    if !runs("npm", &["--version"]) {
        output::line("note: npm is missing, so the dashboard's types were not checked");
        return Ok(());
    }
    output::line("── web: types of the dashboard, and what it vendors");
    let kit = kit()?;
    checked(&kit)?;
    if !runs("chromium", &["--version"]) {
        output::line("note: chromium is missing, so no page was opened in a browser");
        return Ok(());
    }
    let syndic = build(profile)?;
    let screenshots = kit.join("screenshots");
    does(
        Command::new("node").arg(kit.join("drive.mjs")).arg(syndic).arg(screenshots).arg("--smoke"),
    )
}

fn checked(kit: &Path) -> anyhow::Result<()> {
    written(kit, true)?;
    does(Command::new("node").arg(kit.join("modules-check.mjs")).arg(web()?))
}

fn written(kit: &Path, check: bool) -> anyhow::Result<()> {
    let only: &[&str] = if check { &["--check"] } else { &[] };
    does(Command::new("node").arg(kit.join("vendor.mjs")).arg(web()?).args(only))?;
    let (openapi, types) =
        (root()?.join("crates/server/openapi.json"), root()?.join("xtask/web/api.d.ts"));
    does(Command::new("node").arg(kit.join("types.mjs")).arg(openapi).arg(types).args(only))
}

fn web() -> anyhow::Result<PathBuf> {
    Ok(root()?.join("crates/server/web"))
}

/// Installs what is not installed yet, and returns where it is.
pub(crate) fn kit() -> anyhow::Result<PathBuf> {
    if !runs("npm", &["--version"]) {
        install("npm", "npm, which fetches what checks and drives the pages")?;
    }
    let kit = target()?.join("web");
    copy(&root()?.join("xtask").join("web"), &kit)?;
    let wanted = std::fs::read_to_string(kit.join("package-lock.json"))
        .context("cannot read xtask/web/package-lock.json")?;
    let stamp = kit.join(INSTALLED);
    if std::fs::read_to_string(&stamp).unwrap_or_default() != wanted {
        output::line(&format!("getting what checks and drives the pages into {}", kit.display()));
        let npm = ["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
        does(Command::new("npm").args(npm).current_dir(&kit))?;
        std::fs::write(&stamp, wanted).context("cannot write the stamp")?;
    }
    Ok(kit)
}
