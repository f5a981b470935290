//! Keys: who may talk to syndic.

mod ring;

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use syndic_ledger::{KeyCreated, KeyRevoked, Record};
use syndic_model::{AgentId, Approvers, Caller, EnforcementGrade, PersonId, Role};
use thiserror::Error;

pub(crate) use self::ring::KeyRing;

use crate::Gate;
use crate::gate::WriteFailed;
use crate::permit::hex;

/// The most keys that open something; dead ones are shown as long as there is room.
const MOST_KEYS: usize = 100_000;

/// What a new key is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRequest {
    /// What it may do.
    pub role: Role,
    /// The agent an agent key acts as.
    pub agent: Option<AgentId>,
    /// The person an approver key votes as.
    pub person: Option<PersonId>,
    /// The enforcement grade of an agent key.
    pub grade: EnforcementGrade,
    /// How many days it lives.
    pub days: u16,
}

/// A key that was made. The secret is not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its id.
    pub id: String,
    /// The key itself.
    pub key: String,
    /// When it ends.
    pub expires: Timestamp,
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyView {
    /// Its id.
    pub id: String,
    /// What it may do.
    pub role: Role,
    /// The agent or person it is bound to.
    pub holder: Option<String>,
    /// The enforcement grade it is bound to.
    pub grade: Option<EnforcementGrade>,
    /// When it ends.
    pub expires: Timestamp,
    /// Whether it still opens anything.
    pub status: KeyStatus,
}

/// Whether a key still opens anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum KeyStatus {
    /// It does.
    #[default]
    Active,
    /// Its time is over.
    Expired,
    /// It was withdrawn.
    Revoked,
}

/// Says why a text opens nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AuthenticationError {
    /// No such key.
    #[error("the key is not known here; ask an administrator for one: `syndic keys create`")]
    Unknown,
    /// Its time is over.
    #[error("the key expired; ask an administrator for a new one: `syndic keys create`")]
    Expired,
    /// It was withdrawn.
    #[error("the key was revoked; ask an administrator for a new one: `syndic keys create`")]
    Revoked,
}

/// Says why a key was not made or withdrawn.
#[derive(Debug, Error)]
pub enum KeyError {
    /// An agent key without its agent or an approver key without its person, or another key with one.
    #[error("an agent key names its agent and an approver key its person, and no other key does")]
    Holder,
    /// No such agent.
    #[error("agent `{0}` is not registered; `syndic agents list` shows those that are")]
    UnknownAgent(AgentId),
    /// Outside 1 to 365.
    #[error("a key lives 1 to 365 days")]
    Days,
    /// No such person.
    #[error("person `{0}` is in no file of `approvers/`, which declare {1}")]
    UnknownPerson(PersonId, String),
    /// No such key.
    #[error("there is no key `{0}`; `syndic keys list` shows those there are")]
    UnknownKey(String),
    /// It would lock everybody out.
    #[error("key `{0}` is the last admin key; make another one first")]
    LastAdmin(String),
    /// Too many keys.
    #[error("there are {MOST_KEYS} living keys; revoke some with `syndic keys revoke`")]
    Crowded,
    /// Not recorded, so not done.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl KeyView {
    /// Tells who asks by this key, whatever its status; nothing where its record names nobody.
    #[must_use]
    pub fn caller(&self) -> Option<Caller> {
        let key = self.id.clone();
        match self.role {
            Role::Agent => {
                let agent = self.holder.as_ref()?.parse().ok()?;
                Some(Caller::Agent { key, agent: Some(agent), grade: self.grade? })
            }
            Role::Approver => Some(Caller::Approver { key, person: self.holder.clone()? }),
            Role::Auditor => Some(Caller::Auditor { key }),
            Role::Admin => Some(Caller::Admin { key }),
        }
    }
}

/// How many people an error names.
const NAMED: usize = 10;

