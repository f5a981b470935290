//! What a catalogue must hold beyond its shape.

use std::collections::BTreeSet;
use std::fmt;

use syndic_model::StatementField;

use super::{Catalogue, ControlEntry, Framework};
use crate::Status;

/// The format that this program reads.
const SCHEMA: &str = "syndic/framework-catalogue/v1";

/// Something in a catalogue that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub place: String,
    /// What is wrong there.
    pub told: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.place, self.told, self.remedy)
    }
}

impl Mistake {
    fn new(place: impl Into<String>, told: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place: place.into(), told: told.into(), remedy: remedy.into() }
    }
}

/// Returns all that is wrong in a catalogue.
pub(super) fn mistakes(catalogue: &Catalogue) -> Vec<Mistake> {
    let mut found = Vec::new();
    header(catalogue, &mut found);
    repeated(catalogue, &mut found);
    checklist(catalogue, &mut found);
    for framework in &catalogue.frameworks {
        superseded(framework, catalogue, &mut found);
        for control in &framework.controls {
            identified(control, framework, &mut found);
            linked(control, catalogue, &mut found);
            dated(control, &mut found);
        }
    }
    found
}

fn header(catalogue: &Catalogue, found: &mut Vec<Mistake>) {
    if catalogue.schema != SCHEMA {
        let told = format!("`{}` is not the format of this program", shown(&catalogue.schema));
        found.push(Mistake::new("`schema`", told, format!("write `{SCHEMA}`")));
    }
    for status in Status::ALL {
        if !catalogue.status_vocabulary.contains_key(&status) {
            let told = format!("`{}` is missing", status.as_str());
            found.push(Mistake::new("`status_vocabulary`", told, "say what it means"));
        }
    }
    if !catalogue.milestones.is_sorted_by_key(|milestone| milestone.date) {
        let told = "the days are not in order";
        found.push(Mistake::new("`milestones`", told, "put the earliest first"));
    }
}

/// Ids that are given twice.
fn repeated(catalogue: &Catalogue, found: &mut Vec<Mistake>) {
    let mut look = |list: &str, ids: &mut dyn Iterator<Item = &str>| {
        let mut seen = BTreeSet::new();
        for id in ids.filter(|id| !seen.insert(*id)) {
            let told = format!("the id `{}` is given twice", shown(id));
            found.push(Mistake::new(format!("`{list}`"), told, "rename or drop one of them"));
        }
    };
    look("probes", &mut catalogue.probes.iter().map(|probe| probe.id.as_str()));
    look("checklist", &mut catalogue.checklist.iter().map(|item| item.id.as_str()));
    look("frameworks", &mut catalogue.frameworks.iter().map(|framework| framework.id.as_str()));
    look("controls", &mut catalogue.controls().map(|control| control.id.as_str()));
}

fn checklist(catalogue: &Catalogue, found: &mut Vec<Mistake>) {
    for item in &catalogue.checklist {
        let place = format!("checklist item `{}`", shown(&item.id));
        found.extend(
            item.probes().filter(|id| catalogue.probe(id).is_none()).map(|id| no_probe(&place, id)),
        );
        for field in item.statements().filter(|field| field.parse::<StatementField>().is_err()) {
            let told = format!("`statement` names `{}`, which is no field", shown(field));
            found.push(Mistake::new(&place, told, "name a field of the compliance record"));
        }
    }
}

fn superseded(framework: &Framework, catalogue: &Catalogue, found: &mut Vec<Mistake>) {
    let missing = |id: &&String| catalogue.framework(id).is_none();
    if let Some(id) = framework.superseded_by.as_ref().filter(missing) {
        let told = format!("`superseded_by` names `{}`, which is no framework", shown(id));
        let place = format!("framework `{}`", shown(&framework.id));
        found.push(Mistake::new(place, told, "name one of `frameworks`"));
    }
}

fn identified(control: &ControlEntry, framework: &Framework, found: &mut Vec<Mistake>) {
    let own = control.id.split_once(':').is_some_and(|(owner, _)| owner == framework.id);
    if !own || control.id.parse::<StatementField>().is_err() {
        let remedy = format!(
            "write `{}:` and a name of lower-case letters, digits, `-`, `_` and `.`",
            shown(&framework.id)
        );
        found.push(Mistake::new(place(control), "the id is not one of its framework", remedy));
    }
}

/// What a control names elsewhere.
fn linked(control: &ControlEntry, catalogue: &Catalogue, found: &mut Vec<Mistake>) {
    let place = place(control);
    let unknown = control.probes.iter().filter(|id| catalogue.probe(id).is_none());
    found.extend(unknown.map(|id| no_probe(&place, id)));
    for id in &control.maps_to {
        if catalogue.control(id).is_none_or(|target| target.probes.is_empty()) {
            let told = format!("`maps_to` names `{}`, which is no control with probes", shown(id));
            found.push(Mistake::new(&place, told, "name a control whose evidence is its evidence"));
        }
    }
    for id in control.threats.iter().filter(|id| catalogue.control(id).is_none()) {
        let told = format!("`threats` names `{}`, which is no control", shown(id));
        found.push(Mistake::new(&place, told, "name an entry of a list of threats"));
    }
}

/// Days that leave open when a duty begins.
fn dated(control: &ControlEntry, found: &mut Vec<Mistake>) {
    let Some(from) = &control.applies_from else { return };
    let by_class = from.annex_iii.is_some() || from.annex_i.is_some();
    if from.all.is_some() == by_class {
        let told =
            "`applies_from` must name a day for `all`, or days for `annex_iii` and `annex_i`";
        found.push(Mistake::new(place(control), told, "give one or the other"));
    }
    if from.text.is_some() && !by_class {
        let told = "`text` is a second reading of a duty that depends on the class";
        found.push(Mistake::new(place(control), told, "give the day as `all`"));
    }
    if from.placed_before_2026_08_02.is_some() && from.all.is_none() {
        let told = "`placed_before_2026_08_02` is an exception from `all`, which is missing";
        found.push(Mistake::new(place(control), told, "give the day for `all`"));
    }
}

fn no_probe(place: &str, id: &str) -> Mistake {
    Mistake::new(place, format!("`{}` is no probe", shown(id)), "name one of `probes`")
}

fn place(control: &ControlEntry) -> String {
    format!("control `{}`", shown(&control.id))
}

/// Quotes input: bounded, and without control characters.
fn shown(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_default).collect()
}
