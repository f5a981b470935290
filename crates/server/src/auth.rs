//! Who asks.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use syndic_api::Problem;
use syndic_gate::{Gate, Voter};
use syndic_model::{Caller, EnforcementGrade, PersonId, VoteMethod};

use crate::app::App;
use crate::connection::Peer;
use crate::problem::Failure;

/// Whoever asks, known by a key or by the local socket.
#[derive(Debug)]
pub(crate) struct Asker(pub(crate) Caller);

/// Somebody who may read everything: an auditor or an administrator.
#[derive(Debug)]
pub(crate) struct Reader;

/// Somebody who may read the log: anybody where it is public, else who may read everything.
#[derive(Debug)]
pub(crate) struct LogReader;

/// Somebody who may know what people decide: anybody but an agent.
#[derive(Debug)]
pub(crate) struct Overseer;

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
        let Some(header) = parts.headers.get(AUTHORIZATION) else {
            return parts
                .extensions
                .get::<Peer>()
                .and_then(local_agent)
                .map(Self)
                .ok_or_else(no_key);
        };
        let key = header.to_str().ok().and_then(|text| text.split_once(' '));
        match key {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => {
                gate.authenticate(key.trim()).map(Self).map_err(Failure::from)
            }
            _ => Err(no_key()),
        }
    }
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
            Caller::Auditor { .. } | Caller::Admin { .. } => Ok(Self),
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
        Reader::from_request_parts(parts, gate).await.map(|Reader| Self)
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
        match Asker::from_request_parts(parts, gate).await?.0 {
            Caller::Approver { key, person } => {
                let person = person.parse()?;
                Ok(Self(Voter { person, method: VoteMethod::Key, key: Some(key) }))
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

fn not_for(needed: &str) -> Failure {
    Failure(Problem::new(403, "wrong-role", format!("this needs {needed}")))
}
