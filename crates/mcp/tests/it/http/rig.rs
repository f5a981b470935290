//! A proxy on a loopback port, a server behind it that does as a test says, and a daemon that decides.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use hyper::body::Frame;
use serde_json::{Value, json};
use syndic_client::Client;
use syndic_mcp::http::{HttpSettings, UpstreamSettings, bind};
use syndic_mcp::{Daemon, Settings};
use syndic_testkit::{Answer, TestClock, TestServer};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// How long anything may take that happens at once.
pub(crate) const SOON: Duration = Duration::from_secs(20);

/// What the server behind the proxy received.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// How ids of the proxy's own begin.
const OWN: &[u8] = b"\"syndic-http-";

type Script = Arc<dyn Fn(&Received) -> Response + Send + Sync>;

/// A server that keeps what it is sent, and answers as a test says.
pub(crate) struct Scripted {
    pub(crate) address: SocketAddr,
    received: mpsc::UnboundedReceiver<Received>,
    running: JoinHandle<()>,
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Scripted {
    async fn start(
        tools: Value,
        script: impl Fn(&Received) -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (keep, received) = mpsc::unbounded_channel();
        let script: Script = Arc::new(script);
        let router = Router::new().fallback(take).with_state((script, tools, keep));
        let running = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, received, running }
    }

    /// Waits for the next request.
    pub(crate) async fn next(&mut self) -> Received {
        tokio::time::timeout(SOON, self.received.recv()).await.expect("a request").unwrap()
    }

    /// Tells that nothing more came.
    pub(crate) fn heard_nothing(&mut self) -> bool {
        self.received.try_recv().is_err()
    }
}

async fn take(
    State((script, tools, keep)): State<(Script, Value, mpsc::UnboundedSender<Received>)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let received = Received { method: parts.method, headers: parts.headers, body };
    if received.body.windows(OWN.len()).any(|window| window == OWN) {
        // The proxy itself asks which tools there are.
        return result(&received.json()["id"], &json!({"tools": tools}));
    }
    let answer = script(&received);
    keep.send(received).unwrap();
    answer
}

/// Answers as servers do that have nothing special to say.
pub(crate) fn plain(received: &Received) -> Response {
    if received.method != Method::POST {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    match received.json().get("id") {
        Some(id) => result(id, &json!({"content": [{"type": "text", "text": "done"}]})),
        None => StatusCode::ACCEPTED.into_response(),
    }
}

pub(crate) fn result(id: &Value, result: &Value) -> Response {
    answer(json!({"jsonrpc": "2.0", "id": id, "result": result}).to_string())
}

pub(crate) fn answer(text: impl Into<String>) -> Response {
    ([("content-type", "application/json")], text.into()).into_response()
}

/// Answers with a stream that goes on as long as the sender says something.
pub(crate) fn stream() -> (mpsc::UnboundedSender<String>, Response) {
    let (send, chunks) = mpsc::unbounded_channel();
    let body = Body::new(Chunks(chunks));
    (send, ([("content-type", "text/event-stream")], body).into_response())
}

struct Chunks(mpsc::UnboundedReceiver<String>);

impl hyper::body::Body for Chunks {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|chunk| Some(Ok(Frame::data(chunk?.into()))))
    }
}

