//! Incidents, what is done about them, and violations.

use serde_json::{Value, json};
use syndic_compliance::Verdict;
use syndic_model::OperatorRole;

use crate::fold::hour;
use crate::world::{decision, world};

const DAY: i64 = 24;

fn opened(id: &str, class: &str) -> Value {
    json!({"incident_opened": {"id": id, "agent": "desk", "class": class, "title": "a letter too many",
        "aware": hour(0).to_string(), "since": hour(0).to_string(), "hold": "h", "size": 7, "root": "00", "by": "k"}})
}

fn updated(id: &str, more: &Value) -> Value {
    let mut update = json!({"id": id, "agent": "desk", "note": "", "by": "k"});
    update.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"incident_updated": update})
}

#[test]
fn what_is_to_be_done_about_an_incident_becomes_overdue() {
    let corrective = |name: &str, done: bool| {
        let due = hour(10 * DAY).to_string();
        (2, updated("i", &json!({"corrective": {"name": name, "due": due, "done": done}})))
    };
    let open =
        [(1, opened("i", "other")), corrective("ask first", false), corrective("tell them", true)];
    let done = open.clone().into_iter().chain([corrective("ask first", true)]);
    for (now, records, line) in [
        (
            9 * DAY,
            open.to_vec(),
            "met: no corrective action is overdue | open 1 | done 1 | overdue ",
        ),
        (
            10 * DAY,
            open.to_vec(),
            "not_met: 1 corrective actions are overdue | open 1 | done 1 | overdue i ask first",
        ),
        (
            10 * DAY,
            done.collect(),
            "met: no corrective action is overdue | open 0 | done 2 | overdue ",
        ),
        (
            10 * DAY,
            open[..1].to_vec(),
            "told: no corrective action is on record | open 0 | done 0 | overdue ",
        ),
        (DAY, vec![], "unknown: the ledger has no record yet | open - | done - | overdue -"),
    ] {
        assert_eq!(world(now, records).line("INC-04", &["open", "done", "overdue"]), line);
    }
}

#[test]
fn a_report_of_an_incident_is_due_by_its_class() {
    let reported = |at: i64| (at, updated("i", &json!({"reported": hour(at).to_string()})));
    let closed = (
        5 * DAY,
        json!({"incident_closed": {"id": "i", "agent": "desk", "summary": "", "by": "k"}}),
    );
    let breach = (1, opened("i", "personal_data"));
    let due = "i gdpr:art-33 due 2027-01-04T00:00:00Z";
    let left = format!("{due}, 48 hours left");
    for (now, records, told, late, running) in [
        (
            DAY,
            vec![breach.clone()],
            "met: no report of an incident is late: 0 were in time, 1 are not due yet",
            "",
            &*left,
        ),
        (4 * DAY, vec![breach.clone()], "not_met: 1 reports of incidents are late", due, ""),
        (
            4 * DAY,
            vec![breach.clone(), reported(2 * DAY)],
            "met: no report of an incident is late: 1 were in time, 0 are not due yet",
            "",
            "",
        ),
        (
            5 * DAY,
            vec![breach.clone(), reported(4 * DAY)],
            "not_met: 1 reports of incidents are late",
            due,
            "",
        ),
        // Another class takes no clock away, and what is reported in one without clocks counts for those before.
        (
            4 * DAY,
            vec![breach.clone(), (2, updated("i", &json!({"class": "other"})))],
            "not_met: 1 reports of incidents are late",
            due,
            "",
        ),
        (
            4 * DAY,
            vec![breach.clone(), (2, updated("i", &json!({"class": "other"}))), reported(2 * DAY)],
            "met: no report of an incident is late: 1 were in time, 0 are not due yet",
            "",
            "",
        ),
        (
            50 * DAY,
            vec![breach, closed],
            "told: no incident is on record, nor was one closed in the last thirty days",
            "",
            "",
        ),
    ] {
        let line = world(now, records).line("INC-01", &["late", "running"]);
        assert_eq!(line, format!("{told} | late {late} | running {running}"));
    }
}

#[test]
fn a_clock_of_somebody_elses_duty_does_not_run() {
    let mut world = world(30 * DAY, [(1, opened("i", "serious"))]);
    assert_eq!(world.reading("INC-01").verdict, Verdict::NotMet);
    world.setup.record.roles = vec![OperatorRole::Deployer];
    assert_eq!(world.reading("INC-01").verdict, Verdict::Told);
    let breach = crate::world::world(DAY, [(1, opened("i", "personal_data"))]);
    let line = breach.line("INC-01", &["only_where"]);
    assert!(line.contains("hipaa:164.404-410 due 2027-03-02T00:00:00Z where protected"), "{line}");
}

#[test]
fn violations_are_told_by_policy_and_severity_and_shadows_apart() {
    let violated = |violations: Value| decision("a", &json!({"violations": violations}));
    let one = |policy: &str, severity: &str, shadow: bool| json!({"policy": policy, "result": "blocked", "severity": severity, "shadow": shadow});
    let records = [
        violated(json!([one("tool-access", "critical", false), one("hours", "low", false)])),
        violated(json!([one("hours", "low", false)])),
        violated(json!([one("new", "high", true)])),
        decision("b", &json!({})),
    ];
    let figures = [
        "violations_by_policy",
        "violations_by_severity",
        "actions_with_violations_of_shadow_policies",
    ];
    assert_eq!(
        world(DAY, records.into_iter().map(|record| (1, record))).line("INC-03", &figures),
        "told: a policy stood in the way of 2 of 4 actions; who was alerted is not on record | \
         violations_by_policy hours 2,tool-access 1 | violations_by_severity critical 1,low 2 | \
         actions_with_violations_of_shadow_policies 1"
    );
}

#[test]
fn more_policies_than_are_told_apart_are_counted_together() {
    let records = (0..300).map(|policy| {
        let violation =
            json!([{"policy": format!("p{policy:03}"), "result": "blocked", "severity": "low"}]);
        (1, decision("a", &json!({"violations": violation})))
    });
    let line = world(DAY, records).line("INC-03", &["violations_by_policy"]);
    assert!(line.contains("others 44,p000 1,") && line.ends_with(",p255 1"), "{line}");
}
