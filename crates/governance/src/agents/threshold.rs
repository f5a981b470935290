//! When a human is asked.

use syndic_model::{Threshold, ThresholdRule};

use super::{Around, check_declared};
use crate::position::{At, Position, START};
use crate::report::Report;
use crate::text::did_you_mean;
use crate::wire::{self, AgentFile, RuleFields};

/// Reads the threshold, and points at approvals that cannot happen as written.
pub(super) fn read(
    file: &AgentFile,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<Threshold> {
    let Some(At { value, position }) = &file.approval_threshold else {
        check_asked(file, &Threshold::Never, around, report);
        return Some(Threshold::Never);
    };
    let threshold = match value {
        wire::Threshold::Word(word) => read_word(word, *position, report)?,
        wire::Threshold::Rules(rules) => {
            if rules.is_empty() {
                let hint = "write `never`, or a rule".to_owned();
                report.error(*position, "empty-threshold", "the list of rules is empty", hint);
            }
            Threshold::Rules(
                rules.iter().filter_map(|rule| read_rule(file, rule, around, report)).collect(),
            )
        }
    };
    check_asked(file, &threshold, around, report);
    Some(threshold)
}

fn read_word(word: &str, position: Position, report: &mut Report<'_>) -> Option<Threshold> {
    match word {
        "never" => return Some(Threshold::Never),
        "always" => return Some(Threshold::Always),
        _ => {}
    }
    let message = format!(
        "`{}` is not a threshold; it is `never`, `always` or a list of rules",
        word.escape_debug()
    );
    let hint = did_you_mean(word, ["never", "always"])
        .or_else(|| Some("like `- amount_over: 100 USD`".to_owned()));
    report.error(position, "unknown-word", message, hint);
    None
}

fn read_rule(
    file: &AgentFile,
    rule: &At<RuleFields>,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<ThresholdRule> {
    let RuleFields { actions, capability, amount_over, affected_over, recipients_over } =
        &rule.value;
    let bare = amount_over.is_none() && affected_over.is_none() && recipients_over.is_none();
    if bare && actions.as_ref().is_none_or(Vec::is_empty) && capability.is_none() {
        let hint = "write `always` to ask every time".to_owned();
        report.error(rule.position, "empty-threshold", "the rule is empty", hint);
        return None;
    }
    let scope = capability.as_ref().map_or(Some(None), |text| report.read(text).map(Some));
    if let (Some(text), Some(Some(capability))) = (capability, scope) {
        check_declared(file, capability, text.position, report);
    }
    let actions =
        actions.iter().flatten().filter_map(|text| around.read_action(text, report)).collect();
    let amount_over = amount_over.as_ref().map_or(Some(None), |text| report.read(text).map(Some));
    Some(ThresholdRule {
        actions,
        capability: scope?,
        amount_over: amount_over?,
        affected_over: *affected_over,
        recipients_over: *recipients_over,
    })
}

fn check_asked(
    file: &AgentFile,
    threshold: &Threshold,
    around: &Around<'_>,
    report: &mut Report<'_>,
) {
    let position = file.approval_threshold.as_ref().map_or(START, |at| at.position);
    let asks = *threshold != Threshold::Never;
    match (file.requires_human_approval.unwrap_or_default(), asks) {
        (true, false) => {
            let message = "`requires_human_approval` is true, and the threshold is `never`";
            report.error(
                position,
                "approval-never",
                message,
                "write `approval_threshold: always`, or rules".to_owned(),
            );
        }
        (false, true) => {
            let message = "the threshold is not in force: `requires_human_approval` is not true";
            report.warn(
                position,
                "threshold-unused",
                message,
                "write `requires_human_approval: true`",
            );
        }
        (true, true) if file.approvers.is_none() && around.defaults.approvers.is_none() => {
            let message = "the threshold asks nobody: `approvers` is missing";
            let hint = "name the group that is asked, like `approvers: support-lead`".to_owned();
            report.error(position, "no-approvers", message, hint);
        }
        _ => {}
    }
}
