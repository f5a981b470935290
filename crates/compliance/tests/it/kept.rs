//! What the fold keeps of statements, drills and incidents.

use serde_json::{Value, json};
use syndic_compliance::IncidentClasses;

use crate::fold::{fold, hour};

fn stated(id: &str, field: &str, value: &str) -> Value {
    let baseline = json!({"purpose": "p", "model": "m", "tools": "t", "policy": "c"});
    json!({"statement_made": {"id": id, "agent": "desk", "field": field, "value": value, "name": "support lead", "role": "owner",
        "by": "k", "expires": hour(9_000).to_string(), "baseline": baseline}})
}

fn withdrawn(id: &str, field: &str) -> Value {
    json!({"statement_withdrawn": {"id": id, "agent": "desk", "field": field, "reason": "wrong", "by": "k"}})
}

#[test]
fn a_newer_statement_takes_the_place_of_the_one_before() {
    for (records, left) in [
        (vec![stated("a", "intended_purpose", "one")], Some(("one", 0))),
        (
            vec![
                stated("a", "intended_purpose", "one"),
                stated("b", "intended_purpose", "two"),
                withdrawn("a", "intended_purpose"),
            ],
            Some(("two", 1)),
        ),
        (
            vec![
                stated("a", "intended_purpose", "one"),
                stated("b", "intended_purpose", "two"),
                withdrawn("b", "intended_purpose"),
            ],
            None,
        ),
        (vec![stated("a", "system_description", "one")], None),
    ] {
        let facts = fold(records.into_iter().map(|record| (1, record)));
        let newest = facts.statements().newest("desk", "intended_purpose");
        assert_eq!(newest.map(|stated| (&*stated.made.value, stated.index)), left);
        assert!(facts.statements().newest("mail", "intended_purpose").is_none());
    }
}

#[test]
fn a_drill_without_an_agent_counts_for_every_agent() {
    let ran = |agent: Option<&str>, passed: bool| {
        let mut drill =
            json!({"id": "d", "drill": "canary", "passed": passed, "told": "", "by": "k"});
        drill["agent"] = json!(agent);
        json!({"drill_ran": drill})
    };
    let facts = fold([
        (1, ran(None, true)),
        (2, ran(Some("desk"), false)),
        (3, ran(Some("mail"), true)),
        (4, ran(None, true)),
        (5, ran(Some("desk"), false)),
    ]);
    let newest = |agent| facts.drills().newest("canary", agent).map(|ran| ran.index);
    assert_eq!((newest("desk"), newest("mail"), newest("other")), (Some(4), Some(3), Some(3)));
    assert!(facts.drills().newest("restore", "desk").is_none());
}

#[test]
fn an_incident_is_what_was_told_of_it_last() {
    let opened = json!({"incident_opened": {"id": "i", "agent": "desk", "class": "other", "title": "a letter too many",
        "aware": hour(0).to_string(), "since": hour(0).to_string(), "hold": "h", "size": 7, "root": "00", "by": "k"}});
    let corrective =
        |done: bool| json!({"name": "ask first", "due": hour(50).to_string(), "done": done});
    let updated = |more: Value| {
        let mut update = json!({"id": "i", "agent": "desk", "note": "", "by": "k"});
        update.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"incident_updated": update})
    };
    let facts = fold([
        (1, opened),
        (2, updated(json!({"class": "personal_data", "corrective": corrective(false)}))),
        (3, updated(json!({"reported": hour(3).to_string(), "authority": "the authority"}))),
        (4, updated(json!({"corrective": corrective(true)}))),
        (5, json!({"incident_closed": {"id": "i", "agent": "desk", "summary": "", "by": "k"}})),
        (
            6,
            json!({"incident_closed": {"id": "unknown", "agent": "desk", "summary": "", "by": "k"}}),
        ),
    ]);
    let [incident] = facts.incidents().of("desk")[..] else { panic!("there is one") };
    let mut classes = IncidentClasses::default();
    ["other", "personal_data"].iter().for_each(|class| classes.put(class));
    classes.report(hour(3));
    assert_eq!((&incident.classes, incident.at, incident.last), (&classes, hour(1), 4));
    assert_eq!(incident.closed, Some(hour(5)));
    assert!(incident.correctives["ask first"].done && incident.correctives.len() == 1);
    assert!(facts.incidents().of("mail").is_empty());
}

#[test]
fn a_closed_incident_makes_room_and_an_open_one_does_not() {
    let opened = |id: usize| {
        json!({"incident_opened": {"id": id.to_string(), "agent": "desk", "class": "other", "title": "",
            "aware": hour(0).to_string(), "since": hour(0).to_string(), "hold": "", "size": 0, "root": "", "by": ""}})
    };
    let closed = json!({"incident_closed": {"id": "3", "agent": "desk", "summary": "", "by": "k"}});
    let records = (0..4_096).map(opened).chain([closed]).chain((4_096..4_098).map(opened));
    let facts = fold(records.map(|record| (1, record)));
    let incidents = facts.incidents();
    assert!(incidents.get("3").is_none() && incidents.get("4096").is_some());
    assert!(incidents.get("4097").is_none());
    assert_eq!((incidents.of("desk").len(), incidents.beyond("desk")), (4_096, 1));
}
