//! Asking an MCP server over its standard input and output for its tools.
//!
//! Everything the server says is bounded, in size and in time, and believed by nobody.

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use syndic_model::read_unambiguous;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Take};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// The most a server may say altogether.
const MOST_BYTES: u64 = 16 << 20;
const MOST_PAGES: usize = 100;
/// How long a server may take to end once its input is closed.
const TO_END: Duration = Duration::from_secs(2);
/// The newest revision that begins with `initialize`, and the oldest that does not.
const WITH_INITIALIZE: &str = "2025-11-25";
const STATELESS: &str = "2026-07-28";

/// A server that is started to be asked, and how it is shown.
#[derive(Debug)]
pub(crate) struct Started {
    command: Command,
    shown: String,
}

impl Started {
    /// By a line for the shell.
    pub(crate) fn by_shell(line: &str) -> Self {
        let mut command = Command::new("sh");
        // `exec`, so that the shell's id becomes the server's.
        command.arg("-c").arg(format!("exec {line}"));
        Self { command, shown: line.to_owned() }
    }

    /// By a program and its arguments, as they stand.
    pub(crate) fn by_words(program: &OsStr, args: &[OsString]) -> Self {
        let mut command = Command::new(program);
        command.args(args);
        Self { command, shown: program.to_string_lossy().into_owned() }
    }
}

/// What a server says about itself and its tools.
#[derive(Debug)]
pub(crate) struct Listed {
    /// `serverInfo.name`
    pub(crate) server: Option<String>,
    /// `{"tools": [...]}`, of all pages.
    pub(crate) tools: Value,
}

struct Session {
    input: ChildStdin,
    output: BufReader<Take<ChildStdout>>,
    last_id: u64,
    /// What each request carries in a revision without `initialize`.
    meta: Option<Value>,
}

/// Starts `server` and lists its tools; it is ended by its own id, at the latest after `limit`.
pub(crate) async fn list(server: Started, limit: Duration) -> anyhow::Result<Listed> {
    let Started { command, shown } = server;
    let mut child = start(command).with_context(|| format!("cannot start `{shown}`"))?;
    let listed = tokio::time::timeout(limit, ask(&mut child)).await;
    end(&mut child).await;
    match listed {
        Ok(listed) => listed.with_context(|| format!("the MCP server `{shown}`")),
        Err(_) => bail!("the MCP server `{shown}` did not list its tools within {limit:?}"),
    }
}

/// INVARIANT: a server gets no variable of ours: a key that governs an agent is none of its business.
fn start(mut command: Command) -> io::Result<Child> {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SYNDIC_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command.kill_on_drop(true).spawn()
}

async fn end(child: &mut Child) {
    drop(child.stdin.take());
    if tokio::time::timeout(TO_END, child.wait()).await.is_err() {
        drop(child.kill().await);
    }
}

async fn ask(child: &mut Child) -> anyhow::Result<Listed> {
    let (input, output) = child.stdin.take().zip(child.stdout.take()).context("has no pipes")?;
    let output = BufReader::new(output.take(MOST_BYTES));
    let mut session = Session { input, output, last_id: 0, meta: None };
    let server = session.begin().await?;
    let mut tools = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let params =
            cursor.as_ref().map_or_else(|| json!({}), |cursor| json!({ "cursor": cursor }));
        let page = session.request("tools/list", params).await?.map_err(|error| refused(&error))?;
        match page.get("tools") {
            Some(Value::Array(more)) => tools.extend(more.iter().cloned()),
            _ => bail!("answers `tools/list` without tools"),
        }
        cursor = page.get("nextCursor").and_then(Value::as_str).map(str::to_owned);
        if cursor.is_none() {
            return Ok(Listed { server, tools: json!({ "tools": tools }) });
        }
    }
    bail!("has more than {MOST_PAGES} pages of tools")
}

impl Session {
    /// Begins as the server's revision wants it, and returns its name.
    async fn begin(&mut self) -> anyhow::Result<Option<String>> {
        let client = json!({ "name": "syndic", "version": env!("CARGO_PKG_VERSION") });
        let params = json!({
            "protocolVersion": WITH_INITIALIZE,
            "capabilities": {},
            "clientInfo": client,
        });
        match self.request("initialize", params).await? {
            Ok(result) => {
                self.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
                    .await?;
                let name = result.get("serverInfo").and_then(|info| info.get("name"));
                Ok(name.and_then(Value::as_str).map(str::to_owned))
            }
            // A server of a revision that has no sessions.
            Err(_) => {
                self.meta = Some(json!({
                    "io.modelcontextprotocol/protocolVersion": STATELESS,
                    "io.modelcontextprotocol/clientCapabilities": {},
                    "io.modelcontextprotocol/clientInfo": client,
                }));
                Ok(None)
            }
        }
    }

    /// Sends a request and waits for its answer: the result, or the error.
    async fn request(
        &mut self,
        method: &str,
        mut params: Value,
    ) -> anyhow::Result<Result<Value, Value>> {
        self.last_id += 1;
        let id = self.last_id;
        if let (Some(meta), Some(params)) = (&self.meta, params.as_object_mut()) {
            params.insert("_meta".to_owned(), meta.clone());
        }
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await?;
        loop {
            let message = self.receive().await?;
            if let Some(asked) = message.get("method").and_then(Value::as_str) {
                self.answer(&message, asked).await?;
            } else if message.get("id").and_then(Value::as_u64) == Some(id) {
                return Ok(match (message.get("result"), message.get("error")) {
                    (Some(result), _) => Ok(result.clone()),
                    (None, error) => Err(error.cloned().unwrap_or(Value::Null)),
                });
            }
        }
    }

    /// Answers what the server asks: it gets a sign of life, and nothing else.
    async fn answer(&mut self, message: &Value, asked: &str) -> anyhow::Result<()> {
        let Some(id) = message.get("id") else { return Ok(()) };
        let answer = if asked == "ping" {
            json!({ "jsonrpc": "2.0", "id": id, "result": {} })
        } else {
            let error = json!({ "code": -32601, "message": "this client answers nothing" });
            json!({ "jsonrpc": "2.0", "id": id, "error": error })
        };
        self.send(&answer).await
    }

    async fn send(&mut self, message: &Value) -> anyhow::Result<()> {
        let line = format!("{message}\n");
        let written = self.input.write_all(line.as_bytes()).await.and(self.input.flush().await);
        // Not the cause itself: a pipe that a server closed is not a reader of ours who left.
        written.map_err(|_| anyhow::anyhow!("ended before it listed its tools"))
    }

    async fn receive(&mut self) -> anyhow::Result<Value> {
        loop {
            let mut line = Vec::new();
            self.output.read_until(b'\n', &mut line).await?;
            ensure!(self.output.get_ref().limit() > 0, "says more than {MOST_BYTES} bytes");
            ensure!(!line.is_empty(), "ended before it listed its tools");
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let raw: &RawValue =
                serde_json::from_slice(&line).context("says something that is not JSON")?;
            return read_unambiguous(raw).context("says something that can be read in two ways");
        }
    }
}

fn refused(error: &Value) -> anyhow::Error {
    let message = error.get("message").and_then(Value::as_str).unwrap_or("it does not say why");
    let message: String = message.chars().take(200).flat_map(char::escape_debug).collect();
    anyhow::anyhow!("refuses `tools/list`: {message}")
}
