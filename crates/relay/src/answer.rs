//! What is read of an HTTP answer, or told of one that did not come.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::HeaderMap;

use crate::plain::plain;
use crate::sink::Failure;

/// The most of an answer that is read.
const MOST_BYTES: usize = 64 * 1024;
/// The most characters of what TLS said that are told on.
const MOST_SAID: usize = 300;

/// Reads the body; nothing where it is cut off or larger than any that is meant.
pub(crate) async fn body(mut response: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_BYTES {
            return Vec::new();
        }
    }
    body
}

/// Says why there is no answer: the innermost cause, such as a certificate that is not trusted, and no address, which may
/// have a secret.
pub(crate) fn cause(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let error = error.without_url();
    let mut innermost: &dyn Error = &error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    innermost.to_string()
}

/// Returns how long the sender asks to be left alone, where it says so in seconds.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get("retry-after")?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Tells a certificate that a person has to mend from all else that keeps an answer away.
pub(crate) fn unreachable(whom: &str, error: reqwest::Error) -> Failure {
    match distrust(&error) {
        Some(why) => Failure::stopped(format!(
            "the certificate of {whom} is not trusted: {why}; mend it, or have this host trust who signed it"
        )),
        None => Failure::passing(format!("{whom} cannot be reached: {}", cause(error))),
    }
}

/// Looks for what TLS found wrong with the other side.
pub(crate) fn distrust(error: &reqwest::Error) -> Option<String> {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let tls = inner.and_then(|inner| inner.downcast_ref::<rustls::Error>());
        let tls = tls.or_else(|| error.downcast_ref::<rustls::Error>());
        let untrusted = tls.filter(|tls| {
            matches!(
                tls,
                rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
            )
        });
        if let Some(tls) = untrusted {
            return Some(plain(&tls.to_string(), MOST_SAID));
        }
        cause = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
