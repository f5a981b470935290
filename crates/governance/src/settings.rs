//! `syndic.yaml`, read.

mod anomaly;
mod audit;
mod detection;
mod drills;
mod meanings;
mod notify;
mod sinks;
mod telemetry;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};

use jiff::tz::TimeZone;
use syndic_model::{AgentId, AgentProfile, GroupName, Mode, RiskLevel};

use crate::directory::Directory;
use crate::kinds::Kinds;
use crate::position::{At, Position};
use crate::report::Report;
use crate::wire::{DefaultsFields, ServerFields, SettingsFile, StorageFields, TlsFields};

pub use anomaly::Anomaly;
pub(crate) use anomaly::Points;
pub use audit::{Archive, Audit, MasterKey, RETENTION_FLOOR_DAYS, Witness};
pub use detection::{Allowed, Detection};
pub(crate) use detection::{Destination, RegionCode, ScoreText};
pub use drills::{DrillSchedule, Drills};
pub(crate) use drills::{Every, ToolUrl};
pub use meanings::{Durability, Environment, SinkFormat, SinkParts, SinkStart, SmtpTls};
pub(crate) use meanings::{
    EnvName, Mailbox, NoteKeyText, NoteName, PublicUrl, SendUrl, TimeZoneName, WebhookName,
};
pub use notify::{Notify, Slack, Smtp, Webhook};
pub use sinks::{
    CloudWatchSink, ElasticsearchSink, FileSink, OtlpSink, Sink, SinkAuth, SinkTarget, WebhookSink,
};
pub(crate) use sinks::{Daily, IndexName, LogGroup, LogsUrl, RegionName, SinkName};
pub(crate) use telemetry::{CollectorUrl, SampleText, ServiceName};
pub use telemetry::{Sample, Telemetry};

/// How this syndic runs.
#[derive(Debug, Clone)]
pub struct Settings {
    /// What kind of place this is.
    pub environment: Environment,
    /// Where the server listens.
    pub listen: SocketAddr,
    /// How people reach the server, without a slash at the end.
    pub public_url: Option<String>,
    /// The server's certificate.
    pub tls: Option<Tls>,
    /// Where records are kept.
    pub data_dir: PathBuf,
    /// When a record counts as kept.
    pub durability: Durability,
    /// How the ledger is signed, witnessed, kept and dropped.
    pub audit: Audit,
    /// What is looked for in what actions send and bring back.
    pub detection: Detection,
    /// When something is told that is unusual for an agent.
    pub anomaly: Anomaly,
    /// How requests for approval reach people.
    pub notify: Notify,
    /// Where traces are told of actions, if anywhere.
    pub telemetry: Option<Telemetry>,
    /// Where the audit trail goes beside the ledger.
    pub sinks: Vec<Sink>,
    /// What is tried out, and how often.
    pub drills: Drills,
    /// From which risk level on an agent is denied everything until its checklist passes, if any.
    pub enforce_checklist: Option<RiskLevel>,
    /// What holds for every agent whose file does not say otherwise; already applied to the agents.
    pub defaults: Defaults,
}

/// A certificate chain and its key, as PEM files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The chain.
    pub cert: PathBuf,
    /// The key.
    pub key: PathBuf,
}

/// What holds for every agent whose file does not say otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Defaults {
    /// Whether verdicts are enforced.
    pub mode: Mode,
    /// The group asked by approval thresholds.
    pub approvers: Option<GroupName>,
    /// The model recorded when a call names none.
    pub model: Option<String>,
    /// Where the clock of agents and calendars hangs.
    pub time_zone: TimeZone,
}

