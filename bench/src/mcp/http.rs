//! The smallest client of MCP over HTTP: a session, and calls over one connection each.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::row::{Figures, latencies};

const HELLO: &str = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}"#;
const READY: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
const LIST: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"#;

/// Calls `tool` over so many connections for `time`, each in a session of its own.
pub async fn load(
    endpoint: (SocketAddr, &str),
    key: Option<&str>,
    tool: &str,
    connections: usize,
    time: Duration,
) -> anyhow::Result<Figures> {
    let mut opened = Vec::new();
    for _ in 0..connections {
        opened.push(Session::open(endpoint, key).await?);
    }
    let call = format!(
        r#"{{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{{"name":"{tool}","arguments":{{"message":"hello"}}}}}}"#
    );
    let start = Instant::now();
    let clients: Vec<_> = opened
        .into_iter()
        .map(|mut session| {
            let call = call.clone();
            tokio::spawn(async move {
                let mut each = Vec::new();
                while start.elapsed() < time {
                    let begun = Instant::now();
                    let body = session.send(&call).await?;
                    each.push(begun.elapsed());
                    if !body.contains("Echo: hello") {
                        bail!("the call was answered {body}");
                    }
                }
                anyhow::Ok(each)
            })
        })
        .collect();
    let mut each = Vec::new();
    for client in clients {
        each.extend(client.await??);
    }
    Ok(latencies(each, start.elapsed()))
}

struct Session {
    stream: TcpStream,
    head: String,
    buffer: Vec<u8>,
}

impl Session {
    async fn open((address, path): (SocketAddr, &str), key: Option<&str>) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let authorization = key.map_or_else(String::new, |key| format!("authorization: Bearer {key}\r\n"));
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\n{authorization}content-type: application/json\r\n\
             accept: application/json, text/event-stream\r\n"
        );
        let mut session = Self { stream, head, buffer: Vec::with_capacity(16 * 1024) };
        session.send(HELLO).await?;
        let answered = String::from_utf8_lossy(&session.buffer).into_owned();
        let id = answered.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("mcp-session-id").then(|| value.trim().to_owned())
        });
        session.head.push_str("mcp-protocol-version: 2025-11-25\r\n");
        if let Some(id) = id {
            session.head.push_str(&format!("mcp-session-id: {id}\r\n"));
        }
        session.send(READY).await?;
        session.send(LIST).await?;
        Ok(session)
    }

    /// Posts a body and returns the answer's, a stream of events included.
    async fn send(&mut self, body: &str) -> anyhow::Result<String> {
        let request = format!("{}content-length: {}\r\n\r\n{body}", self.head, body.len());
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let end = loop {
            self.more().await?;
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = std::str::from_utf8(&self.buffer[..end])?.to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if let Some(length) = length {
            let length: usize = length.trim().parse().context("a length")?;
            while self.buffer.len() < end + length {
                self.more().await?;
            }
        } else if head.contains("transfer-encoding: chunked") {
            while !self.buffer[end..].ends_with(b"0\r\n\r\n") {
                self.more().await?;
            }
        }
        let body = String::from_utf8_lossy(&self.buffer[end..]).into_owned();
        if !head.starts_with("http/1.1 20") {
            bail!("{head}{body}");
        }
        Ok(body)
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
