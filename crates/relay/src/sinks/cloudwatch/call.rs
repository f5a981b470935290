//! One call of the CloudWatch Logs API: JSON 1.1, signed with Signature Version 4.

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SigningParams, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::HeaderMap;
use reqwest::{Client, Request, StatusCode};
use serde_json::Value;
use syndic_model::Clock;

use super::credentials::Chain;
use super::trouble::{Answered, Trouble, trouble};
use crate::answer;
use crate::sink::Failure;

const SERVICE: &str = "logs";
const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
/// A request has a megabyte.
const CALL_WITHIN: Duration = Duration::from_secs(30);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// The API at one place, and who asks it.
pub(super) struct Api {
    client: Client,
    /// With a slash at the end.
    url: String,
    region: String,
    chain: Chain,
    clock: Arc<dyn Clock>,
}

/// What a call that was taken answered.
#[derive(Debug)]
pub(super) struct Called {
    pub(super) body: Value,
    /// The time there.
    pub(super) now: Timestamp,
}

impl Api {
    pub(super) fn new(
        endpoint: Option<&str>,
        region: String,
        chain: Chain,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Failure> {
        let url = match endpoint {
            Some(endpoint) => format!("{}/", endpoint.trim_end_matches('/')),
            None => format!("https://logs.{region}.{}/", domain(&region)),
        };
        Ok(Self { client: client()?, url, region, chain, clock })
    }

    /// Calls an operation once.
    pub(super) async fn call(&mut self, operation: &str, body: String) -> Result<Called, Trouble> {
        let credentials = self.chain.credentials().await.map_err(Trouble::Failed)?;
        let now = self.clock.now();
        let request = self.signed(operation, body, &credentials, now).map_err(|error| {
            Trouble::Failed(Failure::stopped(format!(
                "a request to `{}` cannot be signed: {error}; mend `endpoint`, `region` or the credentials",
                self.url
            )))
        })?;
        let response = self.client.execute(request).await.map_err(|error| {
            Trouble::Failed(answer::unreachable(&format!("`{}`", self.url), error))
        })?;
        let (status, there) = (response.status(), date(response.headers()));
        let retry_after = answer::retry_after(response.headers());
        let body: Value = serde_json::from_slice(&answer::body(response).await).unwrap_or_default();
        if status == StatusCode::OK {
            return Ok(Called { body, now: there.unwrap_or(now) });
        }
        let ahead = there.map_or(SignedDuration::ZERO, |there| now.duration_since(there));
        let trouble = trouble(operation, &Answered { status, body, retry_after, ahead });
        if let Trouble::Unauthentic(reason) = &trouble {
            return Err(Trouble::Failed(self.chain.refused(reason)));
        }
        Err(trouble)
    }

    fn signed(
        &self,
        operation: &str,
        body: String,
        credentials: &Credentials,
        now: Timestamp,
    ) -> Result<Request, Box<dyn Error + Send + Sync>> {
        let target = format!("Logs_20140328.{operation}");
        let headers = [("content-type", CONTENT_TYPE), ("x-amz-target", &target)];
        let identity = credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(SERVICE)
            .time(SystemTime::from(now))
            .settings(SigningSettings::default())
            .build()?;
        let body_signed = SignableBody::Bytes(body.as_bytes());
        let signable =
            SignableRequest::new("POST", self.url.as_str(), headers.into_iter(), body_signed)?;
        let (signature, _) = sign(signable, &SigningParams::V4(parameters))?.into_parts();
        let mut request = self.client.post(&self.url);
        for (name, value) in headers.into_iter().chain(signature.headers()) {
            request = request.header(name, value);
        }
        Ok(request.body(body).build()?)
    }
}

/// A client for AWS, through the proxy of the environment where there is one.
pub(super) fn client() -> Result<Client, Failure> {
    // The first caller installs the provider; later ones find it in place.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none());
    let builder = builder.timeout(CALL_WITHIN).connect_timeout(CONNECT_WITHIN);
    builder.build().map_err(|_| Failure::passing("no client for AWS could be made"))
}

/// The domain of a region's services.
pub(super) fn domain(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let date = rfc2822::parse(headers.get("date")?.to_str().ok()?).ok()?;
    Some(date.timestamp())
}
