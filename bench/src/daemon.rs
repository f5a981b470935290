//! A daemon of syndic in a process of its own, ended when it is dropped.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

pub struct Daemon {
    child: Child,
    syndic: PathBuf,
    dir: TempDir,
    keys: TempDir,
    url: String,
}

impl Daemon {
    /// Serves the governance directory that `fill` writes, on the disk that is measured.
    pub fn start(syndic: &Path, fill: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<Self> {
        std::fs::create_dir_all("target")?;
        let (dir, keys) = (tempfile::tempdir_in("target")?, tempfile::tempdir_in("target")?);
        fill(dir.path())?;
        let mut child = Command::new(syndic)
            .args(["serve", "--listen", "127.0.0.1:0", "--dir"])
            .arg(dir.path())
            .arg("--bootstrap-key-file")
            .arg(keys.path().canonicalize()?.join("admin.key"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start syndic")?;
        let output = BufReader::new(child.stdout.take().context("its output")?);
        let listens = output.lines().map_while(Result::ok).find(|line| line.starts_with("listening on"));
        let url = listens.as_deref().and_then(|line| line.split_whitespace().find(|word| word.starts_with("http")));
        let url = url.unwrap_or_default().trim_end_matches(',').to_owned();
        let daemon = Self { child, syndic: syndic.to_owned(), dir, keys, url };
        anyhow::ensure!(!daemon.url.is_empty(), "the daemon does not listen");
        Ok(daemon)
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn admin_key(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.keys.path().join("admin.key"))?.trim().to_owned())
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Makes a key of an agent.
    pub fn key(&self, agent: &str) -> anyhow::Result<String> {
        let made = Command::new(&self.syndic)
            .args(["keys", "create", "--role", "agent", "--agent", agent, "--grade", "in-path", "--dir"])
            .arg(self.dir())
            .arg("--key-file")
            .arg(self.keys.path().join("admin.key"))
            .output()?;
        if !made.status.success() {
            bail!("no key: {}", String::from_utf8_lossy(&made.stderr));
        }
        Ok(String::from_utf8(made.stdout)?.trim().to_owned())
    }

    /// The command that puts the proxy before a server over stdio; what is held is told at once.
    pub fn before(&self, agent: &str, session: &str, server: &[String]) -> Vec<String> {
        let (syndic, dir) = (self.syndic.display().to_string(), self.dir().display().to_string());
        let words = [&syndic, "mcp", "--agent", agent, "--dir", &dir, "--session", session, "--wait", "0s", "--no-start", "--"];
        words.iter().map(|word| (*word).to_owned()).chain(server.iter().cloned()).collect()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
