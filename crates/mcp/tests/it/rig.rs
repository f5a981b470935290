//! A proxy over pipes in memory: the test is the client and the server.

use std::pin::Pin;
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
use tokio::runtime::Builder;
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
        Self::between(Proxy::new(settings), decider)
    }

    pub(crate) fn between<D: Decider>(proxy: Proxy, decider: D) -> Self {
        Self::carried(proxy, decider, tokio::spawn)
    }

    /// On a runtime of its own, which is gone when the proxy ends, as that of a process.
    pub(crate) fn apart<D: Decider>(settings: Settings, decider: D) -> Self {
        Self::carried(Proxy::new(settings), decider, |carrying| {
            tokio::task::spawn_blocking(|| {
                Builder::new_current_thread().enable_all().build().unwrap().block_on(carrying);
            })
        })
    }

    fn carried<D: Decider>(
        proxy: Proxy,
        decider: D,
        start: impl FnOnce(Pin<Box<dyn Future<Output = ()> + Send>>) -> JoinHandle<()>,
    ) -> Self {
        let proxy = Arc::new(proxy);
        let session = Arc::new(ClientSession::new(decider));
        let (client, near) = duplex(1 << 16);
        let (server, far) = duplex(1 << 16);
        let carrying = start(Box::pin(async move {
            stdio::carry(Arc::clone(&proxy), session, split(near), split(far)).await;
            proxy.finish(SOON).await;
        }));
        Self { client: Side::new(client), server: Side::new(server), carrying }
    }

    /// Over the shipped governance directory, as its support agent.
    pub(crate) async fn shipped() -> (Self, TestServer) {
        let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
        (Self::over(&server, |_| {}).await, server)
    }

    /// As [`Self::shipped`], with a server that has shown its tools: those of the catalogue's support agent.
    pub(crate) async fn listed() -> (Self, TestServer) {
        let (mut rig, server) = Self::shipped().await;
        rig.list(&[tool("issue_refund"), tool("run_code"), tool("launch_rocket")]).await;
        (rig, server)
    }

    /// Asks for the server's tools, and has the server answer.
    pub(crate) async fn list(&mut self, tools: &[Value]) -> Value {
        self.client.say(r#"{"jsonrpc":"2.0","id":"list","method":"tools/list"}"#).await;
        self.lists(tools).await;
        self.client.hear_json().await
    }

    /// Answers the request for the server's tools.
    pub(crate) async fn lists(&mut self, tools: &[Value]) {
        let asked = self.server.hear_json().await;
        assert_eq!(asked["method"], "tools/list");
        let result = json!({"tools": tools});
        self.server
            .say(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": result}).to_string())
            .await;
    }

    /// Over a server, as its support agent.
    pub(crate) async fn over(server: &TestServer, change: impl FnOnce(&mut Settings)) -> Self {
        let key = server.agent_key("customer-support").await;
        let client = Client::tcp(&format!("http://{}", server.address), Some(key)).unwrap();
        let mut settings = Settings::new("customer-support", "desk");
        change(&mut settings);
        Self::new(settings, client)
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

    /// Reads a message; nothing, at the end of what is said.
    pub(crate) async fn hear_or_end(&mut self) -> Option<Value> {
        let line = self.lines.next_line().await.unwrap()?;
        Some(serde_json::from_str(&line).unwrap())
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

/// The definition of a tool.
pub(crate) fn tool(name: &str) -> Value {
    json!({"name": name, "description": "Does it", "inputSchema": {"type": "object"}})
}

/// Has the person whom refunds are put before vote on the one pending request.
pub(crate) async fn vote(server: &TestServer, vote: &str) {
    vote_as(server, "support-lead-1", vote).await;
}

/// Has a person vote on the one pending request.
pub(crate) async fn vote_as(server: &TestServer, person: &str, vote: &str) {
    let lead = server.key(json!({"role": "approver", "approver": person})).await;
    let id = pending(server).await;
    let body = json!({"vote": vote, "reason": "looked at it"}).to_string();
    let answer = server.send("POST", &format!("/v1/approvals/{id}/votes"), &lead, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

/// Waits until a request is pending, and returns its id.
pub(crate) async fn pending(server: &TestServer) -> String {
    ended(server, "pending").await
}

/// Waits until a request has a status, and returns its id.
pub(crate) async fn ended(server: &TestServer, status: &str) -> String {
    let found = async {
        loop {
            let path = format!("/v1/approvals?status={status}");
            let answer = server.send("GET", &path, &server.admin, "").await.json();
            if let Some(approval) = answer["approvals"].get(0) {
                return approval["id"].as_str().unwrap().to_owned();
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(SOON, found).await.expect("people are asked")
}

/// A call of a tool.
pub(crate) fn call(id: u32, tool: &str, arguments: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": arguments}})
        .to_string()
}
