//! The verdict: from what each policy answered to one effect. Pure.

use syndic_model::{ActionName, Check, CheckResult, Effect, GroupName, PolicyId, Severity};

use crate::Evaluation;
use crate::entry::blocked;
use crate::reserved::NO_PERMIT;

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
    Forbid { approval: Option<GroupName>, shadow: bool, disclose: bool },
}

/// One policy and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) policy: PolicyId,
    pub(crate) kind: Kind,
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
    let (mut groups, mut disclosed, mut permitted) = (Vec::new(), Vec::new(), false);
    for Said { policy, kind, severity, answer, reason } in said {
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
            (Kind::Forbid { shadow, .. }, Answer::Failed) => {
                checks.push(check(
                    CheckResult::Blocked,
                    reason.or_else(|| Some("could not be evaluated".to_owned())),
                    shadow,
                ));
            }
            (Kind::Forbid { approval, shadow, disclose }, Answer::Satisfied) => {
                if disclose && !shadow {
                    disclosed.extend(reason.clone());
                }
                let result =
                    if approval.is_some() { CheckResult::Held } else { CheckResult::Blocked };
                groups.extend(approval.filter(|_| !shadow));
                checks.push(check(result, reason, shadow));
            }
        }
    }
    if !permitted {
        checks.push(blocked(NO_PERMIT, Severity::High, format!("no policy permits `{action}`")));
    }
    let enforced = checks.iter().filter(|check| !check.shadow).map(|check| check.result);
    let effect = match enforced.max() {
        Some(CheckResult::Blocked) => Effect::Deny,
        Some(CheckResult::Held) => Effect::Hold,
        Some(CheckResult::Passed) | None => Effect::Allow,
    };
    Evaluation::new(effect, tidy(checks, passed), groups, disclosed)
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
            shadow: marks.contains(&"shadow"),
            disclose: marks.contains(&"disclose"),
        };
        Said {
            policy: policy.parse().unwrap(),
            kind: if policy.starts_with("permit") { Kind::Permit } else { forbid() },
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
            let asked: Vec<&str> = found.groups.iter().map(|group| group.as_str()).collect();
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
    fn only_enforced_policies_disclose() {
        let answers =
            ["permit yes", "a yes disclose", "b no disclose", "c yes", "d yes disclose shadow"];
        let found = combine(&"pay".parse().unwrap(), answers.iter().map(|line| said(line)));
        assert_eq!(found.disclosed, ["because a"]);
    }
}
