//! Who is asked: people, and the groups policies name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::{ActionName, GroupName, PersonId};

/// Everybody who may be asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Approvers {
    /// People by id.
    pub people: BTreeMap<PersonId, Person>,
    /// Groups by name; a group's people are all in `people`.
    pub groups: BTreeMap<GroupName, Group>,
}

/// Somebody who may vote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The id keys are bound to.
    pub id: PersonId,
    /// A name or role for people.
    pub name: String,
    /// Under which other names they are known: as owner or contact of an agent, or as a user. Compared without case.
    pub identities: BTreeSet<String>,
    /// Where they are asked, in order; the next one is used where one fails.
    pub channels: Vec<Channel>,
}

/// Where somebody is asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// An e-mail address.
    Email(String),
    /// A user or channel id at Slack.
    Slack(String),
    /// A webhook that `syndic.yaml` defines, by name.
    Webhook(String),
}

/// Those who may lift a hold together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// What policies call it.
    pub name: GroupName,
    /// Its people.
    pub people: BTreeSet<PersonId>,
    /// Channels of the whole group, beside those of its people.
    pub channels: Vec<Channel>,
    /// How many of them must approve, from 1.
    pub approvals: u8,
    /// How many of them must reject before that is final, from 1.
    pub rejections: u8,
    /// How long a request waits.
    pub timeout: SignedDuration,
    /// How long one for a certain action waits.
    pub timeouts: BTreeMap<ActionName, SignedDuration>,
    /// Who is asked too, when nobody answers, in the order of time.
    pub escalation: Vec<Escalation>,
}

/// A step of a [`Group::escalation`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    /// How long after the request.
    pub after: SignedDuration,
    /// Who is asked too, and may vote from then on.
    pub to: GroupName,
}

impl Person {
    /// Returns every name of theirs, without case: id, name, identities and e-mail addresses.
    #[must_use]
    pub fn names(&self) -> BTreeSet<String> {
        let mails = self.channels.iter().filter_map(|channel| match channel {
            Channel::Email(address) => Some(address.as_str()),
            Channel::Slack(_) | Channel::Webhook(_) => None,
        });
        let own = [self.id.as_str(), self.name.as_str()].into_iter();
        let names = own.chain(mails).chain(self.identities.iter().map(String::as_str));
        names.map(canonical_identity).collect()
    }
}

impl Approvers {
    /// Tells whether a person may vote for a group that was asked `waited` ago: its own people from the start, those
    /// of a step of its escalation from then on.
    #[must_use]
    pub fn may_vote(&self, group: &GroupName, person: &PersonId, waited: SignedDuration) -> bool {
        self.asked(group, waited)
            .any(|name| self.groups.get(name).is_some_and(|group| group.people.contains(person)))
    }

    /// Returns the groups that are asked in the name of one, `waited` after the request.
    pub fn asked<'a>(
        &'a self,
        group: &'a GroupName,
        waited: SignedDuration,
    ) -> impl Iterator<Item = &'a GroupName> {
        let steps = self.groups.get(group).map(|group| group.escalation.as_slice());
        let due = steps.unwrap_or_default().iter().filter(move |step| step.after <= waited);
        std::iter::once(group).chain(due.map(|step| &step.to))
    }

    /// Finds the person that somebody is known as.
    #[must_use]
    pub fn known_as(&self, identity: &str) -> Option<&Person> {
        let identity = canonical_identity(identity);
        self.people.values().find(|person| person.names().contains(&identity))
    }
}

impl Group {
    /// Returns how long a request about an action waits.
    #[must_use]
    pub fn timeout_of(&self, action: &ActionName) -> SignedDuration {
        self.timeouts.get(action).copied().unwrap_or(self.timeout)
    }
}

/// Writes a name of somebody the one way names are compared.
#[must_use]
pub fn canonical_identity(name: &str) -> String {
    name.trim().to_lowercase()
}
