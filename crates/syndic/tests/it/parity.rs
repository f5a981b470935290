//! What the server has, embedding has.

use std::collections::BTreeMap;

use serde_json::Value;

/// Every operation of the HTTP API, and what a program calls instead.
const CALLS: &[(&str, &str)] = &[
    ("get /.well-known/jwks.json", "Governor::key_set"),
    // AuthZEN is another spelling of an action, for those who ask over a network.
    ("get /.well-known/authzen-configuration", "Governor::submit"),
    ("post /access/v1/evaluation", "Governor::submit"),
    ("post /access/v1/evaluations", "Governor::submit"),
    ("get /metrics", "Governor::metrics_text"),
    ("post /v1/actions", "Governor::submit, Governor::dry_run, Governor::execute_with_approval"),
    ("post /v1/actions/{id}/outcome", "Governor::report, Governor::report_action"),
    ("post /v1/filter", "Governor::look_through"),
    ("get /v1/approvals/statistics", "Governor::approval_statistics"),
    ("get /v1/agents", "Governor::agents"),
    ("get /v1/agents/{id}", "Governor::agent"),
    ("get /v1/agents/{id}/policies", "Governor::agent_policies"),
    ("get /v1/agents/{id}/limits", "Governor::agent_limits"),
    ("get /v1/agents/{id}/assessments", "Governor::assessment"),
    ("get /v1/assessments", "Governor::assessments"),
    ("get /v1/overview", "Governor::overview"),
    ("get /v1/policies", "Governor::policies, Governor::policies_at_work"),
    ("get /v1/policies/{name}", "Governor::policy"),
    ("get /v1/policies/revisions", "Governor::revisions"),
    ("get /v1/policies/revisions/{revision}", "Governor::revision_files"),
    ("get /v1/policies/revisions/{revision}/diff", "Governor::revision_changes"),
    ("post /v1/agents/{id}/promote", "Governor::promote"),
    ("post /v1/agents/{id}/resume", "Governor::resume"),
    ("post /v1/agents/{id}/suspend", "Governor::suspend"),
    ("get /v1/agents/{id}/statements", "Governor::statements"),
    ("post /v1/agents/{id}/statements", "Governor::attest"),
    ("post /v1/agents/{id}/statements/withdraw", "Governor::withdraw_statement"),
    ("get /v1/drills", "Governor::drills"),
    ("post /v1/drills", "Governor::drill"),
    ("get /v1/incidents", "Governor::incidents"),
    ("post /v1/incidents", "Governor::open_incident"),
    ("get /v1/incidents/{id}", "Governor::incident"),
    ("post /v1/incidents/{id}/updates", "Governor::update_incident"),
    ("post /v1/incidents/{id}/close", "Governor::close_incident"),
    ("get /v1/incidents/{id}/bundle", "Governor::incident_bundle"),
    ("get /v1/agents/{id}/compliance", "Governor::compliance_report"),
    ("get /v1/agents/{id}/compliance/dossier", "Governor::compliance_report"),
    ("get /v1/agents/{id}/compliance/proofs", "Governor::compliance_report"),
    ("get /v1/agents/{id}/checklist", "Governor::checklist"),
    ("post /v1/agents/{id}/checklist", "Governor::judge_checklist"),
    ("get /v1/compliance/catalogue", "Governor::compliance_catalogue"),
    ("post /v1/log/rotations", "Governor::rotate_log_key"),
    ("post /v1/agents/{id}/tools", "Governor::offer_tools"),
    ("get /v1/tools", "Governor::offered_tools"),
    ("get /v1/approvals", "Governor::approvals"),
    ("get /v1/approvals/{id}", "Governor::approval, Governor::await_answer"),
    ("delete /v1/approvals/{id}", "Governor::cancel"),
    ("post /v1/approvals/{id}/votes", "Governor::resolve"),
    ("get /v1/audit/events", "Governor::events"),
    ("get /v1/audit/events/{id}", "Governor::event"),
    ("post /v1/audit/redactions", "Governor::redact"),
    ("get /v1/audit/events/{id}/proof", "Governor::prove"),
    ("get /v1/audit/sample", "Governor::sample"),
    ("get /v1/audit/decisions", "Governor::decisions"),
    ("get /v1/audit/events/{id}/explanation", "Governor::explain"),
    ("get /v1/audit/compactions", "Governor::compaction"),
    ("post /v1/audit/compactions", "Governor::compact"),
    ("post /v1/audit/prunes", "Governor::prune"),
    ("get /v1/audit/holds", "Governor::retention_holds"),
    ("post /v1/audit/holds", "Governor::hold_records"),
    ("post /v1/audit/holds/{id}/release", "Governor::release_hold"),
    ("get /v1/backups", "Governor::backups"),
    ("post /v1/backups", "Governor::begin_backup"),
    ("get /v1/break-glass", "Governor::break_glasses"),
    ("post /v1/break-glass", "Governor::ask_break_glass"),
    ("post /v1/break-glass/{id}/open", "Governor::open_break_glass"),
    ("post /v1/break-glass/{id}/review", "Governor::review_break_glass"),
    ("get /log/checkpoint", "Governor::log_checkpoint"),
    ("get /log/tile/{tile}", "Governor::log_tile"),
    ("get /log/vkey", "Governor::log_keys"),
    ("get /v1/stream", "Governor::tail"),
    // A browser's way to show a key; a program has none to show, and may do everything.
    ("get /v1/session", "Governor::keys"),
    ("post /v1/session", "Governor::keys"),
    ("delete /v1/session", "Governor::keys"),
    ("post /v1/session/codes", "Governor::keys"),
    ("get /v1/keys", "Governor::keys"),
    ("post /v1/keys", "Governor::create_key"),
    ("delete /v1/keys/{id}", "Governor::revoke_key"),
    ("post /v1/sessions", "Governor::open_session"),
    ("post /v1/policy/reload", "Governor::reload"),
    ("get /v1/sinks", "Governor::sinks"),
    ("post /v1/sinks/{sink}/replay", "Governor::replay_sink"),
    ("get /v1/status", "Governor::health, Governor::governance, Governor::policy_standing"),
];

#[test]
fn every_operation_of_the_server_has_a_call() {
    let document = include_str!("../../../server/openapi.json");
    let document: Value = serde_json::from_str(document).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let calls: BTreeMap<_, _> = CALLS.iter().copied().collect();
    for (path, operations) in paths {
        for method in operations.as_object().unwrap().keys() {
            let operation = format!("{method} {path}");
            assert!(
                calls.contains_key(operation.as_str()),
                "`{operation}` has no call: give `Governor` one, and this table a row"
            );
        }
    }
}
