//! Messages from templates: `{{card}}` is a value, `[[a|b]]` one of several wordings.

use std::collections::HashSet;

use anyhow::{Context as _, bail};

use super::Written;
use super::random::Random;
use super::values;
use crate::set::Case;

const SEED: u64 = 0x5eed_0001;
/// Of each sort.
const MESSAGES: usize = 1500;

const WITH: &[(&str, &str)] = &[
    ("calls", include_str!("../../templates/calls.txt")),
    ("chats", include_str!("../../templates/chats.txt")),
    ("mails", include_str!("../../templates/mails.txt")),
    ("papers", include_str!("../../templates/papers.txt")),
    ("data", include_str!("../../templates/data.txt")),
    ("logs", include_str!("../../templates/logs.txt")),
    ("code", include_str!("../../templates/code.txt")),
];

const WITHOUT: &[(&str, &str)] = &[
    ("benign-calls", include_str!("../../templates/benign-calls.txt")),
    ("benign-chats", include_str!("../../templates/benign-chats.txt")),
    ("benign-papers", include_str!("../../templates/benign-papers.txt")),
    ("benign-data", include_str!("../../templates/benign-data.txt")),
    ("benign-logs", include_str!("../../templates/benign-logs.txt")),
    ("benign-code", include_str!("../../templates/benign-code.txt")),
];

/// As many messages with something to find as without, in turn.
pub fn messages() -> anyhow::Result<Vec<Case>> {
    let mut random = Random::new(SEED);
    let (with, without) = (templates(WITH), templates(WITHOUT));
    let (mut cases, mut seen) = (Vec::new(), HashSet::new());
    for (templates, has_gold) in [(&with, true), (&without, false)] {
        let mut drawn = Vec::new();
        for template in templates.iter().cycle() {
            let case = filled(template, &mut random)?;
            anyhow::ensure!(case.gold.is_empty() != has_gold, "template {} belongs to the other sort", template.0);
            // Some templates hold few values or none: what is said twice counts once.
            if seen.insert(case.text.clone()) {
                drawn.push(case);
            }
            if drawn.len() == MESSAGES {
                break;
            }
        }
        cases.push(drawn);
    }
    let (with, without) = (cases.swap_remove(0), cases.swap_remove(0));
    Ok(with.into_iter().zip(without).flat_map(|(with, without)| [with, without]).collect())
}

fn templates(files: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    let named = |(name, text): &(&str, &'static str)| {
        let name = (*name).to_owned();
        text.trim_end()
            .split("\n----\n")
            .enumerate()
            .map(move |(nth, text)| (format!("{name}/{nth}"), text))
            .collect::<Vec<_>>()
    };
    files.iter().flat_map(named).collect()
}

fn filled((name, template): &(String, &str), random: &mut Random) -> anyhow::Result<Case> {
    let mut written = Written::default();
    let chosen = choose(template, random);
    let mut rest = chosen.as_str();
    while let Some((before, after)) = rest.split_once("{{") {
        written.put(before);
        let (placeholder, after) = after.split_once("}}").with_context(|| format!("{name}: `{{{{` without its end"))?;
        let Some(value) = values::draw(placeholder, random) else { bail!("{name}: there is no `{placeholder}`") };
        match value.kind {
            Some(kind) => written.gold(kind, &value.text),
            None => written.put(&value.text),
        }
        rest = after;
    }
    written.put(rest);
    written.0.template = Some(name.clone());
    Ok(written.0)
}

/// Takes one of each `[[a|b]]`; other brackets stay.
fn choose(template: &str, random: &mut Random) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("[[") {
        text += before;
        match after.split_once("]]") {
            Some((choices, after)) if choices.contains('|') => {
                let choices: Vec<&str> = choices.split('|').collect();
                text += random.pick(&choices);
                rest = after;
            }
            _ => {
                text += "[[";
                rest = after;
            }
        }
    }
    text + rest
}
