//! `drills` of `syndic.yaml`: what is tried out by itself, and how often.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;

use jiff::SignedDuration;
use schemars::{Schema, json_schema};
use syndic_model::{AgentId, DrillKind};

use super::meanings::shown;
use crate::approvers::Wait;
use crate::directory::Directory;
use crate::report::Report;
use crate::text::{Meaning, Text, did_you_mean};
use crate::wire::{CanaryFields, DrillFields, DrillsFields, RestoreFields};

/// How soon a drill may run again, and how late at most.
const SOONEST: SignedDuration = SignedDuration::from_hours(1);
const LATEST: SignedDuration = SignedDuration::from_hours(400 * 24);

/// What is tried out, and how often.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drills {
    /// When each runs by itself.
    pub schedule: BTreeMap<DrillKind, DrillSchedule>,
    /// The addresses of tools, as they can be reached without syndic.
    pub canary: Vec<String>,
    /// A backup, or a directory of backups.
    pub backup: Option<PathBuf>,
}

/// When a drill runs by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrillSchedule {
    /// How long after its last run.
    pub every: SignedDuration,
    /// On which agents; on all together where none is named.
    pub agents: Vec<AgentId>,
}

pub(super) fn read(fields: DrillsFields, directory: &Directory, report: &mut Report<'_>) -> Drills {
    let DrillsFields { stop, fail_closed, canary, restore, export, limit, output_filter, incident } =
        fields;
    let CanaryFields { every: canary_every, urls } = canary.unwrap_or_default();
    let RestoreFields { every: restore_every, backup } = restore.unwrap_or_default();
    let alone = |every| Some(DrillFields { every, agents: None });
    let mut schedule = BTreeMap::new();
    for (drill, fields) in [
        (DrillKind::Override, stop),
        (DrillKind::FailClosed, fail_closed),
        (DrillKind::Canary, alone(canary_every)),
        (DrillKind::Restore, alone(restore_every)),
        (DrillKind::Export, export),
        (DrillKind::Limit, limit),
        (DrillKind::OutputFilter, output_filter),
        (DrillKind::Incident, incident),
    ] {
        let DrillFields { every, agents } = fields.unwrap_or_default();
        let agents = read_agents(agents.as_deref().unwrap_or_default(), directory, report);
        if let Some(Every(every)) = every.and_then(|text: Text<Every>| report.read(&text)) {
            schedule.insert(drill, DrillSchedule { every, agents });
        }
    }
    let urls = report.read_all(urls.as_deref());
    Drills {
        schedule,
        canary: urls.into_iter().map(|ToolUrl(url)| url).collect(),
        backup: backup.map(|backup| directory.root.join(backup)),
    }
}

/// Reads on which agents a drill runs; one that there is not is a finding.
fn read_agents(
    named: &[Text<AgentId>],
    directory: &Directory,
    report: &mut Report<'_>,
) -> Vec<AgentId> {
    let mut agents = Vec::new();
    for text in named {
        let Some(id) = report.read(text) else { continue };
        if directory.agents().any(|agent| agent == id.as_str()) {
            agents.push(id);
            continue;
        }
        let hint = did_you_mean(id.as_str(), directory.agents());
        let hint =
            hint.unwrap_or_else(|| format!("name one that has a file, as `agents/{id}.yaml`"));
        report.error(text.position, "unknown-agent", format!("there is no agent `{id}`"), hint);
    }
    agents
}

/// How long after the last run a drill runs again.
#[derive(Debug)]
pub(crate) struct Every(SignedDuration);

impl FromStr for Every {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Wait(every) = text.parse()?;
        if (SOONEST..=LATEST).contains(&every) {
            Ok(Self(every))
        } else {
            Err(format!("a drill runs every hour to every 400 days, and not every {every:#}"))
        }
    }
}

impl Meaning for Every {
    const CODE: &'static str = "invalid-duration";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^([0-9]+[smhd])+$", "examples": ["12h", "7d", "30d"]})
    }

    fn hint(_: &str) -> Option<String> {
        Some("like `12h`, `7d` or `30d`".to_owned())
    }
}

/// An address that something listens on, with nobody named in it.
#[derive(Debug)]
pub(crate) struct ToolUrl(String);

impl FromStr for ToolUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let schemes = ["https://", "http://", "tcp://"];
        let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme));
        let authority = rest.and_then(|rest| rest.split(['/', '?']).next()).unwrap_or_default();
        let is_plain = text.len() <= 2_000 && text.chars().all(|c| c.is_ascii_graphic());
        let has_port = !text.starts_with("tcp://")
            || authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
        if authority.is_empty() || text.contains('@') || !is_plain || !has_port {
            return Err(format!("`{}` is no address of a tool", shown(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for ToolUrl {
    const CODE: &'static str = "invalid-url";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^(https?|tcp)://"})
    }

    fn hint(_: &str) -> Option<String> {
        let hint = "like `https://tools.example.org/mcp` or `tcp://10.0.0.7:5432`, with no credentials in it";
        Some(hint.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{Every, ToolUrl};

    #[test]
    fn a_drill_runs_every_hour_to_every_four_hundred_days() {
        for (text, reads) in [
            ("1h", true),
            ("30d", true),
            ("400d", true),
            ("59m", false),
            ("401d", false),
            ("x", false),
        ] {
            assert_eq!(text.parse::<Every>().is_ok(), reads, "{text}");
        }
    }

    #[test]
    fn an_address_of_a_tool_names_a_place_and_nobody() {
        for (text, reads) in [
            ("https://tools.example.org/mcp", true),
            ("http://10.0.0.5:8080/mcp", true),
            ("tcp://10.0.0.7:5432", true),
            ("tcp://10.0.0.7", false),
            ("https://", false),
            ("https://me@tools.example.org", false),
            ("ftp://tools.example.org", false),
            ("tools.example.org", false),
        ] {
            assert_eq!(text.parse::<ToolUrl>().is_ok(), reads, "{text}");
        }
    }
}
