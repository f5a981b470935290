//! What is measured besides the server: syndic before it, and gateways, each ended when it is dropped.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use tempfile::TempDir;

use super::Parts;
use crate::agentdojo::copy;

pub const AGENT: &str = "mcp-tester";
const GOVERNANCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/mcp/governance");
const PATIENCE: Duration = Duration::from_secs(30);

/// Makes a governance directory in which the agent may call `echo`, on the disk that is measured.
pub fn directory(durability: &str) -> anyhow::Result<TempDir> {
    let dir = tempfile::tempdir_in("target")?;
    fill(dir.path(), durability)?;
    Ok(dir)
}

/// Writes that directory.
pub fn fill(dir: &Path, durability: &str) -> anyhow::Result<()> {
    syndic_governance::init(dir)?;
    // Agents of high risk may not be recorded later than they act, which one case measures.
    for shipped in ["agents", "policies/teams", "policies/tests"] {
        std::fs::remove_dir_all(dir.join(shipped))?;
    }
    copy(Path::new(GOVERNANCE), dir)?;
    let settings = dir.join("syndic.yaml");
    let text = std::fs::read_to_string(&settings)?;
    anyhow::ensure!(text.contains("durability: full"), "the shipped durability is not where it was");
    std::fs::write(settings, text.replace("durability: full", &format!("durability: {durability}")))?;
    Ok(())
}

/// The command that puts syndic before a server.
pub fn proxy(parts: &Parts, dir: &Path, options: &[&str], server: &[String]) -> Vec<String> {
    let syndic = parts.syndic.display().to_string();
    let dir = dir.display().to_string();
    let words = [syndic.as_str(), "mcp", "--agent", AGENT, "--dir", &dir];
    words.iter().chain(options).map(|word| (*word).to_owned()).chain(server.iter().cloned()).collect()
}

/// A program that listens.
pub struct Running {
    child: Child,
    pub address: SocketAddr,
    _kept: Option<TempDir>,
}

impl Running {
    /// Syndic before an upstream over HTTP.
    pub fn proxy(parts: &Parts, dir: &Path, upstream: SocketAddr) -> anyhow::Result<Self> {
        let address = free()?;
        let (listen, upstream) = (address.to_string(), format!("http://{upstream}/mcp"));
        let words = proxy(parts, dir, &["--no-start", "--listen", &listen, "--upstream", &upstream], &[]);
        let (program, arguments) = words.split_first().context("a command")?;
        let mut command = Command::new(program);
        command.args(arguments);
        Self::start(command, address, None)
    }

    fn start(mut command: Command, address: SocketAddr, kept: Option<TempDir>) -> anyhow::Result<Self> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let running = Self { child: child.with_context(|| format!("{command:?}"))?, address, _kept: kept };
        let until = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            anyhow::ensure!(Instant::now() < until, "nothing listens on {address}: {command:?}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(running)
    }

    /// Server-everything over HTTP.
    pub fn everything(parts: &Parts) -> anyhow::Result<Self> {
        let address = free()?;
        let words = parts.everything("streamableHttp");
        let (program, arguments) = words.split_first().context("a command")?;
        let mut command = Command::new(program);
        command.args(arguments).env("PORT", address.port().to_string());
        Self::start(command, address, None)
    }

    /// The gateway `mcp-proxy` before an upstream.
    pub fn gateway(program: &Path, upstream: SocketAddr) -> anyhow::Result<Self> {
        let address = free()?;
        let dir = tempfile::tempdir_in("target")?;
        let config = dir.path().join("proxy.toml");
        let port = address.port();
        let text = format!(
            "[proxy]\nname = \"bench\"\nversion = \"1.0.0\"\nseparator = \"/\"\n[proxy.listen]\nhost = \"127.0.0.1\"\nport = {port}\n\
             [[backends]]\nname = \"everything\"\ntransport = \"http\"\nurl = \"http://{upstream}/mcp\"\n"
        );
        std::fs::write(&config, text)?;
        let mut command = Command::new(program);
        command.arg("--config").arg(config);
        Self::start(command, address, Some(dir))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns an address that was free a moment ago.
fn free() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
