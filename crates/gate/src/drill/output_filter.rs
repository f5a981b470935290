//! The output filter drill: what the filter of an action's results looks for does not come out, and what it does not
//! look for does.

mod seeds;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use syndic_detect::{Key, Tags};
use syndic_governance::Governance;
use syndic_model::{ActionName, AgentId, Mode, Output, OutputKind};

use self::seeds::{CLEAN, SEEDS, Seed};
use super::{DrillError, Tried, figure};
use crate::Gate;
use crate::output::{Whose, filtered, rules};
use crate::report::Report;

/// A filter: whose results of which action, and what is looked for in them.
#[derive(Debug)]
struct Filtering {
    agent: AgentId,
    action: ActionName,
    rules: Output,
    mode: Mode,
}

/// What came of trying.
#[derive(Debug, Default)]
struct Seen {
    actions: usize,
    seeded: u64,
    disguised: u64,
    disguised_stopped: u64,
    clean: u64,
    /// What came through plainly, and which clean texts were touched, by filter.
    through: BTreeMap<String, BTreeSet<&'static str>>,
    through_count: u64,
    touched: BTreeSet<String>,
    touched_count: u64,
    /// The kinds that came through in a disguise.
    bypasses: BTreeMap<&'static str, BTreeSet<&'static str>>,
    /// What is looked for, and no reference text has.
    unseeded: BTreeSet<String>,
    observed: BTreeSet<String>,
}

impl Gate {
    /// Gives the filter of each action that an agent, or any, may ask for what it is to stop, and what it is not.
    pub(super) async fn drill_output_filter(
        &self,
        agent: Option<&AgentId>,
    ) -> Result<Tried, DrillError> {
        let governance = self.governance();
        let filters = filters(&governance, agent);
        if filters.is_empty() {
            return Err(DrillError::NoOutputFilter(agent.cloned()));
        }
        let mut key = [0; 32];
        self.clock.fill(&mut key);
        let tried = tokio::task::spawn_blocking(move || {
            let mut tags = Tags::new(Key::new(key));
            let mut seen = Seen::default();
            for filter in &filters {
                filter.try_out(&governance, &mut tags, &mut seen);
            }
            seen
        });
        judge(&tried.await.map_err(|_| DrillError::Interrupted)?)
    }
}

/// Returns the filters that look for anything.
fn filters(governance: &Governance, agent: Option<&AgentId>) -> Vec<Filtering> {
    let named =
        governance.agents.values().filter(|profile| agent.is_none_or(|one| *one == profile.id));
    let filters = named.flat_map(|profile| {
        let actions = governance.engine.callable(&profile.id).into_iter();
        actions.filter_map(|action| {
            let (agent, name) = (profile.id.to_string(), action.to_string());
            let rules = rules(governance, &Whose { agent, action: name, session: None })?;
            // How long a result may be says nothing of what is found in it.
            let rules = Output { max_bytes: None, ..rules };
            let (agent, mode) = (profile.id.clone(), profile.mode);
            (!rules.is_open()).then_some(Filtering { agent, action, rules, mode })
        })
    });
    filters.collect()
}

impl Filtering {
    fn try_out(&self, governance: &Governance, tags: &mut Tags, seen: &mut Seen) {
        seen.actions += 1;
        let name = format!("{} of {}", self.action, self.agent);
        if self.mode == Mode::Observe {
            seen.observed.insert(self.agent.to_string());
        }
        for seed in SEEDS.iter().filter(|seed| self.looks_for(governance, seed)) {
            let value = seed.value();
            seen.seeded += 1;
            if self.leaks(governance, tags, seed, &value) {
                seen.through_count += 1;
                seen.through.entry(name.clone()).or_default().insert(seed.kind);
            }
            for disguise in seed.disguises() {
                let Some(disguised) = disguise.of(&value) else { continue };
                seen.disguised += 1;
                if self.leaks(governance, tags, seed, &disguised) {
                    seen.bypasses.entry(disguise.name).or_default().insert(seed.kind);
                } else {
                    seen.disguised_stopped += 1;
                }
            }
        }
        for text in CLEAN {
            seen.clean += 1;
            if self
                .came_out(governance, tags, text)
                .iter()
                .any(|left| left.as_deref() != Some(*text))
            {
                seen.touched_count += 1;
                seen.touched.insert(name.clone());
            }
        }
        let kinds = self.rules.redact.iter().chain(&self.rules.block);
        seen.unseeded.extend(kinds.filter_map(|kind| match kind {
            OutputKind::Kind(name) if !SEEDS.iter().any(|seed| seed.kind == name) => {
                Some(name.clone())
            }
            OutputKind::Pii | OutputKind::Secrets | OutputKind::Kind(_) => None,
        }));
    }

