//! People who may be asked.

use std::collections::BTreeMap;

use syndic_model::{Finding, Level, Person, PersonId, canonical_identity};

use super::{Around, Roster, channels};
use crate::position::At;
use crate::report::Report;
use crate::wire::{ApproversFile, PersonFields};

/// The most other names of one person.
const MOST_IDENTITIES: usize = 32;
/// The longest name, in bytes.
const LONGEST_NAME: usize = 200;

impl Roster {
    pub(super) fn read_people(
        &mut self,
        file: &ApproversFile,
        around: Around<'_>,
        report: &mut Report<'_>,
    ) {
        for (id, fields) in file.people.iter().flat_map(|people| &people.0) {
            let Ok(id_read) = id.raw.parse::<PersonId>() else { continue };
            if self.people.get(&id_read) != Some(&report.place(id.position)) {
                continue;
            }
            let person = read_person(id_read, fields, around, report);
            let person = person.map(|person| (person.id.clone(), person));
            self.approvers.people.extend(person);
        }
    }

    /// Finds names that mean two people: who may not approve for themselves would be a guess.
    pub(super) fn known_twice(&self) -> Vec<Finding> {
        let mut known: BTreeMap<String, &Person> = BTreeMap::new();
        let mut findings = Vec::new();
        for person in self.approvers.people.values() {
            for name in person.names() {
                let Some(other) = known.insert(name.clone(), person) else { continue };
                // Two people may have one name; an id, an address or an identity is for telling them apart.
                let both = [person, other].map(|one| canonical_identity(&one.name) == name);
                let (level, hint) = if both == [true, true] {
                    (Level::Warning, "tell them apart in `name`")
                } else {
                    (Level::Error, "an id, an address or an identity belongs to one person")
                };
                let place = self.people.get(&person.id).cloned();
                findings.extend(place.map(|place| Finding {
                    level,
                    code: "ambiguous-person",
                    place,
                    message: format!(
                        "`{}` is both `{}` and `{}`",
                        name.escape_debug(),
                        other.id,
                        person.id
                    ),
                    hint: Some(hint.to_owned()),
                }));
            }
        }
        findings
    }
}

fn read_person(
    id: PersonId,
    At { value, position }: &At<PersonFields>,
    around: Around<'_>,
    report: &mut Report<'_>,
) -> Option<Person> {
    let PersonFields { name, channels, identities } = value;
    let hint = "a name or a role: `name: support lead on duty`";
    let name = report.require(name.as_ref(), *position, "name", hint);
    if let Some(name) = name {
        check_name(name, *position, "name", report);
    }
    let channels = channels.as_ref().map(|channels| channels::read(channels, around, report));
    let identities = identities.as_ref();
    if let Some(At { value, position }) = identities
        && value.len() > MOST_IDENTITIES
    {
        let message = format!("there are more than {MOST_IDENTITIES} identities");
        report.error(*position, "too-many-approvers", message, "leave some out".to_owned());
    }
    let names = identities.iter().flat_map(|identities| &identities.value);
    for At { value, position } in names.clone() {
        check_name(value, *position, "identities", report);
    }
    Some(Person {
        id,
        name: name?.clone(),
        identities: names.map(|name| name.value.clone()).collect(),
        channels: channels.unwrap_or_default(),
    })
}

/// Bounds a name, and refuses one that would show as another.
fn check_name(
    name: &str,
    position: crate::position::Position,
    field: &str,
    report: &mut Report<'_>,
) {
    let message = if name.trim().is_empty() {
        format!("`{field}` holds an empty name")
    } else if name.len() > LONGEST_NAME {
        format!("a name in `{field}` has more than {LONGEST_NAME} bytes")
    } else if name.contains(char::is_control) {
        format!("a name in `{field}` has a control character")
    } else {
        return;
    };
    report.error(position, "invalid-person", message, "a name or a role, on one line".to_owned());
}
