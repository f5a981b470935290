//! What texts in `syndic.yaml` mean.

use std::fmt;
use std::str::FromStr;

use jiff::tz;
use schemars::{Schema, json_schema};

use crate::approvers::MailAddress;
use crate::text::{Meaning, closed_words, did_you_mean, rename};

macro_rules! setting_words {
    ($(#[$doc:meta])* $name:ident, $kind:literal: $($(#[$vdoc:meta])* $variant:ident = $word:literal,)*) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Returns the word as it is written.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().find(|word| word.as_str() == text).copied();
                found.ok_or_else(|| format!("`{}` is not {}", text.escape_debug(), $kind))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

setting_words! {
    /// What kind of place a syndic runs in.
    Environment, "an environment; it is one of dev, staging, prod":
    /// Where things are tried.
    Dev = "dev",
    /// Where things are rehearsed.
    Staging = "staging",
    /// Where it counts.
    Prod = "prod",
}

setting_words! {
    /// When a record counts as kept.
    Durability, "a durability; it is one of full, buffered":
    /// Once it is on disk.
    Full = "full",
    /// Once it is written; a crash of the machine may lose it.
    Buffered = "buffered",
}

setting_words! {
    /// How the connection to a mail server is protected.
    SmtpTls, "a protection; it is one of starttls, implicit, none":
    /// It begins in clear and is encrypted before anything is said.
    StartTls = "starttls",
    /// It is encrypted from the first byte.
    Implicit = "implicit",
    /// It is not; to this machine alone.
    None = "none",
}

setting_words! {
    /// How an event looks at a sink.
    #[derive(Default)]
    SinkFormat, "a format; it is one of native, ocsf, otel":
    /// The 17 fields.
    #[default]
    Native = "native",
    /// OCSF 1.9, API Activity.
    Ocsf = "ocsf",
    /// An OpenTelemetry log record.
    Otel = "otel",
}

setting_words! {
    /// What becomes of arguments, results, users and the caller's metadata at a sink.
    #[derive(Default)]
    SinkParts, "what becomes of content; it is one of none, redacted, clear":
    /// They stay in the ledger.
    None = "none",
    /// Personal data and secrets in them are replaced.
    #[default]
    Redacted = "redacted",
    /// They go as they are.
    Clear = "clear",
}

setting_words! {
    /// Where a sink begins that was never there before.
    #[derive(Default)]
    SinkStart, "a start; it is one of beginning, now":
    /// At the oldest record that is kept.
    #[default]
    Beginning = "beginning",
    /// At the end of the ledger.
    Now = "now",
}

closed_words!(Environment, Durability, SmtpTls, SinkFormat, SinkParts, SinkStart);

impl SmtpTls {
    /// Returns the port that is usual.
    pub(super) const fn port(self) -> u16 {
        match self {
            Self::StartTls => 587,
            Self::Implicit => 465,
            Self::None => 25,
        }
    }
}

/// A time zone, read from its name.
#[derive(Debug)]
pub(crate) struct TimeZoneName(pub(crate) tz::TimeZone);

impl FromStr for TimeZoneName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        tz::TimeZone::get(text)
            .map(Self)
            .map_err(|_| format!("`{}` is not a known time zone", text.escape_debug()))
    }
}

impl Meaning for TimeZoneName {
    const CODE: &'static str = "unknown-time-zone";

    fn schema() -> Schema {
        json_schema!({"type": "string", "examples": ["UTC", "Europe/Zurich"]})
    }

    fn hint(raw: &str) -> Option<String> {
        let names: Vec<_> = tz::db().available().collect();
        did_you_mean(raw, names.iter().map(|name| name.as_str()))
            .or_else(|| Some("an IANA name, like `Europe/Zurich`".to_owned()))
    }
}

/// How people reach the server: scheme, host and port, without a slash at the end.
#[derive(Debug)]
pub(crate) struct PublicUrl(pub(crate) String);

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = text.strip_suffix('/').unwrap_or(text);
        let (_, path) = split(url)?;
        if !path.is_empty() {
            return Err(format!("`{}` has more than scheme, host and port", shown(text)));
        }
        Ok(Self(url.to_owned()))
    }
}

impl Meaning for PublicUrl {
    const CODE: &'static str = "invalid-url";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^https?://[^/?#@]+/?$"})
    }

    fn hint(raw: &str) -> Option<String> {
        url_hint(raw)
    }
}

