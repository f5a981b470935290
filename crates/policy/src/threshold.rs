//! `approval_threshold` to Cedar.

use syndic_model::{
    ActionName, AgentProfile, Capability, Fact, Finding, GroupName, Money, Severity, Threshold,
    ThresholdRule,
};

use crate::convert::decimal_text;
use crate::draft::{Draft, scopes};
use crate::entry::Entry;
use crate::finding::{Hint as _, error, file};
use crate::profile::{Entries, unknown_action};
use crate::reserved::APPROVAL_THRESHOLD;
use crate::{Origin, Sources};

const DEFAULT: &str = "declare the fact in the catalogue, with a `default` where it can be missing";

/// Compiles the threshold of one profile, if it is in force.
pub(crate) fn compile<'a>(
    profile: &'a AgentProfile,
    sources: &Sources<'_>,
    entries: &Entries,
    findings: &mut Vec<Finding>,
) -> Vec<Draft<'a>> {
    if !profile.requires_human_approval || profile.approval_threshold == Threshold::Never {
        return Vec::new();
    }
    let Some(group) = &profile.approvers else {
        let message = format!("`{}` requires human approval and names no `approvers`", profile.id);
        let fault = error("no-approvers", place(profile), message);
        findings.push(fault.hint("name the group that is asked, like `approvers: finance`"));
        return Vec::new();
    };
    let writer = Writer { profile, group };
    match &profile.approval_threshold {
        Threshold::Never => Vec::new(),
        Threshold::Always => vec![writer.always()],
        Threshold::Rules(rules) => {
            let mut drafts = Vec::new();
            for (number, rule) in rules.iter().enumerate() {
                let unknown = rule.actions.iter();
                let field = "approval_threshold";
                findings.extend(
                    unknown.filter_map(|action| unknown_action(profile, action, field, sources)),
                );
                match writer.rule(number, rule, entries) {
                    Ok(written) => drafts.extend(written),
                    Err(fault) => findings.push(fault),
                }
            }
            drafts
        }
    }
}

struct Writer<'a> {
    profile: &'a AgentProfile,
    group: &'a GroupName,
}

/// One bound of a rule: the facts it needs, and the words for it.
struct Bound {
    field: &'static str,
    facts: &'static [Fact],
    condition: String,
    reason: String,
}

impl<'a> Writer<'a> {
    fn always(&self) -> Draft<'a> {
        let acting = Capability::ALL.iter().filter(|capability| **capability != Capability::Read);
        let groups: Vec<_> = acting.map(|capability| format!("Action::\"{capability}\"")).collect();
        let reason = "every action of {agent.id} that does more than read needs approval";
        self.draft("always", format!("in [{}]", groups.join(", ")), "", reason)
    }

    fn rule(
        &self,
        number: usize,
        rule: &ThresholdRule,
        entries: &Entries,
    ) -> Result<Vec<Draft<'a>>, Finding> {
        let fault = |code, message: String| error(code, place(self.profile), message);
        let name = format!("rule {} of `approval_threshold` of `{}`", number + 1, self.profile.id);
        let bounds = bounds(rule);
        if bounds.is_empty() && rule.actions.is_empty() && rule.capability.is_none() {
            return Err(fault("empty-threshold", format!("{name} has neither scope nor bound"))
                .hint("write `approval_threshold: always` to ask every time"));
        }
        let scope: Vec<&Entry> =
            entries.values().map(AsRef::as_ref).filter(|entry| in_scope(rule, entry)).collect();
        if scope.is_empty() {
            return Err(fault(
                "empty-threshold",
                format!("{name} speaks of no action of the catalogue"),
            ));
        }
        if bounds.is_empty() {
            let reason = "{action} of {agent.id} needs approval";
            return Ok(self.drafts(&number.to_string(), &scope, "", reason));
        }
        let mut drafts = Vec::new();
        for bound in bounds {
            let covered = covered(rule, &bound, &scope).map_err(|lack| {
                fault("threshold-fact", format!("{name} is bound by `{}`, {lack}", bound.field))
                    .hint(DEFAULT)
            })?;
            let condition = format!("when {{ {} }}", bound.condition);
            drafts.extend(self.drafts(
                &format!("{number}:{}", bound.field),
                &covered,
                &condition,
                &bound.reason,
            ));
        }
        Ok(drafts)
    }

    fn drafts(
        &self,
        part: &str,
        scope: &[&Entry],
        condition: &str,
        reason: &str,
    ) -> Vec<Draft<'a>> {
        let names: Vec<&ActionName> = scope.iter().map(|entry| &entry.declared.name).collect();
        let numbered = scopes(&names).into_iter().enumerate();
        numbered
            .map(|(i, action)| self.draft(&format!("{part}:{i}"), action, condition, reason))
            .collect()
    }

    fn draft(&self, part: &str, action: String, condition: &str, reason: &str) -> Draft<'a> {
        let id = &self.profile.id;
        Draft {
            id: APPROVAL_THRESHOLD,
            part: format!("{id}:{part}"),
            origin: Origin::Profile(id.clone()),
            description: "A human is asked above the profile's approval_threshold.",
            severity: Severity::Medium,
            reason: reason.to_owned(),
            approval: Some(self.group),
            principal: Some(id),
            action,
            condition: condition.to_owned(),
        }
    }
}

