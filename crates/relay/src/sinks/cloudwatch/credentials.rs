//! Who asks AWS: credentials from where AWS's own tools look for them, in their order. No text names a secret.

mod container;
mod instance;
mod profile;
mod web_identity;

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use jiff::Timestamp;
use reqwest::Client;
use serde::Deserialize;
use syndic_model::Clock;

use self::container::Container;
use self::instance::Instance;
use self::profile::Profile;
use self::web_identity::WebIdentity;
use crate::sink::Failure;

/// Credentials are looked for again so long before they expire.
const BEFORE_EXPIRY: Duration = Duration::from_secs(5 * 60);
/// How long a service of this machine has for an answer.
const LOCAL_WITHIN: Duration = Duration::from_secs(5);
const LOCAL_CONNECT_WITHIN: Duration = Duration::from_secs(1);
/// The most of a file with credentials that is read.
const MOST_FILE_BYTES: u64 = 1024 * 1024;

/// Looks up a variable of the environment that is not empty.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The places where credentials may be, in order, and those found last.
pub(super) struct Chain {
    sources: Vec<Source>,
    clock: Arc<dyn Clock>,
    kept: Option<Kept>,
}

enum Source {
    Environment(Credentials),
    Profile(Profile),
    WebIdentity(WebIdentity),
    Container(Container),
    Instance(Instance),
}

/// Credentials that were found.
struct Kept {
    credentials: Credentials,
    from: &'static str,
    /// They were used before.
    is_old: bool,
}

impl Kept {
    fn lasts(&self, until: SystemTime) -> bool {
        self.credentials.expiry().is_none_or(|expiry| expiry > until)
    }
}

impl Chain {
    pub(super) fn new(
        region: &str,
        clock: Arc<dyn Clock>,
        environment: Environment<'_>,
    ) -> Result<Self, Failure> {
        let sources = [
            keys(environment)?.map(Source::Environment),
            Profile::new(environment).map(Source::Profile),
            WebIdentity::new(region, environment)?.map(Source::WebIdentity),
            Container::new(environment)?.map(Source::Container),
            Instance::new(environment)?.map(Source::Instance),
        ];
        Ok(Self { sources: sources.into_iter().flatten().collect(), clock, kept: None })
    }

    /// Returns credentials that are good for a while. Where no new ones are found in time, the old ones are used until
    /// they expire.
    pub(super) async fn credentials(&mut self) -> Result<Credentials, Failure> {
        let now = SystemTime::from(self.clock.now());
        if let Some(kept) = self.kept.as_mut().filter(|kept| kept.lasts(now + BEFORE_EXPIRY)) {
            kept.is_old = true;
            return Ok(kept.credentials.clone());
        }
        match self.look().await {
            Ok((from, credentials)) => {
                self.kept = Some(Kept { credentials: credentials.clone(), from, is_old: false });
                Ok(credentials)
            }
            Err(failure) => match self.kept.as_ref().filter(|kept| kept.lasts(now)) {
                Some(kept) => Ok(kept.credentials.clone()),
                None => Err(failure),
            },
        }
    }

    /// Forgets credentials that were refused. Old ones may have been replaced meanwhile, which the next try shows; new
    /// ones are wrong.
    pub(super) fn refused(&mut self, reason: &str) -> Failure {
        match self.kept.take() {
            Some(kept) if !kept.is_old => Failure::stopped(format!(
                "{reason}; mend the AWS credentials, which are those of {}",
                kept.from
            )),
            Some(_) | None => {
                Failure::passing(format!("{reason}; credentials are looked for again"))
            }
        }
    }

    async fn look(&self) -> Result<(&'static str, Credentials), Failure> {
        let now = self.clock.now();
        for source in &self.sources {
            let (from, found) = match source {
                Source::Environment(keys) => (ENVIRONMENT, Some(keys.clone())),
                Source::Profile(profile) => (profile::NAME, profile.look(now).await?),
                Source::WebIdentity(role) => (web_identity::NAME, Some(role.look(now).await?)),
                Source::Container(container) => (container::NAME, Some(container.look().await?)),
                Source::Instance(instance) => (instance::NAME, instance.look().await?),
            };
            if let Some(found) = found {
                return Ok((from, found));
            }
        }
        if self.kept.is_some() {
            return Err(Failure::passing(
                "the AWS credentials have expired, and no new ones are found",
            ));
        }
        Err(Failure::stopped(
            "there are no AWS credentials: neither in the environment (`AWS_ACCESS_KEY_ID`), nor in \
             `~/.aws/credentials`, nor has this container or machine a role",
        ))
    }
}

const ENVIRONMENT: &str = "the environment";

fn keys(environment: Environment<'_>) -> Result<Option<Credentials>, Failure> {
    let Some(id) = environment("AWS_ACCESS_KEY_ID") else { return Ok(None) };
    let secret = environment("AWS_SECRET_ACCESS_KEY").ok_or_else(|| {
        Failure::stopped("`AWS_ACCESS_KEY_ID` is set and `AWS_SECRET_ACCESS_KEY` is not: set both")
    })?;
    let token = environment("AWS_SESSION_TOKEN");
    Ok(Some(Credentials::new(id, secret, token, None, ENVIRONMENT)))
}

/// What a container's or a machine's service answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answered {
    access_key_id: String,
    secret_access_key: String,
    token: Option<String>,
    expiration: Option<Timestamp>,
}

impl Answered {
    fn read(body: &[u8], from: &'static str) -> Result<Credentials, Failure> {
        // What is wrong with it is not said: the text around that may be the secret.
        let read: Self = serde_json::from_slice(body)
            .map_err(|_| Failure::passing(format!("{from} answered no credentials")))?;
        let expiry = read.expiration.map(SystemTime::from);
        Ok(Credentials::new(read.access_key_id, read.secret_access_key, read.token, expiry, from))
    }
}

/// A client for services of this machine, never through a proxy.
fn local_client() -> Result<Client, Failure> {
    // The first caller installs the provider; later ones find it in place.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    let builder = builder.timeout(LOCAL_WITHIN).connect_timeout(LOCAL_CONNECT_WITHIN);
    builder.build().map_err(|_| Failure::passing("no client for AWS could be made"))
}

/// Reads a file; nothing where there is none.
async fn read(path: PathBuf) -> Result<Option<String>, Failure> {
    let shown = path.display().to_string();
    let read = tokio::task::spawn_blocking(move || {
        let mut text = String::new();
        File::open(path)?.take(MOST_FILE_BYTES).read_to_string(&mut text)?;
        Ok(text)
    });
    match read.await.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::stopped(format!("`{shown}` cannot be read: {error}"))),
    }
}

#[cfg(test)]
mod tests;
