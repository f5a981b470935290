//! The annotations of a policy: a closed set, each read into what it means.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use cedar_policy::{Effect, Policy};
use syndic_model::{
    ACTING_USER, AgentId, AgentProfile, Finding, GroupName, Place, PolicyId, RiskLevel, Severity,
};

use crate::Sources;
use crate::finding::{Hint as _, error, warning};
use crate::reason::{MAX_LENGTH, PLACEHOLDERS, ReasonError, Template};

const KNOWN: &[&str] = &[
    "id",
    "description",
    "severity",
    "reason",
    "approval",
    "break_glass",
    "mode",
    "applies_to",
    "disclose",
    "controls",
];

/// What the annotations of one policy say.
#[derive(Debug, Clone)]
pub(crate) struct Marks {
    pub(crate) id: PolicyId,
    pub(crate) severity: Severity,
    pub(crate) reason: Option<Template>,
    pub(crate) approval: Option<GroupName>,
    /// An open break-glass lifts it.
    pub(crate) break_glass: bool,
    pub(crate) shadow: bool,
    pub(crate) disclose: bool,
    /// `None` is everybody.
    pub(crate) applies_to: Option<AppliesTo>,
}

impl Marks {
    /// Returns where a policy stands among those of one slice: as its check does if it passes.
    pub(crate) fn order(&self) -> impl Ord + '_ {
        (self.shadow, Reverse(self.severity), &self.id)
    }
}

/// The agents an `@applies_to` names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AppliesTo {
    pub(crate) agents: BTreeSet<AgentId>,
    pub(crate) levels: BTreeSet<RiskLevel>,
}

/// Reads the annotations of `policy`; `None` without a usable `@id`. `place` finds an annotation by its name.
pub(crate) fn read(
    policy: &Policy,
    sources: &Sources<'_>,
    place: &dyn Fn(&str) -> Place,
    findings: &mut Vec<Finding>,
) -> Option<Marks> {
    let mut reader = Reader { policy, sources, place, findings };
    reader.reject_unknown();
    reader.controls();
    Some(Marks {
        severity: reader.severity(),
        reason: reader.reason(),
        approval: reader.approval(),
        break_glass: reader.break_glass(),
        shadow: reader.shadow(),
        disclose: policy.annotation("disclose").is_some(),
        applies_to: reader.applies_to(),
        id: reader.id()?,
    })
}

/// Proposes a valid name that resembles `raw`.
fn rename(raw: &str) -> String {
    let valid = |c: char| if c.is_ascii_alphanumeric() || "_.:-".contains(c) { c } else { '-' };
    let name: String = raw.trim().chars().take(64).map(valid).collect();
    if name.is_empty() { String::new() } else { format!("`{name}` would do") }
}

struct Reader<'a> {
    policy: &'a Policy,
    sources: &'a Sources<'a>,
    place: &'a dyn Fn(&str) -> Place,
    findings: &'a mut Vec<Finding>,
}

