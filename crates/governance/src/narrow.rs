//! A narrower policy, drafted from what people approved again and again.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use syndic_model::{ActionName, AgentId, Currency, Decimal, Level, Money};
use syndic_policy::Origin;
use thiserror::Error;

use crate::load::{Governance, load_kept};
use crate::wire::{AgentFile, Threshold};
use crate::{import, yaml};

/// One action that people let run.
#[derive(Debug, Clone)]
pub struct ApprovedAction {
    /// Its arguments.
    pub args: Value,
    /// How much money, as the catalogue reads it.
    pub amount: Option<Decimal>,
    /// In which currency.
    pub currency: Option<Currency>,
    /// Who received it, as the catalogue reads it.
    pub recipients: Option<BTreeSet<String>>,
}

/// What was approved again and again.
#[derive(Debug)]
pub struct ApprovedKind<'a> {
    /// Who asked.
    pub agent: &'a AgentId,
    /// What for.
    pub action: &'a ActionName,
    /// The policies that held it.
    pub policies: &'a [String],
    /// The actions, at least one.
    pub approved: &'a [ApprovedAction],
}

/// A draft: files as they would be, which nobody wrote.
#[derive(Debug)]
pub struct Narrower {
    /// Texts of whole files by path: those that change, and a test that is new.
    pub files: BTreeMap<String, String>,
    /// What changes, as lines that go (`-`) and come (`+`), by path.
    pub changes: Vec<(String, String)>,
}

/// Says why nothing narrower can be drafted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotNarrowed {
    /// Neither amount nor recipients say what is usual.
    #[error("nothing that `{0}` could tell apart was the same in what was approved")]
    NothingCommon(String),
    /// The threshold has no amount for this action.
    #[error("the threshold of `{0}` has no amount for this action that could be raised")]
    NoAmount(AgentId),
    /// The policy stands in no file.
    #[error("policy `{0}` stands in no file that could be changed")]
    NoFile(String),
    /// The draft would not load.
    #[error("the draft would not load: {0}")]
    Unsound(String),
}

/// Drafts files under which what was approved would run without being asked about, and as little else as the facts
/// can tell apart. A draft loads; what it loosens is for people to judge.
///
/// # Errors
/// Says why nothing narrower can be drafted.
pub fn narrower(governance: &Governance, kind: &ApprovedKind<'_>) -> Result<Narrower, NotNarrowed> {
    let mut texts = governance.texts.clone();
    let mut changes = Vec::new();
    for policy in kind.policies {
        let (path, text, change) = if policy == "approval-threshold" {
            raised(&texts, kind)?
        } else {
            excepted(governance, &texts, policy, kind)?
        };
        texts.insert(path.clone(), text);
        changes.push((path, change));
    }
    let checked = load_kept(&governance.dir, texts.clone());
    if let Some(wrong) = checked.findings.iter().find(|finding| finding.level == Level::Error) {
        return Err(NotNarrowed::Unsound(wrong.to_string()));
    }
    let mut files: BTreeMap<_, _> = changes
        .iter()
        .filter_map(|(path, _)| Some((path.clone(), texts.get(path)?.clone())))
        .collect();
    let path = format!("policies/tests/approved-{}-{}.yaml", kind.agent, kind.action);
    files.insert(path, test(kind));
    Ok(Narrower { files, changes })
}

type Changed = (String, String, String);

/// Raises the amount of the profile's threshold to the largest that was approved.
fn raised(
    texts: &BTreeMap<String, String>,
    kind: &ApprovedKind<'_>,
) -> Result<Changed, NotNarrowed> {
    let none = || NotNarrowed::NoAmount(kind.agent.clone());
    let most = most(kind).ok_or_else(none)?;
    let path = format!("agents/{}.yaml", kind.agent);
    let text = texts.get(&path).ok_or_else(none)?;
    let file: AgentFile = yaml::parse(&path, text).map_err(|_| none())?;
    let threshold = file.approval_threshold.ok_or_else(none)?.value;
    let Threshold::Rules(rules) = threshold else { return Err(none()) };
    let mut amounts = rules.iter().filter_map(|rule| {
        let named = rule.value.actions.as_deref().unwrap_or_default();
        let speaks = named.is_empty() || named.iter().any(|text| text.raw == kind.action.as_str());
        let amount = rule.value.amount_over.as_ref().filter(|_| speaks)?;
        let over: Money = amount.raw.parse().ok()?;
        (over.currency == most.currency && over.amount < most.amount).then_some(amount)
    });
    let amount = amounts.next_back().ok_or_else(none)?;
    let (line, _) = amount.position.ok_or_else(none)?;
    let number =
        usize::try_from(line).ok().and_then(|line| line.checked_sub(1)).ok_or_else(none)?;
    let before = text.lines().nth(number).filter(|line| line.contains(&amount.raw));
    let before = before.ok_or_else(none)?;
    let after = before.replacen(&amount.raw, &most.to_string(), 1);
    let lines = text.split_inclusive('\n').enumerate();
    let text =
        lines.map(
            |(at, line)| {
                if at == number { line.replacen(before, &after, 1) } else { line.to_owned() }
            },
        );
    let text = text.collect();
    Ok((path, text, format!("-{before}\n+{after}\n")))
}

