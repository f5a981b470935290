//! Who asks.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING,
};
use axum::http::request::Parts;
use jiff::Timestamp;
use syndic_api::Problem;
use syndic_gate::{Gate, Voter};
use syndic_model::{Caller, EnforcementGrade, PersonId, VoteMethod};

use crate::app::App;
use crate::connection::Peer;
use crate::pages::browsers::Browsers;
use crate::pages::origin;
use crate::problem::Failure;

/// Whoever asks, known by a key, by the cookie of a browser, or by the local socket.
#[derive(Debug)]
pub(crate) struct Asker(pub(crate) Caller);

/// Whoever asks, and how they are known.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) caller: Caller,
    pub(crate) by: By,
}

/// How somebody is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// They showed a key.
    Key,
    /// Their browser is signed in, until then.
    Browser(Timestamp),
    /// They are at the local socket.
    Socket,
}

/// Somebody who may read everything: an auditor or an administrator.
#[derive(Debug)]
pub(crate) struct Reader(pub(crate) String);

/// The same, who goes on reading: by the id of a key, and until when at most.
#[derive(Debug)]
pub(crate) struct Watcher {
    pub(crate) key: String,
    pub(crate) until: Option<Timestamp>,
}

/// Somebody who may read the log: anybody where it is public, else who may read everything.
#[derive(Debug)]
pub(crate) struct LogReader;

/// Somebody who may know what people decide: anybody but an agent.
#[derive(Debug)]
pub(crate) struct Overseer;

/// Somebody who answers for something: anybody but an agent, by the id of the key.
#[derive(Debug)]
pub(crate) struct Answering(pub(crate) String);

/// A person who decides, by an approver key.
#[derive(Debug)]
pub(crate) struct Approver {
    pub(crate) person: PersonId,
    pub(crate) key: String,
}

/// An administrator, by the id of the key.
#[derive(Debug)]
pub(crate) struct Administrator(pub(crate) String);

impl FromRequestParts<App> for Asker {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        Known::from_request_parts(parts, gate).await.map(|known| Self(known.caller))
    }
}

impl FromRequestParts<App> for Known {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        if let Some(header) = parts.headers.get(AUTHORIZATION) {
            return by_key(header, gate).map(|caller| Self { caller, by: By::Key });
        }
        if let Some(known) = by_cookie(parts, gate) {
            ours(parts, gate)?;
            return Ok(known);
        }
        let local = parts.extensions.get::<Peer>().and_then(local_agent);
        local.map(|caller| Self { caller, by: By::Socket }).ok_or_else(no_key)
    }
}

fn by_key(header: &HeaderValue, gate: &Gate) -> Result<Caller, Failure> {
    match header.to_str().ok().and_then(|text| text.split_once(' ')) {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => {
            gate.authenticate(key.trim()).map_err(Failure::from)
        }
        _ => Err(no_key()),
    }
}

/// A signed-in browser asks as the key it was signed in by; an agent's signs nobody in.
fn by_cookie(parts: &Parts, gate: &Gate) -> Option<Known> {
    let browsers = parts.extensions.get::<Arc<Browsers>>()?;
    let session = browsers.session(gate, &parts.headers)?;
    match session.key.caller()? {
        Caller::Agent { .. } => None,
        caller @ (Caller::Approver { .. } | Caller::Auditor { .. } | Caller::Admin { .. }) => {
            Some(Known { caller, by: By::Browser(session.until) })
        }
    }
}

/// Refuses what was not sent by one of our own pages: a browser adds the cookie whoever asks it to send. What changes
/// something must say that it was.
fn ours(parts: &Parts, gate: &Gate) -> Result<(), Failure> {
    let governance = gate.governance();
    let public_url = governance.settings.public_url.as_deref();
    let leads_here = parts.headers.get("sec-fetch-mode").is_some_and(|mode| mode == "navigate");
    let is_ours = match parts.method.is_safe() {
        // Nothing changes, but another site's page has no business here either; a link of it may lead here.
        true => leads_here || !origin::is_foreign(&parts.headers, public_url),
        false => origin::is_own(&parts.headers, public_url),
    };
    if !is_ours {
        let detail = "a signed-in browser asks from a page of this server; elsewhere, send a key";
        return Err(Failure(Problem::new(403, "foreign-origin", detail)));
    }
    if parts.method.is_safe() {
        return Ok(());
    }
    let json = |kind: &HeaderValue| {
        let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
        kind.trim().eq_ignore_ascii_case("application/json")
    };
    let has_body = parts.headers.contains_key(TRANSFER_ENCODING)
        || parts.headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0");
    if has_body && !parts.headers.get(CONTENT_TYPE).is_some_and(json) {
        let detail = "send `Content-Type: application/json`";
        return Err(Failure(Problem::new(415, "not-json", detail)));
    }
    Ok(())
}

