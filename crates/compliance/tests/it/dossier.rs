//! The technical documentation of Annex IV.

use insta::assert_snapshot;
use serde_json::json;
use syndic_compliance::dossier::{Element, Source};
use syndic_compliance::{Catalogue, Dossier, dossier};

use crate::fold::hour;
use crate::page::check;
use crate::world::{World, decision, drill, stated, world};

fn of(world: &World) -> Dossier {
    dossier(&world.report(), &world.setup, Catalogue::builtin().unwrap())
}

fn element<'a>(dossier: &'a Dossier, id: &str) -> &'a Element {
    let elements = dossier.sections.iter().flat_map(|section| &section.elements);
    elements.into_iter().find(|element| element.id == id).unwrap()
}

/// Returns an element as one line: what is known, and what needs a person.
fn line(element: &Element) -> String {
    let shown = element.shown.iter().map(|shown| match &shown.from {
        Source::Reading { probe, .. } => probe.as_str(),
        Source::File(_) | Source::Report | Source::Statement { .. } => shown.what.as_str(),
    });
    let shown: Vec<_> = shown.collect();
    let needed: Vec<_> = element.needed.iter().map(|needed| needed.field.as_str()).collect();
    format!("{}: {} | {}", element.id, shown.join(", "), needed.join(" "))
}

#[test]
fn what_a_runtime_knows_is_filled_and_the_rest_needs_a_person() {
    let dossier = of(&world(1, [(0, decision("1", &json!({})))]));
    let sections: Vec<_> = dossier.sections.iter().map(|section| section.section).collect();
    assert_eq!(sections, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let elements = dossier.sections.iter().flat_map(|section| &section.elements);
    assert_snapshot!(elements.map(line).collect::<Vec<_>>().join("\n"));
}

#[test]
fn what_needs_a_person_names_a_statement_that_the_catalogue_knows() {
    let catalogue = Catalogue::builtin().unwrap();
    let dossier = of(&world(1, []));
    let elements = dossier.sections.iter().flat_map(|section| &section.elements);
    for needed in elements.flat_map(|element| &element.needed) {
        let field: syndic_model::StatementField = needed.field.parse().unwrap();
        assert!(!field.is_control() || catalogue.control(&needed.field).is_some(), "{field}");
        assert!(needed.closes.contains(&format!("--field {field} ")), "{}", needed.closes);
    }
}

#[test]
fn what_somebody_states_is_filled_with_their_name_and_day() {
    let mut world = world(1, [(0, stated("system_description", "it answers", &json!({})))]);
    world.state("instructions_for_use", "ask it kindly", "2027-12-01");
    let dossier = of(&world);
    for (id, field, told, on, name) in [
        ("1(h)", "instructions_for_use", "ask it kindly", "2026-12-01", "ada"),
        ("1(b)", "system_description", "it answers", "2027-01-01", "bea"),
    ] {
        let element = element(&dossier, id);
        assert!(element.needed.is_empty() && !dossier.open.contains(&id.to_owned()));
        let shown = element.shown.last().unwrap();
        assert_eq!((shown.told.as_str(), shown.on.to_string().as_str()), (told, on));
        let Source::Statement { field: named, by, .. } = &shown.from else {
            panic!("it is stated")
        };
        assert_eq!((named.as_str(), by.as_str()), (field, name));
    }
}

#[test]
fn a_word_that_does_not_carry_an_element_leaves_it_open() {
    for (value, expires, shown, why) in [
        ("true", "2027-12-01", 1, "neither gives the text"),
        ("false", "2027-12-01", 0, "says that it is not so"),
        ("not_applicable", "2027-12-01", 1, ""),
        ("the text", "2027-12-01", 1, ""),
        ("the text", "2026-12-31", 0, "2026-12-31"),
    ] {
        let mut world = world(1, []);
        world.state("performance_metrics", value, expires);
        let dossier = of(&world);
        let element = element(&dossier, "4");
        let said = |from: &Source| matches!(from, Source::Statement { .. });
        let stated = element.shown.iter().filter(|shown| said(&shown.from)).count();
        assert_eq!(stated, shown, "{value}");
        let needed = element.needed.iter().map(|needed| needed.why.as_str());
        assert_eq!(needed.clone().count(), usize::from(!why.is_empty()), "{value}");
        assert!(needed.clone().all(|told| told.contains(why)), "{:?}", needed.collect::<Vec<_>>());
    }
}

#[test]
fn a_statement_about_many_elements_names_the_document_to_look_into() {
    let field = "eu-ai-act:art-11-1-annex-iv";
    for (document, closes) in
        [(json!(null), "syndic attest "), (json!("ef".repeat(32)), "read the document")]
    {
        let more = json!({"document": document});
        let dossier = of(&world(1, [(0, stated(field, "true", &more))]));
        for id in ["1(d)", "1(e)", "7"] {
            let needed = &element(&dossier, id).needed;
            assert!(needed[0].closes.starts_with(closes), "{id}: {:?}", needed[0]);
        }
    }
}

#[test]
fn a_drill_is_of_the_day_it_ran() {
    let dossier = of(&world(24 * 40, [(30, drill("override", true))]));
    let oversight = element(&dossier, "3(3)");
    let ran = oversight.shown.iter().find(|shown| shown.what == "Override drill").unwrap();
    assert_eq!(ran.on.to_string(), hour(30).to_string().split_once('T').unwrap().0);
    assert!(matches!(&ran.from, Source::Reading { records: Some((0, 0)), .. }));
}

#[test]
fn it_reads_back_as_it_was_written() {
    let dossier = of(&world(1, [(0, decision("1", &json!({})))]));
    let text = serde_json::to_string(&dossier).unwrap();
    assert_eq!(serde_json::from_str::<Dossier>(&text).unwrap(), dossier);
}

#[test]
fn markup_in_a_text_is_text_in_a_dossier() {
    let hostile = "</td><script>alert(1)</script> | `x` \u{202e}\n# a";
    let mut world = world(1, [(0, stated("intended_purpose", hostile, &json!({})))]);
    world.setup.profile.name = hostile.to_owned();
    world.setup.profile.purpose = hostile.to_owned();
    world.setup.profile.failure_modes = vec![hostile.to_owned()];
    world.setup.sinks = vec![hostile.to_owned()];
    let dossier = of(&world);
    check(&dossier.html());
    for written in [dossier.html(), dossier.markdown()] {
        assert!(!written.contains("<script") && !written.contains('\u{202e}'));
        assert!(written.contains("‹U+202E›") && !written.contains("compliant"));
    }
}
