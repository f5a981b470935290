//! A role for whoever has a token of an identity provider, as pods of Kubernetes do.

use std::path::PathBuf;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use jiff::Timestamp;
use reqwest::{Client, StatusCode};

use super::super::call::{client, domain};
use super::{Environment, read};
use crate::answer;
use crate::plain::plain;
use crate::sink::Failure;

pub(super) const NAME: &str = "the role of `AWS_ROLE_ARN`";

/// A role, and the file with the token for it.
pub(super) struct WebIdentity {
    client: Client,
    url: String,
    file: PathBuf,
    role: String,
    session: Option<String>,
}

impl WebIdentity {
    pub(super) fn new(region: &str, environment: Environment<'_>) -> Result<Option<Self>, Failure> {
        let Some(file) = environment("AWS_WEB_IDENTITY_TOKEN_FILE") else { return Ok(None) };
        let role = environment("AWS_ROLE_ARN").ok_or_else(|| {
            Failure::stopped(
                "`AWS_WEB_IDENTITY_TOKEN_FILE` is set and `AWS_ROLE_ARN` is not: set both",
            )
        })?;
        let url = environment("AWS_ENDPOINT_URL_STS")
            .unwrap_or_else(|| format!("https://sts.{region}.{}/", domain(region)));
        let session = environment("AWS_ROLE_SESSION_NAME");
        Ok(Some(Self { client: client()?, url, file: file.into(), role, session }))
    }

    pub(super) async fn look(&self, now: Timestamp) -> Result<Credentials, Failure> {
        let missing = || {
            let file = self.file.display();
            Failure::stopped(format!(
                "`{file}`, named by `AWS_WEB_IDENTITY_TOKEN_FILE`, is not there"
            ))
        };
        let token = read(self.file.clone()).await?.ok_or_else(missing)?;
        let session = self.session.clone().unwrap_or_else(|| format!("syndic-{}", now.as_second()));
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", "AssumeRoleWithWebIdentity")
            .append_pair("Version", "2011-06-15")
            .append_pair("RoleArn", &self.role)
            .append_pair("RoleSessionName", &session)
            .append_pair("WebIdentityToken", token.trim())
            .finish();
        let request = self.client.post(&self.url).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let response =
            request.header("accept", "application/xml").send().await.map_err(|error| {
                Failure::passing(format!(
                    "`{}` cannot be reached: {}",
                    self.url,
                    answer::cause(error)
                ))
            })?;
        let (status, retry_after) = (response.status(), answer::retry_after(response.headers()));
        let body = answer::body(response).await;
        let body = String::from_utf8_lossy(&body);
        if status == StatusCode::OK {
            return assumed(&body).ok_or_else(|| Failure::passing("STS answered no credentials"));
        }
        let code = plain(element(&body, "Code").unwrap_or("no reason"), 80);
        let reason =
            format!("STS gives `{}` to nobody here: {} {code}", self.role, status.as_u16());
        let is_passing = ["Throttling", "IDPCommunicationError", "RequestLimitExceeded"];
        if status.is_client_error() && status != 429 && !is_passing.contains(&code.as_str()) {
            return Err(Failure::stopped(format!("{reason}; mend the role's trust or the token")));
        }
        Err(Failure::Passing { reason, retry_after })
    }
}

fn assumed(xml: &str) -> Option<Credentials> {
    let text = |name: &str| element(xml, name).map(str::to_owned);
    let expiry: Timestamp = element(xml, "Expiration")?.parse().ok()?;
    let (id, secret) = (text("AccessKeyId")?, text("SecretAccessKey")?);
    Some(Credentials::new(id, secret, text("SessionToken"), Some(SystemTime::from(expiry)), NAME))
}

/// Returns the text of the first element of a name. What is meant to be read has no attributes, no elements within and
/// nothing that XML escapes; anything else is not read.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let text = text.trim();
    (!text.is_empty() && !text.contains(['<', '&'])).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{assumed, element};

    #[test]
    fn cloudwatch_only_what_is_meant_is_read_of_an_answer_in_xml() {
        for (xml, read) in [
            ("<a><Code> X1 </Code></a>", Some("X1")),
            ("<Code>a</Code><Code>b</Code>", Some("a")),
            ("<Code></Code>", None),
            ("<Code>a&amp;b</Code>", None),
            ("<Code><b/></Code>", None),
            ("<Code>a", None),
            ("", None),
        ] {
            assert_eq!(element(xml, "Code"), read, "{xml}");
        }
        let part = "<AccessKeyId>a</AccessKeyId><SecretAccessKey>b</SecretAccessKey>";
        assert!(assumed(part).is_none(), "credentials of a role expire");
        assert!(assumed(&format!("{part}<Expiration>soon</Expiration>")).is_none());
    }
}
