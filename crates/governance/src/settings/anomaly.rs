//! `anomaly` in `syndic.yaml`: when something is told that is unusual.

use std::str::FromStr;

use schemars::{Schema, json_schema};

use crate::position::At;
use crate::report::Report;
use crate::text::Meaning;
use crate::wire::AnomalyFields;

/// The fewest and the most days that an agent's usual behaviour is learned before anything is told; a start reads 35
/// days back.
const WARM_UP_DAYS: std::ops::RangeInclusive<u16> = 1..=28;
/// The lowest score that can be alarming.
const LEAST_THRESHOLD: u8 = 50;

/// When something is told that is unusual for an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anomaly {
    /// Whether anything is told; without it every score is 0.
    pub enabled: bool,
    /// Before so many days nothing is told.
    pub warm_up_days: u16,
    /// From which score on it is recorded, 50 to 100.
    pub threshold: u8,
}

impl Default for Anomaly {
    fn default() -> Self {
        Self { enabled: true, warm_up_days: 7, threshold: 80 }
    }
}

pub(super) fn read(fields: &AnomalyFields, report: &mut Report<'_>) -> Anomaly {
    let AnomalyFields { enabled, warm_up_days, threshold } = fields;
    let usual = Anomaly::default();
    Anomaly {
        enabled: enabled.unwrap_or(usual.enabled),
        warm_up_days: read_warm_up(warm_up_days.as_ref(), report).unwrap_or(usual.warm_up_days),
        threshold: threshold
            .as_ref()
            .and_then(|text| {
                let Points(points) = report.read(text)?;
                if points < LEAST_THRESHOLD {
                    let message = format!("a score of {points} is not unusual");
                    let hint = format!("{LEAST_THRESHOLD} to 100; `80` if left out");
                    report.error(text.position, "anomaly", message, hint);
                }
                Some(points)
            })
            .unwrap_or(usual.threshold),
    }
}

fn read_warm_up(days: Option<&At<u64>>, report: &mut Report<'_>) -> Option<u16> {
    let At { value, position } = days?;
    let days = u16::try_from(*value).ok().filter(|days| WARM_UP_DAYS.contains(days));
    if days.is_none() {
        let message = format!("what is usual would be learned for {value} days");
        let (least, most) = WARM_UP_DAYS.into_inner();
        let hint = format!("{least} to {most} days: a start looks 35 days back");
        report.error(*position, "anomaly", message, hint);
    }
    days
}

/// A score from 0 to 100.
#[derive(Debug)]
pub(crate) struct Points(pub(crate) u8);

impl FromStr for Points {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let points = text.parse().ok().filter(|points| *points <= 100);
        points.map(Self).ok_or_else(|| format!("`{}` is no score", text.escape_debug()))
    }
}

impl Meaning for Points {
    const CODE: &'static str = "invalid-score";

    fn schema() -> Schema {
        json_schema!({"type": "integer", "minimum": 0, "maximum": 100})
    }

    fn hint(_: &str) -> Option<String> {
        Some("a whole number from 0 to 100, like `80`".to_owned())
    }
}
