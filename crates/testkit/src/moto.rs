//! Moto, which speaks AWS's protocols, as a process of its own.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::http::{Answer, send};
use crate::python::installed;

const VERSION: &str = "5.2.5";
/// Serves, and ends when nobody holds its input any more, however the test ends.
const SERVE: &str = "
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(sys.argv[1:])
";
const SERVES: &str = "Running on http://";

/// A Moto that runs until this is dropped.
#[derive(Debug)]
pub struct Moto {
    /// Where it listens.
    pub address: SocketAddr,
    running: Child,
}

impl Moto {
    /// Installs it where it is missing, and starts it at a port of this machine.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    #[expect(
        clippy::unwrap_used,
        clippy::panic,
        reason = "a test stops where its server does not start"
    )]
    pub fn start_at(port: u16) -> Self {
        let mut python = Command::new("python3");
        python.args(["-c", SERVE, "-H", "127.0.0.1", "-p", &port.to_string()]);
        python.env("PYTHONPATH", installed("moto[server]", VERSION));
        python.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut running = python.spawn().unwrap();
        let mut lines = BufReader::new(running.stderr.take().unwrap()).lines();
        let mut said = Vec::new();
        loop {
            let Some(Ok(line)) = lines.next() else { panic!("moto has ended: {said:?}") };
            if line.contains(SERVES) {
                break;
            }
            said.push(line);
        }
        // It says a line a request, and would wait for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { address: SocketAddr::from(([127, 0, 0, 1], port)), running }
    }

    /// Asks its CloudWatch Logs API, in the region `eu-central-1`. Moto looks at no signature.
    pub async fn logs(&self, operation: &str, body: &Value) -> Answer {
        let head = format!(
            "POST / HTTP/1.1\r\nx-amz-target: Logs_20140328.{operation}\r\ncontent-type: application/x-amz-json-1.1\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=test/20261123/eu-central-1/logs/aws4_request, \
             SignedHeaders=host, Signature=0\r\n"
        );
        send(self.address, &head, body.to_string().as_bytes()).await
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.running.kill());
        drop(self.running.wait());
    }
}