    /// Tells whether the filter is to stop a seed. What the settings turned off, and what is never sure enough to be
    /// withheld, is none of those that are not named.
    fn looks_for(&self, governance: &Governance, seed: &Seed) -> bool {
        let off = governance.settings.detection.off.iter().any(|kind| kind.as_str() == seed.kind);
        let covers = |kind: &OutputKind, unlikely: bool| {
            let named = matches!(kind, OutputKind::Kind(_));
            kind.covers(seed.kind, seed.is_secret()) && (named || !unlikely)
        };
        self.rules.redact.iter().any(|kind| covers(kind, off))
            || self.rules.block.iter().any(|kind| covers(kind, off || !seed.is_sure()))
    }

    /// Tells whether a value, or half of a long one, is left in what comes out.
    fn leaks(&self, governance: &Governance, tags: &mut Tags, seed: &Seed, value: &str) -> bool {
        let halves = match value.len() {
            0..8 => [value, value],
            length => {
                let (one, other) = value.split_at(value.floor_char_boundary(length / 2));
                [one, other]
            }
        };
        let came_out = self.came_out(governance, tags, &seed.text(value));
        came_out.iter().flatten().any(|text| halves.iter().any(|half| text.contains(half)))
    }

    /// Returns what is left of a text, in a result as tools of MCP give one and in an error.
    fn came_out(
        &self,
        governance: &Governance,
        tags: &mut Tags,
        text: &str,
    ) -> [Option<String>; 2] {
        let result = json!({"content": [{"type": "text", "text": text}], "isError": false});
        let report = Report {
            ok: true,
            args_digest: String::new(),
            result: Some(result.to_string()),
            error: Some(text.to_owned()),
            duration_ms: None,
            input_tokens: None,
            output_tokens: None,
            model: None,
        };
        let left = filtered(governance, &self.rules, Some(self.mode), tags, &report);
        let result: Option<Value> = left.result.and_then(|text| serde_json::from_str(&text).ok());
        let text = |result: Value| Some(result.pointer("/content/0/text")?.as_str()?.to_owned());
        [result.and_then(text), left.error]
    }
}

fn judge(seen: &Seen) -> Result<Tried, DrillError> {
    let lacks = || {
        let kinds: Vec<&str> = seen.unseeded.iter().map(String::as_str).collect();
        format!("no reference text has {}", kinds.join(", "))
    };
    if seen.seeded == 0 {
        let off = || "`detection.off` in syndic.yaml turns off all that they look for".to_owned();
        return Err(DrillError::NoSeed(if seen.unseeded.is_empty() { off() } else { lacks() }));
    }
    let figures = [
        ("actions_count", figure(seen.actions)),
        ("seeded_count", seen.seeded),
        ("stopped_count", seen.seeded.saturating_sub(seen.through_count)),
        ("disguised_count", seen.disguised),
        ("disguised_stopped_count", seen.disguised_stopped),
        ("clean_count", seen.clean),
        ("clean_touched_count", seen.touched_count),
    ];
    let mut told = Vec::new();
    if !seen.observed.is_empty() {
        let agents: Vec<&str> = seen.observed.iter().map(String::as_str).collect();
        told.push(format!("only observed, so that nothing is changed: {}", agents.join(", ")));
    }
    if !seen.through.is_empty() {
        let (count, seeded) = (seen.through_count, seen.seeded);
        told.push(format!(
            "{count} of {seeded} seeded values came through: {}",
            listed(&seen.through)
        ));
    }
    if !seen.touched.is_empty() {
        let names: Vec<&str> = seen.touched.iter().map(String::as_str).collect();
        let (count, clean) = (seen.touched_count, seen.clean);
        told.push(format!("{count} of {clean} clean texts were changed: {}", names.join(", ")));
    }
    let passed = seen.through.is_empty() && seen.touched.is_empty();
    if passed {
        told.push(format!(
            "all of {} seeded values were stopped in results of {} actions, and no clean text was changed",
            seen.seeded, seen.actions
        ));
    }
    if !seen.bypasses.is_empty() && seen.observed.is_empty() {
        told.push(format!("known to come through in disguise: {}", listed(&seen.bypasses)));
    }
    if !seen.unseeded.is_empty() {
        told.push(lacks());
    }
    Ok(Tried { passed, figures: figures.into_iter().collect(), told: told.join("; ") })
}

/// Lists names with the kinds of each.
fn listed<K: AsRef<str>>(of: &BTreeMap<K, BTreeSet<&'static str>>) -> String {
    let kinds =
        |kinds: &BTreeSet<&'static str>| kinds.iter().copied().collect::<Vec<_>>().join(", ");
    let each = of.iter().map(|(name, of)| format!("{} ({})", name.as_ref(), kinds(of)));
    each.collect::<Vec<_>>().join(", ")
}
