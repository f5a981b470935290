//! What a dossier is filled from.

use jiff::civil::Date;

use super::{Shown, Source};
use crate::evidence::day;
use crate::{Catalogue, Figure, Reading, Report, Setup, StatementEntry};

/// What a dossier is filled from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Basis<'a> {
    pub(super) report: &'a Report,
    pub(super) setup: &'a Setup,
    pub(super) catalogue: &'a Catalogue,
}

impl<'a> Basis<'a> {
    /// Returns the day of the report.
    pub(super) fn day(&self) -> Date {
        day(self.report.made_at)
    }

    pub(super) fn statement(&self, field: &str) -> Option<&'a StatementEntry> {
        self.report.statements.iter().find(|entry| entry.field == field)
    }

    /// Returns what a probe found; a drill or an evaluation is of the day it was, not of the report's.
    pub(super) fn reading(&self, probe: &str) -> Option<Shown> {
        let reading = self.report.readings.iter().find(|reading| reading.probe == probe)?;
        let on = match reading.value.get("at") {
            Some(Figure::At(at)) => day(*at),
            _ => day(reading.window.to),
        };
        let from = Source::Reading {
            probe: reading.probe.clone(),
            version: reading.version,
            verdict: reading.verdict,
            records: reading.records,
        };
        let what = self.catalogue.probe(probe).map_or(probe, |entry| &entry.title).to_owned();
        Some(Shown { what, told: told(reading), on, from })
    }
}

fn told(reading: &Reading) -> String {
    let figures = reading.value.iter().filter(|(name, _)| *name != "at");
    let figures: Vec<_> = figures
        .map(|(name, value)| format!("{name} {}", crate::render::written::figure(name, value)))
        .collect();
    if figures.is_empty() {
        reading.told.clone()
    } else {
        format!("{}\n{}", reading.told, figures.join("; "))
    }
}