/// Lists people for an error.
fn those_there(approvers: &Approvers) -> String {
    let people = approvers.people.keys();
    let named: Vec<_> = people.clone().take(NAMED).map(|person| format!("`{person}`")).collect();
    match people.count().saturating_sub(NAMED) {
        0 if named.is_empty() => "nobody".to_owned(),
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

impl Gate {
    /// Tells who a key belongs to.
    ///
    /// # Errors
    /// Says why it opens nothing.
    pub fn authenticate(&self, key: &str) -> Result<Caller, AuthenticationError> {
        self.key_ring().authenticate(key, self.now())
    }

    /// Returns all keys, by id.
    #[must_use]
    pub fn keys(&self) -> Vec<KeyView> {
        let now = self.now();
        let ring = self.key_ring();
        let views = ring
            .keys
            .values()
            .map(|entry| KeyView { status: entry.status(now), ..entry.view.clone() });
        views.collect()
    }

    /// Returns one key, by its id.
    #[must_use]
    pub fn key(&self, id: &str) -> Option<KeyView> {
        let now = self.now();
        let ring = self.key_ring();
        let entry = ring.keys.get(id)?;
        Some(KeyView { status: entry.status(now), ..entry.view.clone() })
    }

    /// Makes an admin key, if none opens anything: the first one, or one after all have expired.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub async fn bootstrap_key(&self) -> Result<Option<String>, KeyError> {
        if self.key_ring().has_admin(self.now()) {
            return Ok(None);
        }
        let request = KeyRequest {
            role: Role::Admin,
            agent: None,
            person: None,
            grade: EnforcementGrade::Cooperative,
            days: 90,
        };
        self.create_key(&request, "bootstrap").await.map(|new| Some(new.key))
    }

    /// Makes a key; it opens what it is for once its record is on disk.
    ///
    /// # Errors
    /// Says what is wrong with the request, or that it could not be recorded.
    pub async fn create_key(&self, request: &KeyRequest, by: &str) -> Result<NewKey, KeyError> {
        self.check_key_request(request)?;
        let mut secret = [0; 38];
        self.clock.fill(&mut secret);
        let (id, secret) = secret.split_at(6);
        let (id, secret) = (hex(id), hex(secret));
        let key = format!("syndic_{id}_{secret}");
        let now = self.now();
        let agent = request.agent.as_ref().map(ToString::to_string);
        let days = SignedDuration::from_hours(24 * i64::from(request.days));
        let created = KeyCreated {
            id: id.clone(),
            hash: hex(&Sha256::digest(&key)),
            role: request.role.to_string(),
            holder: agent.or_else(|| request.person.as_ref().map(ToString::to_string)),
            grade: request.agent.as_ref().map(|_| request.grade.to_string()),
            expires: now.saturating_add(days).unwrap_or(now),
            by: by.to_owned(),
        };
        let expires = created.expires;
        self.write(Record::KeyCreated(created.clone()), now).await?;
        self.key_ring_mut().add(&created, now);
        Ok(NewKey { id, key, expires })
    }

    fn check_key_request(&self, request: &KeyRequest) -> Result<(), KeyError> {
        let governance = self.governance();
        match (request.role, &request.agent, &request.person) {
            (Role::Agent, None, _)
            | (Role::Agent, _, Some(_))
            | (Role::Approver, Some(_), _)
            | (Role::Approver, _, None)
            | (Role::Auditor | Role::Admin, Some(_), _)
            | (Role::Auditor | Role::Admin, _, Some(_)) => Err(KeyError::Holder),
            (Role::Agent, Some(agent), None) if !governance.agents.contains_key(agent) => {
                Err(KeyError::UnknownAgent(agent.clone()))
            }
            (Role::Approver, None, Some(person))
                if !governance.approvers.people.contains_key(person) =>
            {
                Err(KeyError::UnknownPerson(person.clone(), those_there(&governance.approvers)))
            }
            _ if !(1..=365).contains(&request.days) => Err(KeyError::Days),
            _ if self.key_ring().is_full(self.now()) => Err(KeyError::Crowded),
            _ => Ok(()),
        }
    }

    /// Withdraws a key at once.
    ///
    /// # Errors
    /// When there is no such key, it is the last admin key, or the withdrawal cannot be recorded.
    pub async fn revoke_key(&self, id: &str, by: &str) -> Result<(), KeyError> {
        let now = self.now();
        {
            let mut ring = self.key_ring_mut();
            if ring.is_last_admin(id, now) {
                return Err(KeyError::LastAdmin(id.to_owned()));
            }
            let unknown = || KeyError::UnknownKey(id.chars().take(64).collect());
            ring.keys.get_mut(id).ok_or_else(unknown)?.revoked = true;
        }
        self.write(Record::KeyRevoked(KeyRevoked { id: id.to_owned(), by: by.to_owned() }), now)
            .await?;
        Ok(())
    }
}
