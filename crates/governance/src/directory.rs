//! The files of a governance directory: which are read, and what is refused before reading.

mod file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syndic_model::{Finding, Level, Place, TeamName};

use self::file::Entry;
use crate::pins::PINS_FILE;
use crate::text::{did_you_mean, rename};

/// What a file is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Settings,
    /// `agents/<stem>.yaml`
    Agent(String),
    Actions,
    /// `approvers/*.yaml`
    Approvers,
    /// `calendars/<stem>.yaml`
    Calendar(String),
    /// `detectors/<stem>.yaml`
    Detector(String),
    /// `compliance/<agent>.yaml`
    Compliance(String),
    OrgPolicy,
    TeamPolicy(TeamName),
    /// `policies/invariants/*.cedar`: what `syndic prove` proves; no policy in force.
    Invariant,
    /// `policies/tests/*.yaml`
    Tests,
    /// `mcp.lock.yaml`
    Pins,
}

impl Kind {
    /// Tells what the file at a path is for, of those that count towards the revision.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        let stem = |name: &str| name.strip_suffix(".yaml").map(str::to_owned);
        match parts.as_slice() {
            ["syndic.yaml"] => Some(Self::Settings),
            [PINS_FILE] => Some(Self::Pins),
            ["agents", name] => stem(name).map(Self::Agent),
            ["actions", name] => stem(name).map(|_| Self::Actions),
            ["approvers", name] => stem(name).map(|_| Self::Approvers),
            ["calendars", name] => stem(name).map(Self::Calendar),
            ["detectors", name] => stem(name).map(Self::Detector),
            ["compliance", name] => stem(name).map(Self::Compliance),
            ["policies", folder, name] if name.ends_with(".cedar") => match *folder {
                "org" => Some(Self::OrgPolicy),
                "invariants" => Some(Self::Invariant),
                _ => None,
            },
            ["policies", "teams", team, name] if name.ends_with(".cedar") => {
                team.parse().ok().map(Self::TeamPolicy)
            }
            _ => None,
        }
    }
}

/// The files that count, by relative path, and what was wrong with the others.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) kinds: BTreeMap<String, Kind>,
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) findings: Vec<Finding>,
    /// The directory, without links.
    pub(crate) root: PathBuf,
    files: usize,
    bytes: usize,
}

/// What stands in the directory itself.
const ROOT: [&str; 9] = [
    "agents",
    "actions",
    "approvers",
    "calendars",
    "detectors",
    "compliance",
    "policies",
    "syndic.yaml",
    PINS_FILE,
];

/// Where the tests of the policies stand.
const TESTS: &str = "policies/tests";

/// What stands in `policies/`.
const POLICIES: [&str; 4] = ["org", "teams", "tests", "invariants"];

impl Directory {
    /// Reads every file that counts, each once.
    pub(crate) fn read(dir: &Path) -> Self {
        let mut this = Self::default();
        if this.open(dir) {
            this.read_root();
            this.read_yaml("agents");
            this.read_yaml("actions");
            this.read_yaml("approvers");
            this.read_yaml("calendars");
            this.read_yaml("detectors");
            this.read_yaml("compliance");
            this.read_policies();
        }
        this
    }

    /// Takes files as they were kept; what is none of a governance directory is left out.
    pub(crate) fn of(dir: &Path, files: BTreeMap<String, String>) -> Self {
        let root = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
        let mut this = Self { root, ..Self::default() };
        for (path, text) in files {
            if let Some(kind) = Kind::of(&path) {
                this.kinds.insert(path.clone(), kind);
                this.texts.insert(path, text);
            }
        }
        this
    }

    /// Takes tests of the policies as they were kept.
    pub(crate) fn of_tests(texts: BTreeMap<String, String>) -> Self {
        Self { texts, ..Self::default() }
    }

    /// Reads the tests of the policies, and nothing else.
    pub(crate) fn read_tests(dir: &Path) -> Self {
        let mut this = Self::default();
        if this.open(dir) {
            this.read_yaml(TESTS);
        }
        this
    }

    fn open(&mut self, dir: &Path) -> bool {
        match dir.canonicalize() {
            Ok(root) => self.root = root,
            Err(ref error) => {
                let message = format!("cannot read the directory: {error}");
                self.refuse(".", "unreadable", message, init_hint());
                return false;
            }
        }
        true
    }

    /// Returns the agents that have a file, those that did not read too: they are not unknown.
    pub(crate) fn agents(&self) -> impl Iterator<Item = &str> {
        self.kinds.values().filter_map(|kind| match kind {
            Kind::Agent(stem) => Some(stem.as_str()),
            Kind::Settings
            | Kind::Actions
            | Kind::Approvers
            | Kind::Calendar(_)
            | Kind::Detector(_)
            | Kind::Compliance(_)
            | Kind::OrgPolicy
            | Kind::TeamPolicy(_)
            | Kind::Invariant
            | Kind::Tests
            | Kind::Pins => None,
        })
    }

