//! `mcp.lock.yaml`: the tools of servers as they were when somebody looked at them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::str::FromStr;

use schemars::{Schema, json_schema};
use serde_json::Value;
use syndic_model::{ServerName, ToolName, ToolPin};

use crate::position::{Position, START};
use crate::report::Report;
use crate::text::Meaning;
use crate::wire::{Keyed, PinnedServer, PinnedTool, PinsFile};

/// The file's name, in the governance directory.
pub const PINS_FILE: &str = "mcp.lock.yaml";

const VERSION: u64 = 1;
const AGAIN: &str = "`syndic mcp pin` writes the file anew";

/// Pinned tools by server; a server that is not here is not pinned.
pub type Pins = BTreeMap<ServerName, BTreeMap<ToolName, Pinned>>;

/// A tool as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Pinned {
    /// What its definition hashes to.
    pub pin: ToolPin,
    /// The definition.
    pub definition: Value,
}

/// The JSON text of a tool's definition.
#[derive(Debug)]
pub(crate) struct Definition(Value);

impl Pinned {
    /// Pins a definition.
    #[must_use]
    pub fn of(definition: Value) -> Self {
        Self { pin: ToolPin::of(&definition), definition }
    }
}

/// Reads the file; a server or tool that does not read is left out, with a finding.
pub(crate) fn read(file: &PinsFile, report: &mut Report<'_>) -> Pins {
    match file.version {
        Some(VERSION) => {}
        Some(other) => {
            let message =
                format!("version {other} of the file is unknown; this is version {VERSION}");
            report.error(START, "unknown-version", message, AGAIN.to_owned());
        }
        None => report.error(START, "missing-field", "`version` is missing", AGAIN.to_owned()),
    }
    let mut pins = Pins::new();
    for (name, server) in each(file.servers.as_ref(), START, "servers", report) {
        let Some(name) = report.read(name) else { continue };
        let PinnedServer { tools } = &server.value;
        let read = each(tools.as_ref(), server.position, "tools", report);
        let tools = read.iter().filter_map(|(name, tool)| {
            Some((report.read(name)?, read_tool(&tool.value, tool.position, report)?))
        });
        let tools = tools.collect();
        pins.insert(name, tools);
    }
    pins
}

fn each<'a, K, V>(
    entries: Option<&'a Keyed<K, V>>,
    position: Position,
    field: &str,
    report: &mut Report<'_>,
) -> &'a [(crate::text::Text<K>, crate::position::At<V>)] {
    report.require(entries, position, field, AGAIN).map_or(&[], |entries| &entries.0)
}

fn read_tool(tool: &PinnedTool, position: Position, report: &mut Report<'_>) -> Option<Pinned> {
    let pin_text = report.require(tool.pin.as_ref(), position, "pin", AGAIN);
    let pin = pin_text.and_then(|text| report.read(text));
    let definition = report.require(tool.definition.as_ref(), position, "definition", AGAIN);
    let Definition(definition) = definition.and_then(|text| report.read(text))?;
    let pinned = Pinned::of(definition);
    if pin? != pinned.pin {
        let message = format!("the definition hashes to `{}`", pinned.pin);
        let at = pin_text.and_then(|text| text.position);
        report.error(at, "pin-differs", message, AGAIN.to_owned());
        return None;
    }
    Some(pinned)
}

/// Writes the file.
#[must_use]
pub fn pins_text(pins: &Pins) -> String {
    let mut text = format!(
        "# The tools that agents may be offered, as they were when somebody looked at them.\n\
         # Written by `syndic mcp pin`: run it again to take over what changed.\n\
         version: {VERSION}\nservers:{}\n",
        if pins.is_empty() { " {}" } else { "" }
    );
    for (server, tools) in pins {
        let none = if tools.is_empty() { " {}" } else { "" };
        // Names have no character that a quoted text escapes.
        let _ = writeln!(text, "  \"{server}\":\n    tools:{none}");
        for (tool, Pinned { pin, definition }) in tools {
            let _ = write!(text, "      \"{tool}\":\n        pin: {pin}\n        definition: |-\n");
            let pretty = serde_json::to_string_pretty(definition).unwrap_or_default();
            for line in ascii(&pretty).lines() {
                let _ = writeln!(text, "          {line}");
            }
        }
    }
    text
}

/// Escapes what is not printable ASCII, as JSON: nothing in a definition hides from who reads the file.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for char in json.chars() {
        if char == '\n' || (' '..='~').contains(&char) {
            text.push(char);
        } else {
            for unit in char.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

impl FromStr for Definition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match serde_json::from_str(text) {
            Ok(definition @ Value::Object(_)) => Ok(Self(definition)),
            Ok(_) => Err("the definition is no JSON object".to_owned()),
            Err(error) => Err(format!("the definition is no JSON: {error}")),
        }
    }
}

impl Meaning for Definition {
    const CODE: &'static str = "invalid-definition";

    fn schema() -> Schema {
        json_schema!({ "type": "string" })
    }

    fn hint(_: &str) -> Option<String> {
        Some(AGAIN.to_owned())
    }
}

impl Meaning for ToolPin {
    const CODE: &'static str = "invalid-pin";

    fn schema() -> Schema {
        json_schema!({ "type": "string", "pattern": "^sha256:[0-9a-f]{64}$" })
    }

    fn hint(_: &str) -> Option<String> {
        Some(AGAIN.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Pinned, Pins, pins_text, read};
    use crate::report::Report;
    use crate::yaml;

    fn read_text(text: &str) -> (Pins, Vec<String>) {
        let file = yaml::parse("mcp.lock.yaml", text).unwrap();
        let mut report = Report::new("mcp.lock.yaml");
        let pins = read(&file, &mut report);
        (pins, report.findings.into_iter().map(|finding| finding.message).collect())
    }

    fn pins() -> Pins {
        let tool =
            json!({"name": "send/one", "description": "Größe \u{200b}|: #", "minimum": -1.5e3});
        let tools = [("send/one".parse().unwrap(), Pinned::of(tool))];
        [("mail".parse().unwrap(), tools.into()), ("none".parse().unwrap(), Default::default())]
            .into()
    }

    #[test]
    fn what_is_written_reads_the_same() {
        for pins in [Pins::new(), pins()] {
            assert_eq!(read_text(&pins_text(&pins)), (pins, vec![]));
        }
    }

    #[test]
    fn nothing_in_the_file_is_hidden() {
        let text = pins_text(&pins());
        assert!(text.chars().all(|c| c == '\n' || (' '..='~').contains(&c)), "{text}");
    }

    #[test]
    fn a_definition_that_was_touched_is_an_error() {
        let text = pins_text(&pins()).replace("#\"", "\"");
        let (pins, findings) = read_text(&text);
        assert!(pins.values().all(|tools| tools.is_empty()));
        assert!(findings[0].starts_with("the definition hashes to `sha256:"), "{findings:?}");
    }

    #[test]
    fn a_file_of_another_version_is_refused() {
        let (_, findings) = read_text("version: 2\nservers: {}\n");
        assert_eq!(findings, ["version 2 of the file is unknown; this is version 1"]);
    }
}
