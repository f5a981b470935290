//! Mistakes people make: each is found at its place, with what to do about it.

use crate::fixture::{load_changed, replace, shown, write};

/// One mistake: in `file`, `from` became `to`; the finding starts with `place: level[code]` and its hint contains
/// `hint`.
struct Mistake(&'static str, &'static str, &'static str, &'static str, &'static str);

const AGENT: &str = "agents/clerk.yaml";
const ACTIONS: &str = "actions/desk.yaml";
const APPROVERS: &str = "approvers/desk.yaml";
const CALENDAR: &str = "calendars/desk.yaml";
const SETTINGS: &str = "syndic.yaml";

#[rustfmt::skip]
const MISTAKES: &[Mistake] = &[
    // Shape.
    Mistake(AGENT, "can_write_data", "can_write_date", "7:1: error[unknown-field]", "did you mean `can_write_data`?"),
    Mistake(AGENT, "  person:", "  name:", "4:3: error[unknown-field]", "the fields here are `person`, `team`, `contact`"),
    Mistake(AGENT, "amount_over", "amount_above", "13:5: error[unknown-field]", "`amount_over`"),
    Mistake(AGENT, "name: Clerk\n", "name: Clerk\nname: Other\n", "2:1: error[duplicate-key]", "keep one"),
    Mistake(AGENT, "can_write_data: true", "can_write_data: yes", "7:17: error[wrong-type]", "`true` or `false`"),
    Mistake(AGENT, "  - look_up\n  - pay", "  look_up", "16:3: error[wrong-type]", "`- one` lines"),
    Mistake(AGENT, "owner:\n", "owner:\n\t", "4:4: error[syntax]", "line 4 is indented with a tab"),
    Mistake(AGENT, "approval_threshold:\n  - actions: [pay]\n    amount_over: 100 USD", "approval_threshold: true", "11:1: error[wrong-type]", ""),
    Mistake(AGENT, "    amount_over: 100 USD", "    affected_over: -5", "13:20: error[wrong-type]", ""),
    Mistake(AGENT, "actions: [pay]", "actions: [pay", "13:16: error[syntax]", ""),
    Mistake(AGENT, "name: Clerk", "name: \"Clerk", "1:7: error[syntax]", ""),
    Mistake(AGENT, "name: Clerk", "name: &n Clerk\npurpose: *n", "2:10: error[alias]", "write the value out"),
    Mistake(AGENT, "owner:\n", "owner:\n  <<: {team: a}\n", "4:3: error[merge-key]", "write the fields out"),
    Mistake(AGENT, "name: Clerk", "name: A\n---\nname: Clerk", "2:1: error[several-documents]", "a file of its own"),
    Mistake(SETTINGS, "  listen", "  lisen", "4:3: error[unknown-field]", "did you mean `listen`?"),
    Mistake(ACTIONS, "capabilities: [read]", "capability: [read]", "4:5: error[unknown-field]", "`capabilities`"),
    Mistake(ACTIONS, "      amount: /amount", "      amout: /amount", "18:7: error[unknown-field]", "did you mean `amount`?"),
    Mistake(ACTIONS, "  pay:", "  look_up:", "6:3: error[duplicate-key]", "keep one"),
    Mistake(ACTIONS, "      amount: /amount", "      amount: 5", "18:7: error[wrong-type]", ""),
    // Words, names and amounts.
    Mistake(AGENT, "risk_level: high", "risk_level: hihg", "2:13: error[unknown-word]", "did you mean `high`?"),
    Mistake(AGENT, "name: Clerk", "name: Clerk\nmode: enforced", "2:7: error[unknown-word]", "did you mean `enforce`?"),
    Mistake(AGENT, "1000.00 USD", "1000.00", "9:25: error[invalid-money]", "write `1000.00 USD`"),
    Mistake(AGENT, "1000.00 USD", "$1,000", "9:25: error[invalid-money]", "write `1000 USD`"),
    Mistake(AGENT, "1000.00 USD", "1000.00 usd", "9:25: error[invalid-money]", "write `1000.00 USD`"),
    Mistake(AGENT, "1000.00 USD", "-1000.00 USD", "9:25: error[invalid-money]", ""),
    Mistake(AGENT, "1000.00 USD", "1000.00001 USD", "9:25: error[invalid-money]", ""),
    Mistake(AGENT, "100 USD", "100 dollars", "13:18: error[invalid-money]", ""),
    Mistake(AGENT, "team: desk", "team: front desk", "5:9: error[invalid-name]", "`front-desk` would do"),
    Mistake(AGENT, "approvers: desk-leads", "approvers: desk leads", "14:12: error[invalid-name]", "`desk-leads` would do"),
    Mistake(AGENT, "approval_threshold:\n  - actions: [pay]\n    amount_over: 100 USD", "approval_threshold: allways", "11:21: error[unknown-word]", "did you mean `always`?"),
    Mistake(ACTIONS, "[read]", "[reed]", "4:20: error[unknown-word]", "did you mean `read`?"),
    Mistake(ACTIONS, "/amount", "amount", "18:15: error[invalid-pointer]", "write `/amount`"),
    Mistake(ACTIONS, "[/to/*]", "[to.*]", "20:31: error[invalid-pointer]", "write `/to/*`"),
    Mistake(ACTIONS, "  pay:", "  pay out:", "6:3: error[invalid-name]", "`pay-out` would do"),
    Mistake(SETTINGS, "environment: dev", "environment: production", "1:14: error[unknown-word]", "did you mean `prod`?"),
    Mistake(SETTINGS, "environment: dev", "environment: pord", "1:14: error[unknown-word]", "did you mean `prod`?"),
    Mistake(SETTINGS, "environment: dev", "environment: dev\nanomaly:\n  threshold: 30", "3:14: error[anomaly]", "50 to 100"),
    Mistake(SETTINGS, "environment: dev", "environment: dev\nanomaly:\n  threshold: often", "3:14: error[invalid-score]", "like `80`"),
    Mistake(SETTINGS, "environment: dev", "environment: dev\nanomaly:\n  warm_up_days: 90", "3:17: error[anomaly]", "1 to 28 days"),
    Mistake(SETTINGS, "environment: dev", "environment: dev\nanomaly:\n  warm_up: 7", "3:3: error[unknown-field]", "`warm_up_days`"),
    Mistake(SETTINGS, "Europe/Zurich", "Europe/Zurch", "2:12: error[unknown-time-zone]", "did you mean `Europe/Zurich`?"),
    Mistake(SETTINGS, "127.0.0.1:7860", "localhost", "4:11: error[invalid-address]", "127.0.0.1:7860"),
    Mistake(SETTINGS, "https://syndic.example.org/", "syndic.example.org", "5:15: error[invalid-url]", "write `https://syndic.example.org`"),
    Mistake(CALENDAR, "Europe/Zurich", "Europe/Zürich", "1:12: error[unknown-time-zone]", "did you mean `Europe/Zurich`?"),
    Mistake(CALENDAR, "13:30-24:00", "13:30-24:01", "3:25: error[invalid-hours]", "like `09:00-17:00`"),
    Mistake(CALENDAR, "13:30-24:00", "22:00-06:00", "3:25: error[invalid-hours]", "`22:00-24:00` and `00:00-06:00`"),
    Mistake(CALENDAR, "2026-12-25", "2026-02-30", "6:5: error[invalid-date]", "like `2026-12-25`"),
    Mistake(CALENDAR, "  monday", "  mondey", "3:3: error[unknown-field]", "did you mean `monday`?"),
    Mistake(CALENDAR, "hours:\n  monday: [09:00-12:00, 13:30-24:00]\n  sunday: []\n", "", "1:1: error[missing-field]", "say when it is open"),
    // What is missing.
    Mistake(AGENT, "owner:\n  person: head of desk\n  team: desk\n  contact: desk@example.org\n", "", "1:1: error[missing-field]", "somebody answers"),
    Mistake(AGENT, "  contact: desk@example.org\n", "", "4:3: error[missing-field]", "an address"),
    Mistake(AGENT, "risk_level: high\n", "", "1:1: error[missing-field]", "low, medium, high, critical"),
    Mistake(AGENT, "name: Clerk\n", "", "1:1: error[missing-field]", "`name: …`"),
    Mistake(ACTIONS, "    description: Pays.\n", "", "7:5: error[missing-field]", "for people"),
    Mistake(ACTIONS, "    capabilities: [read]\n", "", "3:5: error[missing-field]", "write_data"),
    Mistake(ACTIONS, "[read]", "[]", "4:19: error[missing-field]", "write_data"),
    Mistake(ACTIONS, "  look_up:", "  # look_up:", "3:18: error[wrong-type]", "`field: value`"),
    // What contradicts itself.
    Mistake(AGENT, "risk_level: high", "risk_level: low", "2:13: error[risk-too-low]", "write `risk_level: high`"),
    Mistake(AGENT, "risk_level: high", "risk_level: medium", "2:13: error[risk-too-low]: `medium` is less risk than `can_make_financial_transactions` implies", "write `risk_level: high`"),
    Mistake(AGENT, "name: Clerk", "name: Clerk\nid: clark", "2:5: error[id-mismatch]", "leave `id` out"),
    Mistake(AGENT, "actions: [pay]", "capability: execute_code", "12:17: error[undeclared-capability]", "declare it"),
    Mistake(AGENT, "  - look_up", "  - send_external_message", "16:5: error[undeclared-capability]", "declare it"),
    Mistake(AGENT, "  - look_up", "  - lookup", "16:5: error[unknown-action]", "did you mean `look_up`?"),
    Mistake(AGENT, "actions: [pay]", "actions: [transfer]", "12:15: error[unknown-action]", "declare it in `actions/`"),
    Mistake(AGENT, "  - look_up", "  - pay", "17:5: warning[listed-twice]", "keep one"),
    Mistake(AGENT, "actions:\n  - look_up\n  - pay\n", "", "1:1: warning[allows-nothing]", "`actions: [read]`"),
    Mistake(AGENT, "approvers: desk-leads\n", "", "12:3: error[no-approvers]", "name the group"),
    Mistake(AGENT, "requires_human_approval: true\n", "", "11:3: warning[threshold-unused]", "`requires_human_approval: true`"),
    Mistake(AGENT, "approval_threshold:\n  - actions: [pay]\n    amount_over: 100 USD", "approval_threshold: never", "11:21: error[approval-never]", "always"),
    Mistake(AGENT, "  - actions: [pay]\n    amount_over: 100 USD", "  - {}", "12:5: error[empty-threshold]", "`always`"),
    Mistake(AGENT, "approvers: desk-leads", "approvers: desk-leads\nlimits: [{per: hour}]", "15:10: error[empty-limit]", "`calls: 60`"),
    Mistake(AGENT, "approvers: desk-leads", "approvers: desk-leads\nlimits: [{calls: 5}]", "15:10: error[missing-field]", "minute, hour, day, session, user"),
    Mistake(AGENT, "approvers: desk-leads", "approvers: desk-leads\nlimits: [{per: hours, calls: 5}]", "15:16: error[unknown-word]", "did you mean `hour`?"),
    Mistake(AGENT, "approvers: desk-leads", "approvers: desk-leads\nlimits: [{per: user, calls: 5}]", "15:10: error[no-ceiling]", "`per: day`"),
    Mistake(AGENT, "approvers: desk-leads", "approvers: desk-leads\nlimits: [{per: day, amount: 5 USD, actions: [look_up]}]", "15:1: error[limit-fact]", "declare the fact"),
    Mistake(AGENT, "approvers: desk-leads", "approvers: desk-leads\nlimits: [{per: day, calls: 5, actions: [payy]}]", "15:41: error[unknown-action]", "did you mean `pay`?"),
    Mistake(AGENT, "can_make_financial_transactions: true", "can_make_financial_transactions: false", "17:5: warning[never-permitted]", "declare it"),
    Mistake(ACTIONS, "  look_up:", "  write_data:", "2:3: error[reserved-action]", "add the capability"),
    Mistake(AGENT, "name: Clerk", "time_zone: Zurich\nname: Clerk", "1:12: error[unknown-time-zone]", ""),
    // What is valid and can never happen.
    Mistake(ACTIONS, "  pay:", "  idle:\n    description: Idles.\n    capabilities: [write_data]\n    input: {type: object}\n  pay:", "6:3: warning[unused-action]: no agent may call `idle`", "add `idle`"),
    Mistake(AGENT, "observing_since: 2026-11-22\n", "", "1:1: error[observing-since]", "like `observing_since: 2026-11-22`"),
    Mistake(AGENT, "observing_since: 2026-11-22", "observing_since: last week", "18:18: error[invalid-date]", "2026-12-25"),
    // What the policy crate finds, placed here.
    Mistake(AGENT, "amount_over: 100 USD", "affected_over: 5", "11:1: error[threshold-fact]", ""),
    Mistake(ACTIONS, "      currency: {const: USD}\n", "", "6:3: error[money-without-amount]", ""),
    Mistake(ACTIONS, "type: number", "$ref: 'http://example.org/a.json'", "15:25: error[remote-ref]", "$defs"),
    Mistake(ACTIONS, "type: number", "type: nummer", "15:18: error[invalid-schema]", "did you mean `number`?"),
    Mistake("policies/org/baseline.cedar", "@severity", "@severty", "3:1: error[unknown-annotation]", "did you mean `severity`?"),
    Mistake("policies/org/baseline.cedar", "permit (", "permt (", "5:1: error[syntax]", ""),
    // Facts.
    Mistake(ACTIONS, "{const: USD}", "{const: USD, default: EUR}", "19:17: error[fact-source]", "keep one"),
    Mistake(ACTIONS, "{pointers: [/to/*]}", "{optional: true}", "20:19: error[fact-source]", "`pointer: /amount`"),
    Mistake(ACTIONS, "{pointers: [/to/*]}", "[]", "20:19: error[fact-source]", "/amount"),
    // Approvers.
    Mistake(APPROVERS, "  desk-lead-2:\n", "  desk lead 2:\n", "6:3: error[invalid-name]", "`desk-lead-2` would do"),
    Mistake(APPROVERS, "people: [desk-lead-1, desk-lead-2]", "people: [desk-lead-1, desk-led-2]", "10:27: error[unknown-person]", "did you mean `desk-lead-2`?"),
    Mistake(APPROVERS, "people: [desk-lead-1, desk-lead-2]", "people: [desk-lead-1, desk-lead-1]", "11:16: error[quorum]: `approvals` is 2, and the group has 1", "`approvals: 1`"),
    Mistake(APPROVERS, "approvals: 2", "approvals: 0", "11:16: error[quorum]", "`approvals: 2`"),
    Mistake(APPROVERS, "timeout: 10m", "timeout: 9s", "12:14: error[timeout-bounds]", "`300s`"),
    Mistake(APPROVERS, "{pay: 5m}", "{pay: 8d}", "13:21: error[timeout-bounds]", "`1d`"),
    Mistake(APPROVERS, "{pay: 5m}", "{payy: 5m}", "13:16: error[unknown-action]", "did you mean `pay`?"),
    Mistake(APPROVERS, "after: 120s", "after: 10m", "14:24: error[escalation]", "make `after` shorter"),
    Mistake(APPROVERS, "to: chief", "to: chef", "14:34: error[unknown-group]", "did you mean `chief`?"),
    Mistake(APPROVERS, "to: chief", "to: acting-user", "14:34: error[escalation]", "another group"),
    Mistake(APPROVERS, "to: chief}", "to: chief}, {after: 3m, to: chief}", "14:58: error[escalation]: group `chief` is asked already", ""),
    Mistake(APPROVERS, "channels: [{webhook: ops}]\n  chief", "channels: [{webhook: opps}]\n  chief", "15:26: error[unknown-webhook]", "did you mean `ops`?"),
    Mistake(APPROVERS, "{email: desk-lead-1@example.org}, {webhook: ops}", "{email: a@b.org, webhook: ops}", "4:16: error[channel]", "an item of its own"),
    Mistake(APPROVERS, "{webhook: ops}]\n    id", "{slack: '#desk'}]\n    id", "4:58: error[invalid-slack-id]", "copy the id"),
    Mistake(APPROVERS, "[desk-lead@example.org]", "[desk-lead-2]", "6:3: error[ambiguous-person]", "belongs to one person"),
    Mistake(APPROVERS, "second desk lead", "First desk lead", "6:3: warning[ambiguous-person]", "tell them apart"),
    Mistake(APPROVERS, "people: [desk-lead-2]", "approvals: 1", "16:3: error[missing-field]", "who may lift the hold"),
    Mistake(APPROVERS, "people: [desk-lead-2]", "people: []", "17:13: error[empty-group]", "at least one person"),
    Mistake(APPROVERS, "  chief:", "  acting-user:", "16:3: error[reserved-group]", "another name"),
    Mistake(AGENT, "approvers: desk-leads", "approvers: desk-lead", "14:12: error[unknown-group]", "did you mean `desk-leads`?"),
    Mistake(AGENT, "approvers: desk-leads", "approvers: acting-user", "14:1: error[acting-user-risk]", "name a group"),
    Mistake(AGENT, "person: head of desk", "person: First Desk Lead", "14:1: warning[nobody-can-approve]", "name more people"),
    Mistake(AGENT, "risk_level: high\nowner:\n  person: head of desk", "risk_level: critical\nowner:\n  person: First Desk Lead", "14:1: error[nobody-can-approve]", "takes two"),
    Mistake(ACTIONS, "    facts:\n", "    incidental: [/amount]\n    facts:\n", "17:18: error[incidental-fact]", "leave it out"),
    Mistake(ACTIONS, "    facts:\n", "    incidental: [/to/0]\n    facts:\n", "17:18: error[incidental-fact]", "leave it out"),
    Mistake(ACTIONS, "    facts:\n", "    incidental: [/too]\n    facts:\n", "17:18: error[unknown-argument]", "did you mean `/to`?"),
    Mistake(SETTINGS, "  public_url: https://syndic.example.org/\n", "", "8:3: error[no-public-url]", "`public_url: https://syndic.example.org`"),
    Mistake(SETTINGS, "https://syndic.example.org/", "http://syndic.example.org/", "5:15: error[invalid-url]", "this machine alone"),
    Mistake(SETTINGS, "https://syndic.example.org/", "https://example.org/syndic", "5:15: error[invalid-url]", ""),
    Mistake(SETTINGS, "host: mail.example.org,", "host: mail.example.org, tls: none,", "9:39: error[smtp-tls]", "`starttls`"),
    Mistake(SETTINGS, "password_env: SYNDIC_SMTP_PASSWORD", "password: secret", "9:85: error[unknown-field]", "did you mean `password_env`?"),
    Mistake(SETTINGS, "SYNDIC_OPS_SECRET", "whsec_abc", "10:71: error[invalid-variable]: this is not the name of an environment variable", "belongs in no file"),
    Mistake(SETTINGS, ", secret_env: SYNDIC_OPS_SECRET", "", "10:19: warning[unsigned-webhook]", "secret_env"),
    Mistake(SETTINGS, "https://hooks.example.org/syndic", "\"https://u:p@hooks.example.org/syndic\"", "10:25: error[invalid-url]", ""),
    Mistake(SETTINGS, "notify:\n", "telemetry: {otlp: \"http://otlp.example.org:4318\"}\nnotify:\n", "8:19: error[invalid-url]", "this machine alone"),
    Mistake(SETTINGS, "notify:\n", "telemetry: {otlp: \"grpc://127.0.0.1:4317\"}\nnotify:\n", "8:19: error[invalid-url]", "4318"),
    Mistake(SETTINGS, "notify:\n", "telemetry: {otlp: \"https://otlp.example.org/?key=1\"}\nnotify:\n", "8:19: error[invalid-url]", "`headers_file`"),
    Mistake(SETTINGS, "notify:\n", "telemetry: {sample: 0.1}\nnotify:\n", "8:12: error[missing-field]", "`otlp: http://127.0.0.1:4318`"),
    Mistake(SETTINGS, "notify:\n", "telemetry: {otpl: \"http://127.0.0.1:4318\"}\nnotify:\n", "8:13: error[unknown-field]", "did you mean `otlp`?"),
    Mistake(SETTINGS, "notify:\n", "telemetry: {otlp: \"http://127.0.0.1:4318\", sample: 10%}\nnotify:\n", "8:52: error[invalid-sample]", "`0.1`"),
    Mistake(SETTINGS, "notify:\n", "telemetry: {otlp: \"http://127.0.0.1:4318\", service_name: \"\"}\nnotify:\n", "8:58: error[invalid-name]", "`syndic`"),
    Mistake(SETTINGS, "durability: full", "data_dir: approvers/data", "7:13: error[data-dir]", "leave `data_dir` out"),
    Mistake(SETTINGS, "durability: full", "data_dir: agents/data", "7:13: error[data-dir]", "leave `data_dir` out"),
    Mistake(SETTINGS, "durability: full", "data_dir: x/../policies", "7:13: error[data-dir]", "leave `data_dir` out"),
    Mistake(SETTINGS, "durability: full", "data_dir: ..", "7:13: error[data-dir]", "elsewhere"),
    Mistake(SETTINGS, "durability: full", "durability: buffered", "7:15: error[durability]", "`durability: full`"),
    Mistake(SETTINGS, "notify:\n", "drills: {override: {every: 30d, agents: [clerk, clark]}}\nnotify:\n", "8:49: error[unknown-agent]: there is no agent `clark`", "did you mean `clerk`?"),
    Mistake(SETTINGS, "notify:\n", "drills: {limit: {agents: [nobody]}}\nnotify:\n", "8:27: error[unknown-agent]: there is no agent `nobody`", "`agents/nobody.yaml`"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {}}\nnotify:\n", "8:12: error[sink-kind]", "name one of"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {path: /tmp/a}, otlp: {url: \"http://127.0.0.1:4318\"}}}\nnotify:\n", "8:12: error[sink-kind]", "name one of"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {kafka: {}}}\nnotify:\n", "8:13: error[unknown-field]", ""),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {path: audit.jsonl}}}\nnotify:\n", "8:26: error[sink-path]", "write it whole"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {path: /var/log/ai-agents/}}}\nnotify:\n", "8:26: error[sink-path]", "`path: /var/log/ai-agents/audit.jsonl`"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {path: /usr/bin}}}\nnotify:\n", "8:26: warning[sink-directory]", "`path: /usr/bin/audit.jsonl`"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {keep: 14}}}\nnotify:\n", "8:26: warning[sink-keep]", "`rotate: daily`"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {elasticsearch: {url: \"https://u:p@search.example.org\"}}}\nnotify:\n", "8:34: error[invalid-url]", "before `@`"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {rotate: weekly}}}\nnotify:\n", "8:28: error[unknown-word]", "`daily`"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {rotate_mb: 0}}}\nnotify:\n", "8:31: error[out-of-range]", "`rotate_mb: 100`"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {}, format: ecs}}\nnotify:\n", "8:31: error[unknown-word]", ""),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {}, parts: all}}\nnotify:\n", "8:30: error[unknown-word]", ""),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {elasticsearch: {url: \"http://search.example.org:9200\"}}}\nnotify:\n", "8:34: error[invalid-url]", "this machine alone"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {elasticsearch: {url: \"https://search.example.org\", retention_days: 190}}}\nnotify:\n", "8:80: error[out-of-range]", "one month"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {elasticsearch: {url: \"https://search.example.org\", token_env: A, api_key_env: B}}}\nnotify:\n", "8:28: error[sink-auth]", "`password_env`"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {cloudwatch: {retention_days: 180}}}\nnotify:\n", "8:42: error[retention]", "365"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {cloudwatch: {retention_days: 366}}}\nnotify:\n", "8:42: error[retention]", "365"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {webhook: {url: \"https://hooks.example.org/audit\"}}}\nnotify:\n", "8:22: warning[unsigned-webhook]", "AUDIT_HOOK_SECRET"),
    Mistake(SETTINGS, "notify:\n", "sinks: {index: {file: {}}}\nnotify:\n", "8:9: error[invalid-name]", "`trail`"),
    Mistake(SETTINGS, "notify:\n", "sinks: {a: {file: {}}, b: {file: {}}}\nnotify:\n", "8:24: error[sink-path]", "another file"),
];

#[test]
fn a_mistake_is_found_at_its_place_with_what_to_do() {
    let mut wrong = Vec::new();
    for Mistake(file, from, to, place, hint) in MISTAKES {
        let (_dir, checked) = load_changed(|dir| replace(dir, file, from, to));
        let findings = shown(&checked);
        let expected = format!("{file}:{place}");
        if !findings.iter().any(|shown| shown.starts_with(&expected) && shown.contains(hint)) {
            wrong.push(format!(
                "{from:?} -> {to:?}: expected {expected} … {hint}, found {findings:#?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_directory_without_mistakes_has_no_findings() {
    let (_dir, checked) = load_changed(|_| {});
    assert_eq!(shown(&checked), Vec::<String>::new());
    assert!(checked.governance.is_some());
}

#[test]
fn what_is_wrong_in_many_places_is_reported_in_all() {
    let (_dir, checked) = load_changed(|dir| {
        replace(dir, "agents/clerk.yaml", "risk_level: high", "risk_level: hihg");
        replace(dir, "agents/clerk.yaml", "1000.00 USD", "1000.00");
        replace(dir, "agents/clerk.yaml", "team: desk", "team: front desk");
        replace(dir, "actions/desk.yaml", "[read]", "[reed]");
        replace(dir, "syndic.yaml", "environment: dev", "environment: pord");
        replace(dir, "syndic.yaml", "127.0.0.1:7860", "localhost");
        replace(dir, "syndic.yaml", "durability: full", "durability: ful\n  data_dir: agents");
    });
    let places: Vec<_> = checked.findings.iter().map(|finding| finding.place.to_string()).collect();
    let expected = [
        "actions/desk.yaml:4:20",
        "agents/clerk.yaml:2:13",
        "agents/clerk.yaml:5:9",
        "agents/clerk.yaml:9:25",
        "syndic.yaml:1:14",
        "syndic.yaml:4:11",
        "syndic.yaml:7:15",
        "syndic.yaml:8:13",
    ];
    assert_eq!(places, expected);
    assert!(checked.governance.is_none());
}

/// Checks what a change to the directory itself leads to.
fn check_directory(change: impl FnOnce(&std::path::Path), expected: &str) {
    let (_dir, checked) = load_changed(change);
    let findings = shown(&checked);
    assert!(
        findings.iter().any(|shown| shown.contains(expected)),
        "expected {expected}, found {findings:#?}"
    );
}

#[test]
fn a_directory_that_permits_nothing_says_so() {
    check_directory(
        |dir| std::fs::remove_file(dir.join("policies/org/baseline.cedar")).unwrap(),
        "policies/org: warning[nothing-permitted]: every action is denied: no policy permits anything",
    );
}

#[test]
fn an_action_declared_twice_names_both_places() {
    check_directory(
        |dir| {
            write(
                dir,
                "actions/again.yaml",
                "actions:\n  pay: {description: Pays, capabilities: [read], input: {}}\n",
            );
        },
        "actions/desk.yaml:6:3: error[duplicate-action]: action `pay` is already declared at actions/again.yaml:2:3",
    );
}

#[test]
fn files_that_would_silently_not_count_are_named() {
    check_directory(
        |dir| write(dir, "agents/bad name.yaml", "name: x\n"),
        "agents/bad name.yaml: error[invalid-name]",
    );
    check_directory(
        |dir| write(dir, "agents/other.yml", "name: x\n"),
        "agents/other.yml: warning[ignored-file]: `agents/other.yml` is not read (name it `other.yaml`)",
    );
    check_directory(
        |dir| write(dir, "agent/other.yaml", "name: x\n"),
        "agent: warning[ignored-file]: `agent` is not read (did you mean `agents`?)",
    );
    check_directory(
        |dir| write(dir, "syndic.yml", ""),
        "syndic.yml: warning[ignored-file]: `syndic.yml` is not read (did you mean `syndic.yaml`?)",
    );
    let (_dir, checked) = load_changed(|dir| write(dir, "AGENTS.md", "notes"));
    assert_eq!(shown(&checked), Vec::<String>::new());
    for path in [
        "policies/x.cedar",
        "policies/teams/x.cedar",
        "policies/team/x.cedar",
        "policies/team/desk/x.cedar",
        "policies/org/deep/x.cedar",
        "policies/teams/desk/deep/x.cedar",
    ] {
        check_directory(|dir| write(dir, path, ""), "error[misplaced-policy]");
    }
    check_directory(
        |dir| write(dir, "policies/teams/front desk/x.cedar", ""),
        "policies/teams/front desk: error[invalid-name]",
    );
}

#[test]
fn files_that_cannot_be_read_are_named() {
    check_directory(
        |dir| write(dir, "agents/clerk.yaml", b"name: \xff\n"),
        "agents/clerk.yaml: error[not-utf-8]",
    );
    check_directory(
        |dir| write(dir, "agents/clerk.yaml", ""),
        "agents/clerk.yaml:1:1: error[empty-file]",
    );
    check_directory(
        |dir| write(dir, "agents/clerk.yaml", "# nothing\n\n"),
        "agents/clerk.yaml:1:1: error[empty-file]",
    );
    check_directory(
        |dir| write(dir, "agents/clerk.yaml", vec![b'#'; (1 << 20) + 1]),
        "agents/clerk.yaml: error[too-large]",
    );
    check_directory(
        |dir| std::fs::remove_file(dir.join("syndic.yaml")).unwrap(),
        "syndic.yaml: error[no-settings]: there is no `syndic.yaml` (`syndic init DIR`",
    );
    check_directory(
        |dir| std::fs::create_dir(dir.join("agents/folder.yaml")).unwrap(),
        "agents/folder.yaml: error[unreadable]",
    );
}

#[cfg(unix)]
#[test]
fn links_are_followed_inside_the_directory_only() {
    use std::os::unix::fs::symlink;
    check_directory(
        |dir| symlink("/etc/hostname", dir.join("agents/x.yaml")).unwrap(),
        "agents/x.yaml: error[outside]",
    );
    check_directory(
        |dir| symlink("/etc", dir.join("policies/teams")).unwrap(),
        "policies/teams: error[outside]",
    );
    check_directory(
        |dir| symlink("x.yaml", dir.join("agents/x.yaml")).unwrap(),
        "agents/x.yaml: error[unreadable]",
    );
    check_directory(
        |dir| symlink("gone.yaml", dir.join("agents/x.yaml")).unwrap(),
        "agents/x.yaml: error[unreadable]",
    );
    let (_dir, checked) =
        load_changed(|dir| symlink("clerk.yaml", dir.join("agents/other.yaml")).unwrap());
    assert_eq!(checked.governance.unwrap().agents.len(), 2);
}

#[test]
fn a_directory_that_is_not_there_says_how_to_get_one() {
    let dir = tempfile::tempdir().unwrap();
    let checked = syndic_governance::load(&dir.path().join("gone"));
    assert!(
        shown(&checked)
            .iter()
            .any(|shown| shown.contains("error[unreadable]") && shown.contains("syndic init"))
    );
}
