//! Webhooks, as Standard Webhooks 1.0.0 has them: signed, with an id that a repeat keeps.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, StatusCode, Url};
use sha2::Sha256;

use crate::answer;
use crate::channel::{Envelope, Failure};
use crate::in_force::Endpoint;

/// One receiver.
#[derive(Debug)]
pub(crate) struct Webhook {
    client: Client,
    url: Url,
    key: Option<Hmac<Sha256>>,
}

impl Webhook {
    pub(crate) fn new(endpoint: &Endpoint) -> Result<Self, Failure> {
        let url: Url = endpoint
            .url
            .parse()
            .map_err(|_| Failure::lasting("the webhook's address is not one; mend `url`"))?;
        let reach = reach(&url).map_err(Failure::lasting)?;
        let key = endpoint.secret.as_deref().map(|secret| {
            key(secret).ok_or_else(|| {
                Failure::lasting(
                    "the webhook's secret is not `whsec_` and base64 of 24 to 64 bytes",
                )
            })
        });
        let key = key.transpose()?;
        // A proxy would resolve the name itself, past the guard.
        let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
        let builder = match reach {
            Reach::Anywhere => builder,
            Reach::Public => builder.dns_resolver(Arc::new(PublicOnly)),
        };
        let client = builder
            .build()
            .map_err(|_| Failure::passing("no client for the webhook could be made"))?;
        Ok(Self { client, url, key })
    }

    pub(crate) async fn send(&self, envelope: &Envelope) -> Result<(), Failure> {
        let id = format!("msg_{}", envelope.id);
        let answered = self.post(&id, envelope.now, envelope.event.to_string()).await?;
        if answered.status.is_success() {
            return Ok(());
        }
        Err(Failure {
            reason: format!("the webhook answered {}", answered.status.as_u16()),
            is_lasting: !answered.is_passing(),
            retry_after: answered.retry_after,
            is_distrusted: false,
        })
    }

    /// Posts a message once, signed as of `now`.
    pub(crate) async fn post(
        &self,
        id: &str,
        now: Timestamp,
        body: String,
    ) -> Result<Answered, Failure> {
        let timestamp = now.as_second().to_string();
        let mut request =
            self.client.post(self.url.clone()).header("content-type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("webhook-signature", sign(key, id, &timestamp, &body));
        }
        let request =
            request.header("webhook-id", id).header("webhook-timestamp", timestamp).body(body);
        let response = request.send().await.map_err(|error| {
            let refused = std::iter::successors(std::error::Error::source(&error), |error| error.source())
                .any(|cause| cause.is::<Private>());
            if refused {
                return Failure::lasting(
                    "the webhook's name is that of a private address; write the address itself into `url` if it is meant",
                );
            }
            let is_distrusted = answer::distrust(&error).is_some();
            let why = format!("the webhook cannot be reached: {}", answer::cause(error));
            Failure { is_distrusted, ..Failure::passing(why) }
        })?;
        let retry_after = answer::retry_after(response.headers());
        Ok(Answered { status: response.status(), retry_after })
    }
}

/// What a receiver answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
}

impl Answered {
    /// Tells whether the same may be taken later.
    pub(crate) fn is_passing(&self) -> bool {
        self.status.is_server_error() || matches!(self.status.as_u16(), 408 | 429)
    }
}

/// Reads a secret: `whsec_` and base64 of 24 to 64 bytes.
fn key(secret: &str) -> Option<Hmac<Sha256>> {
    let bytes = STANDARD.decode(secret.strip_prefix("whsec_")?).ok()?;
    if !(24..=64).contains(&bytes.len()) {
        return None;
    }
    Hmac::new_from_slice(&bytes).ok()
}

/// `v1,` and base64 of HMAC-SHA-256 over `<id>.<timestamp>.<body>`.
fn sign(key: &Hmac<Sha256>, id: &str, timestamp: &str, body: &str) -> String {
    let mac = key.clone().chain_update(format!("{id}.{timestamp}.")).chain_update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// How far a webhook may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Its URL names an address of a private network or of this host, so that is meant.
    Anywhere,
    /// Its URL has a name, which must not resolve to such an address: whoever answers for the name is not who wrote
    /// the URL.
    Public,
}

fn reach(url: &Url) -> Result<Reach, String> {
    let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https"));
    let host = host.ok_or("the webhook's address is not http or https; mend `url`")?;
    if host == "localhost" {
        return Ok(Reach::Anywhere);
    }
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Err(_) => Ok(Reach::Public),
        Ok(address) if is_never(address) => {
            Err(format!("a webhook at `{address}`, a link-local or unassigned address, is refused"))
        }
        Ok(_) => Ok(Reach::Anywhere),
    }
}

