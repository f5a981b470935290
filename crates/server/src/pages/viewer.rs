//! Who looks at a page: somebody who is signed in, or who has the link of a message.

use axum::http::HeaderMap;
use syndic_gate::{Voter, same};
use syndic_model::{ApprovalId, PersonId, Role, VoteMethod};

use super::Pages;
use super::browsers::Session;
use super::layout::SignedIn;

/// Somebody known, and what their browser proves it with.
#[derive(Debug, Clone)]
pub(crate) struct Viewer {
    pub(crate) voter: Voter,
    /// What people call them.
    pub(crate) name: String,
    /// The cookie's value, or the token of a link.
    bearer: String,
}

impl Viewer {
    /// Returns the token, where that is how they are known.
    pub(crate) fn token(&self) -> Option<&str> {
        (self.voter.method == VoteMethod::Link).then_some(&self.bearer)
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.voter.method == VoteMethod::Session
    }
}

impl Pages {
    /// Tells who is signed in: their key must be an approver's, whom the files in force name.
    pub(crate) fn signed_in(&self, headers: &HeaderMap) -> Option<Viewer> {
        let Session { key, bearer, .. } = self.browsers.session(&self.gate, headers)?;
        if key.role != Role::Approver {
            return None;
        }
        let person: PersonId = key.holder?.parse().ok()?;
        if !self.is_approver(person.as_str()) {
            return None;
        }
        Some(self.viewer(person, VoteMethod::Session, Some(key.id), &bearer))
    }

    /// Tells whether the files in force name somebody; a key may outlive the office of who has it.
    pub(crate) fn is_approver(&self, person: &str) -> bool {
        self.gate.governance().approvers.people.contains_key(person)
    }

    /// Tells to whom a token was sent.
    pub(crate) fn by_link(&self, id: ApprovalId, token: &str) -> Option<Viewer> {
        let person = self.gate.link_person(id, token)?;
        Some(self.viewer(person, VoteMethod::Link, None, token))
    }

    fn viewer(
        &self,
        person: PersonId,
        method: VoteMethod,
        key: Option<String>,
        bearer: &str,
    ) -> Viewer {
        let governance = self.gate.governance();
        let known = governance.approvers.people.get(&person);
        let name = known.map_or_else(|| person.to_string(), |known| known.name.clone());
        Viewer { voter: Voter { person, method, key }, name, bearer: bearer.to_owned() }
    }

    /// Returns what a form of a viewer's page carries, so that no other page can send it for them.
    pub(crate) fn csrf(&self, viewer: &Viewer, purpose: &str) -> String {
        self.gate.keyed("csrf", &format!("{purpose} {}", viewer.bearer))
    }

    pub(crate) fn is_own_form(&self, viewer: &Viewer, purpose: &str, csrf: &str) -> bool {
        same(&self.csrf(viewer, purpose), csrf)
    }

    /// Returns what the frame of a page needs of a viewer.
    pub(crate) fn shown(&self, viewer: &Viewer) -> Option<SignedIn> {
        viewer
            .is_signed_in()
            .then(|| SignedIn { name: viewer.name.clone(), csrf: self.csrf(viewer, SIGN_OUT) })
    }
}

/// What the form that ends a session is for.
pub(crate) const SIGN_OUT: &str = "sign-out";

/// What the form that answers a request is for.
pub(crate) fn voting_on(id: ApprovalId) -> String {
    format!("vote {id}")
}
