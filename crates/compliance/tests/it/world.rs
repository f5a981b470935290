//! An agent `desk`, what its governance directory says, and readings about it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use syndic_compliance::report::Duty;
use syndic_compliance::{
    Catalogue, Checklist, Evidence, Facts, Figure, Log, Reading, Report, Request, Retention, Setup,
    checklist, measure,
};
use syndic_ledger::Baseline;
use syndic_model::{
    AgentProfile, Allowed, Capability, CatalogueEntry, ComplianceRecord, Mode, Output, Owner,
    RiskLevel, Statement, StatementField, StatementValue, Threshold,
};

use crate::fold::{fold, hour};

/// All that rules look at, which a test changes as it needs.
pub(crate) struct World {
    pub(crate) facts: Facts,
    pub(crate) setup: Setup,
    pub(crate) log: Log,
    /// Hours after the log began.
    pub(crate) now: i64,
}

/// Returns what records, each with its hour, look like `now` hours after the log began.
pub(crate) fn world(now: i64, records: impl IntoIterator<Item = (i64, Value)>) -> World {
    let facts = fold(records);
    let size = facts.seen();
    let log = Log {
        origin: "example.com/log".to_owned(),
        size,
        root: "ab".repeat(32),
        signed: (size > 0).then_some(true),
        first_kept: 0,
        behind_seconds: 0,
        checkpoint_at: (size > 0).then(|| hour(now)),
        witnesses: vec![("witness.example".to_owned(), size)],
    };
    World { facts, setup: setup(), log, now }
}

impl World {
    /// Returns the report of all frameworks.
    pub(crate) fn report(&self) -> Report {
        self.ask(&Request::default())
    }

    pub(crate) fn ask(&self, request: &Request) -> Report {
        let (facts, setup, log) = (&self.facts, &self.setup, &self.log);
        let evidence = Evidence { facts, setup, log, now: hour(self.now) };
        Report::assess(request, &evidence, Catalogue::builtin().unwrap()).unwrap()
    }

    pub(crate) fn checklist(&self) -> Checklist {
        let (facts, setup, log) = (&self.facts, &self.setup, &self.log);
        let evidence = Evidence { facts, setup, log, now: hour(self.now) };
        checklist(&evidence, Catalogue::builtin().unwrap())
    }

    /// Writes a statement into the agent's file: its value as the ledger has it, and until when it holds.
    pub(crate) fn state(&mut self, field: &str, value: &str, expires: &str) {
        let value = match value {
            "true" => StatementValue::Yes,
            "false" => StatementValue::No,
            "not_applicable" => StatementValue::NotApplicable("nobody trains it".to_owned()),
            text => StatementValue::Text(text.to_owned()),
        };
        let statement = Statement {
            value,
            by: "ada".to_owned(),
            function: None,
            on: "2026-12-01".parse().unwrap(),
            expires: expires.parse().unwrap(),
            document: None,
        };
        let field: StatementField = field.parse().unwrap();
        self.setup.spoke_of.insert(field.clone(), vec![self.setup.baseline.clone()]);
        self.setup.record.statements.insert(field, statement);
    }

    /// Returns what a probe says.
    pub(crate) fn reading(&self, probe: &str) -> Reading {
        let readings = self.readings();
        readings.into_iter().find(|reading| reading.probe == probe).unwrap()
    }

    pub(crate) fn readings(&self) -> Vec<Reading> {
        let (facts, setup, log) = (&self.facts, &self.setup, &self.log);
        measure(&Evidence { facts, setup, log, now: hour(self.now) })
    }

    /// Returns what a probe says as one line: the verdict, why, and the figures that are named.
    pub(crate) fn line(&self, probe: &str, figures: &[&str]) -> String {
        let reading = self.reading(probe);
        let verdict = serde_json::to_value(reading.verdict).unwrap();
        let mut line = format!("{}: {}", verdict.as_str().unwrap(), reading.told);
        for name in figures {
            line = format!("{line} | {name} {}", shown(reading.value.get(*name)));
        }
        line
    }
}

fn shown(figure: Option<&Figure>) -> String {
    match figure {
        None => "-".to_owned(),
        Some(Figure::Count(count)) => count.to_string(),
        Some(Figure::Text(text)) => text.clone(),
        Some(Figure::List(list)) => list.join(","),
        Some(Figure::At(at)) => at.to_string(),
    }
}