/// Resolves names to public addresses only.
#[derive(Debug)]
struct PublicOnly;

/// A name stands for a private address only.
#[derive(Debug, thiserror::Error)]
#[error("the name stands for a private address")]
struct Private;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(Private.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Link-local (where clouds keep credentials), multicast, broadcast and unspecified addresses.
fn is_never(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_link_local()
                || address.is_multicast()
                || address.is_broadcast()
                || address.octets().first() == Some(&0)
        }
        IpAddr::V6(address) => {
            address.is_unicast_link_local() || address.is_multicast() || address.is_unspecified()
        }
    }
}

/// Tells whether an address is somewhere on the public Internet.
fn is_public(address: IpAddr) -> bool {
    if is_never(address) {
        return false;
    }
    match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => {
            let [first, second, third, ..] = address.segments();
            // NAT64 (RFC 6052) carries an IPv4 address, and 6to4 too; nothing public is reached through them alone.
            let carries_v4 = (first == 0x64 && second == 0xff9b) || first == 0x2002;
            let documented =
                first == 0x2001 && (second == 0xdb8 || second == 0 || third == 0 && second < 0x200);
            !(address.is_loopback() || address.is_unique_local() || carries_v4 || documented)
        }
    }
}

const fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_shared = first == 100 && second & 0xc0 == 64;
    let is_protocol = first == 192 && second == 0 && third == 0;
    let is_benchmark = first == 198 && second & 0xfe == 18;
    !(address.is_private()
        || address.is_loopback()
        || address.is_documentation()
        || is_shared
        || is_protocol
        || is_benchmark
        || first >= 240)
}

#[cfg(test)]
mod tests {
    use reqwest::dns::Resolve as _;

    use super::{Private, PublicOnly, Reach, is_public, key, reach, sign};

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn another_implementation_verifies_what_is_signed() {
        let body = r#"{"type":"approval.requested","data":{"agent":"größe"}}"#;
        let (id, timestamp) = ("msg_0123", "1795341600");
        let theirs = standardwebhooks::Webhook::new(SECRET).unwrap();
        let expected = theirs.sign(id, 1_795_341_600, body.as_bytes()).unwrap();
        assert_eq!(sign(&key(SECRET).unwrap(), id, timestamp, body), expected);
    }

    #[test]
    fn a_secret_is_whsec_and_enough_bytes() {
        for secret in
            ["", "whsec_", "whsec_!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2hvcnQ="]
        {
            assert!(key(secret).is_none(), "{secret}");
        }
    }

    #[test]
    fn a_private_address_is_reached_only_where_the_url_names_it() {
        for (url, expected) in [
            ("https://hooks.example.com/x", Some(Reach::Public)),
            ("http://127.0.0.1:9/x", Some(Reach::Anywhere)),
            ("http://localhost:9/x", Some(Reach::Anywhere)),
            ("http://[::1]/x", Some(Reach::Anywhere)),
            ("https://10.1.2.3/x", Some(Reach::Anywhere)),
            ("http://169.254.169.254/latest", None),
            ("http://[fe80::1]/x", None),
            ("http://[::ffff:169.254.169.254]/x", None),
            ("http://0.0.0.0/x", None),
            ("http://2852039166/x", None),
            ("ftp://hooks.example.com/x", None),
        ] {
            assert_eq!(reach(&url.parse().unwrap()).ok(), expected, "{url}");
        }
    }

    #[tokio::test]
    async fn a_name_that_stands_for_a_private_address_is_refused() {
        let found = PublicOnly.resolve("localhost".parse().unwrap()).await;
        assert!(found.err().unwrap().is::<Private>());
    }

    #[test]
    fn an_address_is_public_or_it_is_not() {
        for (address, expected) in [
            ("93.184.215.14", true),
            ("2606:4700::1111", true),
            ("10.0.0.1", false),
            ("172.16.0.1", false),
            ("192.168.1.1", false),
            ("100.64.0.1", false),
            ("127.0.0.53", false),
            ("169.254.169.254", false),
            ("0.1.2.3", false),
            ("224.0.0.1", false),
            ("255.255.255.255", false),
            ("::1", false),
            ("::", false),
            ("fc00::1", false),
            ("fe80::1", false),
            ("::ffff:10.0.0.1", false),
            ("64:ff9b::a00:1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
        }
    }
}