/// Returns the actions on which a bound can always be tested; says what is lacking where it should be.
fn covered<'e>(
    rule: &ThresholdRule,
    bound: &Bound,
    scope: &[&'e Entry],
) -> Result<Vec<&'e Entry>, String> {
    let has_all = |entry: &Entry| bound.facts.iter().all(|fact| entry.always_has(*fact));
    // A rule that names actions is bound on each; one that does not, where the fact is declared.
    let bound_on = |entry: &Entry| {
        !rule.actions.is_empty()
            || bound.facts.first().is_some_and(|fact| entry.declared.facts.contains_key(fact))
    };
    if let Some(lacking) = scope.iter().find(|entry| bound_on(entry) && !has_all(entry)) {
        let wanted: Vec<_> = bound.facts.iter().map(|fact| format!("`{fact}`")).collect();
        return Err(format!(
            "but `{}` need not have {}",
            lacking.declared.name,
            wanted.join(" and ")
        ));
    }
    let covered: Vec<&Entry> = scope.iter().copied().filter(|entry| has_all(entry)).collect();
    if covered.is_empty() {
        Err("which no action in its scope has".to_owned())
    } else {
        Ok(covered)
    }
}

fn bounds(rule: &ThresholdRule) -> Vec<Bound> {
    let amount = rule.amount_over.map(|Money { amount, currency }| Bound {
        field: "amount_over",
        facts: &[Fact::Amount, Fact::Currency],
        condition: format!(
            "context.facts.amount.greaterThan(decimal(\"{}\")) || context.facts.currency != \"{currency}\"",
            decimal_text(amount)
        ),
        reason: format!("{{facts.amount}} {{facts.currency}} needs approval, as all over {amount} {currency} does"),
    });
    let affected = rule.affected_over.map(|people| Bound {
        field: "affected_over",
        facts: &[Fact::AffectedPeople],
        condition: format!("context.facts.affected_people > {}", long(people)),
        reason: format!(
            "{{facts.affected_people}} affected people need approval, as all over {people} do"
        ),
    });
    let recipients = rule.recipients_over.map(|count| Bound {
        field: "recipients_over",
        facts: &[Fact::Recipients],
        condition: format!("context.facts.recipient_count > {}", long(count)),
        reason: format!("more than {count} recipients need approval"),
    });
    [amount, affected, recipients].into_iter().flatten().collect()
}

/// Beyond Cedar's largest number no fact can be.
fn long(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn in_scope(rule: &ThresholdRule, entry: &Entry) -> bool {
    let named = rule.actions.is_empty() || rule.actions.contains(&entry.declared.name);
    named
        && rule
            .capability
            .is_none_or(|capability| entry.declared.capabilities.contains(&capability))
}

fn place(profile: &AgentProfile) -> syndic_model::Place {
    file(format!("agents/{}.yaml", profile.id))
}
