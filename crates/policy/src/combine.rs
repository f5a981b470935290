//! The verdict: from what each policy answered to one effect. Pure.

use std::collections::BTreeSet;
use std::sync::Arc;

use syndic_model::{ActionName, Check, CheckResult, Effect, GroupName, PolicyId, Severity};

use crate::entry::blocked;
use crate::reserved::{NO_PERMIT, reserved};
use crate::{Determining, Evaluation};

/// How many passed checks are told.
const MAX_PASSED: usize = 100;

/// What Cedar found for one policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Its scope and conditions hold.
    Satisfied,
    /// They do not.
    Unsatisfied,
    /// They cannot be evaluated.
    Failed,
}

impl Answer {
    pub(crate) const fn of(holds: bool) -> Self {
        if holds { Self::Satisfied } else { Self::Unsatisfied }
    }
}

/// What a policy is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Permit,
    Forbid { approval: Option<GroupName>, break_glass: bool, shadow: bool, disclose: bool },
}

/// One policy and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) policy: PolicyId,
    pub(crate) kind: Kind,
    /// What tells it from another of the same id; needed of a forbid alone that does not pass.
    pub(crate) hash: Option<Arc<str>>,
    pub(crate) severity: Severity,
    pub(crate) answer: Answer,
    /// The rendered `@reason` of a forbid that is satisfied, or why one failed.
    pub(crate) reason: Option<String>,
}

/// Joins all answers, which come in an order that has those under one id together.
///
/// A forbid that fails denies, as does one that holds without `@approval`, as does the want of a permit. What is
/// left is held if anything holds, and allowed otherwise. Shadow policies are told and change nothing.
pub(crate) fn combine(action: &ActionName, said: impl IntoIterator<Item = Said>) -> Evaluation {
    let said = said.into_iter();
    let (mut passed, mut checks) = (Vec::with_capacity(said.size_hint().0), Vec::new());
    let (mut determining, mut disclosed, mut permitted) = (Vec::new(), Vec::new(), false);
    let mut failed = BTreeSet::new();
    for Said { policy, kind, hash, severity, answer, reason } in said {
        if answer == Answer::Failed {
            failed.insert(policy.clone());
        }
        let check = |result, reason, shadow| Check { policy, result, severity, reason, shadow };
        match (kind, answer) {
            (Kind::Permit, Answer::Satisfied) => {
                permitted = true;
                passed.push(check(CheckResult::Passed, None, false));
            }
            (Kind::Permit, Answer::Unsatisfied | Answer::Failed) => {}
            (Kind::Forbid { shadow, .. }, Answer::Unsatisfied) => {
                passed.push(check(CheckResult::Passed, None, shadow));
            }
            (Kind::Forbid { shadow, break_glass, .. }, Answer::Failed) => {
                let why = reason.or_else(|| Some("could not be evaluated".to_owned()));
                let check = check(CheckResult::Blocked, why, shadow);
                determining.extend((!shadow).then(|| stands(&check, hash, None, break_glass)));
                checks.push(check);
            }
            (Kind::Forbid { approval, break_glass, shadow, disclose }, Answer::Satisfied) => {
                if disclose && !shadow {
                    disclosed.extend(reason.clone());
                }
                let result =
                    if approval.is_some() { CheckResult::Held } else { CheckResult::Blocked };
                let check = check(result, reason, shadow);
                determining.extend((!shadow).then(|| stands(&check, hash, approval, break_glass)));
                checks.push(check);
            }
        }
    }
    if !permitted {
        determining.push(Determining::fault(reserved(NO_PERMIT)));
        checks.push(blocked(NO_PERMIT, Severity::High, format!("no policy permits `{action}`")));
    }
    let enforced = checks.iter().filter(|check| !check.shadow).map(|check| check.result);
    let effect = match enforced.max() {
        Some(CheckResult::Blocked) => Effect::Deny,
        Some(CheckResult::Held) => Effect::Hold,
        Some(CheckResult::Passed) | None => Effect::Allow,
    };
    let all = Evaluation::new(effect, tidy(checks, passed), determining, disclosed);
    Evaluation { failed, ..all }
}

fn stands(
    check: &Check,
    hash: Option<Arc<str>>,
    approval: Option<GroupName>,
    break_glass: bool,
) -> Determining {
    let (policy, held) = (check.policy.clone(), check.result == CheckResult::Held);
    Determining { policy, hash: hash.unwrap_or_default(), held, approval, break_glass }
}

/// Drops a passed check whose policy also says something worse or the same, and all beyond [`MAX_PASSED`].
fn tidy(checks: Vec<Check>, mut passed: Vec<Check>) -> Vec<Check> {
    passed.dedup_by(|a, b| a.policy == b.policy);
    passed.truncate(MAX_PASSED);
    passed.retain(|check| !checks.iter().any(|other| other.policy == check.policy));
    passed.splice(..0, checks);
    passed
}

#[cfg(test)]
mod tests {
    use syndic_model::{Effect, Reason, Severity};

    use super::{Answer, Kind, Said, combine};

