//! `output`, read: what of a tool's result goes back.

use std::collections::BTreeSet;
use std::str::FromStr;

use schemars::{Schema, json_schema};
use syndic_model::{Output, OutputKind};

use crate::kinds::{EntityName, Kinds};
use crate::position::At;
use crate::report::Report;
use crate::text::{Meaning, Text, did_you_mean};
use crate::wire::OutputFields;

/// Reads what an action or an agent says of output.
pub(crate) fn read(
    fields: Option<&OutputFields>,
    kinds: &Kinds,
    report: &mut Report<'_>,
) -> Output {
    let Some(OutputFields { redact, block, max_bytes }) = fields else { return Output::default() };
    if let Some(At { position, .. }) = max_bytes.as_ref().filter(|most| most.value == 0) {
        let message = "no result has 0 bytes";
        let hint = "leave the action out of the agent's `actions`".to_owned();
        report.error(*position, "invalid-output", message, hint);
    }
    Output {
        redact: words(redact.as_deref(), kinds, report),
        block: words(block.as_deref(), kinds, report),
        max_bytes: max_bytes.as_ref().map(|most| most.value),
    }
}

fn words(
    texts: Option<&[Text<OutputWord>]>,
    kinds: &Kinds,
    report: &mut Report<'_>,
) -> BTreeSet<OutputKind> {
    let word = |text: &Text<OutputWord>| match text.raw.as_str() {
        "pii" => Some(OutputKind::Pii),
        "secrets" => Some(OutputKind::Secrets),
        _ => {
            report.read(text)?;
            let name = kinds.read(&Text::new(text.raw.clone(), text.position), report)?;
            Some(OutputKind::Kind(name.to_string()))
        }
    };
    texts.unwrap_or_default().iter().filter_map(word).collect()
}

/// `pii`, `secrets`, or the name of a kind.
#[derive(Debug)]
pub(crate) struct OutputWord;

impl FromStr for OutputWord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "pii" | "secrets" => Ok(Self),
            name => name.parse::<EntityName>().map(|_| Self),
        }
    }
}

impl Meaning for OutputWord {
    const CODE: &'static str = EntityName::CODE;

    fn schema() -> Schema {
        json_schema!({"anyOf": [{"enum": ["pii", "secrets"]}, EntityName::schema()]})
    }

    fn hint(raw: &str) -> Option<String> {
        did_you_mean(raw, ["pii", "secrets"]).or_else(|| EntityName::hint(raw))
    }
}
