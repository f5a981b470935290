//! What a change loosens that no comparison of policies sees.

use syndic_governance::{loosened_beside_policies, same_policies};

use crate::fixture::{append, load_changed, replace};

const AGENT: &str = "agents/clerk.yaml";
const PERMIT: &str = "policies/org/baseline.cedar";
const STOP: &str = "\
@id(\"stop\") @description(\"d\") @severity(\"low\") @reason(\"r\") forbid(principal, action, resource);
";
const LIFTED: &str = "\
@id(\"stop\") @description(\"d\") @severity(\"low\") @reason(\"r\") @break_glass
forbid(principal, action, resource);
";
const ACTIONS: &str = "actions/desk.yaml";
const APPROVERS: &str = "approvers/desk.yaml";
const DETECTOR: &str = "detectors/staff.yaml";
const WITNESS: &str = "w.example.org+d41a342f+BOpKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs";
const OTHER_WITNESS: &str = "x.example.org+b1c973c1+BBOY9ixtGkV8UbpqS189vS9p/KkyFiGNyJl+QWvRfZPK";
const SINKS: &str = "
sinks: {hook: {webhook: {url: 'https://hooks.example.org/a'}}, trail: {file: {path: /var/log/trail.jsonl}}}
";
const LIMIT: &str = "limits: [{per: day, calls: 5}]\nname: Clerk";

