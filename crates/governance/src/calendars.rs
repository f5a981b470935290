//! `calendars/<id>.yaml`, read.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use schemars::{Schema, json_schema};
use syndic_model::{Calendar, CalendarName, Hours};

use crate::position::START;
use crate::report::Report;
use crate::settings::TimeZoneName;
use crate::text::Meaning;
use crate::wire::{CalendarFile, WeekFields};

/// Reads a calendar whose clock hangs in `zone` unless it says otherwise.
pub(crate) fn read(
    name: CalendarName,
    file: &CalendarFile,
    zone: &TimeZone,
    report: &mut Report<'_>,
) -> Option<Calendar> {
    let hint = "say when it is open, like `hours: {monday: [09:00-17:00]}`";
    let hours = report.require(file.hours.as_ref(), START, "hours", hint);
    let zone = match &file.time_zone {
        Some(text) => report.read(text).map(|TimeZoneName(zone)| zone),
        None => Some(zone.clone()),
    };
    let WeekFields { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = hours?;
    let week = [monday, tuesday, wednesday, thursday, friday, saturday, sunday];
    let holidays = report.read_all(file.holidays.as_deref());
    Some(Calendar {
        name,
        time_zone: zone?,
        hours: (1..)
            .zip(week)
            .map(|(day, hours)| {
                let hours = report.read_all(hours.as_deref());
                (day, hours.into_iter().map(|OpenHours(hours)| hours).collect())
            })
            .collect(),
        holidays: holidays.into_iter().map(|Day(date)| date).collect(),
    })
}

/// From when to when, like `09:00-17:00`.
#[derive(Debug)]
pub(crate) struct OpenHours(Hours);

/// A date, like `2026-12-25`.
#[derive(Debug)]
pub(crate) struct Day(pub(crate) Date);

impl FromStr for OpenHours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let span = text.split_once('-').and_then(|(from, to)| Some((minutes(from)?, minutes(to)?)));
        match span {
            Some((from, to)) if from < to => Ok(Self(Hours { from, to })),
            Some(_) => Err(format!("`{text}` ends before it starts")),
            None => Err(format!("`{}` is not a span of hours", text.escape_debug())),
        }
    }
}

/// Reads `HH:MM`, up to `24:00`, as minutes since midnight.
fn minutes(text: &str) -> Option<i64> {
    let two = |text: &str| {
        let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.parse::<i64>().ok()).flatten()
    };
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute) = (two(hour)?, two(minute)?);
    let total = hour * 60 + minute;
    (minute < 60 && total <= 24 * 60).then_some(total)
}

impl Meaning for OpenHours {
    const CODE: &'static str = "invalid-hours";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some(
            "like `09:00-17:00`; a night is `22:00-24:00` and `00:00-06:00` of the next day"
                .to_owned(),
        )
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("`{}` is not a date", text.escape_debug()))
    }
}

impl Meaning for Day {
    const CODE: &'static str = "invalid-date";

    fn schema() -> Schema {
        json_schema!({"type": "string", "format": "date"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("like `2026-12-25`".to_owned())
    }
}
