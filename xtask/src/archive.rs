//! `cargo xtask test --archive`: what features add to syndic: an archive and backups in S3-compatible storage, Parquet.
//!
//! The storage is moto's, from `PyPI`, got once into the target directory; it listens on this machine alone.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

use crate::mcp::{does, root, target};
use crate::output;
use crate::test::{install, runs};

const PACKAGES: &[&str] = &["syndic-cli", "syndic-relay", "syndic"];
const FEATURES: &str = "syndic-cli/archive,syndic-cli/parquet,syndic-relay/archive,syndic/archive";
/// The tests that need the features.
const TESTS: &str = "test(archive::) | test(storage::) | test(columns::) | test(parquet::)";

/// Lints with the features on, starts a storage, and runs the tests that need one.
pub(crate) fn run(profile: &str) -> anyhow::Result<()> {
    let packages = PACKAGES.iter().flat_map(|package| ["--package", package]);
    let packages: Vec<&str> = packages.chain(["--features", FEATURES]).collect();
    output::line("── clippy with the features");
    let lints = ["--all-targets", "--profile", profile, "--", "-D", "warnings"];
    does(
        Command::new(env!("CARGO")).arg("clippy").args(&packages).args(lints).current_dir(root()?),
    )?;
    let storage = Storage::start(&installed()?)?;
    output::line(&format!("── tests against the storage at {}", storage.url));
    does(
        Command::new(env!("CARGO"))
            .args(["nextest", "run", "--cargo-profile", profile, "-E", TESTS])
            .args(&packages)
            .envs([("AWS_ENDPOINT_URL", storage.url.as_str()), ("AWS_ALLOW_HTTP", "true")])
            .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
            .env("AWS_REGION", "us-east-1")
            .current_dir(root()?),
    )
}

/// Installs moto unless it is installed, and returns where its server is.
fn installed() -> anyhow::Result<PathBuf> {
    let wanted = root()?.join("xtask/archive/requirements.txt");
    let directory = target()?.join("archive");
    let (stamp, server) = (directory.join(".installed"), directory.join("bin/moto_server"));
    let text = std::fs::read_to_string(&wanted).context("cannot read requirements.txt")?;
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == text) {
        return Ok(server);
    }
    output::line(&format!("getting moto into {}", directory.display()));
    if !runs("python3", &["-c", "import ensurepip"]) {
        install("python3-venv", "python3-venv, for the storage")?;
    }
    does(Command::new("python3").args(["-m", "venv"]).arg(&directory))?;
    let pip = ["-m", "pip", "install", "--quiet", "--requirement"];
    does(Command::new(directory.join("bin/python")).args(pip).arg(&wanted))?;
    std::fs::write(&stamp, text).context("cannot write the stamp")?;
    Ok(server)
}

/// A storage that runs until this is dropped.
struct Storage {
    server: Child,
    url: String,
}

impl Storage {
    fn start(server: &Path) -> anyhow::Result<Self> {
        let mut server = Command::new(server)
            .args(["--host", "127.0.0.1", "--port", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", server.display()))?;
        let said = server.stderr.take().context("the storage says nothing")?;
        let mut storage = Self { server, url: String::new() };
        let mut lines = BufReader::new(said).lines();
        for line in lines.by_ref() {
            let line = line.context("cannot read what the storage says")?;
            if let Some((_, url)) = line.split_once("Running on ") {
                storage.url = url.trim().to_owned();
                break;
            }
        }
        if storage.url.is_empty() {
            bail!("the storage did not start");
        }
        // What it goes on saying is read, so that it never waits for it.
        drop(std::thread::spawn(move || lines.for_each(drop)));
        Ok(storage)
    }
}

impl Drop for Storage {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}
