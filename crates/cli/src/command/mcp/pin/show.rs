//! Telling what is pinned, and what changed.

use std::io;
use std::path::Path;

use serde_json::{Value, json};
use syndic_mcp::pin::{Change, Weight};
use syndic_model::ServerName;

use super::drift::{Drift, Tool};
use crate::output::{Output, Tone};

/// What there is to tell.
#[derive(Debug)]
pub(super) struct Told<'a> {
    pub(super) server: &'a ServerName,
    pub(super) file: &'a Path,
    pub(super) drift: &'a Drift,
    pub(super) written: bool,
    pub(super) checked: bool,
}

pub(super) fn show(told: &Told<'_>, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(&body(told));
    }
    let tools = &told.drift.tools;
    let same = tools.iter().filter(|tool| tool.change.is_none()).count();
    let server = out.paint(Tone::Strong, told.server);
    out.line(format!("{server}: {} tools, {same} as they were pinned", tools.len()))?;
    for tool in tools {
        if let Some(change) = tool.change {
            out.line(format!("\n{}  {}", out.paint(tone(change), change), tool.name))?;
            out.text(&indented(&tool.diff))?;
        }
    }
    for name in &told.drift.vanished {
        out.line(format!("\n{}  {name}", out.paint(Tone::Waiting, "vanished")))?;
    }
    findings(tools, out)?;
    let file = told.file.display();
    out.line(match (told.written, told.checked) {
        (true, _) => format!("\nWrote {file}. Look at what changed before it is committed."),
        (false, true) if told.drift.is_any() => {
            format!("\nNot as {file} has it; `syndic mcp pin` without --check takes it over.")
        }
        (false, _) => format!("\n{file} is as it was."),
    })
}

fn findings(tools: &[Tool], out: &Output) -> io::Result<()> {
    if tools.iter().all(|tool| tool.findings.is_empty()) {
        return Ok(());
    }
    out.line(out.paint(Tone::Waiting, "\nTexts that speak to the model, or hide from people:"))?;
    for tool in tools {
        for finding in &tool.findings {
            let tone = if finding.weight == Weight::High { Tone::Bad } else { Tone::Waiting };
            out.line(format!("  {}  {finding}", out.paint(tone, &tool.name)))?;
        }
    }
    Ok(())
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

const fn tone(change: Change) -> Tone {
    match change {
        Change::Text => Tone::Quiet,
        Change::Schema => Tone::Waiting,
        Change::Capability | Change::New => Tone::Bad,
    }
}

fn body(told: &Told<'_>) -> Value {
    let tools = told.drift.tools.iter().map(|tool| {
        let findings = tool.findings.iter().map(|finding| {
            json!({
                "place": finding.place,
                "kind": finding.kind.as_str(),
                "weight": finding.weight.as_str(),
                "excerpt": finding.excerpt,
            })
        });
        json!({
            "tool": tool.name.as_str(),
            "pin": tool.pin.as_str(),
            "change": tool.change.map(Change::as_str),
            "diff": tool.diff,
            "findings": findings.collect::<Vec<_>>(),
        })
    });
    let vanished: Vec<_> = told.drift.vanished.iter().map(ToString::to_string).collect();
    json!({
        "server": told.server.as_str(),
        "file": told.file,
        "written": told.written,
        "drift": told.drift.is_any(),
        "tools": tools.collect::<Vec<_>>(),
        "vanished": vanished,
    })
}
