//! `approvers/*.yaml`, read: people first, since groups of any file name them.

mod channels;
mod groups;
mod meanings;
mod people;

use std::collections::BTreeMap;

use syndic_model::{ACTING_USER, Approvers, Finding, GroupName, PersonId, Place};

use crate::catalogue::Catalogue;
use crate::position::Position;
use crate::report::Report;
use crate::settings::Notify;
use crate::text::{Text, did_you_mean};
use crate::wire::ApproversFile;

pub(crate) use meanings::{MailAddress, SlackId, Wait};

/// The most people, in all files.
const MOST_PEOPLE: usize = 10_000;
/// The most groups, in all files.
const MOST_GROUPS: usize = 1_000;

/// Everybody who may be asked, with the place of every entry.
#[derive(Debug)]
pub(crate) struct Roster {
    /// Whether every file was read; without one, people and groups of others may seem unknown.
    pub(crate) whole: bool,
    pub(crate) approvers: Approvers,
    people: BTreeMap<PersonId, Place>,
    groups: BTreeMap<GroupName, Place>,
}

/// What approvers are read in the light of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) catalogue: &'a Catalogue,
    /// `None` where `syndic.yaml` did not read: no webhook is unknown then.
    pub(crate) notify: Option<&'a Notify>,
}

impl Roster {
    /// Reads all files; `whole` says that none is missing.
    pub(crate) fn read(
        files: &[(&str, ApproversFile)],
        whole: bool,
        around: Around<'_>,
        findings: &mut Vec<Finding>,
    ) -> Self {
        let mut this = Self {
            whole,
            approvers: Approvers::default(),
            people: BTreeMap::new(),
            groups: BTreeMap::new(),
        };
        let mut reports: Vec<_> = files.iter().map(|(path, _)| Report::new(path)).collect();
        for ((_, file), report) in files.iter().zip(&mut reports) {
            this.declare(file, report);
        }
        for ((_, file), report) in files.iter().zip(&mut reports) {
            this.read_people(file, around, report);
        }
        for ((_, file), report) in files.iter().zip(&mut reports) {
            this.read_groups(file, around, report);
        }
        findings.extend(reports.into_iter().flat_map(|report| report.findings));
        findings.extend(this.known_twice());
        this
    }

    /// Returns the groups that can be named.
    pub(crate) fn group_names(&self) -> impl Iterator<Item = &GroupName> {
        self.groups.keys()
    }

    /// Tells what is wrong with asking a group, if anything is.
    pub(crate) fn check_group(
        &self,
        text: &Text<GroupName>,
        name: &GroupName,
        report: &mut Report<'_>,
    ) {
        let known = name.as_str() == ACTING_USER || self.groups.contains_key(name);
        if known || !self.whole {
            return;
        }
        let groups = self.groups.keys().map(GroupName::as_str).chain([ACTING_USER]);
        let hint = did_you_mean(&text.raw, groups);
        let hint = hint.unwrap_or_else(|| "declare it under `groups` in `approvers/`".to_owned());
        let message = format!("group `{name}` is in no file of `approvers/`");
        report.error(text.position, "unknown-group", message, hint);
    }

    /// Takes the ids of a file, so that others can name them; what is taken already is a finding.
    fn declare(&mut self, file: &ApproversFile, report: &mut Report<'_>) {
        for (id, _) in file.people.iter().flat_map(|people| &people.0) {
            let Some(person) = report.read(id) else { continue };
            let taken = self.people.get(&person).cloned();
            if is_free(&person, "person", taken.as_ref(), id.position, report)
                && has_room(self.people.len(), MOST_PEOPLE, "people", id.position, report)
            {
                self.people.insert(person, report.place(id.position));
            }
        }
        for (id, _) in file.groups.iter().flat_map(|groups| &groups.0) {
            let Some(group) = report.read(id) else { continue };
            if group.as_str() == ACTING_USER {
                let message =
                    format!("`{ACTING_USER}` is whoever the agent acts for: no file declares it");
                let hint = "give the group another name".to_owned();
                report.error(id.position, "reserved-group", message, hint);
                continue;
            }
            let taken = self.groups.get(&group).cloned();
            if is_free(&group, "group", taken.as_ref(), id.position, report)
                && has_room(self.groups.len(), MOST_GROUPS, "groups", id.position, report)
            {
                self.groups.insert(group, report.place(id.position));
            }
        }
    }
}

fn is_free(
    id: &impl std::fmt::Display,
    kind: &str,
    taken: Option<&Place>,
    position: Position,
    report: &mut Report<'_>,
) -> bool {
    let Some(first) = taken else { return true };
    let code = if kind == "person" { "duplicate-person" } else { "duplicate-group" };
    let message = format!("{kind} `{id}` is already declared at {first}");
    report.error(position, code, message, "keep one of them, or give one another id".to_owned());
    false
}

fn has_room(
    so_far: usize,
    most: usize,
    what: &str,
    position: Position,
    report: &mut Report<'_>,
) -> bool {
    if so_far == most {
        let message = format!("there are more than {most} {what}");
        report.error(position, "too-many-approvers", message, "leave some out".to_owned());
    }
    so_far < most
}
