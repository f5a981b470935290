//! Invariants: what must never be allowed, written as the policies that would allow everything else.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr as _;

use cedar_policy::{
    Effect, Policy, PolicyId as CedarId, PolicySet, Schema, ValidationMode, Validator,
};
use syndic_model::{Finding, Place};

use crate::World;

const KNOWN: [&str; 3] = ["id", "description", "level"];

/// Which policies an invariant is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// All of them: what an agent may do with nobody asked.
    Unattended,
    /// Without those that a human can lift: what an agent may do at most.
    Approved,
}

/// One file of `policies/invariants/`: whatever is allowed in force, its policies must allow.
#[derive(Debug, Clone)]
pub struct Invariant {
    /// Its id, the `@id` of the first policy.
    pub id: String,
    /// What it is for.
    pub description: String,
    /// Where it is written.
    pub file: String,
    /// The levels at which it must hold.
    pub levels: Vec<Level>,
    pub(crate) policies: PolicySet,
}

/// What came of reading invariants.
#[derive(Debug, Default)]
pub struct Read {
    /// Those that were sound.
    pub invariants: Vec<Invariant>,
    /// What is wrong with the others.
    pub findings: Vec<Finding>,
}

/// Reads files, given as path and text, against the schema of `world`.
#[must_use]
pub fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, world: &World<'_>) -> Read {
    let mut read = Read::default();
    let mut taken = BTreeSet::new();
    for (path, text) in files {
        let mut file = File { path, text, findings: Vec::new() };
        let invariant = file.read(&world.schema);
        if let Some(invariant) = &invariant
            && !taken.insert(invariant.id.clone())
        {
            let message = format!("`{}` is already an invariant", invariant.id);
            file.wrong(0, "duplicate-id", message, "choose another `@id`");
        }
        let sound = file.findings.is_empty();
        read.findings.append(&mut file.findings);
        read.invariants.extend(invariant.filter(|_| sound));
    }
    read
}

struct File<'a> {
    path: &'a str,
    text: &'a str,
    findings: Vec<Finding>,
}

impl File<'_> {
    fn read(&mut self, schema: &Schema) -> Option<Invariant> {
        let policies = match PolicySet::from_str(self.text) {
            Ok(policies) => policies,
            Err(faults) => {
                self.findings = syndic_policy::syntax(self.path, self.text, &faults);
                return None;
            }
        };
        let Some(first) = policies.policy(&CedarId::new("policy0")).cloned() else {
            let hint = "write `@id(\"…\") @description(\"…\") permit (principal, action, resource);`, then forbids";
            self.wrong(0, "no-policy", "an invariant starts with a policy".to_owned(), hint);
            return None;
        };
        if first.effect() != Effect::Permit {
            let message = "the first policy of an invariant is a permit".to_owned();
            let hint = "write `permit (principal, action, resource);` first: without a permit, it says that nothing is ever allowed";
            self.wrong(self.text.find("forbid").unwrap_or_default(), "no-permit", message, hint);
        }
        for number in 0..policies.num_of_policies() {
            let policy = policies.policy(&CedarId::new(format!("policy{number}")));
            let unknown = policy
                .into_iter()
                .flat_map(Policy::annotations)
                .filter(|(name, _)| !KNOWN.contains(name) || (*name == "level" && number > 0));
            for (name, _) in unknown {
                let at = self.text.find(&format!("@{name}")).unwrap_or_default();
                let hint =
                    "an invariant has `@id`, `@description` and, on its first policy, `@level`";
                self.wrong(at, "unknown-annotation", format!("`@{name}` means nothing here"), hint);
            }
        }
        self.validate(&policies, schema);
        let id = self.annotation(&first, "id");
        let description = self.annotation(&first, "description");
        let levels = self.levels(&first);
        Some(Invariant {
            id: id?,
            description: description?,
            file: self.path.to_owned(),
            levels,
            policies,
        })
    }

    fn annotation(&mut self, policy: &Policy, name: &'static str) -> Option<String> {
        let found = policy.annotation(name).filter(|text| !text.is_empty()).map(str::to_owned);
        if found.is_none() {
            let hint = "write it before the first policy: it is what a report shows";
            self.wrong(0, "no-annotation", format!("the invariant has no `@{name}`"), hint);
        }
        found
    }

    fn levels(&mut self, policy: &Policy) -> Vec<Level> {
        match policy.annotation("level") {
            None => vec![Level::Unattended, Level::Approved],
            Some("unattended") => vec![Level::Unattended],
            Some("approved") => vec![Level::Approved],
            Some(other) => {
                let at = self.text.find("@level").unwrap_or_default();
                let hint = "write `unattended` or `approved`, or leave it out for both";
                self.wrong(at, "bad-level", format!("`{other}` is no level"), hint);
                Vec::new()
            }
        }
    }

    fn validate(&mut self, policies: &PolicySet, schema: &Schema) {
        let result = Validator::new(schema.clone()).validate(policies, ValidationMode::Strict);
        let faults = result.validation_errors();
        self.findings.extend(faults.map(|fault| syndic_policy::fault(self.path, self.text, fault)));
    }

    fn wrong(&mut self, at: usize, code: &'static str, message: String, hint: &str) {
        let place = place(self.path, self.text, at);
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        let level = syndic_model::Level::Error;
        self.findings.push(Finding { level, code, place, message, hint });
    }
}

fn place(path: &str, text: &str, at: usize) -> Place {
    let before = text.get(..at).unwrap_or_default();
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let line = count(before.matches('\n').count() + 1);
    let column = count(before.rsplit('\n').next().unwrap_or_default().chars().count() + 1);
    Place { file: path.to_owned(), position: Some((line, column)) }
}

impl Level {
    /// Returns the word that `@level` uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unattended => "unattended",
            Self::Approved => "approved",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
