//! Reads a governance directory and validates it as a whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use syndic_detect::Scanner;
use syndic_model::{
    ActionName, AgentId, AgentProfile, Approvers, Calendar, CalendarName, CatalogueEntry,
    ComplianceRecord, Finding, GroupName, Level,
};
use syndic_policy::{Engine, Policy, PolicyFile, Sources};

use crate::agents::{self, Around};
use crate::approvers::{self, Roster};
use crate::catalogue::Catalogue;
use crate::detectors;
use crate::directory::{Directory, Kind};
use crate::kinds::{EntityName, Kinds};
use crate::pins::{PINS_FILE, Pins};
use crate::position::{Position, START};
use crate::report::Report;
use crate::roll_out::{self, RollOut, RollOuts};
use crate::settings::{self, Defaults, Settings};
use crate::wire::{AgentFile, SettingsFile};
use crate::{calendars, compliance, lint, pins, placement, revision, text, yaml};

/// A governance directory as it was at one moment, valid as a whole.
#[derive(Debug)]
pub struct Governance {
    /// How this syndic runs.
    pub settings: Settings,
    /// The agents by id.
    pub agents: BTreeMap<AgentId, AgentProfile>,
    /// What can be done.
    pub catalogue: BTreeMap<ActionName, CatalogueEntry>,
    /// How far the roll-out of each agent is.
    pub roll_outs: BTreeMap<AgentId, RollOut>,
    /// What people answer for, by agent.
    pub compliance: BTreeMap<AgentId, ComplianceRecord>,
    /// Who is asked when an action is held.
    pub approvers: Approvers,
    /// When things are open, by id.
    pub calendars: BTreeMap<CalendarName, Calendar>,
    /// The tools of servers as they were pinned.
    pub pins: Pins,
    /// What finds personal data and secrets.
    pub scanner: Scanner,
    /// The kinds it can find.
    pub kinds: BTreeSet<EntityName>,
    /// The policies, ready to evaluate.
    pub engine: Engine,
    /// The texts of `policies/invariants/*.cedar`, by path; they are proved, and decide nothing.
    pub invariants: BTreeMap<String, String>,
    /// Twelve hex digits that change when any file does: the first of `manifest`.
    pub revision: String,
    /// The SHA-256 over a line for each file, `<hash>  <path>`, in hex.
    pub manifest: String,
    /// The SHA-256 of every file in hex, by relative path.
    pub files: BTreeMap<String, String>,
    /// The text of every file, by relative path.
    pub texts: BTreeMap<String, String>,
    /// Where the files say that records are kept, whatever was said elsewhere.
    pub named_data_dir: PathBuf,
    /// Where it stands, as it was named.
    pub dir: PathBuf,
}

impl Governance {
    /// Puts policies written in Rust in force beside those of the files.
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn embed(self, policies: Vec<Policy>) -> Result<Self, Vec<Finding>> {
        let engine = self.engine.embed(policies)?;
        Ok(Self { engine, ..self })
    }

    /// Returns the ids of the calendars that are open at `now`.
    #[must_use]
    pub fn open_calendars(&self, now: Timestamp) -> Vec<&str> {
        let open = self.calendars.values().filter(|calendar| calendar.is_open(now));
        open.map(|calendar| calendar.name.as_str()).collect()
    }
}

/// What came of reading a governance directory.
#[derive(Debug)]
pub struct Checked {
    /// The directory, unless a finding is an error.
    pub governance: Option<Governance>,
    /// All that is wrong, errors first, then by place.
    pub findings: Vec<Finding>,
    /// The text of every file read, by relative path, for showing findings in.
    pub sources: BTreeMap<String, String>,
}

/// Reads everything in `dir` once, and reports all that is wrong with it.
#[must_use]
pub fn load(dir: &Path) -> Checked {
    read(Directory::read(dir), dir)
}

/// Tells where `dir` keeps its records by its settings alone, so that a daemon is found whatever state the other files
/// are in; where the settings do not say it, the usual place.
#[must_use]
pub fn data_dir(dir: &Path) -> PathBuf {
    const FILE: &str = "syndic.yaml";
    let text = std::fs::read_to_string(dir.join(FILE)).ok();
    let files = text.map(|text| (FILE.to_owned(), text)).into_iter().collect();
    let directory = Directory::of(dir, files);
    let (settings, _) = read_settings(&directory, &Kinds::default(), &mut Vec::new());
    settings.map_or_else(|| dir.join(".syndic"), |settings| settings.data_dir)
}

