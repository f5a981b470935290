//! Telling what was changed in a configuration.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::edit::{Done, Server};
use crate::mcp_config::{Client, Section};
use crate::output::{Output, Tone};
use crate::visible::visible;

/// What there is to tell.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub(super) path: &'a Path,
    pub(super) backup: Option<PathBuf>,
    pub(super) written: bool,
    pub(super) dry_run: bool,
    pub(super) servers: &'a [Server],
}

pub(super) fn show(told: &Told<'_>, client: Client, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(&body(told));
    }
    out.line(told.path.display())?;
    for server in told.servers {
        one(server, out)?;
    }
    let changes =
        told.servers.iter().any(|server| matches!(server.done, Done::Wrapped | Done::Unwrapped));
    if !changes {
        let left = told.servers.iter().any(|server| matches!(server.done, Done::Left(_)));
        return if left { Ok(()) } else { out.line("\nNothing to change.") };
    }
    if told.dry_run {
        return out.line("\nNothing was written; leave --dry-run out to do it.");
    }
    if let Some(backup) = &told.backup {
        out.line(format!("\nThe file as it was: {}", backup.display()))?;
        return out.line(format!("Now {}.", client.restart()));
    }
    out.line(format!("\nNow {}.", client.restart()))
}

fn one(server: &Server, out: &Output) -> io::Result<()> {
    let place = match &server.section {
        Section::File => String::new(),
        Section::Project(path) => format!(" of {}", visible(path)),
    };
    let name = visible(&server.name);
    out.line(format!("  {}{place}", out.paint(Tone::Strong, name)))?;
    match &server.done {
        Done::Wrapped | Done::Unwrapped => {
            out.line(out.paint(Tone::Bad, format!("    - {}", line(&server.before))))?;
            out.line(out.paint(Tone::Good, format!("    + {}", line(&server.after))))
        }
        Done::Already => out.line("    is wrapped already"),
        Done::Bare => out.line("    is not wrapped"),
        Done::Left(why) => out.line(format!("    is left: {}", visible(why))),
        Done::Remote(url) => {
            out.line(format!("    is remote, and left: {}", visible(url)))?;
            out.line(out.paint(Tone::Quiet, format!("    {}", remote(url))))
        }
    }
}

/// Says how a server is governed that no client starts.
fn remote(url: &str) -> String {
    format!(
        "run `syndic mcp --agent ID --listen 127.0.0.1:7900 --upstream {}`, then give the client that address, and \
         an agent key as `Authorization: Bearer syndic_…`",
        quoted(url)
    )
}

/// Writes a command line as a shell would take it.
fn line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:@=,+%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", visible(word).replace('\'', "'\\''"))
}

fn body(told: &Told<'_>) -> Value {
    let servers = told.servers.iter().map(|server| {
        let (status, reason) = match &server.done {
            Done::Wrapped => ("wrapped", None),
            Done::Unwrapped => ("unwrapped", None),
            Done::Already => ("already-wrapped", None),
            Done::Bare => ("not-wrapped", None),
            Done::Remote(url) => ("remote", Some(remote(url))),
            Done::Left(why) => ("left", Some(why.clone())),
        };
        let project = match &server.section {
            Section::File => None,
            Section::Project(path) => Some(path),
        };
        json!({
            "name": server.name,
            "project": project,
            "status": status,
            "reason": reason,
            "before": server.before,
            "after": server.after,
        })
    });
    json!({
        "config": told.path,
        "backup": told.backup,
        "written": told.written,
        "servers": servers.collect::<Vec<_>>(),
    })
}
