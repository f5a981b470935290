//! What texts in `sinks` mean.

use std::str::FromStr;

use schemars::{Schema, json_schema};

use crate::settings::meanings::{shown, split, url_hint};
use crate::text::Meaning;

/// Names that other followers of the ledger have.
const TAKEN: [&str; 2] = ["index", "notifications"];
/// The name of a sink.
#[derive(Debug)]
pub(crate) struct SinkName(pub(super) String);

impl FromStr for SinkName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b);
        if !(1..=48).contains(&text.len()) || !text.bytes().all(plain) {
            return Err(format!(
                "`{}` is not a valid name of a sink: 1 to 48 characters of `a-z 0-9 _ -`",
                shown(text)
            ));
        }
        if TAKEN.contains(&text) {
            return Err(format!("`{text}` is what another follower of the ledger is called"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for SinkName {
    const CODE: &'static str = "invalid-name";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[a-z0-9_-]{1,48}$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("like `trail` or `search`".to_owned())
    }
}

/// When a file is put aside: `daily` is all there is.
#[derive(Debug)]
pub(crate) struct Daily;

impl FromStr for Daily {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "daily" {
            Ok(Self)
        } else {
            Err(format!("`{}` is no time to rotate", shown(text)))
        }
    }
}

impl Meaning for Daily {
    const CODE: &'static str = "unknown-word";

    fn schema() -> Schema {
        json_schema!({"type": "string", "enum": ["daily"]})
    }

    fn hint(_: &str) -> Option<String> {
        Some("write `daily`, at midnight UTC, or leave it out".to_owned())
    }
}

/// What the names of monthly indices begin with.
#[derive(Debug)]
pub(crate) struct IndexName(pub(super) String);

impl FromStr for IndexName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_.-".contains(&b);
        let begins = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
        if !begins || text.len() > 200 || !text.bytes().all(plain) {
            return Err(format!("`{}` is no name of an index", shown(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for IndexName {
    const CODE: &'static str = "invalid-name";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[a-z0-9][a-z0-9_.-]{0,199}$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("lower case, like `ai-audit`: the month is put behind it".to_owned())
    }
}

/// A region of Amazon.
#[derive(Debug)]
pub(crate) struct RegionName(pub(super) String);

impl FromStr for RegionName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        if !(1..=32).contains(&text.len()) || !text.bytes().all(plain) {
            return Err(format!("`{}` is no region", shown(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for RegionName {
    const CODE: &'static str = "invalid-name";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[a-z0-9-]{1,32}$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("like `eu-central-1`".to_owned())
    }
}

/// A log group of Amazon CloudWatch Logs.
#[derive(Debug)]
pub(crate) struct LogGroup(pub(super) String);

impl FromStr for LogGroup {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_/.#-".contains(&b);
        if !(1..=512).contains(&text.len()) || !text.bytes().all(plain) {
            return Err(format!("`{}` is no log group", shown(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for LogGroup {
    const CODE: &'static str = "invalid-name";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9_/.#-]{1,512}$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("like `/ai-agents/audit`".to_owned())
    }
}

/// Where a collector takes logs.
#[derive(Debug)]
pub(crate) struct LogsUrl(pub(super) String);

impl FromStr for LogsUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (_, path) = split(text)?;
        if path.contains('?') {
            return Err(format!("`{}` has a query", shown(text)));
        }
        let base = text.trim_end_matches('/');
        Ok(Self(format!("{}/v1/logs", base.strip_suffix("/v1/logs").unwrap_or(base))))
    }
}

impl Meaning for LogsUrl {
    const CODE: &'static str = "invalid-url";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^https?://[^?]+$", "examples": ["http://127.0.0.1:4318"]})
    }

    fn hint(raw: &str) -> Option<String> {
        url_hint(raw)
    }
}