/// Reads what `dir` was at some time, from the files that were kept of it.
#[must_use]
pub fn load_kept(dir: &Path, files: BTreeMap<String, String>) -> Checked {
    read(Directory::of(dir, files), dir)
}

fn read(mut directory: Directory, dir: &Path) -> Checked {
    let mut findings = std::mem::take(&mut directory.findings);
    let (kinds, detectors) = detectors::read_all(&directory, &mut findings);
    let (settings, durability_at) = read_settings(&directory, &kinds, &mut findings);
    let catalogue = read_catalogue(&directory, &kinds, &mut findings);
    let defaults = settings.as_ref().map_or(&FALLBACK, |settings| &settings.defaults);
    let calendars = read_calendars(&directory, &defaults.time_zone, &mut findings);
    let pins = read_pins(&directory, &mut findings);
    let settings_sound = findings.iter().all(|finding| finding.place.file != "syndic.yaml");
    let notify = settings.as_ref().filter(|_| settings_sound).map(|settings| &settings.notify);
    let around = approvers::Around { catalogue: &catalogue, notify };
    let roster = read_approvers(&directory, around, &mut findings);
    let around = Around { defaults, catalogue: &catalogue, roster: &roster, kinds: &kinds };
    let (agents, roll_outs) = read_agents(&directory, around, &mut findings);
    let compliance = compliance::read_all(&directory, &mut findings);
    if let Some(settings) = &settings {
        let mut report = Report::new("syndic.yaml");
        settings::check_durability(settings, durability_at, &agents, &mut report);
        findings.append(&mut report.findings);
    }
    let detection = settings.as_ref().map(|settings| settings.detection.clone());
    let scanner = detectors::scanner(&detection.unwrap_or_default(), detectors, &mut findings);
    let read = Read { agents: &agents, catalogue: &catalogue, roster: &roster, kinds: &kinds };
    let engine = load_engine(&directory, &read, &mut findings);
    if let Some(engine) = &engine {
        findings.extend(lint::lint(&agents, &catalogue, engine));
    }
    let approvals = lint::approvals(&agents, &roster.approvers, engine.as_ref()).into_iter();
    findings.extend(approvals.map(|finding| placement::place(finding, &catalogue, &directory)));
    findings.sort_by(|a, b| (a.level, &a.place, a.code).cmp(&(b.level, &b.place, b.code)));
    let sound = findings.iter().all(|finding| finding.level != Level::Error);
    let files = revision::hash_files(&directory.texts);
    let manifest = revision::manifest(&files);
    let invariants = directory.kinds.iter().filter(|(_, kind)| **kind == Kind::Invariant);
    let invariants = invariants.map(|(path, _)| (path.clone(), directory.text(path).to_owned()));
    let invariants = invariants.collect();
    let governance = settings.zip(engine).filter(|_| sound).map(|(settings, engine)| Governance {
        named_data_dir: settings.data_dir.clone(),
        settings,
        agents,
        roll_outs,
        compliance,
        catalogue: catalogue.entries,
        approvers: roster.approvers,
        calendars,
        pins,
        scanner,
        kinds: kinds.all(),
        engine,
        invariants,
        revision: manifest.chars().take(12).collect(),
        manifest,
        files,
        texts: directory.texts.clone(),
        dir: std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned()),
    });
    Checked { governance, findings, sources: directory.texts }
}

/// What agents fall back on while `syndic.yaml` itself is wrong.
static FALLBACK: Defaults = Defaults {
    mode: syndic_model::Mode::Observe,
    approvers: None,
    model: None,
    time_zone: TimeZone::UTC,
};

fn read_settings(
    directory: &Directory,
    kinds: &Kinds,
    findings: &mut Vec<Finding>,
) -> (Option<Settings>, Position) {
    let Some(text) = directory.texts.get("syndic.yaml") else { return (None, None) };
    let file: SettingsFile = match yaml::parse("syndic.yaml", text) {
        Ok(file) => file,
        Err(finding) => {
            findings.push(finding);
            return (None, None);
        }
    };
    let durability = file
        .storage
        .as_ref()
        .and_then(|storage| storage.durability.as_ref())
        .map(|text| text.position);
    let mut report = Report::new("syndic.yaml");
    let settings = settings::read(file, directory, kinds, &mut report);
    findings.append(&mut report.findings);
    (settings, durability.unwrap_or(START))
}

