//! `actions/*.yaml`, read.

mod incidental;

use std::collections::{BTreeMap, BTreeSet};

use syndic_model::{ActionName, CatalogueEntry, Fact, FactSource, LabelName, Place, Pointer};

use crate::kinds::Kinds;
use crate::output;
use crate::position::{At, Position, START};
use crate::report::Report;
use crate::text::Text;
use crate::wire::{self, ActionFields, ActionsFile, FactFields};

const CAPABILITIES: &str =
    "one or more of read, write_data, send_external_message, execute_code, financial_transaction";

/// How many labels an action may leave.
const MOST_LABELS: usize = 16;

/// The catalogue so far, with the place of every entry.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// Whether every file of it was read; without one, actions of others may seem unknown.
    pub(crate) whole: bool,
    pub(crate) entries: BTreeMap<ActionName, CatalogueEntry>,
    pub(crate) places: BTreeMap<ActionName, Place>,
}

impl Catalogue {
    pub(crate) const fn new() -> Self {
        Self { whole: true, entries: BTreeMap::new(), places: BTreeMap::new() }
    }

    /// Adds the entries of a file; an id that is taken is a finding that names both places.
    pub(crate) fn read(&mut self, file: &ActionsFile, kinds: &Kinds, report: &mut Report<'_>) {
        let Some(entries) = report.require(
            file.actions.as_ref(),
            START,
            "actions",
            "list the actions by id: `actions: …`",
        ) else {
            return;
        };
        for (id, fields) in &entries.0 {
            let Some(name) = report.read(id) else { continue };
            if let Some(first) = self.places.get(&name) {
                let message = format!("action `{name}` is already declared at {first}");
                report.error(
                    id.position,
                    "duplicate-action",
                    message,
                    "give one of them another id".to_owned(),
                );
                continue;
            }
            self.places.insert(name.clone(), report.place(id.position));
            if let Some(entry) = read_entry(name.clone(), fields, kinds, report) {
                self.entries.insert(name, entry);
            }
        }
    }
}

fn read_entry(
    name: ActionName,
    fields: &At<ActionFields>,
    kinds: &Kinds,
    report: &mut Report<'_>,
) -> Option<CatalogueEntry> {
    let At { value, position } = fields;
    let ActionFields { description, capabilities, tools, input, facts, labels, incidental, output } =
        value;
    let description = report.require(
        description.as_ref(),
        *position,
        "description",
        "say what it does, for people",
    );
    let capabilities =
        report.require(capabilities.as_ref(), *position, "capabilities", CAPABILITIES);
    let hint = "a JSON Schema: `input: {type: object, additionalProperties: false}`";
    let input = report.require(input.as_ref(), *position, "input", hint);
    let known = capabilities.map(|at| report.read_all(Some(&at.value)).into_iter().collect());
    if let Some(At { position, .. }) = capabilities.filter(|at| at.value.is_empty()) {
        report.error(
            *position,
            "missing-field",
            "`capabilities` is empty",
            CAPABILITIES.to_owned(),
        );
    }
    let mut tools = report.read_all(tools.as_deref());
    if tools.is_empty() {
        tools.extend(name.as_str().parse());
    }
    let facts = facts.as_ref().map_or_else(BTreeMap::new, |facts| read_facts(facts, report));
    if let Some(At { value, position }) = input.filter(|input| !input.value.is_object()) {
        let message = format!("`input` is a JSON Schema, and `{value}` is not");
        report.error(*position, "wrong-type", message, hint.to_owned());
    }
    let labels = labels.as_ref().map_or_else(BTreeSet::new, |labels| read_labels(labels, report));
    let schema = input.map(|input| &input.value);
    let incidental = incidental
        .as_ref()
        .map_or_else(Vec::new, |pointers| incidental::read(pointers, schema, &facts, report));
    Some(CatalogueEntry {
        name,
        description: description?.clone(),
        capabilities: known?,
        tools,
        input: input?.value.clone(),
        facts,
        labels,
        incidental,
        output: output::read(output.as_ref(), kinds, report),
    })
}

fn read_labels(
    At { value, position }: &At<Vec<Text<LabelName>>>,
    report: &mut Report<'_>,
) -> BTreeSet<LabelName> {
    if value.len() > MOST_LABELS {
        let message = format!("there are more than {MOST_LABELS} labels");
        report.error(*position, "too-many-labels", message, "join some of them".to_owned());
    }
    report.read_all(Some(value)).into_iter().collect()
}

fn read_facts(facts: &wire::Facts, report: &mut Report<'_>) -> BTreeMap<Fact, FactSource> {
    let wire::Facts { amount, currency, recipients, affected_people, content, resource } = facts;
    [
        (Fact::Amount, amount),
        (Fact::Currency, currency),
        (Fact::Recipients, recipients),
        (Fact::AffectedPeople, affected_people),
        (Fact::Content, content),
        (Fact::Resource, resource),
    ]
    .into_iter()
    .filter_map(|(fact, source)| Some((fact, read_source(source.as_ref()?, report)?)))
    .collect()
}

fn read_source(source: &At<wire::Fact>, report: &mut Report<'_>) -> Option<FactSource> {
    let At { value, position } = source;
    match value {
        wire::Fact::Pointer(raw) => {
            let pointer = report.read(&Text::new(raw.clone(), *position))?;
            Some(found_at(vec![pointer]))
        }
        wire::Fact::Pointers(texts) => {
            check_any(texts, *position, report);
            Some(found_at(report.read_all(Some(texts))))
        }
        wire::Fact::Fields(fields) => read_fields(fields, *position, report),
    }
}

fn found_at(pointers: Vec<Pointer>) -> FactSource {
    FactSource { pointers, constant: None, default: None, optional: false }
}

fn check_any(texts: &[Text<Pointer>], position: Position, report: &mut Report<'_>) {
    if texts.is_empty() {
        report.error(
            position,
            "fact-source",
            "the fact has no source",
            "name a place, like `/amount`".to_owned(),
        );
    }
}

fn read_fields(
    fields: &FactFields,
    position: Position,
    report: &mut Report<'_>,
) -> Option<FactSource> {
    let FactFields { pointer, pointers, constant, optional, default } = fields;
    let sources = [pointer.is_some(), pointers.is_some(), constant.is_some()];
    if sources.iter().filter(|given| **given).count() != 1 {
        let message = "a fact has one of `pointer`, `pointers` and `const`";
        report.error(
            position,
            "fact-source",
            message,
            "name a place, like `pointer: /amount`".to_owned(),
        );
        return None;
    }
    let optional = optional.unwrap_or_default();
    if (optional && default.is_some()) || (constant.is_some() && (optional || default.is_some())) {
        let message = "a fact with `const` or `default` is always present";
        report.error(
            position,
            "fact-source",
            message,
            "keep one of `const`, `default` and `optional`".to_owned(),
        );
    }
    let mut found = report.read_all(pointers.as_deref());
    found.extend(pointer.as_ref().and_then(|text| report.read(text)));
    if let Some(texts) = pointers {
        check_any(texts, position, report);
    }
    Some(FactSource {
        pointers: found,
        constant: constant.clone(),
        default: default.clone(),
        optional,
    })
}
