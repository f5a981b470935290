//! Policy files to rules, with every fault at its line and column.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use cedar_policy::{Effect, Policy, PolicyId as CedarId, PolicySet};
use miette::Diagnostic;
use syndic_model::{Finding, Level, Place, PolicyId};

use crate::annotation::{self, Marks};
use crate::finding::{Hint as _, error, position};
use crate::outline::{Outline, outline};
use crate::reads::reads;
use crate::reserved::RESERVED;
use crate::rule::{Reach, Rule};
use crate::syntax::syntax;
use crate::{Origin, PolicyFile, Sources, spot};

/// A policy's place in its file, before and after the loader added conditions to it.
#[derive(Debug)]
pub(crate) struct Excerpt<'a> {
    file: &'a PolicyFile,
    start: usize,
    outline: Outline,
    added: usize,
}

/// Reads all files; a policy with an error is left out.
pub(crate) fn files<'a>(
    sources: &Sources<'a>,
    findings: &mut Vec<Finding>,
) -> Vec<(Rule, Excerpt<'a>)> {
    let mut taken: BTreeMap<PolicyId, Place> = BTreeMap::new();
    let mut rules = Vec::new();
    for file in sources.files {
        match PolicySet::from_str(&file.text) {
            Ok(set) => {
                for (policy, excerpt) in split(file, &set, findings) {
                    rules.extend(rule(&policy, excerpt, sources, &mut taken, findings));
                }
            }
            Err(faults) => findings.extend(syntax(&file.path, &file.text, &faults)),
        }
    }
    rules
}

/// Finds each policy's text again: Cedar numbers policies and templates in the order of the file.
fn split<'a>(
    file: &'a PolicyFile,
    set: &PolicySet,
    findings: &mut Vec<Finding>,
) -> Vec<(Policy, Excerpt<'a>)> {
    let mut start = 0;
    let mut policies = Vec::new();
    for number in 0..set.num_of_policies() + set.num_of_templates() {
        let id = CedarId::new(format!("policy{number}"));
        let policy = set.policy(&id);
        let text = policy
            .and_then(Policy::to_cedar)
            .or_else(|| set.template(&id).map(|template| template.to_cedar()));
        let text = text.unwrap_or_default();
        let rest = file.text.get(start..).unwrap_or_default();
        start += rest.find(&text).unwrap_or_default();
        match policy {
            Some(policy) => {
                let excerpt = Excerpt { file, start, outline: outline(&text), added: 0 };
                policies.push((policy.clone(), excerpt));
            }
            None => {
                let slot = text.find('?').unwrap_or_default();
                let place = position(&file.path, &file.text, start + slot);
                let fault = error("template", place, "templates are not supported");
                findings
                    .push(fault.hint("write the entity instead of `?principal` or `?resource`"));
            }
        }
        start += text.len();
    }
    policies
}

fn rule<'a>(
    policy: &Policy,
    mut excerpt: Excerpt<'a>,
    sources: &Sources<'_>,
    taken: &mut BTreeMap<PolicyId, Place>,
    findings: &mut Vec<Finding>,
) -> Option<(Rule, Excerpt<'a>)> {
    let before = findings.len();
    let marks = annotation::read(policy, sources, &|name| excerpt.annotation(name), findings);
    let reads = reads(policy);
    if policy.effect() == Effect::Permit && excerpt.file.team.is_some() {
        let fault = error("team-permit", excerpt.effect(), "a team's policies may only restrict");
        findings.push(fault.hint("move the permit to `policies/org/`"));
    }
    if policy.effect() == Effect::Forbid && reads.has_on_fact {
        let place = spot::presence(policy).map_or_else(
            || excerpt.effect(),
            |at| position(&excerpt.file.path, &excerpt.file.text, at),
        );
        let message = "a forbid asks whether a fact is there, and would pass where it is not";
        let hint = "drop the `has`; give the fact a `default` in the catalogue, so that it is always there";
        findings.push(error("has-on-fact", place, message).hint(hint));
    }
    let marks = marks.filter(|marks| is_free(marks, &excerpt, taken, findings))?;
    let reach = Reach { team: excerpt.file.team.clone(), applies_to: marks.applies_to.clone() };
    let faulty = findings.iter().skip(before).any(|finding| finding.level == Level::Error);
    if faulty {
        return None;
    }
    let conditions = reach.conditions();
    excerpt.added = conditions.len();
    let Some(policy) = scoped(policy, &excerpt, &conditions) else {
        findings.push(error(
            "scope",
            excerpt.place(0),
            "the policy cannot be scoped to its agents",
        ));
        return None;
    };
    Some((Rule::new(marks, Origin::File(excerpt.place(0)), policy, reach, reads), excerpt))
}

