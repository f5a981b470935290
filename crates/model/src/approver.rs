//! Who is asked: people, and the groups policies name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use unicode_normalization::UnicodeNormalization as _;

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
        names.flat_map(canonical_identities).collect()
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

/// Writes a name of somebody the one way names are compared: compatibility forms composed (NFKC), without case, without
/// what cannot be seen, white space as one space. Letters of other alphabets that only look alike stay different.
#[must_use]
pub fn canonical_identity(name: &str) -> String {
    let seen: String = name.nfkc().filter(|c| !is_unseen(*c)).collect();
    // Upper case first, so that `ß` and `SS` are the same.
    let folded: String = seen.to_uppercase().to_lowercase().nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the names that a text like `support lead <lead@example.org>` gives somebody, each as
/// [`canonical_identity`] writes it: the whole, and its parts.
#[must_use]
pub fn canonical_identities(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::from([canonical_identity(text)]);
    if let Some((name, rest)) = text.split_once('<') {
        let address = rest.split_once('>').map_or(rest, |(address, _)| address);
        names.extend([name, address].map(canonical_identity));
    }
    names.remove("");
    names
}

/// Tells whether a character shows nothing (`Default_Ignorable_Code_Point`, Unicode 16, and controls that are no space).
fn is_unseen(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFF8
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
        || (c.is_control() && !c.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::{canonical_identities, canonical_identity};

    #[test]
    fn one_name_has_one_spelling() {
        for other in [
            "CARL  OWNER",
            " Carl\u{a0}Owner ",
            "Ca\u{200b}rl Owner",
            "Ｃａｒｌ Owner",
            "carl\towner",
            "\u{202e}Carl Owner",
        ] {
            assert_eq!(canonical_identity(other), "carl owner", "{other:?}");
        }
        assert_eq!(canonical_identity("Jose\u{301}"), canonical_identity("JOSÉ"));
        assert_eq!(canonical_identity("Straße"), canonical_identity("STRASSE"));
        assert_ne!(
            canonical_identity("саrl owner"),
            "carl owner",
            "another alphabet is told apart"
        );
    }

    #[test]
    fn a_name_with_an_address_is_both() {
        let names = canonical_identities("Support Lead <Lead@Example.org>");
        for name in ["support lead", "lead@example.org", "support lead <lead@example.org>"] {
            assert!(names.contains(name), "{name}");
        }
    }
}
