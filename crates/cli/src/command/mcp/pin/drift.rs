//! How the tools of a server differ from what was pinned.

use std::collections::BTreeMap;

use syndic_governance::Pinned;
use syndic_mcp::pin::{Change, Finding, class, compare, describe, diff, scan};
use syndic_model::{ToolName, ToolPin};

/// How the tools of a server differ from what was pinned.
#[derive(Debug)]
pub(super) struct Drift {
    /// Every tool, by name.
    pub(super) tools: Vec<Tool>,
    /// Those that are pinned and no longer there.
    pub(super) vanished: Vec<ToolName>,
}

/// How one tool is now.
#[derive(Debug)]
pub(super) struct Tool {
    pub(super) name: ToolName,
    pub(super) pin: ToolPin,
    /// `None` where it is as it was pinned.
    pub(super) change: Option<Change>,
    /// What differs, to be read.
    pub(super) diff: String,
    /// What speaks to the model.
    pub(super) findings: Vec<Finding>,
}

impl Drift {
    pub(super) fn between(
        old: Option<&BTreeMap<ToolName, Pinned>>,
        new: &BTreeMap<ToolName, Pinned>,
    ) -> Self {
        let before = |name| old.and_then(|old| old.get(name));
        let tools = new.iter().map(|(name, now)| tool(name, before(name), now)).collect();
        let known = old.into_iter().flatten().map(|(name, _)| name);
        let vanished = known.filter(|name| !new.contains_key(*name)).cloned().collect();
        Self { tools, vanished }
    }

    pub(super) fn is_any(&self) -> bool {
        !self.vanished.is_empty() || self.tools.iter().any(|tool| tool.change.is_some())
    }
}

fn tool(name: &ToolName, before: Option<&Pinned>, now: &Pinned) -> Tool {
    let (change, diff) = match before {
        None => (Some(Change::New), describe(&now.definition)),
        Some(before) if before.pin == now.pin => (None, String::new()),
        Some(before) => {
            let differences = compare(&before.definition, &now.definition);
            // Another pin is another definition, whatever the comparison makes of it.
            let change = class(&differences).unwrap_or(Change::Capability);
            (Some(change), diff(&before.definition, &now.definition))
        }
    };
    let findings = scan(&now.definition);
    Tool { name: name.clone(), pin: now.pin.clone(), change, diff, findings }
}
