//! Loading: everything is read, everything wrong is told, and nothing wrong is put in force.

use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy::Schema;
use syndic_model::{ActionName, Finding, Level};

use crate::embed::Natives;
use crate::entities::{Agent, actions, entities};
use crate::entry::{CATALOGUE, Entry};
use crate::fast::Fast;
use crate::finding::{error, file};
use crate::parse::Excerpt;
use crate::rule::Rule;
use crate::slice::Slices;
use crate::validate::validate;
use crate::{Engine, Loaded, Sources, parse, profile, schema};

/// What the largest policy that `bounds` lets pass needs, several times over: Cedar follows nesting by recursion.
const STACK: usize = 32 * 1024 * 1024;

pub(crate) fn load(sources: &Sources<'_>) -> Loaded {
    let mut findings = Vec::new();
    let engine = stacker::grow(STACK, || build(sources, &mut findings));
    findings.sort_by(|a, b| (a.level, &a.place, &a.message).cmp(&(b.level, &b.place, &b.message)));
    findings.dedup();
    let sound = findings.iter().all(|finding| finding.level != Level::Error);
    Loaded { engine: engine.filter(|_| sound), findings }
}

fn build(sources: &Sources<'_>, findings: &mut Vec<Finding>) -> Option<Engine> {
    let entries = entries(sources, findings);
    let whole = entries.len() == sources.catalogue.len();
    let mut told = Vec::new();
    let compiled =
        profile::compile(sources, &entries, &mut told).into_iter().map(|rule| (rule, None));
    // Without an entry of the catalogue, every profile and policy that names it would be told to be wrong.
    findings.extend(told.into_iter().filter(|_| whole));
    let written =
        parse::files(sources, findings).into_iter().map(|(rule, excerpt)| (rule, Some(excerpt)));
    let rules: Vec<(Rule, Option<Excerpt<'_>>)> = compiled.chain(written).collect();
    let limits = sources.agents.values().map(|profile| profile.limits.len()).max();
    let limits = limits.unwrap_or_default();
    let text = schema::text(&entries, limits);
    let schema = match Schema::from_cedarschema_str(&text) {
        Ok((schema, _)) => schema,
        Err(fault) => {
            findings.push(error(
                "schema",
                file(CATALOGUE),
                format!("the catalogue makes no Cedar schema: {fault}"),
            ));
            return None;
        }
    };
    if whole {
        validate(&schema, &text, &rules, sources, findings);
    }
    let numbered = sources.agents.iter().enumerate();
    let agents =
        numbered.map(|(number, (id, profile))| (id.clone(), Agent::new(number, profile))).collect();
    let rules: Vec<Arc<Rule>> = rules.into_iter().map(|(rule, _)| Arc::new(rule)).collect();
    let entities = entities(&agents, &rules, &schema)
        .map_err(|fault| findings.push(error("entities", file("agents"), fault)))
        .ok()?;
    let actions = actions(&entries, &rules);
    let cedar = Fast::new(entities, limits);
    let natives = Natives::default();
    let slices = Slices::new(rules, limits);
    Some(Engine { agents, actions, slices, cedar, natives, schema: text })
}

fn entries(sources: &Sources<'_>, findings: &mut Vec<Finding>) -> BTreeMap<ActionName, Arc<Entry>> {
    let compile = |(name, declared): (&ActionName, _)| {
        Some((name.clone(), Entry::compile(declared, findings)?))
    };
    sources.catalogue.iter().filter_map(compile).collect()
}
