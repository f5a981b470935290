//! When enough people have said enough. Pure.

use syndic_model::{ApprovalStatus, GroupName, Vote};

use crate::{Ballot, Request};

/// How far one factor is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The group.
    pub group: GroupName,
    /// How many of its own people approved, each counted for one factor only.
    pub approved: u8,
    /// How many must.
    pub needed: u8,
}

/// Tells how a request is decided by ballots, if it is: a rejection that is final in any factor before approvals that
/// are enough in all.
pub(crate) fn decided(request: &Request, ballots: &[Ballot]) -> Option<ApprovalStatus> {
    let rejected = request.factors.iter().any(|factor| {
        let rejects =
            |ballot: &&Ballot| ballot.vote == Vote::Reject && ballot.groups.contains(&factor.group);
        ballots.iter().filter(rejects).count() >= usize::from(factor.rejections)
    });
    if rejected {
        return Some(ApprovalStatus::Rejected);
    }
    let met = progress(request, ballots).iter().all(|factor| factor.approved >= factor.needed);
    let people = approving(ballots).filter(|ballot| !ballot.groups.is_empty()).count();
    (met && people >= usize::from(request.people)).then_some(ApprovalStatus::Approved)
}

fn approving(ballots: &[Ballot]) -> impl Iterator<Item = &Ballot> {
    ballots.iter().filter(|ballot| ballot.vote == Vote::Approve)
}

/// Gives every approving person to one factor at most, so that as many factors as can be are met.
pub(crate) fn progress(request: &Request, ballots: &[Ballot]) -> Vec<Progress> {
    let places: Vec<(usize, &GroupName)> = request
        .factors
        .iter()
        .enumerate()
        .flat_map(|(number, factor)| {
            std::iter::repeat_n((number, &factor.group), usize::from(factor.approvals))
        })
        .collect();
    let people: Vec<&Ballot> = approving(ballots).collect();
    let mut seats = Seats { people: &people, places: &places, taken: vec![None; people.len()] };
    for place in 0..places.len() {
        let _seated = seats.fill(place, &mut vec![false; people.len()]);
    }
    let filled = |number: usize| {
        let of = |place: &usize| places.get(*place).is_some_and(|(factor, _)| *factor == number);
        seats.taken.iter().flatten().filter(|place| of(place)).count()
    };
    request
        .factors
        .iter()
        .enumerate()
        .map(|(number, factor)| Progress {
            group: factor.group.clone(),
            approved: u8::try_from(filled(number)).unwrap_or(u8::MAX),
            needed: factor.approvals,
        })
        .collect()
}

/// A matching of people and places, grown along augmenting paths (Kuhn 1955). Both sides are as small as a quorum.
struct Seats<'a> {
    people: &'a [&'a Ballot],
    places: &'a [(usize, &'a GroupName)],
    /// The place each person has.
    taken: Vec<Option<usize>>,
}

impl Seats<'_> {
    /// Finds somebody for a place, moving others to free places where that helps.
    fn fill(&mut self, place: usize, seen: &mut [bool]) -> bool {
        let Some((_, group)) = self.places.get(place).copied() else { return false };
        for (person, ballot) in self.people.iter().enumerate() {
            let fresh = seen.get_mut(person).filter(|seen| !**seen);
            let Some(seen_person) = fresh.filter(|_| ballot.groups.contains(group)) else {
                continue;
            };
            *seen_person = true;
            let elsewhere = self.taken.get(person).copied().flatten();
            if elsewhere.is_none_or(|other| self.fill(other, seen)) {
                if let Some(taken) = self.taken.get_mut(person) {
                    *taken = Some(place);
                }
                return true;
            }
        }
        false
    }
}