impl Reader<'_> {
    fn error(
        &mut self,
        annotation: &str,
        code: &'static str,
        message: impl Into<String>,
        hint: &str,
    ) {
        let finding = error(code, (self.place)(annotation), message);
        self.findings.push(if hint.is_empty() { finding } else { finding.hint(hint) });
    }

    fn reject_unknown(&mut self) {
        for (name, _) in self.policy.annotations().filter(|(name, _)| !KNOWN.contains(name)) {
            let message = format!("unknown annotation `@{name}`");
            let finding = error("unknown-annotation", (self.place)(name), message);
            self.findings.push(finding.did_you_mean(name, KNOWN.iter().copied()));
        }
        if self.policy.annotation("description").is_none_or(str::is_empty) {
            let message = "the policy has no `@description`";
            self.findings.push(warning("no-description", (self.place)("id"), message));
        }
    }

    /// The controls of frameworks that a policy is about decide nothing; what reads them must find ids.
    fn controls(&mut self) {
        let Some(text) = self.policy.annotation("controls") else { return };
        let is_id = |id: &str| {
            !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:()/".contains(c))
        };
        if !text.split(',').map(str::trim).all(is_id) {
            let message = format!("`{}` is no list of controls", text.escape_debug());
            self.error("controls", "bad-controls", message, "write ids and commas: `ASI02, ASI05`");
        }
    }

    fn id(&mut self) -> Option<PolicyId> {
        let Some(id) = self.policy.annotation("id") else {
            self.error("id", "no-id", "the policy has no `@id`", "write `@id(\"…\")` before it");
            return None;
        };
        id.parse().map_err(|wrong| self.error("id", "bad-id", format!("{wrong}"), &rename(id))).ok()
    }

    fn severity(&mut self) -> Severity {
        let forbid = self.policy.effect() == Effect::Forbid;
        match self.policy.annotation("severity").map(str::parse) {
            Some(Ok(severity)) => return severity,
            Some(Err(wrong)) => {
                let word = self.policy.annotation("severity").unwrap_or_default();
                let finding = error("bad-severity", (self.place)("severity"), format!("{wrong}"));
                let all = Severity::ALL.iter().map(|severity| severity.as_str());
                self.findings.push(finding.did_you_mean(word, all));
            }
            None if forbid => {
                let message = "the policy has no `@severity`: `medium` is assumed";
                self.findings.push(warning("no-severity", (self.place)("id"), message));
            }
            None => {}
        }
        Severity::Medium
    }

    fn reason(&mut self) -> Option<Template> {
        let Some(text) = self.policy.annotation("reason").filter(|text| !text.is_empty()) else {
            if self.policy.effect() == Effect::Forbid {
                let hint = "write `@reason(\"…\")`: it is what the agent and the auditor read";
                self.error("id", "no-reason", "the policy forbids without a `@reason`", hint);
            }
            return None;
        };
        match Template::parse(text) {
            Ok(template) => return Some(template),
            Err(ReasonError::TooLong) => {
                self.error(
                    "reason",
                    "long-reason",
                    format!("the `@reason` is longer than {MAX_LENGTH} characters"),
                    "",
                );
            }
            Err(ReasonError::Unclosed) => {
                self.error("reason", "bad-reason", "the `@reason` has a `{` without `}`", "");
            }
            Err(ReasonError::Content(word)) => {
                let message = format!("the `@reason` would show `{{{word}}}`");
                self.error(
                    "reason",
                    "content-in-reason",
                    message,
                    "a reason may hold amounts, never content",
                );
            }
            Err(ReasonError::Unknown(word)) => {
                let finding = error(
                    "bad-reason",
                    (self.place)("reason"),
                    format!("`{{{word}}}` is no placeholder"),
                );
                let finding = finding.hint(format!("use one of {}", PLACEHOLDERS.join(", ")));
                self.findings.push(finding.did_you_mean(&word, PLACEHOLDERS.iter().copied()));
            }
        }
        None
    }

    fn approval(&mut self) -> Option<GroupName> {
        let group = self.policy.annotation("approval")?;
        self.only_on_forbid("approval");
        let name = group.parse();
        match &name {
            Ok(name) => self.known_group(name),
            Err(wrong) => {
                self.error("approval", "bad-approval", format!("{wrong}"), &rename(group));
            }
        }
        name.ok()
    }

    /// Refuses a group that nobody declared: a hold that it asks about would end without an answer.
    fn known_group(&mut self, name: &GroupName) {
        let Some(groups) = self.sources.groups else { return };
        if name.as_str() == ACTING_USER {
            return self.acting_user();
        }
        if groups.contains(name) {
            return;
        }
        let message = format!("group `{name}` is in no file of `approvers/`");
        let finding = error("unknown-group", (self.place)("approval"), message);
        let known = groups.iter().map(GroupName::as_str).chain([ACTING_USER]);
        let finding = finding.did_you_mean(name.as_str(), known);
        let hint = "declare it under `groups` in `approvers/`";
        let unlike = finding.hint.is_none();
        self.findings.push(if unlike { finding.hint(hint) } else { finding });
    }

    /// Refuses to ask the acting user where every action is too risky for their word alone.
    fn acting_user(&mut self) {
        let agents = &self.sources.agents;
        let find = |word: &str| agents.get_key_value(word).map(|(id, _)| id.clone());
        let named = self.policy.annotation("applies_to").map(|text| AppliesTo::read(text, find));
        let Some(Ok(Some(AppliesTo { agents: named, levels }))) = named else { return };
        let of_agents = named.iter().filter_map(|id| agents.get(id)).map(|agent| agent.risk_level);
        if let Some(level) = of_agents.chain(levels).find(|level| *level >= RiskLevel::High) {
            let message =
                format!("`{ACTING_USER}` cannot release what an agent of {level} risk does");
            self.error("approval", "acting-user-risk", message, "name a group of `approvers/`");
        }
    }

    fn break_glass(&mut self) -> bool {
        let Some(value) = self.policy.annotation("break_glass") else { return false };
        self.only_on_forbid("break_glass");
        if !value.is_empty() {
            let message = format!("`{}` says nothing to `@break_glass`", value.escape_debug());
            self.error("break_glass", "bad-break-glass", message, "write `@break_glass` alone");
        }
        if self.policy.annotation("mode") == Some("shadow") {
            let message = "`@break_glass` means nothing on a shadow policy, which stops nobody";
            self.findings.push(warning("idle-break-glass", (self.place)("break_glass"), message));
        }
        true
    }

    fn shadow(&mut self) -> bool {
        let Some(mode) = self.policy.annotation("mode") else { return false };
        self.only_on_forbid("mode");
        if mode != "shadow" {
            self.error(
                "mode",
                "bad-mode",
                format!("`{mode}` is not a mode"),
                "leave it out, or write `@mode(\"shadow\")`",
            );
        }
        true
    }

    fn only_on_forbid(&mut self, name: &'static str) {
        if self.policy.effect() == Effect::Permit {
            self.error(
                name,
                "not-on-permit",
                format!("`@{name}` means nothing on a permit"),
                "write a forbid with it",
            );
        }
    }

    fn applies_to(&mut self) -> Option<AppliesTo> {
        let text = self.policy.annotation("applies_to")?;
        let agents = &self.sources.agents;
        let find = |word: &str| agents.get_key_value(word).map(|(id, _)| id.clone());
        let unknown = match AppliesTo::read(text, find) {
            Ok(applies) => return applies,
            Err(unknown) => unknown,
        };
        for word in unknown {
            let message = format!(
                "`@applies_to` names `{word}`, which is no agent, no risk level and not `all`"
            );
            let finding = error("unknown-agent", (self.place)("applies_to"), message);
            let known = agents.keys().map(AgentId::as_str).chain(AppliesTo::levels());
            self.findings.push(finding.did_you_mean(&word, known));
        }
        None
    }
}

