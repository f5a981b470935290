//! Lines of JSON over pipes: a client that sends them and one that only passes them on.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::row::{Figures, latencies};

const WARM_UP: usize = 300;

/// A server behind pipes, with whatever stands before it.
pub struct Client {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    line: String,
    next: u64,
}

impl Client {
    /// Starts the command, shakes hands, lists the tools and calls until everything is warm.
    pub fn open(command: &[String]) -> anyhow::Result<Self> {
        let (program, arguments) = command.split_first().context("a command")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {program}"))?;
        let input = child.stdin.take().context("its input")?;
        let output = BufReader::new(child.stdout.take().context("its output")?);
        let mut client = Self { child, input, output, line: String::new(), next: 0 };
        client.ask(
            "initialize",
            r#"{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"bench","version":"1"}}"#,
        )?;
        client.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#)?;
        client.ask("tools/list", "{}")?;
        for _ in 0..WARM_UP {
            client.call()?;
        }
        Ok(client)
    }

    /// Calls for `time`, one after another.
    pub fn calls(&mut self, time: Duration) -> anyhow::Result<Figures> {
        let (mut each, start) = (Vec::new(), Instant::now());
        while start.elapsed() < time {
            let begun = Instant::now();
            self.call()?;
            each.push(begun.elapsed());
        }
        Ok(latencies(each, start.elapsed()))
    }

    fn call(&mut self) -> anyhow::Result<()> {
        self.ask("tools/call", r#"{"name":"echo","arguments":{"message":"hello"}}"#)?;
        if !self.line.contains("Echo: hello") {
            bail!("the call was answered {}", self.line);
        }
        Ok(())
    }

    fn ask(&mut self, method: &str, params: &str) -> anyhow::Result<()> {
        self.next += 1;
        let id = self.next;
        self.send(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#))?;
        let (first, last) = (format!(r#""id":{id},"#), format!(r#""id":{id}}}"#));
        loop {
            self.line.clear();
            if self.output.read_line(&mut self.line)? == 0 {
                bail!("the server closed its output");
            }
            // Notifications and requests of the server stand between the answers.
            if !self.line.contains(r#""method":"#) && (self.line.contains(&first) || self.line.contains(&last)) {
                return Ok(());
            }
        }
    }

    fn send(&mut self, line: &str) -> anyhow::Result<()> {
        Ok(self.input.write_all(format!("{line}\n").as_bytes())?)
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a command behind pipes and copies what comes, until the command ends.
pub fn bare(command: &[&str]) -> anyhow::Result<()> {
    let (program, arguments) = command.split_first().context("a command")?;
    let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let input = child.stdin.take().context("its input")?;
    let output = child.stdout.take().context("its output")?;
    std::thread::spawn(move || copy(std::io::stdin().lock(), input));
    copy(output, std::io::stdout().lock())?;
    child.wait()?;
    Ok(())
}

fn copy(mut from: impl Read, mut to: impl Write) -> std::io::Result<()> {
    let mut buffer = [0; 64 * 1024];
    loop {
        let length = from.read(&mut buffer)?;
        if length == 0 {
            return Ok(());
        }
        to.write_all(&buffer[..length])?;
        to.flush()?;
    }
}
