//! The text of `@reason`: amounts and profile fields may be filled in, content never.

use std::collections::BTreeSet;

use syndic_model::{ActionName, AgentProfile, Counter};

use crate::{Detected, Facts, Usage, Used};

/// The longest reason a policy may give, in characters.
pub(crate) const MAX_LENGTH: usize = 500;

/// A parsed `@reason`.
#[derive(Debug, Clone)]
pub(crate) struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Filled(Placeholder),
    Used(Counter, Measure),
}

/// What a reason may tell of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told<'a> {
    pub(crate) action: &'a ActionName,
    pub(crate) facts: &'a Facts,
    pub(crate) agent: &'a AgentProfile,
    pub(crate) usage: &'a Usage,
    pub(crate) detected: &'a Detected,
    pub(crate) anomaly: u8,
}

/// One figure of a counter.
type Measure = fn(&Used) -> String;

macro_rules! placeholders {
    ($($variant:ident = $word:literal,)*) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        enum Placeholder { $($variant,)* }

        /// What may stand between braces.
        pub(crate) const PLACEHOLDERS: &[&str] = &[$($word,)*];

        fn placeholder(word: &str) -> Option<Placeholder> {
            match word { $($word => Some(Placeholder::$variant),)* _ => None }
        }
    };
}

placeholders! {
    Action = "action",
    Amount = "facts.amount",
    Currency = "facts.currency",
    AffectedPeople = "facts.affected_people",
    AgentId = "agent.id",
    AgentName = "agent.name",
    AgentRiskLevel = "agent.risk_level",
    AgentTeam = "agent.team",
    AgentVersion = "agent.version",
    AgentLimit = "agent.max_transaction_amount",
    AgentCurrency = "agent.currency",
    AgentOwner = "agent.owner",
    Pii = "call.pii",
    Secrets = "call.secrets",
    Anomaly = "call.anomaly",
}

/// Says why a text is not a reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ReasonError {
    TooLong,
    Unclosed,
    Content(String),
    Unknown(String),
}

impl Template {
    pub(crate) fn parse(text: &str) -> Result<Self, ReasonError> {
        if text.chars().count() > MAX_LENGTH {
            return Err(ReasonError::TooLong);
        }
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, after) = after.split_once('}').ok_or(ReasonError::Unclosed)?;
            let content = ["facts.content", "facts.recipients", "facts.resource", "input"];
            let told = || {
                content.iter().any(|kept| {
                    word.strip_prefix(kept).is_some_and(|r| r.is_empty() || r.starts_with('.'))
                })
            };
            let filled = match placeholder(word).map(Part::Filled).or_else(|| used(word)) {
                Some(filled) => filled,
                None if told() => return Err(ReasonError::Content(word.to_owned())),
                None => return Err(ReasonError::Unknown(word.to_owned())),
            };
            parts.extend([Part::Text(before.to_owned()), filled]);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    pub(crate) fn render(&self, told: &Told<'_>) -> String {
        let fill = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Filled(placeholder) => filled(*placeholder, told),
            Part::Used(counter, measure) => measure(&told.usage.of(*counter)),
        };
        self.0.iter().map(fill).collect()
    }

    /// Returns the counters whose figures it tells.
    pub(crate) fn counters(&self) -> impl Iterator<Item = Counter> {
        self.0.iter().filter_map(|part| match part {
            Part::Used(counter, _) => Some(*counter),
            Part::Text(_) | Part::Filled(_) => None,
        })
    }
}

/// Reads `usage.<counter>.<figure>`, such as `usage.agent.day.amount`.
fn used(word: &str) -> Option<Part> {
    let (counter, figure) = word.strip_prefix("usage.")?.rsplit_once('.')?;
    let measure: Measure = match figure {
        "calls" => |used| count(used.calls),
        "denials" => |used| count(used.denials),
        "amount" => |used| used.amount.to_string(),
        "recipients" => |used| count(used.recipients),
        "affected_people" => |used| count(used.affected_people),
        "tokens" => |used| count(used.tokens),
        _ => return None,
    };
    Some(Part::Used(counter.parse().ok()?, measure))
}

fn count(count: i64) -> String {
    if count == i64::MAX { "more than can be counted".to_owned() } else { count.to_string() }
}

fn names(names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn filled(placeholder: Placeholder, told: &Told<'_>) -> String {
    let Told { action, facts, agent, usage: _, detected, anomaly } = told;
    let absent = || "unknown".to_owned();
    match placeholder {
        Placeholder::Action => action.to_string(),
        Placeholder::Amount => facts.amount.map_or_else(absent, |amount| amount.to_string()),
        Placeholder::Currency => {
            facts.currency.map_or_else(absent, |currency| currency.to_string())
        }
        Placeholder::AffectedPeople => {
            facts.affected_people.map_or_else(absent, |people| people.to_string())
        }
        Placeholder::AgentId => agent.id.to_string(),
        Placeholder::AgentName => agent.name.clone(),
        Placeholder::AgentRiskLevel => agent.risk_level.to_string(),
        Placeholder::AgentTeam => agent.owner.team.to_string(),
        Placeholder::AgentVersion => agent.version.clone(),
        Placeholder::AgentLimit => agent.max_transaction_amount.to_string(),
        Placeholder::AgentCurrency => agent.max_transaction_amount.currency.to_string(),
        Placeholder::AgentOwner => agent.owner.person.clone(),
        Placeholder::Pii => names(&detected.pii),
        Placeholder::Secrets => names(&detected.secrets),
        Placeholder::Anomaly => anomaly.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::{ReasonError, Template};

    #[test]
    fn a_reason_tells_amounts_and_profiles_and_never_content() {
        use ReasonError::{Content, TooLong, Unclosed, Unknown};
        for (text, expected) in [
            ("plain", Ok(())),
            ("{facts.amount} {facts.currency} for {agent.name} }", Ok(())),
            ("{facts.affected_people} {agent.max_transaction_amount} {action}", Ok(())),
            ("{usage.limit_1.calls} of {usage.agent.day.amount}", Ok(())),
            ("{action} scores {call.anomaly} of 100", Ok(())),
            ("{usage.agent.year.calls}", Err(Unknown("usage.agent.year.calls".into()))),
            ("{usage.limit_17.calls}", Err(Unknown("usage.limit_17.calls".into()))),
            ("{facts.content}", Err(Content("facts.content".into()))),
            ("{facts.recipients}", Err(Content("facts.recipients".into()))),
            ("{facts.resource}", Err(Content("facts.resource".into()))),
            ("{input.message}", Err(Content("input.message".into()))),
            ("{inputs}", Err(Unknown("inputs".into()))),
            ("{agent.password}", Err(Unknown("agent.password".into()))),
            ("over {facts.amount", Err(Unclosed)),
            (&"x".repeat(501), Err(TooLong)),
        ] {
            assert_eq!(Template::parse(text).map(drop), expected, "{text}");
        }
    }
}