impl AppliesTo {
    /// Reads agent ids and risk levels separated by commas; `None` is `all`.
    ///
    /// # Errors
    /// The words that are neither.
    pub(crate) fn read(
        text: &str,
        find: impl Fn(&str) -> Option<AgentId>,
    ) -> Result<Option<Self>, Vec<String>> {
        if text.trim() == "all" {
            return Ok(None);
        }
        let (mut applies, mut unknown) = (Self::default(), Vec::new());
        for word in text.split(',').map(str::trim) {
            match (word.parse::<RiskLevel>(), find(word)) {
                (Ok(level), _) => drop(applies.levels.insert(level)),
                (Err(_), Some(agent)) => drop(applies.agents.insert(agent)),
                (Err(_), None) => unknown.push(word.to_owned()),
            }
        }
        if unknown.is_empty() { Ok(Some(applies)) } else { Err(unknown) }
    }

    /// Tells whether it names this agent, by its id or its risk level.
    pub(crate) fn names(&self, agent: &AgentProfile) -> bool {
        self.agents.contains(&agent.id) || self.levels.contains(&agent.risk_level)
    }

    /// Returns the risk levels it may name.
    pub(crate) fn levels<'a>() -> impl Iterator<Item = &'a str> {
        RiskLevel::ALL.iter().map(|level| level.as_str())
    }
}
