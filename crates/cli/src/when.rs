//! Times as people read and write them.

use std::str::FromStr;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// Writes a time in UTC to the second.
pub(crate) fn readable(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Says why a text is no time to wait.
#[derive(Debug, Error)]
#[error("write how long like `500ms`, `45s` or `2m`, an hour at most")]
pub(crate) struct NotDuration;

/// Reads how long something may take, such as `45s`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let count: u64 = digits.parse().ok()?;
    match text.strip_prefix(digits)? {
        "ms" => Some(Duration::from_millis(count)),
        "s" => Some(Duration::from_secs(count)),
        "m" => count.checked_mul(60).map(Duration::from_secs),
        _ => None,
    }
}

/// From when on: so long ago, or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    Ago(SignedDuration),
    Time(Timestamp),
}

/// Says why a text is no [`Since`].
#[derive(Debug, Error)]
#[error(
    "write so long ago like `90m`, `12h`, `30d` or `2w`, or a time like `2026-11-01T00:00:00Z`"
)]
pub(crate) struct NotSince;

impl Since {
    /// Returns the moment, seen from `now`.
    pub(crate) fn before(self, now: Timestamp) -> Timestamp {
        match self {
            Self::Ago(ago) => now.checked_sub(ago).unwrap_or(Timestamp::UNIX_EPOCH),
            Self::Time(time) => time,
        }
    }
}

impl FromStr for Since {
    type Err = NotSince;

    fn from_str(text: &str) -> Result<Self, NotSince> {
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let seconds = match text.strip_prefix(digits) {
            Some("m") => 60,
            Some("h") => 60 * 60,
            Some("d") => 24 * 60 * 60,
            Some("w") => 7 * 24 * 60 * 60,
            _ => return text.parse().map(Self::Time).map_err(|_| NotSince),
        };
        let count: u32 = digits.parse().map_err(|_| NotSince)?;
        Ok(Self::Ago(SignedDuration::from_secs(i64::from(count) * seconds)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Since, duration};

    #[test]
    fn how_long_is_a_number_and_a_unit() {
        for (text, wait) in [
            ("0s", Some(Duration::ZERO)),
            ("500ms", Some(Duration::from_millis(500))),
            ("2m", Some(Duration::from_secs(120))),
            ("45", None),
            ("s", None),
            ("-1s", None),
            ("1.5s", None),
            ("99999999999999999999s", None),
        ] {
            assert_eq!(duration(text), wait, "{text}");
        }
    }

    #[test]
    fn since_is_so_long_ago_or_a_time() {
        let now = "2026-11-23T12:00:00Z".parse().unwrap();
        for (text, expected) in [
            ("90m", Some("2026-11-23T10:30:00Z")),
            ("12h", Some("2026-11-23T00:00:00Z")),
            ("30d", Some("2026-10-24T12:00:00Z")),
            ("2w", Some("2026-11-09T12:00:00Z")),
            ("2026-11-01T00:00:00Z", Some("2026-11-01T00:00:00Z")),
            ("4294967295w", Some("1970-01-01T00:00:00Z")),
            ("30", None),
            ("d", None),
            ("-1d", None),
            ("1.5d", None),
            ("yesterday", None),
        ] {
            let since = text.parse::<Since>().ok().map(|since| since.before(now).to_string());
            assert_eq!(since.as_deref(), expected, "{text}");
        }
    }
}
