use std::collections::BTreeSet;

use insta::assert_snapshot;
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::Value;
use syndic_compliance::{Catalogue, EvidenceMode};
use syndic_model::STATEMENT_FIELDS;

use crate::world::world;

const TEXT: &str = include_str!("../../catalogue.yaml");

fn builtin() -> &'static Catalogue {
    Catalogue::builtin().unwrap()
}

#[test]
fn the_shipped_catalogue_is_read_whole() {
    let catalogue = builtin();
    let counts = [
        catalogue.frameworks.len(),
        catalogue.controls().count(),
        catalogue.probes.len(),
        catalogue.milestones.len(),
        catalogue.annex_iii.len(),
        catalogue.annex_iv.len(),
    ];
    assert_eq!(counts, [16, 287, 69, 15, 8, 9]);
}

#[test]
fn the_checklist_has_the_nineteen_items_of_the_product_and_three_that_were_added() {
    let list = &builtin().checklist;
    let added: Vec<_> =
        list.iter().filter(|item| !item.in_r10).map(|item| item.id.as_str()).collect();
    assert_eq!(list.len() - added.len(), 19);
    assert_eq!(added, ["owner-named", "stop-button-tested", "mode-promoted"]);
    assert_eq!(list.iter().map(|item| item.rules.len()).sum::<usize>(), 25);
}

#[test]
fn what_people_must_answer_for_has_a_statement_to_do_it_in() {
    for item in &builtin().checklist {
        let answered = item.statements().next().is_some();
        assert_eq!(answered, item.mode != EvidenceMode::Measured, "{}", item.id);
    }
}

#[test]
fn every_field_of_the_first_record_has_its_provision() {
    let of = |field: &str| builtin().record_field(field).unwrap().provision.as_deref();
    for field in &STATEMENT_FIELDS[..17] {
        assert!(of(field).is_some(), "{field}");
    }
    assert_eq!(
        of("log_retention_days"),
        Some("Art. 19(1) provider, Art. 26(6) deployer; not Art. 12")
    );
    assert_eq!(of("compliant"), None);
}

#[test]
fn a_control_without_probes_has_the_evidence_of_those_it_maps_to() {
    let evidence = |id: &str| builtin().evidence_of(builtin().control(id).unwrap());
    assert_eq!(evidence("owasp-llm-2025:llm06"), evidence("owasp-llm-2026:llm03"));
    assert_eq!(evidence("eu-ai-act:art-26-6"), ["LOG-01", "LOG-02", "LOG-06"]);
    assert!(evidence("eu-ai-act:art-9-9").is_empty());
}

#[test]
fn a_control_that_says_nothing_is_measured_where_there_is_something_to_measure() {
    let mode = |id: &str| builtin().control(id).unwrap().mode();
    assert_eq!(mode("eu-ai-act:art-4"), EvidenceMode::Attested);
    assert_eq!(mode("gdpr:art-33"), EvidenceMode::Measured);
    assert_eq!(mode("owasp-llm-2025:llm06"), EvidenceMode::Measured);
    let bare = builtin().controls().find(|control| {
        control.evidence_mode.is_none() && builtin().evidence_of(control).is_empty()
    });
    assert_eq!(bare.unwrap().mode(), EvidenceMode::Attested);
}

#[test]
fn the_probes_are_those_that_have_a_rule_in_the_same_order() {
    let readings = world(1, []).readings();
    let rules: Vec<_> = readings.iter().map(|reading| &reading.probe).collect();
    assert_eq!(rules, builtin().probes.iter().map(|probe| &probe.id).collect::<Vec<_>>());
}

#[test]
fn a_catalogue_past_its_review_age_says_so() {
    assert_eq!(builtin().review(date(2027, 2, 20)), None);
    assert_snapshot!(
        builtin().review(date(2027, 2, 21)).unwrap(),
        @"the catalogue of frameworks was last checked on 2026-11-22, 91 days ago: check duties and dates against their sources before you rely on them"
    );
}

