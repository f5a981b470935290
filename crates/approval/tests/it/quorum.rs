//! When enough people have said enough.

use proptest::prelude::*;
use syndic_approval::{Approval, Request};
use syndic_model::{ApprovalStatus, RiskLevel, Vote};

use crate::fixture::{company, open, request, vote};

/// Lets people vote in order and tells how each vote left the request.
fn votes(factors: &str, said: &str) -> String {
    let mut approval = open(factors);
    let one = |text: &str| {
        let (person, vote_) = text.split_at(1);
        let cast = if vote_ == "+" { Vote::Approve } else { Vote::Reject };
        match vote(&mut approval, person, cast) {
            Ok(None) => "pending".to_owned(),
            Ok(Some(status)) => status.to_string(),
            Err(refused) => format!("{refused:?}").split('(').next().unwrap().to_owned(),
        }
    };
    said.split(' ').map(one).collect::<Vec<_>>().join(" ")
}

#[test]
fn a2_a_quorum_is_met_by_so_many_people_and_one_rejection_is_final() {
    for (factors, said, left) in [
        ("support", "a+", "approved"),
        ("support", "a-", "rejected"),
        ("support:2", "a+ b+", "pending approved"),
        ("support:2", "a+ b-", "pending rejected"),
        ("support", "a+ b+", "approved Ended"),
        ("support", "a- b+", "rejected Ended"),
        ("support", "c+", "NotAsked"),
        ("support:2", "a+ a-", "pending rejected"),
    ] {
        assert_eq!(votes(factors, said), left, "{factors}: {said}");
    }
}

#[test]
fn a2_several_factors_are_independent_and_all_must_be_met() {
    for (factors, said, left) in [
        ("support finance", "a+ c+", "pending approved"),
        ("support finance", "a+ b+ c+", "pending pending approved"),
        ("support finance", "a+ d-", "pending rejected"),
        // Somebody in two groups counts for one of them, whichever helps.
        ("support both", "a+ b+", "pending approved"),
        ("both support", "a+ b+", "pending approved"),
        ("both support", "a+ c+", "pending approved"),
        ("support both finance", "a+ c+", "pending pending"),
        ("support both finance", "a+ c+ d+", "pending pending approved"),
    ] {
        assert_eq!(votes(factors, said), left, "{factors}: {said}");
    }
}

#[test]
fn critical_needs_two_different_people_even_of_a_group_of_one_approval() {
    let request = Request { people: 2, risk: RiskLevel::Critical, ..request("support") };
    let mut approval = Approval::open(request);
    assert_eq!(vote(&mut approval, "a", Vote::Approve), Ok(None));
    assert_eq!(vote(&mut approval, "b", Vote::Approve), Ok(Some(ApprovalStatus::Approved)));
}

proptest! {
    /// Whatever people do in whatever order: it ends once, and approved only if nobody's rejection was final and every
    /// factor has people of its own.
    #[test]
    fn a_request_ends_once_and_never_changes_after(
        factors in prop::sample::select(vec!["support", "support:2", "support finance", "both support", "support both finance"]),
        said in prop::collection::vec((prop::sample::select(vec!["a", "b", "c", "d", "nobody"]), any::<bool>()), 0..12),
    ) {
        let mut approval = open(factors);
        let mut ended = None;
        for (person, approve) in said {
            let cast = if approve { Vote::Approve } else { Vote::Reject };
            let left = vote(&mut approval, person, cast);
            if let Some(status) = ended {
                prop_assert!(left.is_err());
                prop_assert_eq!(approval.status(), status);
            } else if let Ok(Some(status)) = left {
                ended = Some(status);
            }
        }
        let request = approval.request();
        let needed: usize = request.factors.iter().map(|factor| usize::from(factor.approvals)).sum();
        let approving = approval.ballots().iter().filter(|ballot| ballot.vote == Vote::Approve).count();
        if approval.status() == ApprovalStatus::Approved {
            prop_assert!(approving >= needed);
            prop_assert!(approval.progress().iter().all(|factor| factor.approved >= factor.needed));
        }
        prop_assert!(approval.voters().all(|person| company().people.contains_key(person)));
    }
}
