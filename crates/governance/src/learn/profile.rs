//! The profile, line by line.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::Value;
use syndic_model::{AgentProfile, Capability, MAX_LIMITS, RiskLevel};

use super::{Observed, SeenAction, amount, rounded_up};
use crate::Governance;
use crate::import::flow;

/// An amount above what this many percent of the amounts were is worth a human's look.
const USUAL: usize = 95;

pub(super) fn write(
    observed: &Observed,
    governance: &Governance,
    capabilities: &dyn Fn(&str) -> BTreeSet<Capability>,
) -> String {
    let wanted: Vec<(&str, &SeenAction)> = observed
        .actions
        .iter()
        .filter(|(_, seen)| seen.is_wanted())
        .map(|(name, seen)| (name.as_str(), seen))
        .collect();
    let used: BTreeSet<Capability> =
        wanted.iter().flat_map(|(name, _)| capabilities(name)).collect();
    let mut draft = Draft { text: String::new(), wanted, capabilities };
    draft.head(observed);
    let profile = governance.agents.get(&observed.agent);
    let since = governance.roll_outs.get(&observed.agent).and_then(|one| one.observing_since);
    let since = since.or_else(|| Some(observed.last?.to_zoned(TimeZone::UTC).date()));
    draft.about(observed, profile, &used, since);
    draft.flags();
    draft.money();
    draft.threshold(profile, governance);
    draft.actions(observed);
    draft.limits(observed);
    draft.text
}

struct Draft<'a> {
    text: String,
    wanted: Vec<(&'a str, &'a SeenAction)>,
    capabilities: &'a dyn Fn(&str) -> BTreeSet<Capability>,
}