/// Changes the shipped catalogue in one place and returns why it is refused then.
fn changed(from: &str, to: &str) -> String {
    assert!(TEXT.contains(from), "{from}");
    Catalogue::parse(&TEXT.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn every_mistake_is_named_with_its_place_and_what_to_do() {
    let cases = [
        ("framework-catalogue/v1", "framework-catalogue/v9"),
        ("  partial: ", "  partly: "),
        ("- date: '2025-02-02'", "- date: '2029-02-02'"),
        ("- date: '2025-02-02'", "- date: '2025-02-30'"),
        ("- id: DAT-07", "- id: DAT-06"),
        ("probes: [HUM-08]", "probes: [HUM-80]"),
        ("statement: risk_level_classified", "statement: risk_level"),
        ("- id: action-limits", "- id: allowed-tools"),
        ("- id: eu-ai-act:art-4\n", "- id: art-4\n"),
        ("bearers: [provider, deployer]", "bearers: [provider, user]"),
        ("report_check: classification", "report_check: class"),
        ("          all: '2025-02-02'\n", ""),
        (
            "          all: '2026-08-02'\n          placed",
            "          annex_i: '2026-08-02'\n          placed",
        ),
        ("superseded_by: owasp-llm-2026", "superseded_by: owasp-llm-2027"),
        ("maps_to: ['owasp-llm-2026:llm01']", "maps_to: ['owasp-llm-2025:llm02']"),
        ("threats: ['owasp-agentic-threats:t6'", "threats: ['owasp-agentic-threats:t60'"),
        ("evidence_mode: attested", "evidence: attested"),
    ];
    let told: Vec<_> = cases.iter().map(|(from, to)| changed(from, to)).collect();
    assert_snapshot!(told.join("\n"), @r"
    the catalogue is wrong in itself:
    - `schema`: `syndic/framework-catalogue/v9` is not the format of this program; write `syndic/framework-catalogue/v1`
    the catalogue cannot be read: unknown variant `partly`, expected one of satisfied_measured, satisfied_attested, partial, not_satisfied, unknown, stale, not_applicable, not_yet_applicable at line 15, column 3
    the catalogue is wrong in itself:
    - `milestones`: the days are not in order; put the earliest first
    the catalogue cannot be read: parsed date is not valid: parameter 'day' for `2025-02` is invalid, must be in range `1..=28` at line 27, column 11
    the catalogue is wrong in itself:
    - `probes`: the id `DAT-06` is given twice; rename or drop one of them
    - control `gdpr:art-32`: `DAT-07` is no probe; name one of `probes`
    the catalogue is wrong in itself:
    - checklist item `owner-named`: `HUM-80` is no probe; name one of `probes`
    the catalogue is wrong in itself:
    - checklist item `risk-level-classified`: `statement` names `risk_level`, which is no field; name a field of the compliance record
    the catalogue is wrong in itself:
    - `checklist`: the id `allowed-tools` is given twice; rename or drop one of them
    the catalogue is wrong in itself:
    - control `art-4`: the id is not one of its framework; write `eu-ai-act:` and a name of lower-case letters, digits, `-`, `_` and `.`
    the catalogue cannot be read: unknown variant `user`, expected one of provider, deployer, importer, distributor, component_supplier, all, controller, processor at line 768, column 29
    the catalogue cannot be read: unknown variant `class`, expected one of risk_management, data_governance, documentation, record_keeping, transparency, human_oversight, accuracy, classification, prohibited_practices, instructions_for_use, cybersecurity, incident_response, monitoring, fria, registration, use_as_instructed, quality_management, conformity at line 820, column 23
    the catalogue is wrong in itself:
    - control `eu-ai-act:art-4`: `applies_from` must name a day for `all`, or days for `annex_iii` and `annex_i`; give one or the other
    the catalogue is wrong in itself:
    - control `eu-ai-act:art-50-2`: `placed_before_2026_08_02` is an exception from `all`, which is missing; give the day for `all`
    the catalogue is wrong in itself:
    - framework `owasp-llm-2025`: `superseded_by` names `owasp-llm-2027`, which is no framework; name one of `frameworks`
    the catalogue is wrong in itself:
    - control `owasp-llm-2025:llm01`: `maps_to` names `owasp-llm-2025:llm02`, which is no control with probes; name a control whose evidence is its evidence
    the catalogue is wrong in itself:
    - control `owasp-asi-2026:asi01`: `threats` names `owasp-agentic-threats:t60`, which is no control; name an entry of a list of threats
    the catalogue cannot be read: unknown field `evidence`, expected one of id, ref, title, type, duty, bearers, applies_from, evidence_mode, report_check, runtime_controls, measured_evidence, attested_evidence, probes, maps_to, threats, honest_reach, note, clock at line 772, column 9
    ");
}

fn schema_file() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue.schema.json")
}

#[test]
fn the_schema_is_the_one_of_the_types() {
    let schema = format!("{}\n", serde_json::to_string_pretty(&Catalogue::schema()).unwrap());
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        std::fs::write(schema_file(), &schema).unwrap();
    }
    assert!(
        std::fs::read_to_string(schema_file()).is_ok_and(|file| file == schema),
        "run the test once with UPDATE_SCHEMA=1 and commit `crates/compliance/catalogue.schema.json`"
    );
}

#[test]
fn the_schema_takes_the_shipped_catalogue_and_refuses_what_the_reader_refuses() {
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string(schema_file()).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let read = |text: &str| serde_saphyr::from_str::<Value>(text).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(&read(TEXT)).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    for (from, to) in [
        ("  partial: ", "  partly: "),
        ("as_of: '2026-11-22'", "as_of: November"),
        ("bearers: [provider, deployer]", "bearers: [provider, user]"),
        ("evidence_mode: attested", "evidence: attested"),
        ("days: 15", "weeks: 2"),
    ] {
        assert!(TEXT.contains(from), "{from}");
        assert!(!validator.is_valid(&read(&TEXT.replacen(from, to, 1))), "{to}");
    }
}

#[test]
fn words_that_no_control_uses_are_not_in_the_vocabulary_of_checks() {
    let used: BTreeSet<_> =
        builtin().controls().filter_map(|control| control.report_check).collect();
    let known: BTreeSet<_> = syndic_compliance::ReportCheck::ALL.iter().copied().collect();
    assert_eq!(used, known);
}

/// The first lines, which can be read quickly.
fn head() -> Vec<&'static str> {
    TEXT.lines().take(120).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        prop_assert!(Catalogue::parse(&text).is_err());
    }

    #[test]
    fn a_damaged_catalogue_is_refused(at in 0_usize..120, with in "[ -~\\t\\n]{0,40}", keep in any::<bool>()) {
        let mut lines = head();
        if keep { lines.insert(at, &with) } else { lines[at] = &with }
        prop_assert!(Catalogue::parse(&lines.join("\n")).is_err());
    }
}