/// A peer of the daemon's own user without a key is an agent, the one it names, and nothing more.
fn local_agent(peer: &Peer) -> Option<Caller> {
    match peer {
        Peer::Own => Some(Caller::Agent {
            key: "local".to_owned(),
            agent: None,
            grade: EnforcementGrade::Cooperative,
        }),
        Peer::Remote => None,
    }
}

impl FromRequestParts<App> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        match Asker::from_request_parts(parts, gate).await?.0 {
            Caller::Auditor { key } | Caller::Admin { key } => Ok(Self(key)),
            Caller::Agent { .. } | Caller::Approver { .. } => {
                Err(not_for("an auditor or admin key"))
            }
        }
    }
}

impl FromRequestParts<App> for Watcher {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        let Known { caller, by } = Known::from_request_parts(parts, gate).await?;
        let until = match by {
            By::Browser(until) => Some(until),
            By::Key | By::Socket => None,
        };
        match caller {
            Caller::Auditor { key } | Caller::Admin { key } => Ok(Self { key, until }),
            Caller::Agent { .. } | Caller::Approver { .. } => {
                Err(not_for("an auditor or admin key"))
            }
        }
    }
}

impl FromRequestParts<App> for LogReader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        if gate.log_is_public() {
            return Ok(Self);
        }
        Reader::from_request_parts(parts, gate).await.map(|_| Self)
    }
}

impl FromRequestParts<App> for Overseer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        match Asker::from_request_parts(parts, gate).await?.0 {
            Caller::Approver { person, .. } => in_force(gate, &person).map(|()| Self),
            Caller::Auditor { .. } | Caller::Admin { .. } => Ok(Self),
            Caller::Agent { .. } => Err(not_for("an approver, auditor or admin key")),
        }
    }
}

impl FromRequestParts<App> for Answering {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        match Asker::from_request_parts(parts, gate).await?.0 {
            Caller::Approver { person, key } => in_force(gate, &person).map(|()| Self(key)),
            Caller::Auditor { key } | Caller::Admin { key } => Ok(Self(key)),
            Caller::Agent { .. } => Err(not_for("an approver, auditor or admin key")),
        }
    }
}

impl FromRequestParts<App> for Approver {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        match Asker::from_request_parts(parts, gate).await?.0 {
            Caller::Approver { key, person } => Ok(Self { person: person.parse()?, key }),
            Caller::Agent { .. } | Caller::Auditor { .. } | Caller::Admin { .. } => {
                Err(not_for("an approver key"))
            }
        }
    }
}

impl FromRequestParts<App> for Administrator {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        match Asker::from_request_parts(parts, gate).await?.0 {
            Caller::Admin { key } => Ok(Self(key)),
            Caller::Agent { .. } | Caller::Approver { .. } | Caller::Auditor { .. } => {
                Err(not_for("an admin key"))
            }
        }
    }
}

/// A person who votes, by an approver key.
#[derive(Debug)]
pub(crate) struct Voting(pub(crate) Voter);

impl FromRequestParts<App> for Voting {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        let Known { caller, by } = Known::from_request_parts(parts, gate).await?;
        match caller {
            Caller::Approver { key, person } => {
                let person = person.parse()?;
                let method = match by {
                    By::Browser(_) => VoteMethod::Session,
                    By::Key | By::Socket => VoteMethod::Key,
                };
                Ok(Self(Voter { person, method, key: Some(key) }))
            }
            Caller::Agent { .. } | Caller::Auditor { .. } | Caller::Admin { .. } => {
                Err(not_for("an approver key"))
            }
        }
    }
}

/// Refuses a person whom the files in force do not name: their key may outlive their office.
pub(crate) fn in_force(gate: &Gate, person: &str) -> Result<(), Failure> {
    if gate.governance().approvers.people.contains_key(person) {
        return Ok(());
    }
    let detail = format!("`{person}` is no approver in the files in force");
    Err(Failure(Problem::new(403, "not-asked", detail)))
}

fn no_key() -> Failure {
    Failure(Problem::new(401, "no-key", "send a key: `Authorization: Bearer syndic_…`"))
}

pub(crate) fn not_for(needed: &str) -> Failure {
    Failure(Problem::new(403, "wrong-role", format!("this needs {needed}")))
}
