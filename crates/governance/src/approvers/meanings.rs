//! What texts in `approvers/*.yaml` mean.

use std::str::FromStr;

use jiff::SignedDuration;
use schemars::{Schema, json_schema};

use crate::text::Meaning;

/// A span of time, like `300s`, `5m`, `1h30m` or `2d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wait(pub(crate) SignedDuration);

impl FromStr for Wait {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        seconds(text)
            .map(|seconds| Self(SignedDuration::from_secs(seconds)))
            .ok_or_else(|| format!("`{}` is not a span of time", shown(text)))
    }
}

/// Reads numbers with units; all of the text, and not too long for a number.
fn seconds(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let (number, after) = rest.split_at_checked(rest.find(|c: char| !c.is_ascii_digit())?)?;
        let unit = after.chars().next()?;
        let each = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => return None,
        };
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(each)?)?;
        rest = after.get(unit.len_utf8()..)?.trim_start();
    }
    (total > 0).then_some(total)
}

impl Meaning for Wait {
    const CODE: &'static str = "invalid-duration";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^([0-9]+[smhd])+$", "examples": ["300s", "5m", "1h"]})
    }

    fn hint(raw: &str) -> Option<String> {
        let digits = !raw.is_empty() && raw.len() < 7 && raw.bytes().all(|b| b.is_ascii_digit());
        Some(if digits {
            format!("write `{raw}s`")
        } else {
            "like `300s`, `5m` or `1h`".to_owned()
        })
    }
}

/// An e-mail address that means one mailbox, and nothing else to any mail program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailAddress(pub(crate) String);

impl FromStr for MailAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let host = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
        let sound = text.split_once('@').is_some_and(|(local, domain)| {
            (1..=64).contains(&local.len())
                && (1..=189).contains(&domain.len())
                && local.chars().all(plain)
                && domain.chars().all(host)
                && [local, domain].iter().all(|part| {
                    !part.starts_with('.') && !part.ends_with('.') && !part.contains("..")
                })
        });
        if !sound {
            return Err(format!("`{}` is not an e-mail address", shown(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for MailAddress {
    const CODE: &'static str = "invalid-email";

    fn schema() -> Schema {
        json_schema!({"type": "string", "format": "email"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("the bare address, like `support-lead-1@example.org`".to_owned())
    }
}

/// The id of a user or a conversation at Slack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SlackId(pub(crate) String);

impl FromStr for SlackId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !plain || !(3..=32).contains(&text.len()) || !text.starts_with(['U', 'W', 'C', 'G', 'D'])
        {
            return Err(format!("`{}` is not an id of Slack's", shown(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for SlackId {
    const CODE: &'static str = "invalid-slack-id";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[UWCGD][A-Z0-9]{2,31}$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("copy the id of the member or channel, like `U024BE7LH` or `C0123ABCD`".to_owned())
    }
}

/// Quotes input: bounded, and without control characters.
fn shown(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::{MailAddress, SlackId, Wait};

    #[test]
    fn a_span_of_time_is_numbers_with_units() {
        for (text, seconds) in [
            ("300s", Some(300)),
            ("5m", Some(300)),
            ("1h30m", Some(5400)),
            ("1h 30m", Some(5400)),
            ("7d", Some(604_800)),
            ("0s", None),
            ("", None),
            ("300", None),
            ("5 minutes", None),
            ("-5m", None),
            ("1.5h", None),
            ("5µ", None),
            ("99999999999999999999s", None),
            ("9223372036854775807d", None),
        ] {
            let read = text.parse::<Wait>().ok().map(|Wait(span)| span.as_secs());
            assert_eq!(read, seconds, "{text:?}");
        }
    }

    #[test]
    fn an_address_is_one_mailbox() {
        for (text, sound) in [
            ("support-lead-1@example.org", true),
            ("a.b+c@mail.example.org", true),
            ("a@localhost", true),
            ("a", false),
            ("a@", false),
            ("@b", false),
            ("a@b@c", false),
            ("a b@c.org", false),
            ("a@b.org, c@d.org", false),
            ("A <a@b.org>", false),
            ("a@b.org\r\nBcc: c@d.org", false),
            (".a@b.org", false),
            ("a@b..org", false),
            (&format!("{}@b.org", "a".repeat(65)), false),
        ] {
            assert_eq!(text.parse::<MailAddress>().is_ok(), sound, "{text:?}");
        }
        assert!("U024BE7LH".parse::<SlackId>().is_ok());
        assert!("#support".parse::<SlackId>().is_err());
        assert!("u024be7lh".parse::<SlackId>().is_err());
    }
}
