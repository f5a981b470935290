//! Local time, and the calendars that say when somebody is there.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::CalendarName;

/// A moment as a clock on the wall shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// The day.
    pub date: Date,
    /// Its day of the week: Monday is 1, Sunday 7.
    pub weekday: i64,
    /// Minutes the clock shows since midnight, 0 to 1439; on days with a change of clocks they skip or repeat.
    pub minutes: i64,
}

/// Hours of one day in minutes since midnight: from the first to before the second, at most 1440.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// The first minute.
    pub from: i64,
    /// The minute after the last.
    pub to: i64,
}

/// When something is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its id, the file's name without `.yaml`.
    pub name: CalendarName,
    /// Where its clock hangs.
    pub time_zone: TimeZone,
    /// The hours by day of the week (Monday is 1); closed on days that are not there.
    pub hours: BTreeMap<i64, Vec<Hours>>,
    /// Days on which it is closed.
    pub holidays: BTreeSet<Date>,
}

impl LocalTime {
    /// Reads the wall clock of `zone`.
    #[must_use]
    pub fn at(now: Timestamp, zone: &TimeZone) -> Self {
        let local = zone.to_datetime(now);
        Self {
            date: local.date(),
            weekday: i64::from(local.weekday().to_monday_one_offset()),
            minutes: i64::from(local.hour()) * 60 + i64::from(local.minute()),
        }
    }
}

impl Calendar {
    /// Tells whether it is open at `now`.
    #[must_use]
    pub fn is_open(&self, now: Timestamp) -> bool {
        let LocalTime { date, weekday, minutes } = LocalTime::at(now, &self.time_zone);
        let mut hours = self.hours.get(&weekday).into_iter().flatten();
        !self.holidays.contains(&date)
            && hours.any(|hours| (hours.from..hours.to).contains(&minutes))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use jiff::tz::TimeZone;

    use super::{Calendar, Hours, LocalTime};

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn local_time_follows_the_change_of_clocks() {
        let zurich = TimeZone::get("Europe/Zurich").unwrap();
        for (now, weekday, minutes) in [
            ("2026-03-28T08:00:00Z", 6, 9 * 60),
            ("2026-03-29T00:59:59Z", 7, 119),
            ("2026-03-29T01:00:00Z", 7, 180),
            ("2026-03-29T22:00:00Z", 1, 0),
            ("2026-10-25T00:59:59Z", 7, 179),
            ("2026-10-25T01:00:00Z", 7, 120),
            ("2026-10-25T23:00:00Z", 1, 0),
        ] {
            let local = LocalTime::at(at(now), &zurich);
            assert_eq!((local.weekday, local.minutes), (weekday, minutes), "{now}");
        }
    }

    #[test]
    fn a_calendar_is_open_in_its_hours_and_never_on_holidays() {
        let hours = vec![Hours { from: 9 * 60, to: 12 * 60 }, Hours { from: 13 * 60, to: 17 * 60 }];
        let calendar = Calendar {
            name: "office".parse().unwrap(),
            time_zone: TimeZone::get("America/New_York").unwrap(),
            hours: (1..=5).map(|day| (day, hours.clone())).collect(),
            holidays: std::iter::once("2026-12-25".parse().unwrap()).collect(),
        };
        for (now, open) in [
            ("2026-11-23T13:59:59.999Z", false),
            ("2026-11-23T14:00:00Z", true),
            ("2026-11-23T16:59:59Z", true),
            ("2026-11-23T17:00:00Z", false),
            ("2026-11-23T18:00:00Z", true),
            ("2026-11-23T22:00:00Z", false),
            ("2026-11-22T15:00:00Z", false),
            ("2026-12-25T15:00:00Z", false),
            ("2026-03-06T13:30:00Z", false),
            ("2026-03-09T13:30:00Z", true),
            ("2026-10-30T13:30:00Z", true),
            ("2026-11-02T13:30:00Z", false),
        ] {
            assert_eq!(calendar.is_open(at(now)), open, "{now}");
        }
    }
}
