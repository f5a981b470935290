//! An HTTP server that keeps what it is sent, over a loopback socket.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// An HTTP server that answers what it is told to, and 200 after that.
#[derive(Debug)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    answers: Arc<Mutex<VecDeque<String>>>,
    requests: mpsc::UnboundedReceiver<Received>,
    running: JoinHandle<()>,
}

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct Received {
    /// The path with its query.
    pub path: String,
    /// The headers, their names in small letters.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: String,
}

impl Received {
    /// Returns the body as JSON, or null.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

impl Receiver {
    /// Starts; the first answers are `answers`, each status line, headers and body as they are sent.
    ///
    /// # Panics
    /// When there is no port.
    #[expect(clippy::unwrap_used, reason = "a test stops where it cannot listen")]
    pub async fn start(answers: impl IntoIterator<Item = &'static str>) -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await.unwrap();
        let address = listener.local_addr().unwrap();
        let answers: VecDeque<String> = answers.into_iter().map(str::to_owned).collect();
        let answers = Arc::new(Mutex::new(answers));
        let (keep, requests) = mpsc::unbounded_channel();
        let told = Arc::clone(&answers);
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (keep, told) = (keep.clone(), Arc::clone(&told));
                drop(tokio::spawn(async move { drop(answer(stream, &keep, &told).await) }));
            }
        });
        Self { address, answers, requests, running }
    }

    /// Makes it answer this next.
    ///
    /// # Panics
    /// Never, in a test that has not panicked.
    #[expect(clippy::unwrap_used, reason = "no test panics while it holds the answers")]
    pub fn then(&self, answer: &str) {
        self.answers.lock().unwrap().push_back(answer.to_owned());
    }

    /// Waits for the next request.
    ///
    /// # Panics
    /// When the server has ended.
    #[expect(clippy::expect_used, reason = "a test stops where its server has ended")]
    pub async fn next(&mut self) -> Received {
        self.requests.recv().await.expect("a server that runs")
    }

    /// Returns a request that has arrived, and does not wait.
    pub fn arrived(&mut self) -> Option<Received> {
        self.requests.try_recv().ok()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// What Slack answers when it took a message; webhooks do not look at it.
const TAKEN: &str =
    "HTTP/1.1 200 OK\r\n\r\n{\"ok\":true,\"channel\":\"D0SLACK\",\"ts\":\"1795341600.000100\"}";

#[expect(clippy::unwrap_used, reason = "no test panics while it holds the answers")]
async fn answer(
    stream: TcpStream,
    keep: &mpsc::UnboundedSender<Received>,
    answers: &Mutex<VecDeque<String>>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line.trim_end().is_empty() {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let path = head.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let headers: BTreeMap<String, String> = head
        .iter()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    let body = String::from_utf8_lossy(&body).into_owned();
    drop(keep.send(Received { path, headers, body }));
    let answer = answers.lock().unwrap().pop_front().unwrap_or_else(|| TAKEN.to_owned());
    // An empty answer is one that never comes.
    if answer.is_empty() {
        std::future::pending::<()>().await;
    }
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let whole =
        format!("{head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.get_mut().write_all(whole.as_bytes()).await
}