/// Rewrites the policy's text with the loader's conditions right after the scope.
fn scoped(policy: &Policy, excerpt: &Excerpt<'_>, conditions: &str) -> Option<Policy> {
    let text = policy.to_cedar()?;
    let (head, body) = text.split_at_checked(excerpt.after_scope())?;
    Policy::parse(Some(CedarId::new(policy.annotation("id")?)), format!("{head}{conditions}{body}"))
        .ok()
}

fn is_free(
    marks: &Marks,
    excerpt: &Excerpt<'_>,
    taken: &mut BTreeMap<PolicyId, Place>,
    findings: &mut Vec<Finding>,
) -> bool {
    let (id, place) = (&marks.id, excerpt.annotation("id"));
    if RESERVED.contains(&id.as_str()) {
        findings.push(
            error("reserved-id", place, format!("`{id}` is syndic's own policy"))
                .hint("choose another `@id`"),
        );
        return false;
    }
    if let Some(first) = taken.get(id) {
        findings.push(
            error("duplicate-id", place, format!("`{id}` is already a policy at {first}"))
                .hint("give this one another `@id`"),
        );
        return false;
    }
    taken.insert(id.clone(), place);
    true
}

impl Excerpt<'_> {
    /// Returns the place of an offset in the policy's evaluated text.
    pub(crate) fn place(&self, offset: usize) -> Place {
        position(&self.file.path, &self.file.text, self.start + self.written(offset))
    }

    /// Returns the place of `permit` or `forbid`.
    pub(crate) fn effect(&self) -> Place {
        self.place(self.outline.effect)
    }

    /// Returns the place of a text literal after the annotations, or else of the effect.
    pub(crate) fn literal(&self, text: &str) -> Place {
        let start = self.start + self.outline.effect;
        let rest = self.file.text.get(start..).unwrap_or_default();
        match rest.find(&format!("\"{text}\"")) {
            Some(at) => position(&self.file.path, &self.file.text, start + at),
            None => self.effect(),
        }
    }

    /// Returns the policy's text from an offset in its evaluated text on.
    pub(crate) fn from(&self, offset: usize) -> &str {
        self.file.text.get(self.start + self.written(offset)..).unwrap_or_default()
    }

    /// Returns the policy's text before an offset in its evaluated text.
    pub(crate) fn before(&self, offset: usize) -> &str {
        self.file.text.get(self.start..self.start + self.written(offset)).unwrap_or_default()
    }

    /// Turns an offset in the evaluated text into one in the text as written.
    fn written(&self, offset: usize) -> usize {
        let scope = self.after_scope();
        if offset <= scope { offset } else { offset.saturating_sub(self.added).max(scope) }
    }

    /// Returns the place of an annotation, or of the policy if it is not there.
    pub(crate) fn annotation(&self, name: &str) -> Place {
        let found = self.outline.annotations.iter().find(|(written, _)| written == name);
        self.place(found.map_or(0, |(_, at)| *at))
    }

    const fn after_scope(&self) -> usize {
        self.outline.scope.end + 1
    }
}

/// Returns the offset of a diagnostic's first label.
pub(crate) fn offset(diagnostic: &dyn Diagnostic) -> Option<usize> {
    diagnostic.labels().and_then(|mut labels| labels.next()).map(|label| label.offset())
}