    fn said(line: &str) -> Said {
        let mut words = line.split(' ');
        let (policy, answer) = (words.next().unwrap(), words.next().unwrap());
        let marks: Vec<&str> = words.collect();
        let forbid = || Kind::Forbid {
            approval: marks
                .iter()
                .find_map(|mark| mark.strip_prefix("approval="))
                .map(|group| group.parse().unwrap()),
            break_glass: marks.contains(&"break_glass"),
            shadow: marks.contains(&"shadow"),
            disclose: marks.contains(&"disclose"),
        };
        Said {
            policy: policy.parse().unwrap(),
            kind: if policy.starts_with("permit") { Kind::Permit } else { forbid() },
            hash: Some(marks.join(" ").into()),
            severity: if marks.contains(&"critical") {
                Severity::Critical
            } else {
                Severity::Medium
            },
            answer: match answer {
                "yes" => Answer::Satisfied,
                "no" => Answer::Unsatisfied,
                _ => Answer::Failed,
            },
            reason: (answer == "yes").then(|| format!("because {policy}")),
        }
    }

    #[test]
    fn the_verdict_follows_from_every_answer() {
        use Effect::{Allow, Deny, Hold};
        let could_not = "a: could not be evaluated";
        let none = "no-permit: no policy permits `pay`";
        for (answers, effect, reasons, groups) in [
            (&[][..], Deny, &[none][..], ""),
            (&["permit yes"], Allow, &[], ""),
            (&["permit no"], Deny, &[none], ""),
            (&["permit failed"], Deny, &[none], ""),
            (&["permit failed", "permit2 yes"], Allow, &[], ""),
            (&["permit yes", "a no"], Allow, &[], ""),
            (&["permit yes", "a yes"], Deny, &["a: because a"], ""),
            (&["permit yes", "a failed"], Deny, &[could_not], ""),
            (&["permit yes", "a failed approval=g"], Deny, &[could_not], ""),
            (&["permit yes", "a yes approval=g"], Hold, &["a: because a"], "g"),
            (&["a yes approval=g"], Deny, &[none, "a: because a"], ""),
            (
                &["permit yes", "a yes approval=g", "b yes approval=f"],
                Hold,
                &["a: because a", "b: because b"],
                "f g",
            ),
            (
                &["permit yes", "a yes approval=g", "b yes approval=g"],
                Hold,
                &["a: because a", "b: because b"],
                "g",
            ),
            (
                &["permit yes", "a yes approval=g", "b yes critical"],
                Deny,
                &["b: because b", "a: because a"],
                "",
            ),
            (&["permit yes", "a yes shadow"], Allow, &[], ""),
            (&["permit yes", "a failed shadow"], Allow, &[], ""),
            (&["permit yes", "a yes shadow approval=g"], Allow, &[], ""),
            (&["a yes shadow"], Deny, &[none], ""),
        ] {
            let found = combine(&"pay".parse().unwrap(), answers.iter().map(|line| said(line)));
            let told: Vec<String> =
                found.violations().map(|check| Reason(check).to_string()).collect();
            let asked: Vec<&str> = found.groups().iter().map(|group| group.as_str()).collect();
            assert_eq!(
                (found.effect, told, asked.join(" ").as_str()),
                (effect, reasons.iter().map(|r| (*r).to_owned()).collect(), groups),
                "{answers:?}"
            );
        }
    }

    #[test]
    fn checks_list_what_is_in_the_way_first_and_shadows_last() {
        let answers =
            ["permit yes", "a no", "b yes", "c yes critical", "d yes shadow critical", "b no"];
        let found = combine(&"pay".parse().unwrap(), answers.iter().map(|line| said(line)));
        let order: Vec<_> = found.checks.iter().map(|check| check.policy.as_str()).collect();
        assert_eq!(order, ["c", "b", "a", "permit", "d"]);
    }

    #[test]
    fn every_enforced_policy_in_the_way_is_told_exactly_once() {
        let answers = [
            "a yes approval=g",
            "a yes approval=g critical",
            "a yes approval=g",
            "a no",
            "b yes break_glass",
            "c failed approval=g break_glass",
            "d yes shadow break_glass",
        ];
        let found = combine(&"pay".parse().unwrap(), answers.iter().map(|line| said(line)));
        let told: Vec<String> = found
            .determining
            .iter()
            .map(|one| {
                let asked = one.approval.as_ref().map(ToString::to_string).unwrap_or_default();
                format!("{} {} {} [{asked}]", one.policy, one.held, one.break_glass)
            })
            .collect();
        assert_eq!(
            told,
            [
                "a true false [g]",
                "a true false [g]",
                "b false true []",
                "c false true []",
                "no-permit false false []"
            ]
        );
        assert_ne!(found.determining[0].hash, found.determining[1].hash);
        let twice = found.clone().meet(found.clone());
        assert_eq!(twice, found);
    }

    #[test]
    fn only_enforced_policies_disclose() {
        let answers =
            ["permit yes", "a yes disclose", "b no disclose", "c yes", "d yes disclose shadow"];
        let found = combine(&"pay".parse().unwrap(), answers.iter().map(|line| said(line)));
        assert_eq!(found.disclosed, ["because a"]);
    }
}
