//! `detection` of `syndic.yaml`: what is looked for in what actions send and bring back.

use std::collections::BTreeSet;
use std::str::FromStr;

use schemars::{Schema, json_schema};
use syndic_detect::{Builder, Region, Scanner, Score};
use syndic_model::AgentId;

use crate::kinds::{EntityName, Kinds};
use crate::position::At;
use crate::report::Report;
use crate::text::{Meaning, Text};
use crate::wire::{AllowedFields, DetectionFields};

const MOST_ALLOWED: usize = 256;

/// What is looked for in what actions send and bring back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    /// Where numbers without a country are taken to be of.
    pub region: Option<Region>,
    /// From which score on a finding counts for policies.
    pub block_at: Score,
    /// From which score on a finding is redacted.
    pub redact_at: Score,
    /// What is looked for though it is not by default.
    pub on: BTreeSet<EntityName>,
    /// What is not looked for though it is by default.
    pub off: BTreeSet<EntityName>,
    /// What may be sent to whom.
    pub allow: Vec<Allowed>,
}

/// Kinds of personal data that may be sent to some.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    /// Which.
    pub types: BTreeSet<EntityName>,
    /// To whom: recipients, or with a leading `@` everybody at a domain.
    pub to: BTreeSet<String>,
    /// By whom; by everybody where it is empty.
    pub agents: BTreeSet<AgentId>,
}

impl Default for Detection {
    fn default() -> Self {
        Self {
            region: None,
            block_at: Score::BLOCK,
            redact_at: Score::REDACT,
            on: BTreeSet::new(),
            off: BTreeSet::new(),
            allow: Vec::new(),
        }
    }
}

impl Detection {
    /// Begins a scanner that looks for what is to be looked for.
    pub(crate) fn builder(&self) -> Builder {
        let with = self.on.iter().fold(Scanner::builder(), |all, one| all.with(one.entity()));
        self.off.iter().fold(with, |all, one| all.without(one.entity()))
    }
}

impl Allowed {
    /// Tells whether `agent` may send what is named `kind` to all of `recipients`. Nobody is no recipient.
    #[must_use]
    pub fn lets<'a>(
        &self,
        agent: &AgentId,
        kind: &str,
        mut recipients: impl Iterator<Item = &'a str>,
    ) -> bool {
        let named = |to: &str| {
            self.to.iter().any(|one| to == one || (one.starts_with('@') && to.ends_with(one)))
        };
        let by = self.agents.is_empty() || self.agents.contains(agent);
        let first = recipients.next();
        by && self.types.iter().any(|one| one.as_str() == kind)
            && first.is_some_and(named)
            && recipients.all(named)
    }
}

pub(super) fn read(fields: &DetectionFields, kinds: &Kinds, report: &mut Report<'_>) -> Detection {
    let DetectionFields { region, block_at, redact_at, on, off, allow } = fields;
    let score = |text: Option<_>, usual, report: &mut Report<'_>| {
        text.and_then(|text| report.read(text)).map_or(usual, |ScoreText(score)| score)
    };
    told_twice(on.as_deref(), off.as_deref(), report);
    let detection = Detection {
        region: region.as_ref().and_then(|text| report.read(text)).map(|RegionCode(code)| code),
        block_at: score(block_at.as_ref(), Score::BLOCK, report),
        redact_at: score(redact_at.as_ref(), Score::REDACT, report),
        on: kinds.read_all(on.as_deref(), report),
        off: kinds.read_all(off.as_deref(), report),
        allow: allow.as_ref().map(|allow| read_allowed(allow, kinds, report)).unwrap_or_default(),
    };
    if let Some(text) = redact_at.as_ref().filter(|_| detection.redact_at > detection.block_at) {
        let message = "less is redacted than stopped".to_owned();
        let hint = format!("`redact_at` is at most `block_at`, {}", detection.block_at);
        report.error(text.position, "detection", message, hint);
    }
    detection
}

/// A kind that is looked for and is not is a mistake of one of the two lines.
fn told_twice(
    on: Option<&[Text<EntityName>]>,
    off: Option<&[Text<EntityName>]>,
    report: &mut Report<'_>,
) {
    for text in off.unwrap_or_default() {
        if on.unwrap_or_default().iter().any(|other| other.raw == text.raw) {
            let message = format!("`{}` is both on and off", text.raw.escape_debug());
            let hint = "take it out of `on` or out of `off`".to_owned();
            report.error(text.position, "detection", message, hint);
        }
    }
}