/// A proxy with everything around it.
pub(crate) struct Rig {
    pub(crate) server: Scripted,
    pub(crate) daemon: TestServer,
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
    pub(crate) client: reqwest::Client,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Rig {
    pub(crate) async fn plain() -> Self {
        Self::start(plain).await
    }

    pub(crate) async fn start(
        script: impl Fn(&Received) -> Response + Send + Sync + 'static,
    ) -> Self {
        Self::with(|_, _| {}, script).await
    }

    /// With a server that shows these tools when the proxy asks.
    pub(crate) async fn showing(tools: Value) -> Self {
        Self::build(tools, |_, _| {}, plain).await
    }

    pub(crate) async fn with(
        change: impl FnOnce(&mut Settings, &mut HttpSettings),
        script: impl Fn(&Received) -> Response + Send + Sync + 'static,
    ) -> Self {
        Self::build(json!([{"name": "issue_refund"}]), change, script).await
    }

    async fn build(
        tools: Value,
        change: impl FnOnce(&mut Settings, &mut HttpSettings),
        script: impl Fn(&Received) -> Response + Send + Sync + 'static,
    ) -> Self {
        let server = Scripted::start(tools, script).await;
        let daemon = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
        let key = daemon.agent_key("customer-support").await;
        let mut settings = Settings::new("customer-support", "desk");
        let mut http = HttpSettings {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            behind_proxy: false,
            allow_hosts: Vec::new(),
            allow_origins: Vec::new(),
            upstream: UpstreamSettings {
                url: format!("http://{}/mcp?token=query-secret", server.address),
                header_file: None,
                ca: None,
            },
        };
        change(&mut settings, &mut http);
        let client = Client::tcp(&format!("http://{}", daemon.address), None).unwrap();
        let bound = bind(settings, http, Daemon::elsewhere(client)).await.unwrap();
        let address = bound.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(bound.run(async move { drop(stopped.await) }));
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { server, daemon, address, key, client, stop, running }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// A request as a client sends it, with the agent's key.
    pub(crate) fn post(&self, body: impl Into<String>) -> reqwest::RequestBuilder {
        self.post_as(&self.key, body)
    }

    pub(crate) fn post_as(&self, key: &str, body: impl Into<String>) -> reqwest::RequestBuilder {
        self.client
            .post(self.url())
            .bearer_auth(key)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(body.into())
            .timeout(SOON)
    }

    pub(crate) async fn say(&self, body: impl Into<String>) -> (u16, Value) {
        seen(self.post(body).send().await.unwrap()).await
    }

    /// Opens a session, with a server that opens them.
    pub(crate) async fn begin(&mut self) -> String {
        let response = self.post(initialize()).send().await.unwrap();
        let id = response.headers()["mcp-session-id"].to_str().unwrap().to_owned();
        assert_eq!(seen(response).await.0, 200);
        self.server.next().await;
        id
    }

    /// Votes on the request for approval that waits, as the support lead.
    pub(crate) async fn vote(&self, vote: &str) -> Answer {
        let pending = self.pending().await;
        let id = pending[0]["id"].as_str().unwrap();
        self.vote_on(id, vote).await
    }

    pub(crate) async fn vote_on(&self, id: &str, vote: &str) -> Answer {
        let lead = self.daemon.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
        let path = format!("/v1/approvals/{id}/votes");
        self.daemon
            .send("POST", &path, &lead, &json!({"vote": vote, "reason": "no"}).to_string())
            .await
    }

    pub(crate) async fn approvals(&self, status: &str) -> Vec<Value> {
        let path = format!("/v1/approvals?status={status}");
        let answer = self.daemon.send("GET", &path, &self.daemon.admin, "").await;
        answer.json()["approvals"].as_array().unwrap().clone()
    }

    /// Waits until a request for approval is pending.
    pub(crate) async fn pending(&self) -> Vec<Value> {
        self.until("pending").await
    }

    /// Waits until a request for approval has this status.
    pub(crate) async fn until(&self, status: &str) -> Vec<Value> {
        let found = async {
            loop {
                let found = self.approvals(status).await;
                if !found.is_empty() {
                    return found;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(SOON, found).await.expect("a request for approval")
    }

    /// Ends the proxy, which reports what it has not yet; the daemon and the server stay.
    pub(crate) async fn stop(self) -> (TestServer, Scripted) {
        drop(self.stop);
        tokio::time::timeout(SOON, self.running).await.expect("it ends").unwrap();
        (self.daemon, self.server)
    }
}

/// Reads an answer.
pub(crate) async fn seen(response: reqwest::Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Reads a stream up to `end`.
pub(crate) async fn read_to(response: &mut reqwest::Response, end: &str) -> String {
    let mut text = String::new();
    let read = async {
        while !text.contains(end) {
            match response.chunk().await.unwrap() {
                Some(chunk) => text.push_str(std::str::from_utf8(&chunk).unwrap()),
                None => break,
            }
        }
    };
    tokio::time::timeout(SOON, read).await.expect("the stream says it");
    text
}

/// Reads what is left of a stream.
pub(crate) async fn rest(response: reqwest::Response) -> String {
    tokio::time::timeout(SOON, response.text()).await.expect("the stream ends").unwrap()
}

pub(crate) fn initialize() -> String {
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"},
    }})
    .to_string()
}

/// Opens sessions with this id, and answers everything else plainly.
pub(crate) fn sessional(
    id: &'static str,
) -> impl Fn(&Received) -> Response + Send + Sync + 'static {
    move |received| {
        if received.method == Method::DELETE {
            return StatusCode::OK.into_response();
        }
        let mut response =
            if received.method == Method::POST && received.json()["method"] == "initialize" {
                result(
                    &received.json()["id"],
                    &json!({"protocolVersion": "2025-11-25", "capabilities": {}}),
                )
            } else {
                plain(received)
            };
        response.headers_mut().insert("mcp-session-id", id.parse().unwrap());
        response
    }
}

/// A call of a tool, as until 2025-11-25.
pub(crate) fn call(id: u32, tool: &str, arguments: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments}})
    .to_string()
}

/// A refund small enough to be allowed.
pub(crate) fn refund(id: u32) -> String {
    call(id, "issue_refund", &json!({"order_id": "A-1", "amount": 5}))
}

/// A refund that people must approve.
pub(crate) fn large_refund(id: u32) -> String {
    call(id, "issue_refund", &json!({"order_id": "A-1", "amount": 150}))
}

/// A call as of 2026-07-28.
pub(crate) fn stateless(id: u32, tool: &str, arguments: &Value) -> String {
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call",
        "params": {"name": tool, "arguments": arguments, "_meta": meta()}})
    .to_string()
}

pub(crate) fn meta() -> Value {
    json!({"io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {}})
}
