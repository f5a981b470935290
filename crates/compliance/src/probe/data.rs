//! DAT: data that is read, sent and kept.

use syndic_model::Capability;

use super::stated::add;
use super::{Found, NO_CALL, NO_RECORD, Probe, named};
use crate::facts::Count;
use crate::{Evidence, Figure, Verdict};

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "DAT-01", version: 1, fresh_for_days: 180, rule: Ok(sheets) },
    Probe { id: "DAT-02", version: 1, fresh_for_days: 1, rule: Ok(sensitive) },
    Probe { id: "DAT-03", version: 1, fresh_for_days: 1, rule: Ok(access) },
    Probe { id: "DAT-04", version: 1, fresh_for_days: 1, rule: Ok(recipients) },
    Probe {
        id: "DAT-05",
        version: 1,
        fresh_for_days: 1,
        rule: Err(
            "this runtime does not guard an agent's memory: a write to it is an action like any other",
        ),
    },
    Probe { id: "DAT-06", version: 1, fresh_for_days: 30, rule: Ok(erasure) },
    Probe { id: "DAT-07", version: 1, fresh_for_days: 7, rule: Ok(encryption) },
];

/// Policies that stop what holds sensitive data, and what cannot be looked through for it.
const DETECTING: [&str; 2] = ["no-pii-external", "detection"];

/// Data statements.
fn sheets(evidence: &Evidence<'_>) -> Found {
    if evidence.facts.seen() == 0 {
        return Found::unknown(NO_RECORD);
    }
    let fields = [
        "training_data_documented",
        "bias_testing_completed",
        "data_quality_measures",
        "data_access_documented",
    ];
    let reach = &evidence.setup.profile.data_access;
    let told = "what data there is, is stated; what is in it is not measured";
    let (found, stated) = add(evidence, &fields, Found::new(Verdict::Told, told));
    if stated + reach.len() == 0 {
        return Found::unknown(
            "nobody states what data there is, and the profile has no `data_access`",
        );
    }
    found.with("data_access", Figure::List(reach.clone()))
}

/// Sensitive data seen.
fn sensitive(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (window, data) = (evidence.window(), &agent.conduct.data);
    let asked = agent.conduct.callers.actions.sum(window);
    if asked.actions.n() == 0 {
        return Found::unknown(NO_CALL);
    }
    let results = data.results.sum(window);
    let policies = agent.conduct.violations.policies.sum(window);
    let mut stopped = Count::default();
    DETECTING.iter().filter_map(|policy| policies.get(policy)).for_each(|one| stopped.plus(*one));
    let told = format!(
        "sensitive data stood in the way of {} actions, was taken out of {} results, and kept {} back",
        stopped.n(),
        results.redacted.n(),
        results.withheld.n()
    );
    Found::new(Verdict::Told, told)
        .count("actions", asked.actions.n())
        .count("actions_in_the_way_of", stopped.n())
        .count("results_redacted", results.redacted.n())
        .count("results_withheld", results.withheld.n())
        .count("results_let_through", results.observed.n())
        .with("kinds_in_results", named(&data.kinds.sum(window)))
        .with("labels", named(&data.labels.sum(window)))
        .count("kinds_looked_for", evidence.setup.kinds.len() as u64)
        .over(asked.records)
        .cite([stopped, results.redacted, results.withheld].iter().filter_map(|one| one.newest()))
}

/// Data access decisions.
fn access(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (window, data) = (evidence.window(), &agent.conduct.data);
    let asked = agent.conduct.callers.actions.sum(window);
    let (ran, stopped) = (data.ran.sum(window), data.stopped.sum(window));
    if ran.is_empty() && stopped.is_empty() {
        return Found::unknown(NO_CALL);
    }
    let capable = |capability: Capability, name: &str| {
        let entry = evidence.setup.catalogue.get(name);
        entry.is_some_and(|entry| entry.capabilities.contains(&capability))
    };
    let told = "reads and writes are counted by what the catalogue says of each action; class, region and purpose of \
                the data are not on record";
    let found = Found::new(Verdict::Told, told)
        .with("data_access", Figure::List(evidence.setup.profile.data_access.clone()))
        .over(asked.records);
    Capability::ALL.iter().fold(found, |found, capability| {
        let sum = |counts: &std::collections::BTreeMap<&str, Count>| -> u64 {
            let able = counts.iter().filter(|(name, _)| capable(*capability, name));
            able.map(|(_, count)| count.n()).sum()
        };
        found
            .count(&format!("{capability}_ran"), sum(&ran))
            .count(&format!("{capability}_stopped"), sum(&stopped))
    })
}

/// Recipients and transfers.
fn recipients(evidence: &Evidence<'_>) -> Found {
    let Some(agent) = evidence.agent() else { return Found::no_agent() };
    let (window, data) = (evidence.window(), &agent.conduct.data);
    let asked = agent.conduct.callers.actions.sum(window);
    if asked.actions.n() == 0 {
        return Found::unknown(NO_CALL);
    }
    let (there, more) = data.recipients.count(window);
    let least = if more { "at least " } else { "" };
    let told = format!(
        "{least}{there} different recipients were sent something; which hosts and regions those are is not on record"
    );
    let sent = data.results.sum(window).sent;
    Found::new(Verdict::Told, told)
        .count("recipients", there)
        .count("actions_with_recipients", sent.n())
        .over(asked.records)
        .cite(sent.newest())
}

/// Erasure and retention jobs.
fn erasure(evidence: &Evidence<'_>) -> Found {
    if evidence.facts.seen() == 0 {
        return Found::unknown(NO_RECORD);
    }
    let erased = evidence.facts.sealing.erased(evidence.window());
    let (verdict, told) = match (evidence.log.signed, erased.erasures.n(), erased.incomplete.n()) {
        (Some(false), _, _) => {
            (Verdict::NotMet, "the root over the records is not the one that the log signed")
        }
        (_, 0, _) => (Verdict::Told, "nothing was erased in the last thirty days"),
        (Some(true), _, 0) => (
            Verdict::Met,
            "what was recorded of users was erased, and the root over the records is the one that the log signed",
        ),
        (Some(true), _, _) => (
            Verdict::Partial,
            "what was recorded of users was erased here, and copies were left elsewhere",
        ),
        (None, _, _) => (
            Verdict::Partial,
            "what was recorded of users was erased, and no checkpoint signs as many records yet",
        ),
    };
    Found::new(verdict, told)
        .count("erasures", erased.erasures.n())
        .count("erasures_with_copies_left", erased.incomplete.n())
        .count("erasures_below_the_retention_floor", erased.early.n())
        .count("records_erased", erased.parts)
        .count("keys_destroyed", erased.keys)
        .count("holds_in_force", evidence.facts.custody.holds.len() as u64)
        .over(erased.records)
}

/// Encryption state.
fn encryption(evidence: &Evidence<'_>) -> Found {
    let parts = evidence.facts.sealing.parts.sum(evidence.window());
    let (verdict, told) = if parts.unsealed.n() > 0 {
        (Verdict::NotMet, "records have parts that are sealed under no key")
    } else if parts.sealed.n() > 0 {
        (
            Verdict::Partial,
            "the parts of every record are sealed under a key; what protects that key, and what protects data on \
             its way, is not on record",
        )
    } else {
        return Found::unknown("no record of the last thirty days has parts that are sealed");
    };
    Found::new(verdict, told)
        .count("records_sealed", parts.sealed.n())
        .count("records_not_sealed", parts.unsealed.n())
        .over(parts.records)
        .cite(parts.unsealed.newest())
}
