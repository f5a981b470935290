//! The Cedar schema, generated from the catalogue.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use syndic_model::{ActionName, Capability, Counter, Fact, Scope};

use crate::entry::Entry;

const NOUNS: &str = "\
entity Team;

entity Tool;

entity Agent in [Team] {
    id: String,
    name: String,
    risk_level: String,
    team: String,
    version: String,
    capabilities: Set<String>,
    max_transaction_amount: decimal,
    currency: String,
};

type Call = {
    now: datetime,
    local: { weekday: Long, minutes: Long },
    open: Set<String>,
    environment: String,
    session: { id?: String, labels: Set<String>, known_recipients: Set<String> },
    known_recipients: Set<String>,
    delegation: { depth: Long, agents: Set<String> },
    suspended: Bool,
    pii: Set<String>,
    secrets: Set<String>,
    obfuscated: Bool,
    detected: Set<String>,
    anomaly: Long,
    grade: String,
    usage: Usage,
};

type Used = {
    calls: Long,
    denials: Long,
    amount: decimal,
    recipients: Long,
    affected_people: Long,
    tokens: Long,
};

type Windows = { minute: Used, hour: Used, day: Used };
";

/// Writes the schema: an action group per capability, an action per entry of the catalogue.
///
/// `limits` is how many limits the agent with most has.
pub(crate) fn text(entries: &BTreeMap<ActionName, Arc<Entry>>, limits: usize) -> String {
    let mut text = NOUNS.to_owned();
    text.push_str(&usage(limits));
    for capability in
        Capability::ALL.iter().filter(|capability| !entries.contains_key(capability.as_str()))
    {
        let _infallible = write!(text, "\naction \"{capability}\";");
    }
    text.push('\n');
    for (name, entry) in entries {
        let groups =
            entry.declared.capabilities.iter().filter(|group| group.as_str() != name.as_str());
        let groups: Vec<_> = groups.map(|group| format!("\"{group}\"")).collect();
        let parents =
            if groups.is_empty() { String::new() } else { format!(" in [{}]", groups.join(", ")) };
        let _infallible = write!(
            text,
            "\naction \"{name}\"{parents} appliesTo {{\n    principal: Agent,\n    resource: Tool,\n    context: {{\n        \
             input: {},\n        facts: {{{}}},\n        call: Call,\n    }},\n}};\n",
            entry.input,
            facts(entry),
        );
    }
    text
}

fn usage(limits: usize) -> String {
    let limits = (1..=limits).map(|number| format!("    {}: Used,\n", Counter::Limit(number)));
    let scopes = Scope::ALL.iter().map(|scope| format!("    {scope}: Windows,\n"));
    format!("\ntype Usage = {{\n{}}};\n", scopes.chain(limits).collect::<String>())
}

fn facts(entry: &Entry) -> String {
    let attributes = entry.declared.facts.keys().flat_map(|fact| {
        let mark = if entry.always_has(*fact) { "" } else { "?" };
        attributes(*fact).iter().map(move |(name, kind)| format!("{name}{mark}: {kind}"))
    });
    attributes.collect::<Vec<_>>().join(", ")
}

const fn attributes(fact: Fact) -> &'static [(&'static str, &'static str)] {
    match fact {
        Fact::Amount => &[("amount", "decimal")],
        Fact::Currency => &[("currency", "String")],
        // Cedar can neither count a set nor look into its texts, so the host does.
        Fact::Recipients => &[
            ("recipients", "Set<String>"),
            ("recipient_count", "Long"),
            ("recipient_domains", "Set<String>"),
        ],
        Fact::AffectedPeople => &[("affected_people", "Long")],
        Fact::Content => &[("content", "String")],
        Fact::Resource => &[("resource", "String")],
    }
}