pub(crate) fn read_catalogue(
    directory: &Directory,
    kinds: &Kinds,
    findings: &mut Vec<Finding>,
) -> Catalogue {
    let mut catalogue = Catalogue::new();
    for (path, kind) in &directory.kinds {
        if *kind != Kind::Actions {
            continue;
        }
        match yaml::parse(path, directory.text(path)) {
            Ok(file) => {
                let mut report = Report::new(path);
                catalogue.read(&file, kinds, &mut report);
                findings.append(&mut report.findings);
            }
            Err(finding) => {
                catalogue.whole = false;
                findings.push(finding);
            }
        }
    }
    let broken = |finding: &Finding| {
        finding.level == Level::Error && finding.place.file.starts_with("actions")
    };
    catalogue.whole &= !findings.iter().any(broken);
    catalogue
}

fn read_agents(
    directory: &Directory,
    around: Around<'_>,
    findings: &mut Vec<Finding>,
) -> (BTreeMap<AgentId, AgentProfile>, RollOuts) {
    let mut agents = BTreeMap::new();
    let mut roll_outs = BTreeMap::new();
    for (path, kind) in &directory.kinds {
        let Kind::Agent(stem) = kind else { continue };
        let mut report = Report::new(path);
        match (stem.parse::<AgentId>(), yaml::parse::<AgentFile>(path, directory.text(path))) {
            (Ok(id), Ok(file)) => {
                let profile = agents::read(id.clone(), &file, around, &mut report);
                roll_outs.insert(id, roll_out::read(&file, profile.as_ref(), &mut report));
                agents.extend(profile.map(|profile| (profile.id.clone(), profile)));
            }
            (id, file) => {
                if let Err(error) = id {
                    report.error(None, "invalid-name", error.to_string(), text::rename(stem));
                }
                report.findings.extend(file.err());
            }
        }
        findings.append(&mut report.findings);
    }
    (agents, roll_outs)
}

fn read_approvers(
    directory: &Directory,
    around: approvers::Around<'_>,
    findings: &mut Vec<Finding>,
) -> Roster {
    let paths = directory.kinds.iter().filter(|(_, kind)| **kind == Kind::Approvers);
    let mut files = Vec::new();
    let mut whole = !findings.iter().any(|finding| finding.place.file.starts_with("approvers/"));
    for (path, _) in paths {
        match yaml::parse(path, directory.text(path)) {
            Ok(file) => files.push((path.as_str(), file)),
            Err(finding) => {
                whole = false;
                findings.push(finding);
            }
        }
    }
    Roster::read(&files, whole, around, findings)
}

/// Reads what is pinned in `dir`, whatever state the other files are in, with all that is wrong with it. `None` where
/// the file cannot be read at all, so that nobody knows what is pinned.
#[must_use]
pub fn pinned(dir: &Path) -> (Option<Pins>, Vec<Finding>) {
    let text = match std::fs::read_to_string(dir.join(PINS_FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return (Some(Pins::new()), Vec::new());
        }
        Err(error) => {
            let mut report = Report::new(PINS_FILE);
            let message = format!("cannot read it: {error}");
            report.error(START, "unreadable", message, "make it readable".to_owned());
            return (None, report.findings);
        }
    };
    let mut findings = Vec::new();
    let pins = parse_pins(&text, &mut findings);
    (pins, findings)
}

fn read_pins(directory: &Directory, findings: &mut Vec<Finding>) -> Pins {
    let text = directory.texts.get(PINS_FILE);
    text.and_then(|text| parse_pins(text, findings)).unwrap_or_default()
}

fn parse_pins(text: &str, findings: &mut Vec<Finding>) -> Option<Pins> {
    let mut report = Report::new(PINS_FILE);
    let pins = match yaml::parse(PINS_FILE, text) {
        Ok(file) => Some(pins::read(&file, &mut report)),
        Err(finding) => {
            report.findings.push(finding);
            None
        }
    };
    findings.append(&mut report.findings);
    pins
}