/// Where something is sent.
#[derive(Debug)]
pub(crate) struct SendUrl(pub(crate) String);

impl FromStr for SendUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        split(text).map(|_| Self(text.to_owned()))
    }
}

impl Meaning for SendUrl {
    const CODE: &'static str = "invalid-url";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^https?://"})
    }

    fn hint(raw: &str) -> Option<String> {
        url_hint(raw)
    }
}

pub(super) fn url_hint(raw: &str) -> Option<String> {
    if raw.contains('@') {
        return Some(
            "leave out what stands before `@`: secrets stand in environment variables".to_owned(),
        );
    }
    match raw.strip_prefix("http://") {
        Some(rest) => Some(format!("write `https://{rest}`; `http` is for this machine alone")),
        None if raw.contains("://") => Some("like `https://syndic.example.org`".to_owned()),
        None => Some(format!("write `https://{raw}`")),
    }
}

/// Splits a web address into host and what follows it. It is encrypted, or leads to this machine, and names nobody.
pub(super) fn split(text: &str) -> Result<(&str, &str), String> {
    if text.contains('@') {
        // What stands before it may be a password.
        return Err("the web address names a user".to_owned());
    }
    let not_one = || format!("`{}` is not a web address", shown(text));
    let (safe, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (None, Some(rest)) => (false, rest),
        (None, None) => return Err(not_one()),
    };
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let odd = |c: char| !c.is_ascii_graphic() || "#\\\"<>`{}|^".contains(c);
    if text.len() > 2_000 || text.contains(odd) {
        return Err(not_one());
    }
    let host = host_of(authority).ok_or_else(not_one)?;
    if !safe && !is_loopback(host) {
        return Err(format!("`{}` is not encrypted", shown(text)));
    }
    Ok((host, path))
}

/// Returns the host of `host`, `host:port` or `[address]:port`.
fn host_of(authority: &str) -> Option<&str> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, after.strip_prefix(':').or(after.is_empty().then_some("0"))?)
        }
        None => authority.split_once(':').unwrap_or((authority, "0")),
    };
    let plain = host.chars().all(|c| c.is_ascii_alphanumeric() || "-.:_".contains(c));
    (!host.is_empty() && plain && port.parse::<u16>().is_ok()).then_some(host)
}