#[test]
fn what_cannot_be_told_to_be_stricter_counts() {
    // Each replaces text of the small directory, whose clerk has a limit and is enforced.
    for (path, from, to, what) in [
        (AGENT, "name: Clerk", "name: Clark # as it is", None),
        (AGENT, "max_transaction_amount: 1000.00", "max_transaction_amount: 900.00", None),
        (AGENT, "calls: 5", "calls: 9", None),
        (AGENT, "per: day", "per: hour", Some("clerk: limit 1 counts something else")),
        (AGENT, "mode: enforce", "mode: observe", Some("clerk: verdicts were enforced")),
        (AGENT, "approvers: desk-leads", "approvers: chief", Some("clerk: others are asked")),
        (AGENT, "name: Clerk", "name: Clerk\ntime_zone: Asia/Tokyo", Some("clerk: its clock")),
        ("syndic.yaml", "environment: dev", "environment: prod", Some("the environment was `dev`")),
        (
            ACTIONS,
            "amount: {type: number",
            "amount: {type: integer",
            Some("pay: the catalogue declares"),
        ),
        (ACTIONS, "description: Pays.", "description: Pays well.", None),
        ("syndic.yaml", "durability: full", "durability: full # as it is", None),
        (
            "syndic.yaml",
            "public: false",
            "public: true",
            Some("anybody may read the ledger's leaves"),
        ),
        ("syndic.yaml", "retention_days: 400", "retention_days: 500", None),
        (
            "syndic.yaml",
            "retention_days: 400",
            "retention_days: 200",
            Some("records are kept for 200 days, and were for 400"),
        ),
        ("syndic.yaml", "https://w.example.org", "https://elsewhere.example.org", None),
        (
            "syndic.yaml",
            WITNESS,
            OTHER_WITNESS,
            Some("witness `w.example.org` cosigns the ledger no longer"),
        ),
        ("syndic.yaml", "block_at: 0.7", "block_at: 0.6", None),
        (
            "syndic.yaml",
            "block_at: 0.7",
            "block_at: 0.75",
            Some("what is found counts for policies from a score of 0.75 on"),
        ),
        ("syndic.yaml", "off: [PIN, CVV]", "off: [PIN]", None),
        (
            "syndic.yaml",
            "off: [PIN, CVV]",
            "off: [PIN, CVV, IMEI]",
            Some("`IMEI` is not looked for any more"),
        ),
        (
            "syndic.yaml",
            "block_at: 0.7",
            "allow: [{types: [PIN], to: ['@example.org']}], block_at: 0.7",
            Some("more personal data may be sent to @example.org"),
        ),
        (DETECTOR, "S-[0-9]{4}", "S-[0-9]{5}", Some("`detectors/staff.yaml` finds something else")),
        (ACTIONS, "    facts:", "    output: {redact: [pii]}\n    facts:", None),
        (PERMIT, "// more", "// nothing", None),
        (PERMIT, "// more", STOP, None),
        (PERMIT, "// more", LIFTED, Some("a break-glass lifts policy `stop`")),
        (
            ACTIONS,
            "incidental: [/purpose]",
            "incidental: [/purpose, /note]",
            Some("pay: the catalogue declares"),
        ),
        (ACTIONS, "incidental: [/purpose]", "incidental: []", None),
        (APPROVERS, "approvals: 2", "approvals: 1", Some("group `desk-leads`: 1 must approve")),
        (
            APPROVERS,
            "[desk-lead-2]",
            "[desk-lead-1, desk-lead-2]",
            Some("group `chief`: desk-lead-1"),
        ),
        (
            APPROVERS,
            "[desk-lead-1, desk-lead-2]\n    approvals: 2",
            "[desk-lead-1]",
            Some("group `desk-leads`: 1 must"),
        ),
        (
            APPROVERS,
            "to: chief",
            "to: other",
            Some("group `desk-leads`: it escalates to `other` too"),
        ),
        (
            APPROVERS,
            "after: 120s",
            "after: 60s",
            Some("group `desk-leads`: it escalates to `chief` earlier"),
        ),
        (APPROVERS, "after: 120s", "after: 240s", None),
        (APPROVERS, "timeout: 10m", "timeout: 20m", None),
        (
            APPROVERS,
            "approvals: 2",
            "approvals: 2\n    rejections: 2",
            Some("group `desk-leads`: 2 must reject"),
        ),
        (
            APPROVERS,
            "[desk-lead@example.org]",
            "[]",
            Some("person `desk-lead-1` is known by other names"),
        ),
        (APPROVERS, "lead-1@example.org}, {webhook: ops}", "lead-1@example.org}", None),
        (
            APPROVERS,
            "identities: [desk@example.org]",
            "channels: [{webhook: ops}]\n    identities: [desk@example.org]",
            Some("person `desk-lead-2` is asked elsewhere"),
        ),
        (
            "syndic.yaml",
            "mail.example.org",
            "mail.example.com",
            Some("requests for approval are sent elsewhere"),
        ),
        (
            "syndic.yaml",
            "https://syndic.example.org",
            "https://syndic.example.com",
            Some("requests for approval are sent elsewhere"),
        ),
        (
            "syndic.yaml",
            "sinks: {",
            "sinks: {more: {file: {path: /var/log/more.jsonl}}, ",
            Some("the audit trail goes to sink `more` too: file /var/log/more.jsonl"),
        ),
        (
            "syndic.yaml",
            "hooks.example.org/a",
            "hooks.example.org/b",
            Some("sink `hook` is another place: webhook https://hooks.example.org"),
        ),
        (
            "syndic.yaml",
            " trail: ",
            " other: ",
            Some("the audit trail goes to sink `trail` no longer"),
        ),
        (
            "syndic.yaml",
            "/var/log/trail.jsonl",
            "/var/log/elsewhere.jsonl",
            Some("sink `trail` is another place: file /var/log/elsewhere.jsonl"),
        ),
        (
            "syndic.yaml",
            "/var/log/trail.jsonl",
            "/var/log/trail.jsonl, rotate: daily",
            Some("sink `trail` is reached or kept in another way"),
        ),
        ("syndic.yaml", "jsonl}}", "jsonl}, format: ocsf}", None),
        (
            "syndic.yaml",
            "jsonl}}",
            "jsonl}, parts: clear}",
            Some("sink `trail` gets content: clear"),
        ),
        (AGENT, "head of desk", "other head of desk", None),
        (
            AGENT,
            "contact: desk@example.org",
            "contact: other@example.org",
            Some("clerk: who owned it may approve"),
        ),
    ] {
        let base = |dir: &std::path::Path| {
            replace(dir, AGENT, "name: Clerk", LIMIT);
            append(dir, PERMIT, "// more\n");
            replace(
                dir,
                ACTIONS,
                "type: number",
                "type: number}\n        note: {type: string}\n        purpose: {type: string",
            );
            let witness = format!("{{url: 'https://w.example.org', vkey: '{WITNESS}'}}");
            let audit = format!(
                "\naudit: {{public: false, retention_days: 400, witnesses: [{witness}]}}\n"
            );
            append(dir, "syndic.yaml", &audit);
            append(dir, "syndic.yaml", SINKS);
            append(dir, "syndic.yaml", "\ndetection: {block_at: 0.7, off: [PIN, CVV]}\n");
            std::fs::create_dir_all(dir.join("detectors")).unwrap();
            crate::fixture::write(dir, DETECTOR, "type: STAFF\nregex: 'S-[0-9]{4}'\n");
            replace(dir, ACTIONS, "    facts:", "    incidental: [/purpose]\n    facts:");
            replace(dir, APPROVERS, "  chief:", "  other:\n    people: [desk-lead-1]\n  chief:");
            replace(
                dir,
                APPROVERS,
                "second desk lead",
                "second desk lead\n    identities: [desk@example.org]",
            );
            replace(
                dir,
                AGENT,
                "observing_since: 2026-11-22",
                "observing_since: 2026-11-22\nmode: enforce",
            );
        };
        let (_old_dir, old) = load_changed(base);
        let (_new_dir, new) = load_changed(|dir| {
            base(dir);
            replace(dir, path, from, to);
        });
        let (old, new) = (old.governance.unwrap(), new.governance.unwrap());
        let told: Vec<_> =
            loosened_beside_policies(&old, &new).iter().map(ToString::to_string).collect();
        match what {
            None => assert!(told.is_empty(), "{from} -> {to}: {told:?}"),
            Some(what) => assert!(
                told.first().is_some_and(|told| told.starts_with(what)),
                "{from} -> {to}: {told:?}"
            ),
        }
        let described = ["durability: full", "mode: enforce", "description: Pays."];
        if described.contains(&from) {
            assert!(same_policies(&old, &new), "{from} -> {to}");
        }
    }
}

#[test]
fn a_checklist_that_is_enforced_for_fewer_loosens_and_for_more_does_not() {
    let with = |level: Option<&str>| {
        let line = level.map(|level| format!("\nenforce_checklist: {level}\n"));
        let (dir, checked) =
            load_changed(|dir| append(dir, "syndic.yaml", &line.unwrap_or_default()));
        (dir, checked.governance.unwrap())
    };
    for (before, after, what) in [
        (None, Some("high"), None),
        (Some("high"), Some("medium"), None),
        (Some("high"), Some("critical"), Some("from `critical` on")),
        (Some("high"), None, Some("need not pass their checklist any more")),
    ] {
        let ((_old_dir, old), (_new_dir, new)) = (with(before), with(after));
        let told = loosened_beside_policies(&old, &new);
        let told: Vec<_> = told.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), usize::from(what.is_some()), "{told:?}");
        assert!(what.is_none_or(|what| told.iter().any(|one| one.contains(what))), "{told:?}");
    }
}