/// Reads the settings; texts that mean nothing are findings.
pub(crate) fn read(
    file: SettingsFile,
    directory: &Directory,
    kinds: &Kinds,
    report: &mut Report<'_>,
) -> Option<Settings> {
    let dir = &directory.root;
    // Every text is read before the first that means nothing ends it, so that all of them are findings.
    let environment = file.environment.map_or(Some(Environment::Prod), |text| report.read(&text));
    let time_zone =
        file.time_zone.map_or(Some(TimeZoneName(TimeZone::UTC)), |text| report.read(&text));
    let ServerFields { listen, public_url, tls } = file.server.unwrap_or_default();
    let listen = listen.map_or(Some(DEFAULT_LISTEN), |text| report.read(&text));
    let named = public_url.is_some();
    let public_url = public_url.and_then(|text| report.read(&text)).map(|PublicUrl(url)| url);
    let tls = tls.and_then(|tls| read_tls(&tls, dir, report));
    let StorageFields { data_dir, durability } = file.storage.unwrap_or_default();
    let data_dir = read_data_dir(data_dir.as_ref(), dir, report);
    let durability = durability.map_or(Some(Durability::Full), |text| report.read(&text));
    let audit = file.audit.map(|audit| audit::read(&audit, dir, report)).unwrap_or_default();
    let detection =
        file.detection.map(|fields| detection::read(&fields, kinds, report)).unwrap_or_default();
    let anomaly = file.anomaly.map(|fields| anomaly::read(&fields, report)).unwrap_or_default();
    let notify_at = file.notify.as_ref().and_then(|notify| notify.position);
    let notify = file.notify.map(|notify| notify::read(&notify.value, report)).unwrap_or_default();
    if !named {
        notify::check_public_url(&notify, notify_at, report);
    }
    let telemetry = file.telemetry.and_then(|telemetry| telemetry::read(&telemetry, dir, report));
    let sinks = file.sinks.unwrap_or_default();
    let sinks = sinks::read(&sinks, dir, data_dir.as_deref(), report);
    let drills = file.drills.map(|drills| drills::read(drills, directory, report));
    let drills = drills.unwrap_or_default();
    let enforce_checklist = file.enforce_checklist.and_then(|text| report.read(&text));
    let defaults = file.defaults.unwrap_or_default();
    let defaults = read_defaults(defaults, time_zone.map(|TimeZoneName(zone)| zone), report);
    Some(Settings {
        environment: environment?,
        listen: listen?,
        public_url,
        tls,
        data_dir: data_dir?,
        durability: durability?,
        audit,
        detection,
        anomaly,
        notify,
        telemetry,
        sinks,
        drills,
        enforce_checklist,
        defaults: defaults?,
    })
}

const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 7860);

fn read_tls(tls: &At<TlsFields>, dir: &Path, report: &mut Report<'_>) -> Option<Tls> {
    let cert = report.require(
        tls.value.cert.as_ref(),
        tls.position,
        "tls.cert",
        "name the certificate chain",
    );
    let key =
        report.require(tls.value.key.as_ref(), tls.position, "tls.key", "name the private key");
    Some(Tls { cert: dir.join(cert?), key: dir.join(key?) })
}

fn read_defaults(
    fields: DefaultsFields,
    time_zone: Option<TimeZone>,
    report: &mut Report<'_>,
) -> Option<Defaults> {
    let mode = fields.mode.and_then(|text| report.read(&text)).unwrap_or(Mode::Observe);
    let approvers = fields.approvers.and_then(|text| report.read(&text));
    Some(Defaults { mode, approvers, model: fields.model, time_zone: time_zone? })
}

/// Keeps the ledger away from what is edited, reviewed and hashed.
fn read_data_dir(
    data_dir: Option<&At<String>>,
    dir: &Path,
    report: &mut Report<'_>,
) -> Option<PathBuf> {
    let Some(At { value, position }) = data_dir else { return Some(dir.join(".syndic")) };
    let message = match records_dir(dir, Path::new(value)) {
        Ok(path) => return Some(path),
        Err(message) => message,
    };
    report.error(
        *position,
        "data-dir",
        message,
        "leave `data_dir` out, or name a directory elsewhere".to_owned(),
    );
    None
}

/// Resolves where records are kept, away from what is governed: `path` is relative to the directory at `dir`.
///
/// # Errors
/// Says what it would lie inside or around.
pub fn records_dir(dir: &Path, path: &Path) -> Result<PathBuf, String> {
    let path = normal(&dir.join(path));
    let dir = normal(dir);
    let governed =
        ["policies", "agents", "actions", "approvers", "calendars", "detectors", "compliance"]
            .iter()
            .find(|name| path.starts_with(dir.join(name)));
    match governed {
        Some(name) => Err(format!("records cannot be kept inside `{name}`")),
        None if dir.starts_with(&path) => {
            Err("records cannot be kept around the governance directory".to_owned())
        }
        None => Ok(path),
    }
}

/// Resolves `.` and `..` by name.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            Component::Prefix(_) | Component::RootDir | Component::Normal(_) => {
                normal.push(component);
            }
        }
    }
    normal
}

/// Refuses to keep records loosely for agents whose harm is high.
pub(crate) fn check_durability(
    settings: &Settings,
    position: Position,
    agents: &BTreeMap<AgentId, AgentProfile>,
    report: &mut Report<'_>,
) {
    let riskiest = agents.values().find(|agent| agent.risk_level >= RiskLevel::High);
    if let (Durability::Buffered, Some(agent)) = (settings.durability, riskiest) {
        let message = format!(
            "`buffered` may lose records, and `{}` is a {}-risk agent",
            agent.id, agent.risk_level
        );
        report.error(position, "durability", message, "write `durability: full`".to_owned());
    }
}
