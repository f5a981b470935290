use std::fmt::Write as _;

use insta::assert_snapshot;
use jiff::civil::{Date, date};
use syndic_compliance::{Applicability, Catalogue, ControlEntry, applies};
use syndic_model::{HighRisk, OperatorRole};

use OperatorRole::{Deployer, Provider};

const CLASSES: [Option<HighRisk>; 4] =
    [Some(HighRisk::AnnexIii), Some(HighRisk::AnnexI), Some(HighRisk::None), None];

fn control(id: &str) -> &'static ControlEntry {
    Catalogue::builtin().unwrap().control(id).unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A control, a role, a class, and the day on which it begins.
type Beginning = (&'static str, OperatorRole, Option<HighRisk>, &'static str);

#[test]
fn a_duty_begins_on_its_day_and_not_before() {
    let cases: [Beginning; 13] = [
        ("eu-ai-act:art-4", Deployer, None, "2025-02-02"),
        ("eu-ai-act:art-5-1-a-h", Provider, Some(HighRisk::None), "2025-02-02"),
        ("eu-ai-act:art-99-101", Provider, None, "2025-08-02"),
        ("eu-ai-act:art-50-1", Provider, Some(HighRisk::None), "2026-08-02"),
        ("eu-ai-act:art-5-1-ba-bb-with-1a-1b", Deployer, None, "2026-12-02"),
        ("us_colorado:notice", Deployer, None, "2027-01-01"),
        ("eu-ai-act:art-26-6", Deployer, Some(HighRisk::AnnexIii), "2027-12-02"),
        ("eu-ai-act:art-26-6", Deployer, Some(HighRisk::AnnexI), "2028-08-02"),
        ("eu-ai-act:art-12-1", Provider, Some(HighRisk::AnnexIii), "2027-12-02"),
        ("eu-ai-act:art-73-2", Provider, Some(HighRisk::AnnexIii), "2027-12-02"),
        ("eu-ai-act:art-73-2", Provider, Some(HighRisk::AnnexI), "2028-08-02"),
        ("eu-ai-act:art-86", Deployer, Some(HighRisk::AnnexIii), "2027-12-02"),
        ("dora:art-19", Deployer, None, "2025-01-17"),
    ];
    for (id, role, class, from) in cases {
        let (control, from) = (control(id), day(from));
        let on = |as_of| applies(control, role, class, None, as_of);
        let not_yet = Applicability::NotYet {
            from,
            confidence: control.applies_from.as_ref().unwrap().confidence,
        };
        assert_eq!(on(from.yesterday().unwrap()), not_yet, "{id}");
        assert_eq!(on(from), Applicability::Applies { since: Some(from) }, "{id}");
    }
}

#[test]
fn every_duty_of_the_catalogue_changes_on_a_milestone_only() {
    let catalogue = Catalogue::builtin().unwrap();
    let milestones: Vec<_> = catalogue.milestones.iter().map(|milestone| milestone.date).collect();
    for control in catalogue.controls().filter(|control| control.id.starts_with("eu-ai-act:")) {
        for class in CLASSES {
            let readings = control.readings(class, None);
            for day in [readings.by_text, readings.in_effect].into_iter().flatten() {
                assert!(milestones.contains(&day), "{} {day}", control.id);
            }
        }
    }
}

