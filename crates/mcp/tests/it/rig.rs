//! A proxy over pipes in memory: the test is the client and the server.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use syndic_client::Client;
use syndic_mcp::{ClientSession, Decider, Proxy, Settings, stdio};
use syndic_testkit::{TestClock, TestServer};
use tokio::io::{
    AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf,
    duplex, split,
};
use tokio::task::JoinHandle;

/// How long anything may take that happens at once.
const SOON: Duration = Duration::from_secs(20);

/// One side of the proxy.
pub(crate) struct Side {
    lines: Lines<BufReader<ReadHalf<DuplexStream>>>,
    out: Option<WriteHalf<DuplexStream>>,
}

/// A proxy, with the test on both sides of it.
pub(crate) struct Rig {
    pub(crate) client: Side,
    pub(crate) server: Side,
    pub(crate) carrying: JoinHandle<()>,
}

impl Rig {
    pub(crate) fn new<D: Decider>(settings: Settings, decider: D) -> Self {
        let proxy = Arc::new(Proxy::new(settings));
        let session = Arc::new(ClientSession::new(decider));
        let (client, near) = duplex(1 << 16);
        let (server, far) = duplex(1 << 16);
        let carrying = tokio::spawn(async move {
            stdio::carry(Arc::clone(&proxy), session, split(near), split(far)).await;
            proxy.finish(SOON).await;
        });
        Self { client: Side::new(client), server: Side::new(server), carrying }
    }

    /// Over the shipped governance directory, as its support agent.
    pub(crate) async fn shipped() -> (Self, TestServer) {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Settings)) -> (Self, TestServer) {
        let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
        let key = server.agent_key("customer-support").await;
        let client = Client::tcp(&format!("http://{}", server.address), Some(key)).unwrap();
        let mut settings = Settings::new("customer-support", "desk");
        change(&mut settings);
        (Self::new(settings, client), server)
    }
}

impl Side {
    fn new(stream: DuplexStream) -> Self {
        let (read, write) = split(stream);
        Self { lines: BufReader::new(read).lines(), out: Some(write) }
    }

    /// Writes bytes as they are.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        self.out.as_mut().unwrap().write_all(bytes).await.unwrap();
    }

    /// Writes a line.
    pub(crate) async fn say(&mut self, line: &str) {
        self.write(format!("{line}\n").as_bytes()).await;
    }

    /// Reads a line.
    pub(crate) async fn hear(&mut self) -> String {
        let line = tokio::time::timeout(SOON, self.lines.next_line()).await;
        line.expect("something is said").unwrap().expect("the side is open")
    }

    /// Reads a message.
    pub(crate) async fn hear_json(&mut self) -> Value {
        serde_json::from_str(&self.hear().await).unwrap()
    }

    /// Waits for the end of what is said.
    pub(crate) async fn hear_end(&mut self) {
        let line = tokio::time::timeout(SOON, self.lines.next_line()).await;
        assert_eq!(line.expect("it ends").unwrap(), None);
    }

    /// Says nothing more.
    pub(crate) async fn leave(&mut self) {
        if let Some(mut out) = self.out.take() {
            out.shutdown().await.unwrap();
        }
    }
}

/// A call of a tool.
pub(crate) fn call(id: u32, tool: &str, arguments: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
        .to_string()
}
