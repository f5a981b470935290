//! All keys, as the ledger tells of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use syndic_ledger::{KeyCreated, Leaf, Record};
use syndic_model::{Caller, Role};

use super::{AuthenticationError, KeyStatus, KeyView, MOST_KEYS};
use crate::kept::kept;
use crate::permit::hex;

/// All keys; a projection of the ledger.
#[derive(Debug, Default)]
pub(crate) struct KeyRing {
    pub(super) keys: BTreeMap<String, Entry>,
}

#[derive(Debug)]
pub(super) struct Entry {
    hash: String,
    pub(super) view: KeyView,
    made: Timestamp,
    pub(super) revoked: bool,
}

kept!(KeyRing { keys });
kept!(Entry { hash, view, made, revoked });
// What the ring keeps is as it was made; how it is now, it says when asked.
kept!(KeyView { id, role, holder, grade, expires } afresh { status });

impl KeyRing {
    pub(crate) fn replay(&mut self, leaf: &Leaf) {
        match &leaf.record {
            Record::KeyCreated(created) => self.add(created, leaf.at),
            Record::KeyRevoked(revoked) => {
                if let Some(entry) = self.keys.get_mut(&revoked.id) {
                    entry.revoked = true;
                }
            }
            Record::Started(_)
            | Record::PolicyLoaded(_)
            | Record::PolicyProposed(_)
            | Record::AgentPromoted(_)
            | Record::Decision(_)
            | Record::Outcome(_)
            | Record::OutcomeMissing(_)
            | Record::Audited(_)
            | Record::SessionOpened(_)
            | Record::AgentSuspended(_)
            | Record::AgentResumed(_)
            | Record::ApprovalVoted(_)
            | Record::ApprovalEnded(_)
            | Record::ApprovalNotified(_)
            | Record::ApprovalViewed(_)
            | Record::BreakGlassAsked(_)
            | Record::BreakGlassOpened(_)
            | Record::BreakGlassReviewed(_)
            | Record::ToolsOffered(_)
            | Record::Anomaly(_)
            | Record::LogKeyRotated(_)
            | Record::UserRedacted(_)
            | Record::RetentionHoldAdded(_)
            | Record::RetentionHoldReleased(_)
            | Record::SegmentsPruned(_)
            | Record::LogContinued(_)
            | Record::SinkRejected(_)
            | Record::StatementMade(_)
            | Record::StatementWithdrawn(_)
            | Record::DrillRan(_)
            | Record::CallsCounted(_)
            | Record::ReportMade(_)
            | Record::ChecklistJudged(_)
            | Record::IncidentOpened(_)
            | Record::IncidentUpdated(_)
            | Record::IncidentClosed(_) => {}
        }
    }

    pub(super) fn add(&mut self, created: &KeyCreated, made: Timestamp) {
        let Ok(role) = created.role.parse() else { return };
        let view = KeyView {
            id: created.id.clone(),
            role,
            holder: created.holder.clone(),
            grade: created.grade.as_ref().and_then(|grade| grade.parse().ok()),
            expires: created.expires,
            status: KeyStatus::Active,
        };
        if self.keys.len() >= MOST_KEYS {
            self.keys.retain(|_, entry| entry.status(made) == KeyStatus::Active);
        }
        self.keys.insert(
            created.id.clone(),
            Entry { hash: created.hash.clone(), view, made, revoked: false },
        );
    }

    pub(super) fn authenticate(
        &self,
        key: &str,
        now: Timestamp,
    ) -> Result<Caller, AuthenticationError> {
        let id =
            key.strip_prefix("syndic_").and_then(|rest| rest.split_once('_')).map(|(id, _)| id);
        let entry = id.and_then(|id| self.keys.get(id)).ok_or(AuthenticationError::Unknown)?;
        // Comparing hashes of 256-bit secrets tells nothing through its timing.
        if hex(&Sha256::digest(key)) != entry.hash {
            return Err(AuthenticationError::Unknown);
        }
        match entry.status(now) {
            KeyStatus::Revoked => Err(AuthenticationError::Revoked),
            KeyStatus::Expired => Err(AuthenticationError::Expired),
            KeyStatus::Active => entry.view.caller().ok_or(AuthenticationError::Unknown),
        }
    }

    pub(super) fn active_admins(&self, now: Timestamp) -> impl Iterator<Item = (&String, &Entry)> {
        let active = move |entry: &Entry| {
            entry.view.role == Role::Admin && entry.status(now) == KeyStatus::Active
        };
        self.keys.iter().filter(move |(_, entry)| active(entry))
    }

    /// Tells whether a key was made after `at`; so is one that nobody knows.
    pub(crate) fn is_younger(&self, id: &str, at: Timestamp) -> bool {
        self.keys.get(id).is_none_or(|entry| entry.made > at)
    }

    pub(super) fn is_full(&self, now: Timestamp) -> bool {
        let living = |entry: &&Entry| entry.status(now) == KeyStatus::Active;
        self.keys.len() >= MOST_KEYS && self.keys.values().filter(living).count() >= MOST_KEYS
    }

    pub(super) fn has_admin(&self, now: Timestamp) -> bool {
        self.active_admins(now).next().is_some()
    }

    pub(super) fn is_last_admin(&self, id: &str, now: Timestamp) -> bool {
        let mut admins = self.active_admins(now);
        admins.next().is_some_and(|(only, _)| only == id) && admins.next().is_none()
    }
}

impl Entry {
    pub(super) fn status(&self, now: Timestamp) -> KeyStatus {
        match (self.revoked, self.view.expires <= now) {
            (true, _) => KeyStatus::Revoked,
            (false, true) => KeyStatus::Expired,
            (false, false) => KeyStatus::Active,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use syndic_ledger::{KeyCreated, KeyRevoked, Leaf, Record};

    use super::{KeyRing, MOST_KEYS};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn leaf(second: i64, record: Record) -> Leaf {
        let (v, i, parts) = (1, 0, std::collections::BTreeMap::new());
        Leaf { v, i, at: at(second), buffered: false, key: None, parts, record }
    }

    fn created(id: usize, expires: i64) -> Record {
        Record::KeyCreated(KeyCreated {
            id: id.to_string(),
            hash: String::new(),
            role: "auditor".to_owned(),
            holder: None,
            grade: None,
            expires: at(expires),
            by: "k".to_owned(),
        })
    }

    #[test]
    fn dead_keys_make_room_for_living_ones() {
        let mut ring = KeyRing::default();
        for id in 0..MOST_KEYS {
            ring.replay(&leaf(0, created(id, if id < 10 { 20 } else { 100 })));
        }
        assert!(ring.is_full(at(19)));
        ring.replay(&leaf(
            19,
            Record::KeyRevoked(KeyRevoked { id: "10".to_owned(), by: "k".to_owned() }),
        ));
        assert!(!ring.is_full(at(19)));
        assert_eq!(ring.keys.len(), MOST_KEYS);
        ring.replay(&leaf(19, created(MOST_KEYS, 100)));
        assert!(ring.is_full(at(19)) && !ring.keys.contains_key("10"));
        // Ten expire at once.
        assert!(!ring.is_full(at(20)));
        ring.replay(&leaf(20, created(MOST_KEYS + 1, 100)));
        assert_eq!(ring.keys.len(), MOST_KEYS - 9);
    }
}