    /// Returns the text of a file that was read.
    pub(crate) fn text(&self, path: &str) -> &str {
        self.texts.get(path).map(String::as_str).unwrap_or_default()
    }

    fn read_root(&mut self) {
        let entries = self.list("");
        for Entry { name, .. } in
            entries.iter().filter(|entry| !ROOT.contains(&entry.name.as_str()))
        {
            let alike = ROOT.into_iter().filter(|meant| meant.contains('.') == name.contains('.'));
            if let Some(hint) = did_you_mean(name, alike) {
                self.warn(name, format!("`{name}` is not read"), &hint);
            }
        }
        if entries.iter().any(|entry| entry.name == PINS_FILE) {
            self.take(PINS_FILE.to_owned(), Kind::Pins);
        }
        if entries.iter().any(|entry| entry.name == "syndic.yaml") {
            self.take("syndic.yaml".to_owned(), Kind::Settings);
        } else {
            self.refuse(
                "syndic.yaml",
                "no-settings",
                "there is no `syndic.yaml`".to_owned(),
                init_hint(),
            );
        }
    }

    fn read_yaml(&mut self, folder: &str) {
        for Entry { path, name } in self.list(folder) {
            match name.rsplit_once('.') {
                Some((stem, "yaml")) => {
                    let kind = match folder {
                        "agents" => Kind::Agent(stem.to_owned()),
                        TESTS => Kind::Tests,
                        "approvers" => Kind::Approvers,
                        "calendars" => Kind::Calendar(stem.to_owned()),
                        "detectors" => Kind::Detector(stem.to_owned()),
                        "compliance" => Kind::Compliance(stem.to_owned()),
                        _ => Kind::Actions,
                    };
                    self.take(path, kind);
                }
                Some((stem, "yml" | "json")) => {
                    self.warn(
                        &path,
                        format!("`{path}` is not read"),
                        &format!("name it `{stem}.yaml`"),
                    );
                }
                _ => {}
            }
        }
    }

    /// Reads policies. A policy in a place that does not count is an error: somebody believes it is in force.
    fn read_policies(&mut self) {
        for Entry { path, name } in self.list("policies") {
            if !POLICIES.contains(&name.as_str()) && self.holds_policy(&path) {
                self.misplaced(&path);
            }
        }
        for Entry { path, name } in self.list("policies/org") {
            self.take_policy(path, &name, Kind::OrgPolicy);
        }
        for Entry { path, name } in self.list("policies/invariants") {
            if name.ends_with(".cedar") {
                self.take(path, Kind::Invariant);
            }
        }
        for Entry { path: folder, name: team } in self.list("policies/teams") {
            if team.ends_with(".cedar") {
                self.misplaced(&folder);
                continue;
            }
            let policies: Vec<_> = self.list(&folder);
            match team.parse::<TeamName>() {
                Ok(team) => {
                    for Entry { path, name } in policies {
                        self.take_policy(path, &name, Kind::TeamPolicy(team.clone()));
                    }
                }
                Err(_) if policies.is_empty() => {}
                Err(error) => {
                    self.refuse(&folder, "invalid-name", error.to_string(), rename(&team));
                }
            }
        }
    }

    fn take_policy(&mut self, path: String, name: &str, kind: Kind) {
        if name.ends_with(".cedar") {
            self.take(path, kind);
        } else if self.holds_policy(&path) {
            self.misplaced(&path);
        }
    }

    /// Tells whether a path is a policy, or a folder with one in it or in its folders.
    fn holds_policy(&mut self, path: &str) -> bool {
        let is_policy = |entry: &Entry| entry.name.ends_with(".cedar");
        let entries = self.list(path);
        path.ends_with(".cedar")
            || entries.iter().any(is_policy)
            || entries.iter().any(|entry| self.list(&entry.path).iter().any(is_policy))
    }

    fn misplaced(&mut self, path: &str) {
        let hint = "policies stand in `policies/org/` and `policies/teams/<team>/`".to_owned();
        self.refuse(
            path,
            "misplaced-policy",
            format!("policies in `{path}` would not be in force"),
            Some(hint),
        );
    }

    fn refuse(&mut self, path: &str, code: &'static str, message: String, hint: Option<String>) {
        self.add(Level::Error, path, code, message, hint);
    }

    fn warn(&mut self, path: &str, message: String, hint: &str) {
        self.add(Level::Warning, path, "ignored-file", message, Some(hint.to_owned()));
    }

    fn add(
        &mut self,
        level: Level,
        path: &str,
        code: &'static str,
        message: String,
        hint: Option<String>,
    ) {
        let place = Place { file: path.to_owned(), position: None };
        self.findings.push(Finding { level, code, place, message, hint });
    }
}

fn init_hint() -> Option<String> {
    Some("`syndic init DIR` writes a governance directory".to_owned())
}
