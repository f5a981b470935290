//! `cargo xtask bench` and `cargo xtask eval`: builds and runs the workspace of measurements, in release.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::mcp::{self, Parts};
use crate::{output, web};

const BENCH: &[&str] = &[
    "run",
    "--release",
    "--manifest-path",
    "bench/Cargo.toml",
    "--package",
    "bench",
    "--target-dir",
    "target/bench",
];
/// What is found in text, in a package of its own that builds in a minute; `bench` adds its peers.
const DETECT: &[&str] = &[
    "run",
    "--release",
    "--manifest-path",
    "bench/Cargo.toml",
    "--package",
    "bench-detect",
    "--target-dir",
    "target/bench",
];
/// It measures nothing, so that it needs neither a release build nor the peers.
const FAILOPEN: &[&str] = &["run", "--package", "syndic-testkit", "--example", "failopen"];
/// Made-up weeks through a crate of arithmetic, which is optimised in every profile.
const ANOMALY: &[&str] = &["run", "--package", "syndic-anomaly", "--example", "incidents"];
/// The gateway that `bench mcp` measures beside syndic.
const GATEWAY: &[&str] =
    &["install", "mcp-proxy", "--version", "0.6.0", "--locked", "--no-default-features", "--quiet"];

/// Runs one measurement; its arguments are passed on. Cargo tells on standard error what it builds.
pub(crate) fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the repository's root")?;
    let cargo = match arguments {
        ["eval", "failopen", ..] => FAILOPEN.to_vec(),
        ["eval", "anomaly", ..] => ANOMALY.to_vec(),
        ["eval", "detect", ..] => DETECT.to_vec(),
        ["bench", "detect", ..] => [DETECT, &["--features", "peers"]].concat(),
        _ => BENCH.to_vec(),
    };
    let parts = parts(arguments, root)?;
    let passed = arguments.iter().copied().filter(|word| *word != "--mcp");
    let status = Command::new(env!("CARGO"))
        .args(cargo)
        .arg("--")
        .args(passed)
        .args(parts)
        .current_dir(root)
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        bail!("`{}` failed", arguments.join(" "));
    }
    Ok(())
}

/// Builds and installs what the measurements with MCP servers need, and returns where it is.
fn parts(arguments: &[&str], root: &Path) -> anyhow::Result<Vec<String>> {
    let told = |path: &Path| path.display().to_string();
    if arguments.starts_with(&["bench", "mcp"]) {
        let (syndic, kit) = (mcp::build("release")?, mcp::kit(Parts::All)?);
        let mut parts = vec![told(&syndic), told(&kit.node), told(&kit.directory)];
        parts.extend(gateway(root));
        return Ok(parts);
    }
    if arguments.starts_with(&["bench", "dashboard"]) {
        let (syndic, kit) = (mcp::build("release")?, web::kit()?);
        return Ok(vec![told(&syndic), told(&kit.join("first.mjs"))]);
    }
    if arguments.starts_with(&["eval", "agentdojo"]) && arguments.contains(&"--mcp") {
        let (syndic, kit) = (mcp::build("release")?, mcp::kit(Parts::All)?);
        return Ok(vec![told(&syndic), told(&kit.python), told(&kit.directory)]);
    }
    Ok(Vec::new())
}

/// Builds the gateway where it is not built yet; without it, syndic is measured alone.
fn gateway(root: &Path) -> Option<String> {
    let peers = root.join("target").join("peers");
    let built = peers.join("bin").join("mcp-proxy");
    if !built.exists() {
        output::line("building mcp-proxy, once");
        let status = Command::new(env!("CARGO")).args(GATEWAY).arg("--root").arg(&peers).status();
        if !status.is_ok_and(|status| status.success()) {
            output::line("note: mcp-proxy could not be built, so it is not measured");
            return None;
        }
    }
    Some(built.display().to_string())
}
