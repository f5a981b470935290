//! Who may vote.

use std::collections::BTreeSet;

use syndic_approval::{Approval, Refused};
use syndic_model::{ApprovalStatus, RiskLevel, Vote, VoteMethod};

use crate::fixture::{after, company, open, request, vote, vote_at, voter, without};

#[test]
fn a1_eligibility_is_judged_at_the_vote_and_not_at_the_request() {
    let mut approval = open("support");
    assert!(matches!(
        vote_at(&mut approval, "a", Vote::Approve, &without("a"), after(1)),
        Err(Refused::NotAsked(..))
    ));
    assert_eq!(vote(&mut approval, "b", Vote::Approve), Ok(Some(ApprovalStatus::Approved)));
}

#[test]
fn a1_the_vote_of_somebody_who_left_counts_no_longer() {
    let mut approval = open("support:2");
    assert_eq!(vote(&mut approval, "a", Vote::Approve), Ok(None));
    let ended = vote_at(&mut approval, "b", Vote::Approve, &without("a"), after(2));
    assert_eq!(ended, Ok(None), "one of the two has left meanwhile");
}

#[test]
fn a3_the_owner_and_everyone_on_the_delegation_chain_never_vote() {
    for barred in ["a", "LEAD A ", "A@example.org", "a-user"] {
        let barred = BTreeSet::from([syndic_model::canonical_identity(barred)]);
        let mut approval =
            Approval::open(syndic_approval::Request { barred, ..request("support") });
        assert!(matches!(vote(&mut approval, "a", Vote::Approve), Err(Refused::SelfApproval(..))));
        assert!(matches!(vote(&mut approval, "a", Vote::Reject), Err(Refused::SelfApproval(..))));
        assert_eq!(vote(&mut approval, "b", Vote::Approve), Ok(Some(ApprovalStatus::Approved)));
    }
}

#[test]
fn a3_the_user_an_agent_acts_for_decides_only_where_the_acting_user_is_asked() {
    let user = Some("a-user".to_owned());
    let request = |factors| syndic_approval::Request { user: user.clone(), ..request(factors) };
    let mut approval = Approval::open(request("support"));
    assert!(matches!(vote(&mut approval, "a", Vote::Approve), Err(Refused::SelfApproval(..))));
    let mut approval = Approval::open(request("acting-user"));
    assert!(matches!(vote(&mut approval, "b", Vote::Approve), Err(Refused::NotAsked(..))));
    assert_eq!(vote(&mut approval, "a", Vote::Approve), Ok(Some(ApprovalStatus::Approved)));
    let mut approval = Approval::open(request("acting-user support"));
    assert_eq!(vote(&mut approval, "a", Vote::Approve), Ok(None), "for one factor only");
    assert_eq!(vote(&mut approval, "b", Vote::Approve), Ok(Some(ApprovalStatus::Approved)));
}

#[test]
fn a3_four_eyes_are_two_people_and_one_person_counts_once() {
    let mut approval = open("support:2");
    assert_eq!(vote(&mut approval, "a", Vote::Approve), Ok(None));
    assert!(matches!(vote(&mut approval, "a", Vote::Approve), Err(Refused::Twice(_))));
    assert_eq!(vote(&mut approval, "b", Vote::Approve), Ok(Some(ApprovalStatus::Approved)));
}

#[test]
fn a5_a_vote_names_the_person_and_how_they_were_known() {
    let mut approval = open("support");
    vote(&mut approval, "a", Vote::Approve).unwrap();
    let ballot = approval.ballots().first().unwrap();
    assert_eq!((ballot.person.as_str(), ballot.method), ("a", VoteMethod::Key));
}

#[test]
fn from_high_risk_up_a_link_or_a_chat_account_is_not_enough() {
    for (risk, method, enough) in [
        (RiskLevel::Low, VoteMethod::Link, true),
        (RiskLevel::Medium, VoteMethod::Slack, true),
        (RiskLevel::High, VoteMethod::Link, false),
        (RiskLevel::High, VoteMethod::Slack, false),
        (RiskLevel::Critical, VoteMethod::Link, false),
        (RiskLevel::High, VoteMethod::Session, true),
        (RiskLevel::Critical, VoteMethod::Key, true),
    ] {
        let approval = Approval::open(syndic_approval::Request { risk, ..request("support") });
        let voter = syndic_approval::Voter { method, ..voter("a", &company()) };
        let taken = approval.vote(&voter, Vote::Approve, true, &company(), after(1));
        assert_eq!(taken.is_ok(), enough, "{risk:?} {method:?}");
    }
}

#[test]
fn a20_rejecting_needs_a_reason_and_from_high_up_approving_does() {
    for (risk, vote, needed) in [
        (RiskLevel::Medium, Vote::Approve, false),
        (RiskLevel::Medium, Vote::Reject, true),
        (RiskLevel::High, Vote::Approve, true),
        (RiskLevel::High, Vote::Reject, true),
    ] {
        let approval = Approval::open(syndic_approval::Request { risk, ..request("support") });
        let taken = approval.vote(&voter("a", &company()), vote, false, &company(), after(1));
        assert_eq!(matches!(taken, Err(Refused::ReasonNeeded(_))), needed, "{risk:?} {vote:?}");
    }
}

#[test]
fn a12_those_of_an_escalation_step_may_vote_once_it_is_due() {
    let mut approval = open("support");
    let early = vote_at(&mut approval, "c", Vote::Approve, &company(), after(59));
    assert!(matches!(early, Err(Refused::NotAsked(..))));
    let due = vote_at(&mut approval, "c", Vote::Approve, &company(), after(60));
    assert_eq!(due, Ok(Some(ApprovalStatus::Approved)));
}
