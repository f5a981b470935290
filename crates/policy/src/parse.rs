//! Policy files to rules, with every fault at its line and column.

use std::collections::BTreeMap;
use std::ops::Range;
use std::str::FromStr as _;

use cedar_policy::{Effect, Policy, PolicyId as CedarId, PolicySet, Template};
use miette::Diagnostic;
use syndic_model::{Finding, Level, Place, PolicyId};

use crate::annotation::{self, Marks};
use crate::bounds::{MAX_POLICIES, long_pattern, oversized, pattern_too_long, pieces, too_many};
use crate::finding::{self, Hint as _, Lines, error};
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
    lines: Lines,
    piece: Range<usize>,
    outline: Outline,
    added: usize,
}

/// Reads all files; a policy with an error is left out.
pub(crate) fn files<'a>(
    sources: &Sources<'a>,
    findings: &mut Vec<Finding>,
) -> Vec<(Rule, Excerpt<'a>)> {
    let pieces: Vec<_> = sources.files.iter().map(|file| (file, pieces(&file.text))).collect();
    let found: usize = pieces.iter().map(|(_, pieces)| pieces.len()).sum();
    if found > MAX_POLICIES {
        findings.push(too_many(finding::file("policies"), found));
        return Vec::new();
    }
    let mut taken: BTreeMap<PolicyId, Place> = BTreeMap::new();
    let mut rules = Vec::new();
    for (file, pieces) in pieces {
        for (policy, excerpt) in read(file, pieces, findings) {
            rules.extend(rule(&policy, excerpt, sources, &mut taken, findings));
        }
    }
    rules
}

/// Reads the policies of one file, one by one: none, if one of them is no policy.
fn read<'a>(
    file: &'a PolicyFile,
    pieces: Vec<Range<usize>>,
    findings: &mut Vec<Finding>,
) -> Vec<(Policy, Excerpt<'a>)> {
    let lines = Lines::of(&file.text);
    let mut policies = Vec::with_capacity(pieces.len());
    let (mut oversize, mut malformed) = (false, false);
    for piece in pieces {
        let text = file.text.get(piece.clone()).unwrap_or_default();
        let place = |at| lines.position(&file.path, &file.text, at);
        if let Some(finding) = oversized(text, || place(piece.start)) {
            findings.push(finding);
            oversize = true;
        } else if let Ok(policy) = Policy::parse(None, text) {
            let lines = lines.clone();
            let excerpt = Excerpt { file, lines, piece, outline: outline(text), added: 0 };
            policies.push((policy, excerpt));
        } else if Template::parse(None, text).is_ok() {
            let slot = text.find('?').unwrap_or_default();
            let fault = error("template", place(piece.start + slot), "templates are not supported");
            findings.push(fault.hint("write the entity instead of `?principal` or `?resource`"));
        } else {
            malformed = true;
        }
    }
    if malformed && !oversize {
        // Once more as a whole: what is wrong may be where one policy ends and the next begins.
        match PolicySet::from_str(&file.text) {
            Ok(_) => {
                let message = "the file has a policy that cannot be read by itself";
                findings.push(error("syntax", finding::file(&file.path), message));
            }
            Err(faults) => findings.extend(syntax(&file.path, &file.text, &faults)),
        }
    }
    if malformed { Vec::new() } else { policies }
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
        let place = spot::presence(policy).unwrap_or(excerpt.outline.effect);
        let place = excerpt.place(place);
        let message = "a forbid asks whether a fact is there, and would pass where it is not";
        let hint = "drop the `has`; give the fact a `default` in the catalogue, so that it is always there";
        findings.push(error("has-on-fact", place, message).hint(hint));
    }
    if long_pattern(policy) {
        findings.push(pattern_too_long(excerpt.effect()));
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

/// Rewrites the policy's text with the loader's conditions right after the scope, if there are any.
fn scoped(policy: &Policy, excerpt: &Excerpt<'_>, conditions: &str) -> Option<Policy> {
    let id = CedarId::new(policy.annotation("id")?);
    if conditions.is_empty() {
        return Some(policy.new_id(id));
    }
    let text = excerpt.file.text.get(excerpt.piece.clone())?;
    let (head, body) = text.split_at_checked(excerpt.after_scope())?;
    Policy::parse(Some(id), format!("{head}{conditions}{body}")).ok()
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
        let at = self.piece.start + self.written(offset);
        self.lines.position(&self.file.path, &self.file.text, at)
    }

    /// Returns the place of `permit` or `forbid`.
    pub(crate) fn effect(&self) -> Place {
        self.place(self.outline.effect)
    }

    /// Returns the place of a text literal after the annotations, or else of the effect.
    pub(crate) fn literal(&self, text: &str) -> Place {
        let start = self.piece.start + self.outline.effect;
        let rest = self.file.text.get(start..self.piece.end).unwrap_or_default();
        match rest.find(&format!("\"{text}\"")) {
            Some(at) => self.lines.position(&self.file.path, &self.file.text, start + at),
            None => self.effect(),
        }
    }

    /// Returns the policy's text from an offset in its evaluated text on.
    pub(crate) fn from(&self, offset: usize) -> &str {
        let start = self.piece.start + self.written(offset);
        self.file.text.get(start..).unwrap_or_default()
    }

    /// Returns the policy's text before an offset in its evaluated text.
    pub(crate) fn before(&self, offset: usize) -> &str {
        let end = self.piece.start + self.written(offset);
        self.file.text.get(self.piece.start..end).unwrap_or_default()
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
