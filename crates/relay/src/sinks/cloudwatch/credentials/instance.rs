//! The role of a machine of EC2: instance metadata, version 2.

use aws_credential_types::Credentials;
use reqwest::{Client, Response, StatusCode, Url};

use super::{Answered, Environment, local_client};
use crate::answer;
use crate::sink::Failure;

pub(super) const NAME: &str = "the machine's role";
const ENDPOINT: &str = "http://169.254.169.254";
const ROLES: &str = "latest/meta-data/iam/security-credentials/";
const TOKEN: &str = "x-aws-ec2-metadata-token";
const TOKEN_SECONDS: &str = "21600";

/// Where a machine tells of itself.
pub(super) struct Instance {
    client: Client,
    /// With a slash at the end.
    endpoint: Url,
}

impl Instance {
    pub(super) fn new(environment: Environment<'_>) -> Result<Option<Self>, Failure> {
        let disabled = environment("AWS_EC2_METADATA_DISABLED");
        if disabled.is_some_and(|disabled| disabled.eq_ignore_ascii_case("true")) {
            return Ok(None);
        }
        let endpoint = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        let endpoint = endpoint.as_deref().unwrap_or(ENDPOINT).trim_end_matches('/');
        let endpoint = format!("{endpoint}/")
            .parse()
            .map_err(|_| Failure::stopped("`AWS_EC2_METADATA_SERVICE_ENDPOINT` is no address"))?;
        Ok(Some(Self { client: local_client()?, endpoint }))
    }

    /// Looks for the machine's role: most machines are none of EC2's, and those of EC2 need not have one.
    pub(super) async fn look(&self) -> Result<Option<Credentials>, Failure> {
        let Ok(token) = self
            .client
            .put(self.url("latest/api/token")?)
            .header("x-aws-ec2-metadata-token-ttl-seconds", TOKEN_SECONDS)
            .send()
            .await
        else {
            return Ok(None);
        };
        let Some(token) = text(token).await? else { return Ok(None) };
        let Some(roles) = self.ask(ROLES, &token).await? else { return Ok(None) };
        let Some(role) = roles.lines().next().filter(|role| is_role(role)) else { return Ok(None) };
        let found = self.ask(&format!("{ROLES}{role}"), &token).await?;
        found.map(|found| Answered::read(found.as_bytes(), NAME)).transpose()
    }

    async fn ask(&self, path: &str, token: &str) -> Result<Option<String>, Failure> {
        let request = self.client.get(self.url(path)?).header(TOKEN, token);
        let response = request.send().await.map_err(|error| {
            Failure::passing(format!("{NAME} cannot be asked for: {}", answer::cause(error)))
        })?;
        text(response).await
    }

    fn url(&self, path: &str) -> Result<Url, Failure> {
        let url = self.endpoint.join(path);
        url.map_err(|_| Failure::stopped("`AWS_EC2_METADATA_SERVICE_ENDPOINT` is no address"))
    }
}

/// Reads an answer; nothing where what was asked for is not there or not given to anybody.
async fn text(response: Response) -> Result<Option<String>, Failure> {
    let (status, retry_after) = (response.status(), answer::retry_after(response.headers()));
    if status == StatusCode::OK {
        return Ok(String::from_utf8(answer::body(response).await).ok());
    }
    if status.is_client_error() && status != 429 {
        return Ok(None);
    }
    let reason = format!("{NAME} is not told: the answer is {}", status.as_u16());
    Err(Failure::Passing { reason, retry_after })
}

fn is_role(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-".contains(&b))
}
