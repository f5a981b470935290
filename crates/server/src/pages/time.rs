//! Times as an approver reads them.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

/// Shows a moment: the time of today, the date too on another day, always with its zone.
pub(crate) fn moment(at: Timestamp, now: Timestamp) -> Markup {
    let zone = jiff::tz::TimeZone::UTC;
    let (local, today) = (at.to_zoned(zone.clone()), now.to_zoned(zone));
    let text = if local.date() == today.date() {
        local.strftime("%H:%M:%S UTC").to_string()
    } else {
        local.strftime("%e %B %Y, %H:%M:%S UTC").to_string()
    };
    html! { time datetime=(at) { (text.trim()) } }
}

/// Says how long something is, in its two largest units.
pub(crate) fn length(length: SignedDuration) -> String {
    let seconds = length.as_secs().max(0);
    let units = [("day", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];
    let mut rest = seconds;
    let mut parts = Vec::new();
    for (unit, size) in units {
        let count = rest / size;
        rest %= size;
        match (unit, count) {
            // A unit that is nought ends the text once a larger one was said.
            (_, 0) if parts.is_empty() => {}
            (_, 0) => break,
            ("day", 1) => parts.push("1 day".to_owned()),
            ("day", days) => parts.push(format!("{days} days")),
            (unit, count) => parts.push(format!("{count} {unit}")),
        }
        if parts.len() == 2 {
            break;
        }
    }
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// Says how long ago something was.
pub(crate) fn ago(at: Timestamp, now: Timestamp) -> String {
    let since = now.duration_since(at);
    if since < SignedDuration::from_secs(1) {
        "just now".to_owned()
    } else {
        format!("{} ago", length(since))
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{ago, length, moment};

    #[test]
    fn a_length_is_said_in_two_units() {
        for (seconds, text) in [
            (-5, "0 s"),
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (252, "4 min 12 s"),
            (3_600, "1 h"),
            (3_605, "1 h"),
            (7_380, "2 h 3 min"),
            (86_400, "1 day"),
            (176_400, "2 days 1 h"),
        ] {
            assert_eq!(length(SignedDuration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn another_day_is_said_with_its_date() {
        let now: Timestamp = "2026-11-22T21:55:10Z".parse().unwrap();
        let earlier: Timestamp = "2026-11-02T09:05:00Z".parse().unwrap();
        assert!(moment(now, now).into_string().ends_with(">21:55:10 UTC</time>"));
        assert!(moment(earlier, now).into_string().contains(">2 November 2026, 09:05:00 UTC<"));
        assert_eq!(ago(now, now), "just now");
        assert_eq!(ago(earlier, now), "20 days 12 h ago");
    }
}
