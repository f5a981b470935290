//! The role of a container, as ECS and EKS give it.

use std::net::IpAddr;
use std::path::PathBuf;

use aws_credential_types::Credentials;
use reqwest::header::HeaderValue;
use reqwest::{Client, Url};

use super::{Answered, Environment, local_client, read};
use crate::answer;
use crate::sink::Failure;

pub(super) const NAME: &str = "the container's role";
/// Where ECS answers.
const ECS: &str = "http://169.254.170.2";
/// Where else, beside loopback addresses, a token may go without TLS: ECS and EKS.
const KNOWN: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// Where a container's credentials are, and what they are asked with.
pub(super) struct Container {
    client: Client,
    url: Url,
    token: Option<Token>,
}

enum Token {
    /// It changes, so the file is read every time.
    File(PathBuf),
    Text(String),
}

impl Container {
    pub(super) fn new(environment: Environment<'_>) -> Result<Option<Self>, Failure> {
        let relative = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        let (name, url) = match (relative, environment("AWS_CONTAINER_CREDENTIALS_FULL_URI")) {
            (Some(path), _) => ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", format!("{ECS}{path}")),
            (None, Some(url)) => ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url),
            (None, None) => return Ok(None),
        };
        let url: Option<Url> = url.parse().ok().filter(is_trusted);
        let url = url.ok_or_else(|| {
            Failure::stopped(format!(
                "`{name}` names neither https nor an address where containers get credentials"
            ))
        })?;
        let file = environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE").map(PathBuf::from);
        let text = || environment("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(Token::Text);
        let token = file.map(Token::File).or_else(text);
        Ok(Some(Self { client: local_client()?, url, token }))
    }

    pub(super) async fn look(&self) -> Result<Credentials, Failure> {
        let mut request = self.client.get(self.url.clone());
        if let Some(token) = self.token().await? {
            request = request.header("authorization", token);
        }
        let response = request.send().await.map_err(|error| {
            Failure::passing(format!("{NAME} cannot be asked for: {}", answer::cause(error)))
        })?;
        let status = response.status();
        let retry_after = answer::retry_after(response.headers());
        if status.is_success() {
            return Answered::read(&answer::body(response).await, NAME);
        }
        let reason = format!("{NAME} is not given: the answer is {}", status.as_u16());
        if status.is_client_error() && status != 429 {
            return Err(Failure::stopped(reason));
        }
        Err(Failure::Passing { reason, retry_after })
    }

    async fn token(&self) -> Result<Option<HeaderValue>, Failure> {
        let text = match &self.token {
            None => return Ok(None),
            Some(Token::Text(text)) => Some(text.clone()),
            Some(Token::File(path)) => read(path.clone()).await?,
        };
        let wrong = || {
            Failure::stopped(
                "the token of `AWS_CONTAINER_AUTHORIZATION_TOKEN` (or `…_TOKEN_FILE`) is not there or not one line",
            )
        };
        let text = text.ok_or_else(wrong)?;
        let mut value = HeaderValue::from_str(text.trim_end_matches('\n')).map_err(|_| wrong())?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

/// Tells whether credentials may be asked for there: by TLS, or of this host or what runs it.
fn is_trusted(url: &Url) -> bool {
    let Some(host) = url.host_str() else { return false };
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    match url.scheme() {
        "https" => true,
        "http" => address.is_some_and(|address| {
            address.is_loopback()
                || KNOWN.iter().any(|known| known.parse::<IpAddr>() == Ok(address))
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_trusted;

    #[test]
    fn cloudwatch_credentials_are_asked_for_only_where_containers_get_them() {
        for (url, expected) in [
            ("https://credentials.example.org/x", true),
            ("http://127.0.0.1:51679/x", true),
            ("http://[::1]:51679/x", true),
            ("http://169.254.170.2/v2/x", true),
            ("http://169.254.170.23/v1/x", true),
            ("http://[fd00:ec2::23]/v1/x", true),
            ("http://169.254.170.2@evil.example.org/x", false),
            ("http://169.254.169.254/x", false),
            ("http://localhost.example.org/x", false),
            ("http://localhost/x", false),
            ("ftp://127.0.0.1/x", false),
        ] {
            assert_eq!(is_trusted(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
