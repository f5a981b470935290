//! A real server over a governance directory in a temporary place.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_gate::Gate;
use syndic_model::Clock;
use syndic_server::{Listen, bind};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::http::{Answer, leave, send};

/// A server on a loopback port, over the shipped governance directory unless a test changes it.
#[derive(Debug)]
pub struct TestServer {
    /// Where it listens.
    pub address: SocketAddr,
    /// The first admin key, on the first start.
    pub admin: String,
    /// The gate behind it.
    pub gate: Arc<Gate>,
    directory: TempDir,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

#[expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops where its server cannot be had"
)]
impl TestServer {
    /// Starts over the shipped governance directory.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn start(clock: Arc<dyn Clock>) -> Self {
        Self::start_with(clock, |_| {}).await
    }

    /// Starts over the shipped governance directory after `change`.
    ///
    /// # Panics
    /// When it cannot, or the directory has findings.
    pub async fn start_with(clock: Arc<dyn Clock>, change: impl FnOnce(&Path)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        syndic_governance::init(directory.path()).unwrap();
        change(directory.path());
        Self::start_over(clock, directory).await
    }

    /// Starts over a governance directory that is there, with its data directory. Without a first admin key there is
    /// none to ask with until a test sets it.
    ///
    /// # Panics
    /// When it cannot, or the directory has findings.
    pub async fn start_over(clock: Arc<dyn Clock>, directory: TempDir) -> Self {
        let checked = syndic_governance::load(directory.path());
        let Some(governance) = checked.governance else { panic!("{:#?}", checked.findings) };
        let gate = Gate::start(governance, clock).await.unwrap();
        let admin = gate.bootstrap_key().await.unwrap().unwrap_or_default();
        let tcp = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        let unix = Some(directory.path().join(".syndic").join("syndic.sock"));
        let bound =
            bind(Arc::clone(&gate), Listen { tcp, unix, ..Listen::default() }).await.unwrap();
        let address = bound.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            bound.run(async { drop(stopped.await) }).await.unwrap();
        });
        Self { address, admin, gate, directory, stop, running }
    }

    /// Stops the server and starts it again over the same directories.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn restart(self, clock: Arc<dyn Clock>) -> Self {
        let admin = self.admin.clone();
        let directory = self.stop().await;
        Self { admin, ..Self::start_over(clock, directory).await }
    }

    /// Stops the server and returns its governance directory.
    ///
    /// # Panics
    /// When somebody else holds the gate.
    pub async fn stop(self) -> TempDir {
        let Self { gate, directory, stop, running, .. } = self;
        drop(stop);
        running.await.unwrap();
        let gate = Arc::try_unwrap(gate).expect("nobody else holds the gate");
        tokio::task::spawn_blocking(move || drop(gate)).await.unwrap();
        directory
    }

    /// Returns the governance directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Sends one request; the body is sent as it is.
    pub async fn send(&self, method: &str, path: &str, key: &str, body: &str) -> Answer {
        let key =
            if key.is_empty() { String::new() } else { format!("authorization: Bearer {key}\r\n") };
        let head = format!("{method} {path} HTTP/1.1\r\n{key}content-type: application/json\r\n");
        send(self.address, &head, body.as_bytes()).await
    }

    /// Sends one request with exactly these head lines, each ended by `\r\n`.
    pub async fn send_head(&self, head: &str, body: &str) -> Answer {
        send(self.address, head, body.as_bytes()).await
    }

    /// Sends one request as a browser would, with these headers and no others.
    pub async fn browse(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let lines: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        send(self.address, &format!("{method} {path} HTTP/1.1\r\n{lines}"), body.as_bytes()).await
    }

    /// Sends a request and closes the connection before the answer.
    pub async fn send_and_leave(&self, path: &str, key: &str, body: &str) {
        let head = format!("POST {path} HTTP/1.1\r\nauthorization: Bearer {key}\r\n");
        leave(self.address, &head, body.as_bytes()).await;
    }

    /// Makes a key.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn key(&self, request: Value) -> String {
        let answer = self.send("POST", "/v1/keys", &self.admin, &request.to_string()).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()["key"].as_str().unwrap().to_owned()
    }

    /// Makes a key for an agent.
    pub async fn agent_key(&self, agent: &str) -> String {
        self.key(json!({"role": "agent", "agent": agent})).await
    }

    /// Asks for an action and returns the answer's body.
    ///
    /// # Panics
    /// When it is not decided.
    pub async fn submit(&self, key: &str, request: Value) -> Value {
        let answer = self.send("POST", "/v1/actions", key, &request.to_string()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// Lists events.
    ///
    /// # Panics
    /// When that is refused.
    pub async fn events(&self, query: &str) -> Vec<Value> {
        let answer = self.send("GET", &format!("/v1/audit/events?{query}"), &self.admin, "").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["events"].as_array().unwrap().clone()
    }
}