/// A decision that was allowed, with an id that begins with `id`, and what is `changed` of it.
pub(crate) fn decision(id: &str, changed: &Value) -> Value {
    let mut decision = json!({"id": id, "agent": "desk", "agent_version": "1", "action": "pay", "asked_by": "k",
        "grade": "in-path", "risk": "medium", "mode": "enforce", "effect": "allow", "allowed": true, "revision": "r",
        "args_digest": "d"});
    for (name, value) in changed.as_object().unwrap() {
        decision[name] = value.clone();
    }
    json!({"decision": decision})
}

/// What became of an action.
pub(crate) fn outcome(id: &str) -> Value {
    json!({"outcome": {"id": id, "status": "ok"}})
}

pub(crate) fn setup() -> Setup {
    Setup {
        profile: profile(),
        record: ComplianceRecord::default(),
        mode: Mode::Enforce,
        catalogue: BTreeMap::from([entry("pay", Capability::FinancialTransaction)]),
        agents: vec!["desk".to_owned()],
        environment: "prod".to_owned(),
        manifest: "cd".repeat(32),
        spoke_of: BTreeMap::new(),
        baseline: Baseline::default(),
        policy_before_promotion: None,
        policies: Vec::new(),
        tests: None,
        retention: Retention { days: 400, floor_days: 184 },
        sinks: Vec::new(),
        witnesses: Vec::new(),
        pins: BTreeMap::new(),
        kinds: Vec::new(),
        channels: Vec::new(),
    }
}

/// An action of the catalogue.
pub(crate) fn entry(
    name: &str,
    capability: Capability,
) -> (syndic_model::ActionName, CatalogueEntry) {
    let entry = CatalogueEntry {
        name: name.parse().unwrap(),
        description: String::new(),
        capabilities: BTreeSet::from([capability]),
        tools: Vec::new(),
        input: json!({"type": "object"}),
        facts: BTreeMap::new(),
        labels: BTreeSet::new(),
        incidental: Vec::new(),
        output: Output::default(),
    };
    (entry.name.clone(), entry)
}

fn profile() -> AgentProfile {
    AgentProfile {
        id: "desk".parse().unwrap(),
        name: "Desk".to_owned(),
        risk_level: RiskLevel::High,
        capabilities: BTreeSet::from([Capability::FinancialTransaction]),
        max_transaction_amount: "100 USD".parse().unwrap(),
        requires_human_approval: true,
        approval_threshold: Threshold::Always,
        owner: Owner {
            person: "ada".to_owned(),
            team: "support".parse().unwrap(),
            contact: "ada@example.com".to_owned(),
        },
        purpose: "answers at the desk".to_owned(),
        version: "1".to_owned(),
        model: Some("model-1".to_owned()),
        time_zone: jiff::tz::TimeZone::UTC,
        mode: Mode::Enforce,
        approvers: Some("leads".parse().unwrap()),
        actions: vec![Allowed::Action("pay".parse().unwrap())],
        limits: Vec::new(),
        stakeholders: Vec::new(),
        failure_modes: Vec::new(),
        data_access: Vec::new(),
        incident_plan: None,
        output: Output::default(),
    }
}

/// Returns a control of a report.
pub(crate) fn duty<'a>(report: &'a Report, id: &str) -> &'a Duty {
    let mut duties = report.frameworks.iter().flat_map(|framework| &framework.controls);
    duties.find(|duty| duty.id == id).unwrap()
}

/// A statement in the ledger about the agent, made with the baseline of [`setup`], and what is `changed` of it.
pub(crate) fn stated(field: &str, value: &str, changed: &Value) -> Value {
    let mut made = json!({"id": field, "agent": "desk", "field": field, "value": value, "name": "bea", "role": "counsel",
        "by": "k", "expires": "2028-01-01T00:00:00Z",
        "baseline": {"purpose": "", "model": "", "tools": "", "policy": ""}});
    for (name, value) in changed.as_object().unwrap() {
        made[name] = value.clone();
    }
    json!({"statement_made": made})
}

/// A drill about the agent.
pub(crate) fn drill(kind: &str, passed: bool) -> Value {
    json!({"drill_ran": {"id": kind, "drill": kind, "agent": "desk", "passed": passed, "told": "it went", "by": "k"}})
}