fn read_allowed(
    At { value, position }: &At<Vec<At<AllowedFields>>>,
    kinds: &Kinds,
    report: &mut Report<'_>,
) -> Vec<Allowed> {
    if value.len() > MOST_ALLOWED {
        let message = format!("there are more than {MOST_ALLOWED} entries");
        report.error(*position, "too-many-allowed", message, "join some".to_owned());
    }
    let mut all = Vec::new();
    for At { value: AllowedFields { types, to, agents }, position } in
        value.iter().take(MOST_ALLOWED)
    {
        let hint = "which kinds: `types: [EMAIL_ADDRESS]`";
        let types = report.require(types.as_ref(), *position, "allow.types", hint);
        let hint = "to whom: `to: [\"@example.org\"]`";
        let to = report.require(to.as_ref(), *position, "allow.to", hint);
        let (Some(types), Some(to)) = (types, to) else { continue };
        for (name, is_empty) in [("types", types.is_empty()), ("to", to.is_empty())] {
            if is_empty {
                let message = format!("`{name}` is empty, so nothing is allowed");
                let hint = "say which kinds and to whom, or leave the entry out".to_owned();
                report.error(*position, "empty-list", message, hint);
            }
        }
        let types = kinds.read_all(Some(types), report);
        let to = report.read_all(Some(to)).into_iter().map(|Destination(to)| to).collect();
        let agents = report.read_all(agents.as_deref()).into_iter().collect();
        all.push(Allowed { types, to, agents });
    }
    all
}

/// A score, like `0.80`.
#[derive(Debug)]
pub(crate) struct ScoreText(pub(crate) Score);

impl FromStr for ScoreText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{}` is no score", text.escape_debug());
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{rest:0<2}");
        match (whole, digits.parse::<u8>()) {
            ("1", Ok(0)) => Ok(Self(Score::new(100))),
            ("0", Ok(hundredths @ 1..=99)) if digits.len() == 2 => Ok(Self(Score::new(hundredths))),
            _ => Err(wrong()),
        }
    }
}

impl Meaning for ScoreText {
    const CODE: &'static str = "invalid-score";

    fn schema() -> Schema {
        json_schema!({"type": "number", "minimum": 0.01, "maximum": 1})
    }

    fn hint(_: &str) -> Option<String> {
        Some("from 0.01 to 1.00, like `0.80`".to_owned())
    }
}

/// A country's two letters.
#[derive(Debug)]
pub(crate) struct RegionCode(Region);

impl FromStr for RegionCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let region = Region::new(text).filter(Region::is_known).map(Self);
        region.ok_or_else(|| format!("`{}` is no country's code", text.escape_debug()))
    }
}

impl Meaning for RegionCode {
    const CODE: &'static str = "invalid-region";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z]{2}$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("two letters (ISO 3166-1), like `DE`".to_owned())
    }
}

/// A recipient, or everybody at a domain.
#[derive(Debug)]
pub(crate) struct Destination(String);

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // As recipients are: addresses in lower case, and what is none as it is.
        let text = text.trim();
        let text = if text.contains('@') {
            text.trim_end_matches('.').to_lowercase()
        } else {
            text.to_owned()
        };
        match text.as_str() {
            "" | "@" | "*" => Err("everybody is no destination".to_owned()),
            domain
                if !domain.contains('@')
                    && domain.contains('.')
                    && !domain.contains(['/', ':']) =>
            {
                Err(format!("`{}` is a domain without `@`", domain.escape_debug()))
            }
            _ => Ok(Self(text)),
        }
    }
}

impl Meaning for Destination {
    const CODE: &'static str = "invalid-destination";

    fn schema() -> Schema {
        json_schema!({"type": "string", "minLength": 2})
    }

    fn hint(raw: &str) -> Option<String> {
        let domain = raw.trim().to_lowercase();
        if domain.contains('.') && !domain.contains('@') {
            return Some(format!("everybody there is `@{}`", domain.trim_start_matches("*.")));
        }
        Some("a recipient as the action names it, or a domain like `@example.org`".to_owned())
    }
}
