//! `telemetry` of `syndic.yaml`: where traces are told of actions.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use schemars::{Schema, json_schema};

use super::meanings::{shown, split, url_hint};
use crate::position::At;
use crate::report::Report;
use crate::text::Meaning;
use crate::wire::TelemetryFields;

/// Where traces are told of actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telemetry {
    /// Where spans are posted to, `/v1/traces` included.
    pub url: String,
    /// The file with headers for it.
    pub headers_file: Option<PathBuf>,
    /// What this syndic is called.
    pub service_name: String,
    /// Which of the traces that begin here are told.
    pub sample: Sample,
}

/// A share of traces, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample(u32);

const ALL: u32 = 1_000_000;
const PATH: &str = "/v1/traces";

impl Sample {
    /// All of them.
    pub const ALL: Self = Self(ALL);

    /// Tells whether a trace is of the share, by the part of its id that is random (W3C Trace Context level 2), as
    /// OpenTelemetry's consistent probability sampling does: who samples a larger share so takes these traces too.
    #[must_use]
    pub fn takes(self, trace: &[u8; 16]) -> bool {
        let random =
            trace.iter().skip(9).fold(0_u64, |random, byte| random << 8 | u64::from(*byte));
        u128::from(random) * u128::from(ALL) >= u128::from(ALL - self.0) << 56
    }
}

pub(super) fn read(
    At { value, position }: &At<TelemetryFields>,
    dir: &Path,
    report: &mut Report<'_>,
) -> Option<Telemetry> {
    let TelemetryFields { otlp, headers_file, service_name, sample } = value;
    let hint = "where the collector is: `otlp: http://127.0.0.1:4318`";
    let url = report.require(otlp.as_ref(), *position, "telemetry.otlp", hint);
    let url = url.and_then(|text| report.read(text)).map(|CollectorUrl(url)| url);
    let service_name = service_name.as_ref().map_or_else(
        || Some("syndic".to_owned()),
        |text| report.read(text).map(|ServiceName(name)| name),
    );
    let sample = sample
        .as_ref()
        .map_or(Some(Sample::ALL), |text| report.read(text).map(|SampleText(sample)| sample));
    Some(Telemetry {
        url: url?,
        headers_file: headers_file.as_ref().map(|file| dir.join(file)),
        service_name: service_name?,
        sample: sample?,
    })
}

/// Where a collector is.
#[derive(Debug)]
pub(crate) struct CollectorUrl(String);

impl FromStr for CollectorUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (_, path) = split(text)?;
        if path.contains('?') {
            return Err(format!("`{}` has a query", shown(text)));
        }
        let base = text.trim_end_matches('/');
        Ok(Self(format!("{}{PATH}", base.strip_suffix(PATH).unwrap_or(base))))
    }
}

impl Meaning for CollectorUrl {
    const CODE: &'static str = "invalid-url";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^https?://[^?]+$", "examples": ["http://127.0.0.1:4318"]})
    }

    fn hint(raw: &str) -> Option<String> {
        if raw.contains('?') {
            return Some("what the collector wants to know stands in `headers_file`".to_owned());
        }
        match raw.strip_prefix("grpc://") {
            Some(_) => Some("syndic speaks OTLP over HTTP, mostly on port 4318".to_owned()),
            None => url_hint(raw),
        }
    }
}

/// What a syndic is called in traces.
#[derive(Debug)]
pub(crate) struct ServiceName(pub(in crate::settings) String);

impl FromStr for ServiceName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if !(1..=255).contains(&text.len()) || text.contains(char::is_control) {
            return Err(format!("`{}` is no name of 1 to 255 bytes", shown(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for ServiceName {
    const CODE: &'static str = "invalid-name";

    fn schema() -> Schema {
        json_schema!({"type": "string", "minLength": 1, "maxLength": 255})
    }

    fn hint(_: &str) -> Option<String> {
        Some("like `syndic` or `syndic-payments`".to_owned())
    }
}

/// A share, like `0.1`.
#[derive(Debug)]
pub(crate) struct SampleText(Sample);

impl FromStr for SampleText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{}` is no share of traces", shown(text));
        let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{rest:0<6}");
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(wrong());
        }
        match (whole, digits.parse()) {
            ("1", Ok(0)) => Ok(Self(Sample(ALL))),
            ("0", Ok(millionths @ 1..)) => Ok(Self(Sample(millionths))),
            _ => Err(wrong()),
        }
    }
}

impl Meaning for SampleText {
    const CODE: &'static str = "invalid-sample";

    fn schema() -> Schema {
        json_schema!({"type": "number", "exclusiveMinimum": 0, "maximum": 1})
    }

    fn hint(_: &str) -> Option<String> {
        Some("from 0.000001 to 1, like `0.1`; leave `telemetry` out to tell of nothing".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, CollectorUrl, Sample, SampleText};

    #[test]
    fn spans_go_where_the_specification_says_from_any_way_to_write_it() {
        for (text, url) in [
            ("http://127.0.0.1:4318", Some("http://127.0.0.1:4318/v1/traces")),
            ("http://localhost:4318/", Some("http://localhost:4318/v1/traces")),
            ("https://otlp.example.org/otlp", Some("https://otlp.example.org/otlp/v1/traces")),
            ("https://otlp.example.org/v1/traces", Some("https://otlp.example.org/v1/traces")),
            ("http://otlp.example.org:4318", None),
            ("https://otlp.example.org/?key=1", None),
            ("https://user:password@otlp.example.org", None),
            ("grpc://127.0.0.1:4317", None),
            ("127.0.0.1:4318", None),
        ] {
            let read = text.parse::<CollectorUrl>().ok().map(|CollectorUrl(url)| url);
            assert_eq!(read.as_deref(), url, "{text}");
        }
    }

    #[test]
    fn a_share_is_more_than_nothing_and_at_most_all() {
        for (text, millionths) in [
            ("1", Some(ALL)),
            ("1.0", Some(ALL)),
            ("0.1", Some(100_000)),
            ("0.000001", Some(1)),
            ("0", None),
            ("0.0", None),
            ("1.1", None),
            ("0.0000001", None),
            ("0.+1", None),
            ("-0.1", None),
            (".5", None),
            ("10%", None),
        ] {
            let read = text.parse::<SampleText>().ok().map(|SampleText(Sample(share))| share);
            assert_eq!(read, millionths, "{text}");
        }
    }

    #[test]
    fn a_share_takes_traces_by_the_random_end_of_their_id() {
        let trace = |random: u64| {
            let mut trace = [0xff; 16];
            trace[8..].copy_from_slice(&random.to_be_bytes());
            trace
        };
        let (half, most) = (1 << 55, (1 << 56) - 1);
        assert!(Sample(ALL).takes(&trace(most)) && Sample(ALL).takes(&trace(0)));
        assert!(Sample(500_000).takes(&trace(half)) && !Sample(500_000).takes(&trace(half - 1)));
        assert!(Sample(1).takes(&trace(most)) && !Sample(1).takes(&trace(0)));
        assert!(!Sample(1).takes(&trace(0xff << 56)), "the byte before is not random for sure");
    }
}
