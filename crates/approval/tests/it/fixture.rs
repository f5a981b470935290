//! A small company: three people, two groups, and requests about them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use syndic_approval::{Approval, Cast, Factor, Refused, Request, Voter};
use syndic_model::{
    ApprovalStatus, Approvers, Channel, Escalation, Group, Person, RiskLevel, Vote, VoteMethod,
};

pub(crate) fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

pub(crate) fn after(seconds: i64) -> Timestamp {
    noon() + SignedDuration::from_secs(seconds)
}

/// `support: a b`, `finance: c d`, and `both: a c`; after a minute `support` asks `finance` too.
pub(crate) fn company() -> Approvers {
    let people = ["a", "b", "c", "d"].map(|id| Person {
        id: id.parse().unwrap(),
        name: format!("lead {id}"),
        identities: BTreeSet::from([format!("{id}-user")]),
        channels: vec![Channel::Email(format!("{id}@example.org"))],
    });
    let group = |name: &str, people: &[&str], escalation: Vec<Escalation>| Group {
        name: name.parse().unwrap(),
        people: people.iter().map(|id| id.parse().unwrap()).collect(),
        channels: Vec::new(),
        approvals: 1,
        rejections: 1,
        timeout: SignedDuration::from_secs(300),
        timeouts: BTreeMap::new(),
        escalation,
    };
    let step = Escalation { after: SignedDuration::from_secs(60), to: "finance".parse().unwrap() };
    let groups = [
        group("support", &["a", "b"], vec![step]),
        group("finance", &["c", "d"], vec![]),
        group("both", &["a", "c"], vec![]),
    ];
    Approvers {
        people: people.into_iter().map(|person| (person.id.clone(), person)).collect(),
        groups: groups.into_iter().map(|group| (group.name.clone(), group)).collect(),
    }
}

pub(crate) fn without(person: &str) -> Approvers {
    let mut approvers = company();
    approvers.people.remove(person);
    approvers.groups.values_mut().for_each(|group| {
        group.people.remove(person);
    });
    approvers
}

/// Reads `support:2 finance` as two factors, the first of which needs two people.
pub(crate) fn request(factors: &str) -> Request {
    let factor = |text: &str| {
        let (group, approvals) = text.split_once(':').unwrap_or((text, "1"));
        Factor {
            group: group.parse().unwrap(),
            approvals: approvals.parse().unwrap(),
            rejections: 1,
        }
    };
    Request {
        factors: factors.split(' ').map(factor).collect(),
        people: 1,
        barred: BTreeSet::from(["head of support".to_owned(), "support@example.org".to_owned()]),
        user: None,
        risk: RiskLevel::Medium,
        opened: noon(),
        expires: after(300),
    }
}

pub(crate) fn open(factors: &str) -> Approval {
    Approval::open(request(factors))
}

pub(crate) fn voter(person: &str, approvers: &Approvers) -> Voter {
    let person = person.parse().unwrap();
    let names = approvers.people.get(&person).map(Person::names).unwrap_or_default();
    Voter { person, names, method: VoteMethod::Key }
}

/// Votes with a reason a second after the request, and puts the vote into effect.
pub(crate) fn vote(
    approval: &mut Approval,
    person: &str,
    vote: Vote,
) -> Result<Option<ApprovalStatus>, Refused> {
    vote_at(approval, person, vote, &company(), after(1))
}

pub(crate) fn vote_at(
    approval: &mut Approval,
    person: &str,
    vote: Vote,
    approvers: &Approvers,
    at: Timestamp,
) -> Result<Option<ApprovalStatus>, Refused> {
    let Cast { ballot, ended } =
        approval.vote(&voter(person, &company()), vote, true, approvers, at)?;
    approval.apply(Cast { ballot, ended });
    Ok(ended)
}
