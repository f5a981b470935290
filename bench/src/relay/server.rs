//! The servers that events go to, each its own process or task, empty at its start.

use std::net::SocketAddr;
use std::path::PathBuf;

use syndic_testkit::{Moto, SearchServer};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy)]
pub enum Kind {
    File,
    Elasticsearch,
    CloudWatch,
    Otlp,
    Webhook,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::File, Self::Elasticsearch, Self::CloudWatch, Self::Otlp, Self::Webhook];

    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Elasticsearch => "elasticsearch",
            Self::CloudWatch => "cloudwatch",
            Self::Otlp => "otlp",
            Self::Webhook => "webhook",
        }
    }

    /// How a sink of this kind is set.
    pub fn setting(self, place: &str) -> String {
        let set = match self {
            Self::File => format!("file: {{path: {place}}}"),
            Self::Elasticsearch => format!("elasticsearch: {{url: \"http://{place}\"}}"),
            Self::CloudWatch => format!("cloudwatch: {{region: eu-central-1, endpoint: \"http://{place}\"}}"),
            Self::Otlp => format!("otlp: {{url: \"http://{place}\"}}"),
            Self::Webhook => format!("webhook: {{url: \"http://{place}\"}}"),
        };
        format!("  {}:\n    {set}\n", self.name())
    }
}

/// One of them, ended when it is dropped.
pub struct Server {
    kind: Kind,
    running: Running,
}

enum Running {
    File(TempDir),
    Search(SearchServer),
    Moto(Moto),
    Taker(SocketAddr, JoinHandle<()>),
}

impl Server {
    pub async fn start(kind: Kind) -> anyhow::Result<Self> {
        let running = match kind {
            Kind::File => Running::File(tempfile::tempdir_in("target")?),
            Kind::Elasticsearch => Running::Search(tokio::task::spawn_blocking(SearchServer::start).await?),
            Kind::CloudWatch => {
                let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?.port();
                Running::Moto(tokio::task::spawn_blocking(move || Moto::start_at(port)).await?)
            }
            Kind::Otlp | Kind::Webhook => {
                let listener = TcpListener::bind("127.0.0.1:0").await?;
                Running::Taker(listener.local_addr()?, tokio::spawn(take_all(listener)))
            }
        };
        Ok(Self { kind, running })
    }

    /// Returns where it listens; a file does not.
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.running {
            Running::File(_) => None,
            Running::Search(server) => Some(server.address),
            Running::Moto(moto) => Some(moto.address),
            Running::Taker(address, _) => Some(*address),
        }
    }

    /// Returns the file, where it is one.
    pub fn file(&self) -> Option<PathBuf> {
        match &self.running {
            Running::File(place) => Some(place.path().join("audit.jsonl")),
            Running::Search(_) | Running::Moto(_) | Running::Taker(..) => None,
        }
    }

    pub fn setting(&self) -> String {
        match (self.address(), self.file()) {
            (Some(address), _) => self.setting_at(address),
            (None, file) => {
                let file = file.and_then(|file| std::path::absolute(file).ok()).unwrap_or_default();
                self.kind.setting(&file.display().to_string())
            }
        }
    }

    pub fn setting_at(&self, address: SocketAddr) -> String {
        self.kind.setting(&address.to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Running::Taker(_, running) = &self.running {
            running.abort();
        }
    }
}

/// Looks up what stands in the environment elsewhere.
pub fn variable(name: &str) -> Option<String> {
    let value = match name {
        "AWS_ACCESS_KEY_ID" => "AKIDBENCH",
        "AWS_SECRET_ACCESS_KEY" => "bench",
        _ => return None,
    };
    Some(value.to_owned())
}

/// Takes every request, and answers that it did.
async fn take_all(listener: TcpListener) {
    while let Ok((stream, _)) = listener.accept().await {
        drop(stream.set_nodelay(true));
        drop(tokio::spawn(async move { drop(take(stream).await) }));
    }
}

async fn take(stream: TcpStream) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            if line.trim_end().is_empty() {
                break;
            }
            if let Some(told) = line.to_ascii_lowercase().strip_prefix("content-length: ") {
                length = told.trim().parse().unwrap_or(0);
            }
        }
        let mut body = vec![0; length];
        stream.read_exact(&mut body).await?;
        let answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
        stream.get_mut().write_all(answer).await?;
    }
}