/// Tells whether a host is this machine.
pub(super) fn is_loopback(host: &str) -> bool {
    let address = host.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

/// The name of an environment variable that holds a secret.
#[derive(Debug)]
pub(crate) struct EnvName(pub(crate) String);

impl FromStr for EnvName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        let begins = text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
        if !begins || text.len() > 64 || !text.bytes().all(plain) {
            // What stands there may be the secret itself: it is not repeated.
            return Err("this is not the name of an environment variable");
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for EnvName {
    const CODE: &'static str = "invalid-variable";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Z_][A-Z0-9_]{0,63}$"})
    }

    fn hint(_: &str) -> Option<String> {
        let hint = "name the variable that holds the secret, like `SYNDIC_SMTP_PASSWORD`; the secret itself \
                    belongs in no file that is reviewed";
        Some(hint.to_owned())
    }
}

/// The name of a webhook.
#[derive(Debug)]
pub(crate) struct WebhookName(pub(crate) String);

impl FromStr for WebhookName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_.:-".contains(&b);
        if !(1..=64).contains(&text.len()) || !text.bytes().all(plain) {
            return Err(format!(
                "`{}` is not a valid webhook name: 1 to 64 characters of `A-Z a-z 0-9 _ . : -`",
                shown(text)
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for WebhookName {
    const CODE: &'static str = "invalid-name";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9_.:-]{1,64}$"})
    }

    fn hint(raw: &str) -> Option<String> {
        rename(raw)
    }
}

/// A sender: an address, or `Name <address>`.
#[derive(Debug)]
pub(crate) struct Mailbox(pub(crate) String);

impl FromStr for Mailbox {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, address) = match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
            Some((name, address)) => (name, address),
            None => ("", text),
        };
        let plain = !name.contains(|c: char| c.is_control() || "<>\"\\,;:@".contains(c));
        if !plain || name.len() > 200 || address.parse::<MailAddress>().is_err() {
            return Err(format!("`{}` is not a sender", shown(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for Mailbox {
    const CODE: &'static str = "invalid-email";

    fn schema() -> Schema {
        json_schema!({"type": "string"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("like `syndic@example.org` or `syndic <syndic@example.org>`".to_owned())
    }
}

/// The name of a log.
#[derive(Debug)]
pub(crate) struct NoteName(pub(crate) String);

impl FromStr for NoteName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_.:/~-".contains(&b);
        if !(1..=128).contains(&text.len()) || !text.bytes().all(plain) {
            return Err(format!(
                "`{}` is not the name of a log: 1 to 128 characters of `A-Z a-z 0-9 _ . : / ~ -`",
                shown(text)
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for NoteName {
    const CODE: &'static str = "invalid-name";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9_.:/~-]{1,128}$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("an address of yours without `https://`, like `example.org/agents`".to_owned())
    }
}

/// The verifier key of a signed note.
#[derive(Debug)]
pub(crate) struct NoteKeyText(pub(crate) String);

impl FromStr for NoteKeyText {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut fields = text.splitn(3, '+');
        let (name, id, key) = (fields.next(), fields.next(), fields.next());
        let is_hex = |id: &str| id.len() == 8 && id.bytes().all(|b| b.is_ascii_hexdigit());
        let is_key = |key: &str| key.len() == 44 && !key.contains(char::is_whitespace);
        let named =
            name.is_some_and(|name| !name.is_empty() && !name.contains(char::is_whitespace));
        if !named || !id.is_some_and(is_hex) || !key.is_some_and(is_key) {
            return Err(format!("`{}` is not a verifier key", shown(text)));
        }
        Ok(Self(text.to_owned()))
    }
}

impl Meaning for NoteKeyText {
    const CODE: &'static str = "invalid-key";

    fn schema() -> Schema {
        json_schema!({"type": "string", "pattern": "^[^+ ]+[+][0-9a-f]{8}[+].{44}$"})
    }

    fn hint(_: &str) -> Option<String> {
        Some("as the witness publishes it: `witness.example.org+1a2b3c4d+BA…`".to_owned())
    }
}

/// Quotes input: bounded, and without control characters.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(80).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use super::{Mailbox, PublicUrl, SendUrl};
    use crate::text::Meaning as _;

    #[test]
    fn an_address_is_encrypted_or_leads_to_this_machine_and_names_nobody() {
        for (text, public, send) in [
            ("https://syndic.example.org", true, true),
            ("https://syndic.example.org/", true, true),
            ("https://syndic.example.org:8443", true, true),
            ("http://127.0.0.1:7860", true, true),
            ("http://localhost:7860/", true, true),
            ("http://[::1]:7860", true, true),
            ("https://hooks.example.org/a?b=c", false, true),
            ("https://syndic.example.org/?a=b", false, true),
            ("https://syndic.example.org//", false, true),
            ("http://syndic.example.org", false, false),
            ("http://127.0.0.1.example.org", false, false),
            ("http://localhost@example.org", false, false),
            ("https://user:password@example.org", false, false),
            ("https://example.org#a", false, false),
            ("https://example.org\\@evil.example.org", false, false),
            ("https://", false, false),
            ("https://example.org:99999", false, false),
            ("https://exämple.org", false, false),
            ("https://example.org/a b", false, false),
            ("ftp://example.org", false, false),
            ("syndic.example.org", false, false),
        ] {
            assert_eq!(text.parse::<PublicUrl>().is_ok(), public, "{text:?}");
            assert_eq!(text.parse::<SendUrl>().is_ok(), send, "{text:?}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_repeated() {
        for text in
            ["https://u:hush@example.org", "http://u:hush@example.org", "u:hu/sh@example.org"]
        {
            let told = text.parse::<SendUrl>().unwrap_err();
            let hint = SendUrl::hint(text).unwrap();
            assert_eq!(told, "the web address names a user");
            assert!(!hint.contains("hu") && hint.contains("before `@`"), "{hint}");
        }
    }

    #[test]
    fn a_sender_is_an_address_perhaps_with_a_name() {
        for (text, sound) in [
            ("syndic@example.org", true),
            ("syndic <syndic@example.org>", true),
            ("syndic <syndic@example.org", false),
            ("a@b.org, syndic <syndic@example.org>", false),
            ("syndic\r\nBcc: a@b.org <syndic@example.org>", false),
        ] {
            assert_eq!(text.parse::<Mailbox>().is_ok(), sound, "{text:?}");
        }
    }
}
