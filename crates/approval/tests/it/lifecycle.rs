//! How a request ends, and how an approval is used.

use syndic_approval::{Ended, Refused, Unusable};
use syndic_model::{ApprovalStatus, EventId, Vote};

use crate::fixture::{after, company, open, vote, vote_at};

fn action(number: u8) -> EventId {
    format!("01a20400-0000-7000-8000-0000000000{number:02x}").parse().unwrap()
}

#[test]
fn a10_a_terminal_status_never_changes() {
    for status in [ApprovalStatus::Timeout, ApprovalStatus::Cancelled] {
        let mut approval = open("support");
        assert_eq!(approval.end(status, after(5)), Ok(()));
        assert_eq!(vote(&mut approval, "a", Vote::Approve), Err(Refused::Ended(status)));
        assert_eq!(approval.end(ApprovalStatus::Cancelled, after(6)), Err(Ended(status)));
        assert_eq!((approval.status(), approval.ended()), (status, Some(after(5))));
    }
}

#[test]
fn a11_expiry_is_denial_even_before_anybody_has_noticed_it() {
    let mut approval = open("support");
    let late = vote_at(&mut approval, "a", Vote::Approve, &company(), after(300));
    assert_eq!(late, Err(Refused::Ended(ApprovalStatus::Timeout)));
    assert_eq!(approval.usable(after(300)), Err(Unusable::Status(ApprovalStatus::Pending)));
}

#[test]
fn a7_an_approval_is_used_once_and_consumed_is_apart_from_approved() {
    let mut approval = open("support");
    assert_eq!(
        approval.consume(action(1), after(1)),
        Err(Unusable::Status(ApprovalStatus::Pending))
    );
    vote(&mut approval, "a", Vote::Approve).unwrap();
    assert_eq!(approval.consume(action(1), after(2)), Ok(()));
    assert_eq!(approval.consume(action(2), after(3)), Err(Unusable::Used));
    assert_eq!((approval.status(), approval.used()), (ApprovalStatus::Approved, Some(action(1))));
}

#[test]
fn a11_an_approval_may_be_used_for_300_seconds() {
    let mut approval = open("support");
    vote(&mut approval, "a", Vote::Approve).unwrap();
    assert_eq!(approval.usable_until(), Some(after(301)));
    assert_eq!(approval.usable(after(300)), Ok(()));
    assert_eq!(approval.usable(after(301)), Err(Unusable::Late));
}

#[test]
fn a15_a_vote_after_the_agent_took_the_request_back_is_too_late() {
    let mut approval = open("support");
    approval.end(ApprovalStatus::Cancelled, after(1)).unwrap();
    let late = vote(&mut approval, "a", Vote::Approve);
    assert_eq!(late, Err(Refused::Ended(ApprovalStatus::Cancelled)));
}
