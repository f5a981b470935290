//! Policies written in Rust, through the whole gate.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use syndic::{CheckResult, Mode, Origin, Policy, ReportRequest, Request, Severity};

use crate::governed::{Governed, events, refund, told};

fn freeze(applies_to: &str) -> Policy {
    Policy::native("freeze", Severity::Critical, applies_to, |agent, action, context| {
        Err(format!("{} may not {} as {}", agent.id, action.name, context.call().grade))
    })
}

#[tokio::test]
async fn a_denial_is_recorded_counted_and_shown_like_any_other() {
    let governed = Governed::shipped();
    let governor = governed.with(freeze("customer-support")).await;
    let decided = governor.submit(refund(150)).await.unwrap();
    assert_eq!(
        told(&decided),
        "deny; freeze: customer-support may not issue_refund as advisory; \
         approval-threshold: 150 USD needs approval, as all over 100 USD does"
    );
    let event = events(&governor).await.remove(0);
    let check = event.policy_checks.iter().find(|check| check.policy.as_str() == "freeze").unwrap();
    assert_eq!((check.result, check.severity), (CheckResult::Blocked, Severity::Critical));
    assert!(event.metadata["violation_reason"].to_string().contains("freeze: "));
    let counted = r#"ai_agent_policy_violations_total{agent_name="customer-support",policy_name="freeze",severity="critical"} 1"#;
    assert!(governor.metrics_text().contains(counted), "{}", governor.metrics_text());
    let shown = governor.policies();
    let shown: Vec<_> = shown.iter().filter(|policy| policy.origin == Origin::Native).collect();
    assert_eq!((shown.len(), shown[0].id.as_str()), (1, "freeze"));
    let segment = governed.dir().join(".syndic/segments/0000000000000000.jsonl");
    let records = std::fs::read_to_string(segment).unwrap();
    let loaded = records.lines().find(|line| line.contains(r#""policy_loaded":"#)).unwrap();
    assert!(loaded.contains(r#""native":["freeze"]"#), "{loaded}");
    let other = Request::new("knowledge-base", "search_knowledge_base").arg("query", "q");
    assert!(governor.submit(other).await.unwrap().allowed);
}

#[tokio::test]
async fn a_report_says_that_it_is_not_kept_and_is_made_again_without_it() {
    let governed = Governed::shipped();
    let governor = governed.with(freeze("customer-support")).await;
    governor.submit(refund(150)).await.unwrap();
    let asked = ReportRequest { agent: "customer-support".to_owned(), ..ReportRequest::default() };
    let report = governor.compliance_report(asked).await.unwrap().report;
    let told = report.not_shown.iter().find(|limit| limit.about == ["freeze"]).unwrap();
    assert!(told.told.starts_with("1 policy in force is written in Rust"), "{}", told.told);
    let data_dir = governed.dir().join(".syndic");
    let verified = syndic_gate::verify_report(&report, &data_dir, &governed.dir(), &[]).unwrap();
    assert!(verified.holds(), "{verified:#?}");
}

#[tokio::test]
async fn an_explanation_asks_it_again_and_names_it() {
    let governed = Governed::shipped();
    let small = Policy::native("small", Severity::Low, "all", |_, _, context| {
        match context.get("input.amount")?.and_then(|amount| amount.as_decimal()) {
            Some(amount) if amount > "20".parse().map_err(|_| "no bound")? => {
                Err("more than 20".to_owned())
            }
            _ => Ok(()),
        }
    });
    let governor = governed.with(small).await;
    let decided = governor.submit(refund(45)).await.unwrap();
    let explained = governor.explain(decided.action_id).await.unwrap();
    let obstacle = &explained.obstacles[0];
    assert_eq!(
        (obstacle.check.policy.as_str(), obstacle.origin.as_deref()),
        ("small", Some("native"))
    );
}

#[tokio::test]
async fn in_observe_mode_it_denies_and_stops_nothing() {
    let governed = Governed::shipped();
    governed.replace("agents/customer-support.yaml", "mode: enforce", "mode: observe");
    let governor = governed.with(freeze("all")).await;
    let decided = governor.submit(refund(45)).await.unwrap();
    assert_eq!((decided.mode, decided.allowed), (Mode::Observe, true));
    assert!(told(&decided).starts_with("deny; freeze: "), "{}", told(&decided));
}

#[tokio::test]
async fn in_shadow_it_is_counted_apart() {
    let governed = Governed::shipped();
    let governor = governed.with(freeze("all").shadow()).await;
    assert_eq!(told(&governor.submit(refund(45)).await.unwrap()), "allow");
    let metrics = governor.metrics_text();
    assert!(metrics.contains(r#"syndic_shadow_violations_total{agent_name="customer-support",policy_name="freeze",severity="critical"} 1"#), "{metrics}");
    let mut enforced =
        metrics.lines().filter(|line| line.starts_with("ai_agent_policy_violations_total{"));
    assert!(enforced.all(|line| line.ends_with(" 0")), "{metrics}");
}

#[tokio::test]
async fn it_is_asked_for_every_agent_behind_an_action() {
    let governed = Governed::shipped();
    let governor = governed.with(freeze("financial-advisor")).await;
    let search = || Request::new("knowledge-base", "search_knowledge_base").arg("query", "q");
    assert_eq!(told(&governor.submit(search()).await.unwrap()), "allow");
    let delegated = search().on_behalf_of("financial-advisor");
    assert_eq!(
        told(&governor.submit(delegated).await.unwrap()),
        "deny; freeze: financial-advisor may not search_knowledge_base as advisory"
    );
}

#[tokio::test]
async fn a_panic_denies_and_the_governor_goes_on() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let odd = Policy::native("odd", Severity::High, "all", move |_, _, _| {
        assert!(counter.fetch_add(1, Ordering::Relaxed) > 0, "the first time it panics");
        Ok(())
    });
    let governed = Governed::shipped();
    let governor = governed.with(odd).await;
    let decided = governor.submit(refund(45)).await.unwrap();
    assert_eq!(told(&decided), "deny; odd: could not be evaluated: it panicked");
    assert!(decided.record.is_some());
    assert_eq!(told(&governor.submit(refund(45)).await.unwrap()), "allow");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}
