//! What is read of an HTTP answer, or told of one that did not come.

use std::error::Error;
use std::time::Duration;

use reqwest::Response;
use reqwest::header::HeaderMap;

/// The most of an answer that is read.
const MOST_BYTES: usize = 64 * 1024;

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
