//! `calendars/<id>.yaml`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::calendars::{Day, OpenHours};
use crate::settings::TimeZoneName;
use crate::text::Text;

/// When something is open. Policies ask `context.call.open.contains("<id>")`; the file is `calendars/<id>.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "syndic calendar")]
pub(crate) struct CalendarFile {
    /// Where its clock hangs, by an IANA name; that of `syndic.yaml` if left out.
    pub(crate) time_zone: Option<Text<TimeZoneName>>,
    /// When it is open, by day of the week; closed on days left out.
    #[schemars(required)]
    pub(crate) hours: Option<WeekFields>,
    /// Days on which it is closed, like `2026-12-25`.
    pub(crate) holidays: Option<Vec<Text<Day>>>,
}

/// Hours by day of the week, each a list like `[09:00-12:00, 13:30-17:00]`; midnight at the end is `24:00`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Week")]
pub(crate) struct WeekFields {
    /// The first day.
    pub(crate) monday: Option<Vec<Text<OpenHours>>>,
    /// The second day.
    pub(crate) tuesday: Option<Vec<Text<OpenHours>>>,
    /// The third day.
    pub(crate) wednesday: Option<Vec<Text<OpenHours>>>,
    /// The fourth day.
    pub(crate) thursday: Option<Vec<Text<OpenHours>>>,
    /// The fifth day.
    pub(crate) friday: Option<Vec<Text<OpenHours>>>,
    /// The sixth day.
    pub(crate) saturday: Option<Vec<Text<OpenHours>>>,
    /// The last day.
    pub(crate) sunday: Option<Vec<Text<OpenHours>>>,
}
