//! A search engine that answers as OpenSearch does, over a loopback socket.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::http::send;
use crate::python::installed;

/// `osmem-server`: a real `_bulk` with its conflicts and its mappings, in memory, without ILM, ISM and data streams.
#[derive(Debug)]
pub struct SearchServer {
    /// Where it listens.
    pub address: SocketAddr,
    process: Child,
}

#[expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where its server cannot be had"
)]
impl SearchServer {
    /// Starts it; installs it the first time.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn start() -> Self {
        let program = installed("osmem-server", "0.1.6").join("osmem_server/bin/osmem-server");
        // It ends with its standard input, and so with this test, however that ends.
        let mut process = Command::new(program)
            .args(["-addr", "127.0.0.1:0", "-no-ja"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = process.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).expect("osmem-server tells where it listens");
        let url = told.get("url").and_then(Value::as_str).expect("a URL");
        let address = url.trim_start_matches("http://").parse().unwrap();
        Self { address, process }
    }

    /// Returns its address as it stands in `syndic.yaml`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Asks it for something.
    pub async fn get(&self, path: &str) -> Value {
        // It answers a client of HTTP/1.0 in one piece.
        send(self.address, &format!("GET {path} HTTP/1.0\r\n"), b"").await.json()
    }

    /// Returns all documents of the indices that match, each with `_index`, `_id` and `_source`; 10,000 at most.
    ///
    /// # Panics
    /// When it does not answer as OpenSearch does.
    pub async fn documents(&self, indices: &str) -> Vec<Value> {
        let head = format!("POST /{indices}/_refresh HTTP/1.0\r\n");
        drop(send(self.address, &head, b"").await);
        let found = self.get(&format!("/{indices}/_search?size=10000&sort=_doc")).await;
        let hits = found.pointer("/hits/hits").and_then(Value::as_array);
        hits.unwrap_or_else(|| panic!("no hits in {found}")).clone()
    }
}

impl Drop for SearchServer {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
