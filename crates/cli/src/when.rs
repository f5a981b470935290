//! Times as people read and write them.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

/// Writes a time in UTC to the second.
pub(crate) fn readable(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
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
    use super::Since;

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
