//! A client, a proxy, a server that answers, a gate, and a support lead who votes.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_client::Client;
use syndic_mcp::{Proxy, Settings};
use syndic_testkit::{TestClock, TestServer};
use tokio::sync::mpsc;

use crate::rig::{Rig, Side};

/// How often one looks for what happens at once.
const MOST_LOOKS: u32 = 2000;

pub(crate) struct Office {
    pub(crate) client: Side,
    /// What reached the server, but for lists.
    pub(crate) reached: mpsc::UnboundedReceiver<Value>,
    pub(crate) server: TestServer,
    pub(crate) clock: Arc<TestClock>,
    lead: String,
}

impl Office {
    /// Opens, with this much waiting for people.
    pub(crate) async fn open(wait: Duration) -> Self {
        let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
        let server = TestServer::start(Arc::clone(&clock) as _).await;
        let key = server.agent_key("customer-support").await;
        let lead = server.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
        let decider = Client::tcp(&format!("http://{}", server.address), Some(key)).unwrap();
        let mut settings = Settings::new("customer-support", "desk");
        settings.wait = wait;
        let proxy = Proxy::with_clock(settings, Arc::clone(&clock) as _);
        let Rig { client, server: desk, .. } = Rig::between(proxy, decider);
        let (reach, reached) = mpsc::unbounded_channel();
        drop(tokio::spawn(serve(desk, reach)));
        Self { client, reached, server, clock, lead }
    }

    /// Sends a request.
    pub(crate) async fn ask(&mut self, id: u32, method: &str, params: Value) {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.client.say(&request.to_string()).await;
    }

    /// Hears the answer to a request, and what comes before it.
    pub(crate) async fn answer(&mut self, id: u32) -> (Value, Vec<Value>) {
        let mut before = Vec::new();
        loop {
            let message = self.client.hear_json().await;
            if message["id"] == id && message.get("method").is_none() {
                return (message, before);
            }
            before.push(message);
        }
    }

    /// Sends a request and hears its answer.
    pub(crate) async fn get(&mut self, id: u32, method: &str, params: Value) -> Value {
        self.ask(id, method, params).await;
        self.answer(id).await.0
    }

    /// Says hello as a client of 2025-11-25.
    pub(crate) async fn hello(&mut self, capabilities: Value) {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": capabilities});
        let answer = self.get(9000, "initialize", params).await;
        assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
    }

    /// Waits until one request for approval is pending, and returns its id.
    pub(crate) async fn asked(&self) -> String {
        for _ in 0..MOST_LOOKS {
            let path = "/v1/approvals?status=pending";
            let answer = self.server.send("GET", path, &self.server.admin, "").await.json();
            if let Some(approval) = answer["approvals"].get(0) {
                return approval["id"].as_str().unwrap().to_owned();
            }
            tokio::task::yield_now().await;
        }
        panic!("nobody is asked");
    }

    /// Votes, and returns the status of the answer.
    pub(crate) async fn vote(&self, id: &str, vote: &str) -> u16 {
        let body = json!({"vote": vote, "reason": "no such order"}).to_string();
        let path = format!("/v1/approvals/{id}/votes");
        self.server.send("POST", &path, &self.lead, &body).await.status
    }

    /// Waits until a request for approval is no longer pending, and returns what became of it.
    pub(crate) async fn end(&self, id: &str) -> String {
        for _ in 0..MOST_LOOKS {
            let path = format!("/v1/approvals/{id}");
            let answer = self.server.send("GET", &path, &self.server.admin, "").await.json();
            let status = answer["status"].as_str().unwrap();
            if status != "pending" {
                return status.to_owned();
            }
            tokio::task::yield_now().await;
        }
        panic!("it does not end");
    }

    pub(crate) fn step(&self, seconds: i64) {
        self.clock.step(SignedDuration::from_secs(seconds));
    }

    /// Asserts that nothing reached the server.
    pub(crate) fn nothing_ran(&mut self) {
        assert!(self.reached.try_recv().is_err());
    }

    /// Returns the next call that reached the server.
    pub(crate) async fn ran(&mut self) -> Value {
        self.reached.recv().await.unwrap()
    }
}

/// A refund that people must approve.
pub(crate) fn refund() -> Value {
    json!({"name": "issue_refund", "arguments": {"order_id": "A-1", "amount": 150}})
}

/// The refund in a request of 2026-07-28.
pub(crate) fn modern(capabilities: &Value) -> Value {
    let mut params = refund();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": capabilities,
    });
    params
}

async fn serve(mut desk: Side, reach: mpsc::UnboundedSender<Value>) {
    while let Some(request) = desk.hear_or_end().await {
        if request.get("id").is_none() {
            continue;
        }
        let result = match request["method"].as_str().unwrap() {
            "initialize" => json!({"protocolVersion": "2025-11-25", "capabilities": {}}),
            "server/discover" => json!({"resultType": "complete", "capabilities": {"tools": {}}}),
            "tools/list" => json!({"tools": [{"name": "issue_refund", "inputSchema": {}}]}),
            _ => json!({"content": [{"type": "text", "text": "refunded"}]}),
        };
        if request["method"] == "tools/call" || request["method"] == "tasks/get" {
            drop(reach.send(request.clone()));
        }
        desk.say(&json!({"jsonrpc": "2.0", "id": request["id"], "result": result}).to_string())
            .await;
    }
}
