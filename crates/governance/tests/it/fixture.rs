//! A small valid directory, and ways to spoil it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::value::RawValue;
use syndic_governance::{Checked, Governance, load};
use syndic_model::{Arguments, Counter, Effect, EnforcementGrade, LocalTime, MAX_LIMITS};
use syndic_policy::{Call, Detected, Session, Used};
use tempfile::TempDir;

/// A small governance directory in which every kind of file occurs once.
pub(crate) const FILES: &[(&str, &str)] = &[
    ("syndic.yaml", SETTINGS),
    ("agents/clerk.yaml", AGENT),
    ("actions/desk.yaml", ACTIONS),
    ("approvers/desk.yaml", APPROVERS),
    ("calendars/desk.yaml", CALENDAR),
    ("policies/org/baseline.cedar", PERMIT),
];

const SETTINGS: &str = "\
environment: dev
time_zone: Europe/Zurich
server:
  listen: 127.0.0.1:7860
  public_url: https://syndic.example.org/
storage:
  durability: full
notify:
  smtp: {host: mail.example.org, from: syndic <syndic@example.org>, username: desk, password_env: SYNDIC_SMTP_PASSWORD}
  webhooks: {ops: {url: https://hooks.example.org/syndic, secret_env: SYNDIC_OPS_SECRET}}
";

const AGENT: &str = "\
name: Clerk
risk_level: high
owner:
  person: head of desk
  team: desk
  contact: desk@example.org
can_write_data: true
can_make_financial_transactions: true
max_transaction_amount: 1000.00 USD
requires_human_approval: true
approval_threshold:
  - actions: [pay]
    amount_over: 100 USD
approvers: desk-leads
actions:
  - look_up
  - pay
observing_since: 2026-11-22
";

const ACTIONS: &str = "\
actions:
  look_up:
    description: Looks something up.
    capabilities: [read]
    input: {type: object, additionalProperties: false, properties: {query: {type: string}}}
  pay:
    description: Pays.
    capabilities: [financial_transaction]
    tools: [bank]
    input:
      type: object
      additionalProperties: false
      required: [amount, to]
      properties:
        amount: {type: number}
        to: {type: array, items: {type: string}}
    facts:
      amount: /amount
      currency: {const: USD}
      recipients: {pointers: [/to/*]}
";

const APPROVERS: &str = "\
people:
  desk-lead-1:
    name: first desk lead
    channels: [{email: desk-lead-1@example.org}, {webhook: ops}]
    identities: [desk-lead@example.org]
  desk-lead-2:
    name: second desk lead
groups:
  desk-leads:
    people: [desk-lead-1, desk-lead-2]
    approvals: 2
    timeout: 10m
    timeouts: {pay: 5m}
    escalate: [{after: 120s, to: chief}]
    channels: [{webhook: ops}]
  chief:
    people: [desk-lead-2]
";

const CALENDAR: &str = "\
time_zone: Europe/Zurich
hours:
  monday: [09:00-12:00, 13:30-24:00]
  sunday: []
holidays:
  - 2026-12-25
";

const PERMIT: &str = r#"@id("baseline")
@description("What a profile declares is permitted.")
@severity("low")
@reason("permitted")
permit (principal, action, resource);
"#;

/// Writes the small directory, then `change`s it, and loads it.
pub(crate) fn load_changed(change: impl FnOnce(&Path)) -> (TempDir, Checked) {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in FILES {
        write(dir.path(), path, text);
    }
    change(dir.path());
    let checked = load(dir.path());
    (dir, checked)
}

/// Writes a file, and the folders it stands in.
pub(crate) fn write(dir: &Path, path: &str, text: impl AsRef<[u8]>) {
    let path = dir.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Replaces the first `from` in a file by `to`.
pub(crate) fn replace(dir: &Path, path: &str, from: &str, to: &str) {
    let text = fs::read_to_string(dir.join(path)).unwrap();
    assert!(text.contains(from), "`{from}` is not in {path}");
    write(dir, path, text.replacen(from, to, 1));
}

pub(crate) fn append(dir: &Path, path: &str, more: &str) {
    let text = fs::read_to_string(dir.join(path)).unwrap();
    write(dir, path, format!("{text}{more}"));
}

/// Shows findings as the command line does, hints included.
pub(crate) fn shown(checked: &Checked) -> Vec<String> {
    let findings = checked.findings.iter();
    findings.map(|f| format!("{f} ({})", f.hint.as_deref().unwrap_or("no hint"))).collect()
}

/// Puts an action to the policies at noon UTC, with these kinds of personal data found in it.
pub(crate) fn decide(
    governance: &Governance,
    agent: &str,
    action: &str,
    args: &str,
    detected: &[&'static str],
) -> Effect {
    decide_at(governance, "2026-11-23T12:00:00Z", agent, action, args, detected)
}

/// Puts an action to the policies.
pub(crate) fn decide_at(
    governance: &Governance,
    now: &str,
    agent: &str,
    action: &str,
    args: &str,
    detected: &[&'static str],
) -> Effect {
    let now = now.parse().unwrap();
    let args = Arguments::parse(&RawValue::from_string(args.to_owned()).unwrap()).unwrap();
    let Ok(examined) = governance.engine.examine(&action.parse().unwrap(), &args) else {
        return Effect::Deny;
    };
    let nobody = BTreeSet::new();
    let first = Counter::all(MAX_LIMITS).map(|counter| (counter, Used::default())).collect();
    let call = Call {
        now,
        local: LocalTime::at(now, &governance.agents[agent].time_zone),
        open: governance.open_calendars(now),
        environment: "dev",
        session: Session { id: None, labels: &BTreeSet::new(), known_recipients: &nobody },
        known_recipients: &nobody,
        delegation: Vec::new(),
        usage: &first,
        suspended: false,
        detected: &Detected {
            pii: detected.iter().map(|kind| (*kind).to_owned()).collect(),
            ..Detected::default()
        },
        anomaly: 0,
        grade: EnforcementGrade::InPath,
    };
    governance.engine.evaluate(&agent.parse().unwrap(), &examined, None, &call).effect
}
