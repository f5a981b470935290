//! A signed-in browser: a cookie that proves itself, so that nothing is kept on this side.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use jiff::{SignedDuration, Timestamp};
use syndic_gate::same;

/// The longest anybody stays signed in.
const SIGNED_IN_FOR: SignedDuration = SignedDuration::from_hours(8);

/// What a cookie says: by which key, and until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ticket {
    pub(crate) key: String,
    pub(crate) until: Timestamp,
}

impl Ticket {
    /// Makes one for a key that ends at `expires`.
    pub(crate) fn issue(key: &str, expires: Timestamp, now: Timestamp) -> Self {
        let until = now.saturating_add(SIGNED_IN_FOR).unwrap_or(now).min(expires);
        Self { key: key.to_owned(), until }
    }

    /// Writes it as the value of a cookie; `keyed` is the keyed hash that nobody else can make.
    pub(crate) fn seal(&self, keyed: impl Fn(&str) -> String) -> String {
        let said = self.said();
        let mac = keyed(&said);
        format!("{said}.{mac}")
    }

    /// Reads the value of a cookie; nothing where it was not sealed here or is over.
    pub(crate) fn open(
        value: &str,
        now: Timestamp,
        keyed: impl Fn(&str) -> String,
    ) -> Option<Self> {
        let (said, mac) = value.rsplit_once('.')?;
        if !same(&keyed(said), mac) {
            return None;
        }
        let (key, until) = said.split_once('.')?;
        let until = Timestamp::from_second(until.parse().ok()?).ok()?;
        (now < until).then(|| Self { key: key.to_owned(), until })
    }

    fn said(&self) -> String {
        format!("{}.{}", self.key, self.until.as_second())
    }
}

/// Returns the cookie's name. The prefix makes browsers refuse one that another host or plain HTTP set.
pub(crate) const fn name(secure: bool) -> &'static str {
    if secure { "__Host-syndic" } else { "syndic" }
}

/// Writes the header that sets the cookie, or takes it away where there is no value.
pub(crate) fn set(value: Option<(&str, SignedDuration)>, secure: bool) -> String {
    let (value, lives) = value.unwrap_or(("", SignedDuration::ZERO));
    let secure_flag = if secure { "; Secure" } else { "" };
    let (name, seconds) = (name(secure), lives.as_secs().max(0));
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure_flag}")
}

/// Finds the cookie's value. Two of the same name are none: one of them is somebody else's.
pub(crate) fn value(headers: &HeaderMap, secure: bool) -> Option<&str> {
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs =
        lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(key, _)| *key == name(secure)).map(|(_, value)| value);
    values.next().filter(|_| values.next().is_none())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use jiff::{SignedDuration, Timestamp};

    use super::{Ticket, set, value};

    fn keyed(text: &str) -> String {
        let hash = |hash: u64, byte: u8| hash.wrapping_mul(31).wrapping_add(u64::from(byte));
        format!("{:x}", text.bytes().fold(7, hash))
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_session_lasts_eight_hours_and_never_longer_than_its_key() {
        assert_eq!(Ticket::issue("k", at(1_000_000), at(0)).until, at(28_800));
        assert_eq!(Ticket::issue("k", at(60), at(0)).until, at(60));
        let sealed = Ticket::issue("k", at(60), at(0)).seal(keyed);
        assert!(Ticket::open(&sealed, at(59), keyed).is_some());
        assert!(Ticket::open(&sealed, at(60), keyed).is_none());
    }

    #[test]
    fn what_was_changed_opens_nothing() {
        let sealed = Ticket::issue("abc", at(1_000_000), at(0)).seal(keyed);
        assert_eq!(Ticket::open(&sealed, at(1), keyed).unwrap().key, "abc");
        let longer = sealed.replace("28800", "99999");
        let other = sealed.replace("abc", "abd");
        for forged in
            [longer.as_str(), &other, "", ".", "..", "abc.28800", "abc.28800.", "bc.28800.1"]
        {
            assert!(Ticket::open(forged, at(1), keyed).is_none(), "{forged}");
        }
    }

    #[test]
    fn the_cookie_is_kept_from_scripts_other_sites_and_plain_http() {
        let set_secure = set(Some(("v", SignedDuration::from_secs(60))), true);
        assert_eq!(
            set_secure,
            "__Host-syndic=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(set(None, false), "syndic=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn the_cookie_is_found_among_others_and_two_are_none() {
        let mut headers = HeaderMap::new();
        headers.insert("cookie", "a=b; syndic=v1.x; c=d".parse().unwrap());
        assert_eq!(value(&headers, false), Some("v1.x"));
        assert_eq!(value(&headers, true), None);
        headers.append("cookie", "syndic=other".parse().unwrap());
        assert_eq!(value(&headers, false), None);
    }
}
