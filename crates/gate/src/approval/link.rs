//! What links and cookies are made of: keyed hashes, so that nothing needs to be kept to know one again.

use std::hint::black_box;

use syndic_ledger::{ApprovalViewed, Record};
use syndic_model::{ApprovalId, PersonId};

use crate::Gate;
use crate::approval::Voter;
use crate::gate::WriteFailed;

/// The most people whose first look at one request is recorded.
const MOST_VIEWERS: usize = 64;

impl Gate {
    /// Returns a keyed hash of a text: 128 bits in hexadecimal digits, equal for equal `kind` and `text`.
    #[must_use]
    pub fn keyed(&self, kind: &str, text: &str) -> String {
        self.store.pseudonym(kind, text)
    }

    /// Returns the token by which a link in a message to a person opens a request in their name. It is derived, so a
    /// message that is sent again has the same.
    #[must_use]
    pub fn link_token(&self, id: ApprovalId, person: &PersonId) -> String {
        format!("{person}.{}", self.keyed("approval-link", &format!("{id} {person}")))
    }

    /// Tells to whom a token opens a request; nothing where it is not one of this request.
    #[must_use]
    pub fn link_person(&self, id: ApprovalId, token: &str) -> Option<PersonId> {
        let (person, _) = token.rsplit_once('.')?;
        let person: PersonId = person.parse().ok()?;
        same(&self.link_token(id, &person), token).then_some(person)
    }

    /// Records that somebody looked at a request, the first time they do. It changes nothing else.
    ///
    /// # Errors
    /// When it cannot be recorded.
    pub async fn viewed(&self, voter: &Voter, id: ApprovalId) -> Result<(), WriteFailed> {
        let person = voter.person.to_string();
        let is_first = self.state().approvals.get_mut(id).is_some_and(|held| {
            held.viewers.len() < MOST_VIEWERS && held.viewers.insert(person.clone())
        });
        if !is_first {
            return Ok(());
        }
        let method = voter.method.to_string();
        let viewed = ApprovalViewed { id: id.to_string(), person, method };
        self.write(Record::ApprovalViewed(viewed), self.now()).await.map(drop)
    }
}

/// Compares in a time that tells nothing of where texts differ.
#[must_use]
pub fn same(known: &str, given: &str) -> bool {
    let (known, given) = (known.as_bytes(), given.as_bytes());
    let differ = known.iter().zip(given).fold(0, |differ, (a, b)| black_box(differ | (a ^ b)));
    known.len() == given.len() && differ == 0
}
