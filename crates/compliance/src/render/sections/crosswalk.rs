//! Which controls one probe serves.

use std::collections::BTreeMap;

use super::super::document::{Line, Row, Section, Table};
use super::{frameworks, probes};
use crate::Report;
use crate::report::Duty;

pub(super) fn section(report: &Report) -> Section {
    let mut served: BTreeMap<&String, BTreeMap<&str, Vec<&Duty>>> = BTreeMap::new();
    for framework in &report.frameworks {
        for duty in &framework.controls {
            for probe in &duty.probes {
                let by_framework = served.entry(probe).or_default();
                by_framework.entry(&framework.id).or_default().push(duty);
            }
        }
    }
    let rows = served.into_iter().map(|(probe, by_framework)| {
        let controls = by_framework.values().map(Vec::len).sum::<usize>();
        let probe = probes(std::slice::from_ref(probe), report);
        let cells = vec![probe, Line::told(&controls.to_string()), controls_of(&by_framework)];
        Row { id: None, cells }
    });
    let table = Table {
        caption: "Which controls each probe serves".to_owned(),
        heads: vec!["Probe", "Controls", "Where"],
        rows: rows.collect(),
    };
    Section::new("crosswalk", "Crosswalk")
        .words("One measurement serves many frameworks.")
        .table(table, "No control names a probe.")
}

fn controls_of(by_framework: &BTreeMap<&str, Vec<&Duty>>) -> Line {
    by_framework.iter().fold(Line::new(), |line, (framework, duties)| {
        let links = duties
            .iter()
            .map(|duty| Line::new().link(frameworks::place(&duty.id), &duty.reference));
        line.down().quiet(&format!("{framework}: ")).all(links)
    })
}
