//! Where a request comes from: no web page may reach the proxy through the browser of whoever runs it.
//!
//! A name that an attacker owns can be made to point at this machine (DNS rebinding). What the browser then sends gives
//! it away: `Host` is the attacker's name, and `Origin` the attacker's page.

use std::collections::BTreeSet;
use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Uri};
use reqwest::Url;
use thiserror::Error;

/// Which names the proxy answers under, and which pages may ask it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    hosts: BTreeSet<String>,
    origins: BTreeSet<String>,
}

/// Says why a request is refused for where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum Intruder {
    /// A name the proxy does not have.
    #[error(
        "`{0}` is not a name of this proxy; if it should be, start it with `--allow-host` and that name"
    )]
    Host(String),
    /// A page nobody allowed.
    #[error(
        "pages of `{0}` may not use this proxy; if they should, start it with `--allow-origin` and that origin"
    )]
    Origin(String),
}

/// Says why an origin cannot be allowed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is not an origin: write `https://host` or `http://host:port`, with nothing after it"
)]
pub struct NotAnOrigin(String);

impl Guard {
    /// Allows loopback and addresses, and beside them `hosts` and pages of `origins`.
    ///
    /// # Errors
    /// Names what is not an origin.
    pub(crate) fn new(hosts: &[String], origins: &[String]) -> Result<Self, NotAnOrigin> {
        let hosts = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        let origins = origins.iter().map(|text| {
            let url = Url::parse(text).ok().filter(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.path() == "/"
                    && url.query().is_none()
                    && url.fragment().is_none()
                    && url.username().is_empty()
            });
            match url {
                Some(url) => Ok(url.origin().ascii_serialization()),
                None => Err(NotAnOrigin(text.clone())),
            }
        });
        Ok(Self { hosts, origins: origins.collect::<Result<_, _>>()? })
    }

    /// Lets a request in, or says why not. A request without `Origin` does not come from a page.
    pub(crate) fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Intruder> {
        let named = headers.get_all(HOST).iter().map(|host| host.to_str().unwrap_or_default());
        let named: Vec<&str> = named.chain(uri.authority().map(|one| one.as_str())).collect();
        for authority in &named {
            if !self.is_own(authority) {
                return Err(Intruder::Host(shown(authority)));
            }
        }
        if named.is_empty() {
            return Err(Intruder::Host(String::new()));
        }
        for origin in headers.get_all(ORIGIN) {
            let origin = origin.to_str().unwrap_or_default();
            if !self.may_ask(origin, &named) {
                return Err(Intruder::Origin(shown(origin)));
            }
        }
        Ok(())
    }

    /// An address cannot be rebound: only names can.
    fn is_own(&self, authority: &str) -> bool {
        match host(&format!("http://{authority}")) {
            Some(host) => {
                host == "localhost"
                    || self.hosts.contains(&host)
                    || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok()
            }
            None => false,
        }
    }

    fn may_ask(&self, origin: &str, own: &[&str]) -> bool {
        let Ok(url) = Url::parse(origin) else { return false };
        let plain = url.origin().ascii_serialization();
        let without_scheme = plain.split_once("://").map(|(_, rest)| rest).unwrap_or_default();
        let Some(host) = host(origin) else { return false };
        let loopback = host == "localhost"
            || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
        loopback
            || self.origins.contains(&plain)
            || own.iter().any(|own| own.eq_ignore_ascii_case(without_scheme))
    }
}

/// Returns the host of a URL that has nothing but scheme, host and port.
fn host(url: &str) -> Option<String> {
    let url = Url::parse(url).ok()?;
    let bare = url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && matches!(url.scheme(), "http" | "https");
    bare.then(|| url.host_str().map(str::to_owned)).flatten()
}

fn shown(text: &str) -> String {
    text.chars().take(100).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, Uri};

    use super::Guard;

    fn lets_in(host: &str, origin: Option<&str>) -> bool {
        let guard =
            Guard::new(&["mcp.example.com".to_owned()], &["https://app.example.com".to_owned()]);
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", HeaderValue::from_str(origin).unwrap());
        }
        guard.unwrap().check(&headers, &Uri::from_static("/mcp")).is_ok()
    }

    #[test]
    fn only_own_names_and_addresses_are_hosts() {
        for (host, own) in [
            ("localhost:7900", true),
            ("LOCALHOST", true),
            ("127.0.0.1:7900", true),
            ("[::1]:7900", true),
            ("192.0.2.7:7900", true),
            ("mcp.example.com", true),
            ("MCP.example.com:443", true),
            ("evil.example.com", false),
            ("localhost.evil.example.com", false),
            ("127.0.0.1.evil.example.com:7900", false),
            ("localhost@evil.example.com", false),
            ("evil.example.com#localhost", false),
            ("evil.example.com/localhost", false),
            ("", false),
            ("localhost.", false),
        ] {
            assert_eq!(lets_in(host, None), own, "{host}");
        }
    }

    #[test]
    fn only_loopback_the_own_host_and_what_is_allowed_are_origins() {
        for (origin, may) in [
            ("http://localhost:3000", true),
            ("http://127.0.0.1", true),
            ("http://[::1]:5173", true),
            ("https://app.example.com", true),
            ("https://mcp.example.com", true),
            ("http://app.example.com", false),
            ("https://app.example.com:8443", false),
            ("https://app.example.com.evil.example.com", false),
            ("http://evil.example.com", false),
            ("http://localhost.evil.example.com", false),
            ("http://192.0.2.7", false),
            ("null", false),
            ("", false),
            ("file://", false),
            ("http://localhost@evil.example.com", false),
        ] {
            assert_eq!(lets_in("mcp.example.com", Some(origin)), may, "{origin}");
        }
        assert!(lets_in("192.0.2.7:7900", Some("http://192.0.2.7:7900")));
    }

    #[test]
    fn every_host_and_origin_must_be_right() {
        let guard = Guard::default();
        let mut headers = HeaderMap::new();
        assert!(guard.check(&headers, &Uri::from_static("/mcp")).is_err());
        headers.append("host", HeaderValue::from_static("localhost"));
        assert!(guard.check(&headers, &Uri::from_static("/mcp")).is_ok());
        assert!(guard.check(&headers, &Uri::from_static("http://evil.example.com/mcp")).is_err());
        headers.append("host", HeaderValue::from_static("evil.example.com"));
        assert!(guard.check(&headers, &Uri::from_static("/mcp")).is_err());
    }

    #[test]
    fn what_is_no_origin_cannot_be_allowed() {
        for text in ["app.example.com", "https://app.example.com/path", "ftp://host", "*"] {
            assert!(Guard::new(&[], &[text.to_owned()]).is_err(), "{text}");
        }
        assert!(Guard::new(&[], &["https://app.example.com/".to_owned()]).is_ok());
    }
}