fn read_calendars(
    directory: &Directory,
    zone: &TimeZone,
    findings: &mut Vec<Finding>,
) -> BTreeMap<CalendarName, Calendar> {
    let mut calendars = BTreeMap::new();
    for (path, kind) in &directory.kinds {
        let Kind::Calendar(stem) = kind else { continue };
        let mut report = Report::new(path);
        match (stem.parse::<CalendarName>(), yaml::parse(path, directory.text(path))) {
            (Ok(name), Ok(file)) => {
                let calendar = calendars::read(name, &file, zone, &mut report);
                calendars.extend(calendar.map(|calendar| (calendar.name.clone(), calendar)));
            }
            (name, file) => {
                if let Err(error) = name {
                    report.error(None, "invalid-name", error.to_string(), text::rename(stem));
                }
                report.findings.extend(file.err());
            }
        }
        findings.append(&mut report.findings);
    }
    calendars
}

/// Returns the ids of all calendars, those that did not read too: they are not unknown.
fn calendar_names(directory: &Directory) -> BTreeSet<CalendarName> {
    let stem = |kind: &Kind| match kind {
        Kind::Calendar(stem) => stem.parse().ok(),
        Kind::Settings
        | Kind::Agent(_)
        | Kind::Actions
        | Kind::Approvers
        | Kind::Detector(_)
        | Kind::Compliance(_)
        | Kind::OrgPolicy
        | Kind::TeamPolicy(_)
        | Kind::Invariant
        | Kind::Tests
        | Kind::Pins => None,
    };
    directory.kinds.values().filter_map(stem).collect()
}

/// What policies are loaded over.
#[derive(Clone, Copy)]
struct Read<'a> {
    agents: &'a BTreeMap<AgentId, AgentProfile>,
    catalogue: &'a Catalogue,
    roster: &'a Roster,
    kinds: &'a Kinds,
}

/// Loads the policies. Only over a catalogue that was read whole: policies about an action that did not read would
/// all be findings about nothing.
fn load_engine(
    directory: &Directory,
    read: &Read<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Engine> {
    let Read { agents, catalogue, roster, kinds } = *read;
    if !catalogue.whole {
        return None;
    }
    let policy = |(path, kind): (&String, &Kind)| {
        let team = match kind {
            Kind::OrgPolicy => None,
            Kind::TeamPolicy(team) => Some(team.clone()),
            Kind::Settings
            | Kind::Agent(_)
            | Kind::Actions
            | Kind::Approvers
            | Kind::Calendar(_)
            | Kind::Detector(_)
            | Kind::Compliance(_)
            | Kind::Invariant
            | Kind::Tests
            | Kind::Pins => {
                return None;
            }
        };
        Some(PolicyFile { path: path.clone(), team, text: directory.text(path).to_owned() })
    };
    let files: Vec<PolicyFile> = directory.kinds.iter().filter_map(policy).collect();
    findings.extend(files.iter().filter_map(|file| ownerless(file, agents)));
    let calendars = &calendar_names(directory);
    let groups: BTreeSet<GroupName> = roster.group_names().cloned().collect();
    // Where a file of approvers did not read, its groups are not unknown.
    let groups = roster.whole.then_some(&groups);
    let catalogue_read = &catalogue.entries;
    let pii = &kinds.personal();
    let sources =
        Sources { agents, catalogue: catalogue_read, calendars, groups, pii, files: &files };
    let loaded = Engine::load(&sources);
    let unread = directory.kinds.values().filter(|kind| matches!(kind, Kind::Agent(_))).count()
        > agents.len();
    let told = placement::untold(loaded.findings, findings).into_iter();
    // Where a profile did not read, its agent is not unknown.
    let told = told.filter(|finding| !(unread && finding.code == "unknown-agent"));
    findings.extend(told.map(|finding| placement::place(finding, catalogue, directory)));
    loaded.engine
}

/// Warns of a team's policy that is in force for nobody.
fn ownerless(file: &PolicyFile, agents: &BTreeMap<AgentId, AgentProfile>) -> Option<Finding> {
    let team = file.team.as_ref()?;
    if agents.values().any(|agent| agent.owner.team == *team) {
        return None;
    }
    let hint = "the folder is named as in `owner.team` of an agent";
    let mut report = Report::new(&file.path);
    report.warn(None, "unknown-team", format!("no agent belongs to team `{team}`"), hint);
    report.findings.pop()
}