#[test]
fn older_systems_have_the_grace_of_art_50_2() {
    let on = |placed: Option<&str>, as_of: &str| {
        applies(control("eu-ai-act:art-50-2"), Provider, None, placed.map(day), day(as_of))
            .to_string()
    };
    let cases = [
        (Some("2026-08-01"), "2026-12-01"),
        (Some("2026-08-01"), "2026-12-02"),
        (Some("2026-08-02"), "2026-08-02"),
        (None, "2026-08-01"),
        (None, "2026-08-02"),
    ];
    let told: Vec<_> = cases.iter().map(|(placed, as_of)| on(*placed, as_of)).collect();
    assert_snapshot!(told.join("\n"), @r"
    does not apply yet; from 2026-12-02 on (high confidence)
    applies since 2026-12-02
    applies since 2026-08-02
    does not apply yet; from 2026-08-02 on (high confidence)
    applies since 2026-08-02
    ");
}

#[test]
fn both_readings_of_a_day_are_kept() {
    let mut told = String::new();
    for id in ["art-43-47-48", "art-49-71-annex-viii", "art-73-2", "art-86", "art-26-6", "art-50-1"]
    {
        for class in CLASSES {
            let readings = control(&format!("eu-ai-act:{id}")).readings(class, None);
            let text = |day: Option<Date>| day.map_or("-".to_owned(), |day| day.to_string());
            let class = class.map_or("unknown", HighRisk::as_str);
            let (by_text, in_effect) = (text(readings.by_text), text(readings.in_effect));
            writeln!(told, "{id:21} {class:10} {by_text:11} {in_effect}").unwrap();
        }
    }
    assert_snapshot!(told, @r"
    art-43-47-48          annex_iii  2026-08-02  2027-12-02
    art-43-47-48          annex_i    2026-08-02  2028-08-02
    art-43-47-48          none       2026-08-02  -
    art-43-47-48          unknown    2026-08-02  2027-12-02
    art-49-71-annex-viii  annex_iii  2026-08-02  2027-12-02
    art-49-71-annex-viii  annex_i    2026-08-02  -
    art-49-71-annex-viii  none       2026-08-02  -
    art-49-71-annex-viii  unknown    2026-08-02  2027-12-02
    art-73-2              annex_iii  2026-08-02  2027-12-02
    art-73-2              annex_i    2026-08-02  2028-08-02
    art-73-2              none       2026-08-02  -
    art-73-2              unknown    2026-08-02  2027-12-02
    art-86                annex_iii  2026-08-02  2027-12-02
    art-86                annex_i    2026-08-02  -
    art-86                none       2026-08-02  -
    art-86                unknown    2026-08-02  2027-12-02
    art-26-6              annex_iii  2027-12-02  2027-12-02
    art-26-6              annex_i    2028-08-02  2028-08-02
    art-26-6              none       -           -
    art-26-6              unknown    2027-12-02  2027-12-02
    art-50-1              annex_iii  2026-08-02  2026-08-02
    art-50-1              annex_i    2026-08-02  2026-08-02
    art-50-1              none       2026-08-02  2026-08-02
    art-50-1              unknown    2026-08-02  2026-08-02
    ");
}

#[test]
fn what_binds_somebody_else_or_other_systems_does_not_apply() {
    let on = |id: &str, role, class| {
        let found = applies(control(id), role, class, None, date(2030, 1, 1));
        format!("{id} {found}")
    };
    let told = [
        on("eu-ai-act:art-12-1", Deployer, Some(HighRisk::AnnexIii)),
        on("eu-ai-act:art-26-6", Provider, Some(HighRisk::AnnexIii)),
        on("eu-ai-act:art-25", Provider, Some(HighRisk::AnnexIii)),
        on("eu-ai-act:art-12-1", Provider, Some(HighRisk::None)),
        on("eu-ai-act:art-86", Deployer, Some(HighRisk::AnnexI)),
        on("eu-ai-act:art-12-1", Provider, None),
        on("eu-ai-act:art-99-101", Deployer, Some(HighRisk::None)),
        on("gdpr:art-33", Deployer, Some(HighRisk::None)),
    ];
    assert_snapshot!(told.join("\n"), @r"
    eu-ai-act:art-12-1 does not apply: it is a duty of others: provider
    eu-ai-act:art-26-6 does not apply: it is a duty of others: deployer
    eu-ai-act:art-25 does not apply: it is a duty of others: deployer, importer, distributor, component_supplier
    eu-ai-act:art-12-1 does not apply: it binds high-risk systems, which this is stated not to be
    eu-ai-act:art-86 does not apply: it binds systems that are high-risk by Annex III
    eu-ai-act:art-12-1 depends on the class, which is not stated; from 2027-12-02 on at the earliest
    eu-ai-act:art-99-101 applies since 2025-08-02
    gdpr:art-33 applies
    ");
}

#[test]
fn a_framework_without_days_applies_always() {
    let catalogue = Catalogue::builtin().unwrap();
    for control in catalogue.controls().filter(|control| control.applies_from.is_none()) {
        for role in OperatorRole::ALL {
            let found = applies(control, *role, None, None, date(1970, 1, 1));
            assert_eq!(found, Applicability::Applies { since: None }, "{}", control.id);
        }
    }
}