/// Returns the largest amount, where each has one and all are of one currency.
fn most(kind: &ApprovedKind<'_>) -> Option<Money> {
    let amounts = kind.approved.iter().map(|one| Some((one.amount?, one.currency?)));
    let amounts: Vec<_> = amounts.collect::<Option<_>>()?;
    let (_, currency) = *amounts.first()?;
    let same = amounts.iter().all(|(_, other)| *other == currency);
    let amount = amounts.iter().map(|(amount, _)| *amount).max().filter(|_| same)?;
    Some(Money { amount, currency })
}

/// Adds to a policy of a file what it does not speak of: this agent and action, within what was approved.
fn excepted(
    governance: &Governance,
    texts: &BTreeMap<String, String>,
    policy: &str,
    kind: &ApprovedKind<'_>,
) -> Result<Changed, NotNarrowed> {
    let nowhere = || NotNarrowed::NoFile(policy.to_owned());
    let shown = governance.engine.show();
    let path = shown.iter().filter(|one| one.id.as_str() == policy).find_map(|one| {
        if let Origin::File(place) = &one.origin { Some(place.file.clone()) } else { None }
    });
    let path = path.ok_or_else(nowhere)?;
    let text = texts.get(&path).ok_or_else(nowhere)?;
    let end = end_of(text, policy).ok_or_else(nowhere)?;
    let mut bounds = vec![
        format!("principal == Agent::\"{}\"", kind.agent),
        format!("action == Action::\"{}\"", kind.action),
    ];
    let scope = bounds.len();
    if let Some(Money { amount, currency }) = most(kind) {
        let decimal = amount.to_string();
        let point = if decimal.contains('.') { "" } else { ".0" };
        bounds.push(format!("context.facts.currency == \"{currency}\""));
        bounds.push(format!("context.facts.amount.lessThanOrEqual(decimal(\"{decimal}{point}\"))"));
    }
    if let Some(domains) = domains(kind) {
        let domains: Vec<_> = domains.iter().map(|domain| format!("\"{domain}\"")).collect();
        bounds
            .push(format!("[{}].containsAll(context.facts.recipient_domains)", domains.join(", ")));
    }
    if bounds.len() == scope {
        return Err(NotNarrowed::NothingCommon(policy.to_owned()));
    }
    let clause = format!("unless {{\n  {}\n}}", bounds.join(" &&\n  "));
    let (before, after) = text.split_at_checked(end).ok_or_else(nowhere)?;
    let lines: String = clause.lines().map(|line| format!("+{line}\n")).collect();
    let change = format!(" {}\n{lines}", before.lines().last().unwrap_or_default());
    Ok((path, format!("{before}\n{clause}{after}"), change))
}

/// Returns the domains of all recipients, where each plainly has one; at most 20.
fn domains(kind: &ApprovedKind<'_>) -> Option<BTreeSet<String>> {
    let mut domains = BTreeSet::new();
    for one in kind.approved {
        for recipient in one.recipients.as_ref()? {
            let (_, domain) = recipient.split_once('@')?;
            let plain = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
            let sound = !domain.is_empty() && domain.chars().all(plain);
            domains.insert(sound.then(|| domain.to_owned())?);
        }
    }
    (1..=20).contains(&domains.len()).then_some(domains)
}

/// Finds the semicolon that ends the policy with an id; texts and comments hold none.
fn end_of(text: &str, policy: &str) -> Option<usize> {
    let start = text.find(&format!("@id(\"{policy}\")"))?;
    let (mut quoted, mut comment, mut escaped) = (false, false, false);
    let mut before = ' ';
    for (at, c) in text.get(start..)?.char_indices() {
        if comment {
            comment = c != '\n';
        } else if quoted {
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
        } else if c == '"' {
            quoted = true;
        } else if c == '/' && before == '/' {
            comment = true;
        } else if c == ';' {
            return Some(start + at);
        }
        before = c;
    }
    None
}

/// Writes a test: what was approved with the largest amount runs.
fn test(kind: &ApprovedKind<'_>) -> String {
    let largest = kind.approved.iter().max_by_key(|one| one.amount);
    let args = largest.map_or(Value::Null, |one| one.args.clone());
    format!(
        "# Drafted by `syndic approvals suggest` from {} approvals in a row. The arguments are those of one of them:\n\
         # replace what is personal.\n\
         tests:\n  - name: {} does {} as it was approved\n    given:\n      agent: {}\n      action: {}\n      \
         args: {}\n    expect: {{ effect: allow }}\n",
        kind.approved.len(),
        kind.agent,
        kind.action,
        kind.agent,
        kind.action,
        import::flow(&args),
    )
}