impl Draft<'_> {
    fn line(&mut self, line: impl AsRef<str>) {
        self.text.push_str(line.as_ref());
        self.text.push('\n');
    }

    /// Writes a line with what it rests on.
    fn guess(&mut self, line: &str, evidence: impl AsRef<str>) {
        let _infallible = writeln!(self.text, "{line} # guess: {}", evidence.as_ref());
    }

    fn head(&mut self, observed: &Observed) {
        let day = |at: Option<jiff::Timestamp>| {
            at.map_or_else(|| "never".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
        };
        self.line(format!(
            "# Drafted by `syndic learn` from {} actions of `{}`, {} to {}, {} of them while nothing was stopped.\n\
             # A `guess:` says what was seen, not what is right: review each line, then take its comment away.",
            observed.count,
            observed.agent,
            day(observed.first),
            day(observed.last),
            observed.observed,
        ));
        if observed.beyond > 0 {
            self.line(format!(
                "# {} more actions of other names were not looked at.",
                observed.beyond
            ));
        }
    }

    fn about(
        &mut self,
        observed: &Observed,
        profile: Option<&AgentProfile>,
        used: &BTreeSet<Capability>,
        since: Option<Date>,
    ) {
        let text = |text: &str| flow(&Value::from(text));
        let id = observed.agent.as_str();
        let name = profile.map_or(id, |profile| &profile.name);
        self.line(format!("name: {}", text(name)));
        let risk = used.iter().map(|one| one.least_risk()).max().unwrap_or(RiskLevel::Low);
        let evidence = "the least that its capabilities imply; raise it where people are at stake";
        self.guess(&format!("risk_level: {risk}"), evidence);
        self.line("\nowner:");
        match profile.map(|profile| &profile.owner) {
            Some(owner) => {
                for (field, value) in [
                    ("person", owner.person.as_str()),
                    ("team", owner.team.as_str()),
                    ("contact", &owner.contact),
                ] {
                    self.line(format!("  {field}: {}", text(value)));
                }
            }
            None => {
                for field in ["person", "team", "contact"] {
                    self.guess(
                        &format!("  {field}: unassigned"),
                        "nobody can be seen to answer for it; name one",
                    );
                }
            }
        }
        if let Some(profile) = profile {
            self.line(format!("\npurpose: {}", text(&profile.purpose)));
            // Always quoted: `1.0` would be a number.
            self.line(format!("version: {}", Value::from(profile.version.as_str())));
        } else {
            self.guess("\npurpose: To be described.", "what it is for cannot be seen");
        }
        self.guess("mode: observe", "until this draft is reviewed; `enforce` makes it hold");
        if let (true, Some(since)) = (risk >= RiskLevel::High, since) {
            let evidence =
                "the day from which on this is tried out; 14 days are the most at its risk";
            self.guess(&format!("observing_since: {since}"), evidence);
        }
        self.line("");
    }

    fn flags(&mut self) {
        for (field, capability) in [
            ("can_write_data", Capability::WriteData),
            ("can_send_external_messages", Capability::SendExternalMessage),
            ("can_execute_code", Capability::ExecuteCode),
            ("can_make_financial_transactions", Capability::FinancialTransaction),
        ] {
            let by = self.with(capability);
            let told: Vec<_> =
                by.iter().map(|(name, seen)| format!("{name} {}", seen.count)).collect();
            let evidence = if told.is_empty() { "none was seen".to_owned() } else { listed(&told) };
            self.guess(&format!("{field}: {}", !by.is_empty()), evidence);
        }
    }

    /// Returns the actions with a capability, the most frequent first.
    fn with(&self, capability: Capability) -> Vec<(&str, &SeenAction)> {
        let has =
            |(name, _): &&(&str, &SeenAction)| (self.capabilities)(name).contains(&capability);
        let mut with: Vec<_> = self.wanted.iter().filter(has).copied().collect();
        with.sort_by_key(|(_, seen)| std::cmp::Reverse(seen.count));
        with
    }

    fn money(&mut self) {
        let moves = self.with(Capability::FinancialTransaction);
        let spreads = moves.iter().flat_map(|(name, seen)| {
            seen.amounts.iter().map(move |(currency, (spread, _))| (*name, *currency, spread))
        });
        let largest = spreads.max_by_key(|(_, _, spread)| spread.largest);
        let Some((name, currency, spread)) = largest else {
            return self.guess(
                "max_transaction_amount: 0",
                "no financial transaction with an amount was seen",
            );
        };
        let limit = rounded_up(spread.largest.div_ceil(10_000)) * 10_000;
        let evidence = format!("{}, rounded up", told(name, spread));
        let line = format!("max_transaction_amount: {} {currency}", amount(limit));
        self.guess(&line, evidence);
    }

    fn threshold(&mut self, profile: Option<&AgentProfile>, governance: &Governance) {
        let mut rules = Vec::new();
        for (name, seen) in &self.wanted {
            let action = flow(&Value::from(*name));
            for (currency, (spread, _)) in &seen.amounts {
                let usual = rounded_up(spread.percentile(USUAL).div_ceil(10_000)) * 10_000;
                rules.push((
                    format!(
                        "  - actions: [{action}]\n    amount_over: {} {currency}",
                        amount(usual)
                    ),
                    format!("{}; p{USUAL} rounded up", told(name, spread)),
                ));
            }
            if let Some(most) = seen.affected {
                let over = rounded_up(most);
                let rule = format!("  - actions: [{action}]\n    affected_over: {over}");
                rules.push((rule, format!("at most {most} people were affected")));
            }
            if seen.most_recipients > 1 {
                let over = rounded_up(u64::try_from(seen.most_recipients).unwrap_or(u64::MAX));
                let rule = format!("  - actions: [{action}]\n    recipients_over: {over}");
                rules.push((rule, format!("at most {} recipients at once", seen.most_recipients)));
            }
        }
        self.line("");
        if rules.is_empty() {
            self.guess(
                "requires_human_approval: false",
                "nothing with an amount or with people affected was seen",
            );
            return self.line("approval_threshold: never");
        }
        let known = profile.and_then(|profile| profile.approvers.as_ref());
        let group = known.or_else(|| governance.approvers.groups.keys().next());
        let asks = format!("requires_human_approval: {}", group.is_some());
        self.guess(
            &asks,
            match group {
                Some(_) => "above what was usual, somebody should look",
                None => {
                    "there is nobody to ask: declare a group in `approvers/`, then write `true`"
                }
            },
        );
        self.line("approval_threshold:");
        for (rule, evidence) in rules {
            self.guess(&rule, evidence);
        }
        match (known, group) {
            (Some(group), _) => self.line(format!("approvers: {group}")),
            (None, Some(group)) => self.guess(
                &format!("approvers: {group}"),
                "the first group of `approvers/`; who decides cannot be seen",
            ),
            (None, None) => {}
        }
    }

    fn actions(&mut self, observed: &Observed) {
        self.line("\nactions:");
        if self.wanted.is_empty() {
            self.guess("  []", "nothing that might run was seen");
        }
        for (name, seen) in self.wanted.clone() {
            let mut evidence = format!("{} asked", seen.count);
            if seen.denied > 0 {
                let _infallible =
                    write!(evidence, ", {} denied by the files in force then", seen.denied);
            }
            if seen.held > 0 {
                let _infallible = write!(evidence, ", {} held", seen.held);
            }
            if !seen.recipients.is_empty() {
                let _infallible = write!(evidence, ", {} recipients", seen.recipients.len());
            }
            self.guess(&format!("  - {}", flow(&Value::from(name))), evidence);
        }
        for (name, seen) in observed.actions.iter().filter(|(_, seen)| !seen.is_wanted()) {
            self.line(format!("  # left out: {name}, {} asked, all denied", seen.count));
        }
    }

    /// Twice what was busiest: windows roll, and those counted here do not.
    fn limits(&mut self, observed: &Observed) {
        if observed.count == 0 {
            return;
        }
        let mut lines = Vec::new();
        let calls = &observed.calls;
        for (per, most) in
            [("minute", calls.minute.most), ("hour", calls.hour.most), ("day", calls.day.most)]
        {
            let limit = rounded_up(most.saturating_mul(2));
            lines.push((
                format!("  - {{ per: {per}, calls: {limit} }}"),
                format!("the busiest {per} had {most}; twice that, rounded up"),
            ));
        }
        if let Some(most) = observed.sessions.values().max() {
            let limit = rounded_up(most.saturating_mul(2));
            lines.push((
                format!("  - {{ per: session, calls: {limit} }}"),
                format!("the longest of {} sessions had {most}", observed.sessions.len()),
            ));
        }
        if observed.tokens.most > 0 {
            let limit = rounded_up(observed.tokens.most.saturating_mul(2));
            lines.push((
                format!("  - {{ per: day, tokens: {limit} }}"),
                format!("the busiest day had {}", observed.tokens.most),
            ));
        }
        for (name, seen) in &self.wanted {
            let action = flow(&Value::from(*name));
            // A limit in one currency refuses the others.
            for (currency, (_, by_day)) in seen.amounts.iter().filter(|_| seen.amounts.len() == 1) {
                let limit = rounded_up(by_day.most.saturating_mul(2).div_ceil(10_000))
                    .saturating_mul(10_000);
                lines.push((
                    format!(
                        "  - {{ actions: [{action}], per: day, amount: {} {currency} }}",
                        amount(limit)
                    ),
                    format!("the busiest day had {}", amount(by_day.most)),
                ));
            }
            if seen.recipients_by_day.most > 0 {
                let most = seen.recipients_by_day.most;
                let limit = rounded_up(u64::try_from(most).unwrap_or(u64::MAX).saturating_mul(2));
                lines.push((
                    format!("  - {{ actions: [{action}], per: day, recipients: {limit} }}"),
                    format!("the busiest day had {most}"),
                ));
            }
        }
        self.line("\nlimits:");
        let left_out = lines.split_off(lines.len().min(MAX_LIMITS));
        for (line, evidence) in lines {
            self.guess(&line, evidence);
        }
        for (line, evidence) in left_out {
            self.line(format!(
                "  # left out, since {MAX_LIMITS} is the most: {}, {evidence}",
                line.trim()
            ));
        }
    }
}

fn told(name: &str, spread: &super::Spread) -> String {
    format!(
        "{name}: {} amounts, p50 {}, p{USUAL} {}, the largest {}",
        spread.count,
        amount(spread.percentile(50)),
        amount(spread.percentile(USUAL)),
        amount(spread.largest),
    )
}

fn listed(told: &[String]) -> String {
    let shown = told.iter().take(5).cloned().collect::<Vec<_>>().join(", ");
    match told.len().saturating_sub(5) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}
