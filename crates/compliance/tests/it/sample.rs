//! A small report, made by hand.

use serde_json::{Value, json};
use syndic_compliance::Report;

/// Reads a report from JSON.
pub(crate) fn report(value: Value) -> Report {
    serde_json::from_value(value).unwrap()
}

/// Returns a report of one agent with two controls, one reading and one statement.
pub(crate) fn small() -> Value {
    let mut report = empty();
    let members = report.as_object_mut().unwrap();
    let more = json!({
        "not_shown": [
            {"kind": "judgement", "told": "a status says what the evidence shows, not that a duty is met in law"},
            {"kind": "unmeasured", "told": "1 of 2 probes found nothing to go by", "about": ["POL-07"]},
        ],
        "compliance_score": "1/7",
        "headline": "1/7: 1 measured, 0 attested; 6 unknown",
        "record": {
            "log_retention_days": {"filed_under": "Art. 12", "provision": "Art. 19(1), 26(6)",
                "status": "satisfied_measured", "value": "190", "why": "met: LOG-06", "probes": ["LOG-06"]},
            "intended_purpose": {"filed_under": "Art. 11", "provision": "Art. 11(1)", "status": "satisfied_attested",
                "value": "answers letters", "why": "it holds", "standing": "holds", "by": "the head of support"},
        },
        "checks": {
            "record_keeping": {"status": "satisfied_measured", "why": "`log_retention_days` is satisfied_measured",
                "fields": ["log_retention_days"], "provisions": ["Art. 19(1)"], "controls": {"partial": 1}},
        },
        "gaps": [
            {"id": "human_oversight", "kind": "check", "status": "unknown", "why": "no drill has run",
                "closes": ["syndic drill override --agent desk", "name `approvers` in agents/desk.yaml"]},
            {"id": "law:art-2", "kind": "control", "status": "unknown", "why": "nobody answers for it",
                "from": "2027-12-02"},
        ],
        "frameworks": [{"id": "law", "title": "A law", "version": "of 2024", "note": "it is short", "controls": [
            {"id": "law:art-1", "ref": "Art. 1", "title": "Keep records", "duty": "Keep them for six months.",
                "status": "satisfied_measured", "why": "met: LOG-06", "applies_from": "2026-08-02",
                "date_confidence": "high", "bearer": ["provider", "deployer"], "evidence_mode": "measured",
                "check": "record_keeping", "probes": ["LOG-06"], "statements": [], "policies": ["baseline"]},
            {"id": "law:art-2", "ref": "Art. 2", "title": "Say what it is for", "status": "not_yet_applicable",
                "evaluated": "unknown", "why": "it applies from 2027-12-02 on", "applies_from": "2027-12-02",
                "evidence_mode": "mixed", "probes": ["LOG-06", "POL-07"], "statements": ["intended_purpose"]},
        ]}],
        "readings": [
            {"probe": "LOG-06", "version": 1, "verdict": "met", "told": "records are kept for 190 days",
                "value": {"retention_days": {"count": 190}, "kept_permille": {"count": 985}},
                "window": {"from": "2026-10-23T06:00:00Z", "to": "2026-11-22T06:00:00Z"}, "records": [3, 41],
                "cited": [3, 41], "fresh_until": "2026-11-23T06:00:00Z"},
        ],
        "statements": [
            {"field": "intended_purpose", "value": "answers letters", "standing": "holds", "why": "",
                "by": "the head of support", "function": "owner", "on": "2026-10-01",
                "expires": "2027-10-01T00:00:00Z", "record": 17},
        ],
        "proofs": [{"index": 3, "leaf": "00", "path": ["11"]}],
    });
    members.extend(more.as_object().unwrap().clone());
    report
}

/// Returns a report in which nothing is known.
pub(crate) fn empty() -> Value {
    let baseline = json!({"purpose": "", "model": "", "tools": "", "policy": ""});
    json!({
        "schema": "syndic/report/v1",
        "program": "0.1.0",
        "made_at": "2026-11-22T06:00:00Z",
        "as_of": "2026-11-22",
        "agent": {"id": "desk", "name": "Front desk", "owner": "the head of support", "team": "support",
            "contact": "support@example.org", "risk_level": "medium", "mode": "enforce", "grades": ["in-path"],
            "purpose": "answers letters"},
        "roles": [],
        "catalogue": {"version": 1, "as_of": "2026-11-22"},
        "log": {"origin": "example.org/log", "size": 42, "root": "ab12", "first_kept": 0, "witnesses": []},
        "policy": {"manifest": "", "environment": "prod", "baseline": baseline, "enforced": [], "shadow": []},
        "window": {"from": "2026-10-23T06:00:00Z", "to": "2026-11-22T06:00:00Z"},
        "not_shown": [],
        "compliance_score": "0/7",
        "headline": "0/7: 0 measured, 0 attested; 7 unknown",
        "summary": {"controls": {}, "not_yet": {}, "frameworks": {}, "readings": {}, "statements": {}},
        "record": {},
        "checks": {},
        "gaps": [],
        "frameworks": [],
        "readings": [],
        "statements": [],
    })
}
