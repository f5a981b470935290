//! What kind of thing a tool does, guessed from its name, its words and its server's hints.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};
use syndic_model::{ActionName, Capability, Fact};

use super::ImportOptions;
use super::emit::{field, hidden, scalar};
use super::facts::{FactGuess, Properties, facts};
use super::tool::McpTool;

/// As much of a description as an entry keeps.
const MOST_DESCRIPTION: usize = 400;

/// An entry, as text.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) action: String,
    pub(crate) capabilities: BTreeSet<Capability>,
    pub(crate) reviews: usize,
    pub(crate) body: String,
}

/// A guess and what it rests on.
struct Guess {
    capability: Capability,
    evidence: String,
}

const SENDS: &[&str] = &[
    "send",
    "sends",
    "email",
    "mail",
    "sms",
    "notify",
    "message",
    "post",
    "publish",
    "tweet",
    "invite",
    "reply",
    "forward",
    "share",
    "broadcast",
    "call",
    "contact",
    "comment",
];
const PAYS: &[&str] = &[
    "pay",
    "pays",
    "payment",
    "payments",
    "transfer",
    "charge",
    "purchase",
    "buy",
    "withdraw",
    "deposit",
    "payout",
    "transaction",
    "transactions",
    "invest",
    "trade",
    "refund",
];
const RUNS: &[&str] = &[
    "execute", "exec", "eval", "run", "shell", "bash", "command", "script", "terminal", "spawn",
    "sql",
];
const WRITES: &[&str] = &[
    "create",
    "update",
    "delete",
    "remove",
    "write",
    "set",
    "add",
    "insert",
    "append",
    "move",
    "rename",
    "edit",
    "modify",
    "patch",
    "put",
    "upload",
    "save",
    "cancel",
    "book",
    "reserve",
    "schedule",
    "reschedule",
    "close",
    "merge",
    "push",
    "commit",
    "approve",
    "assign",
    "archive",
    "mark",
    "reset",
    "start",
    "stop",
    "enable",
    "disable",
    "install",
    "register",
    "subscribe",
    "return",
    "exchange",
    "change",
    "grant",
    "revoke",
    "clear",
    "drop",
    "submit",
    "toggle",
    "open",
    "fork",
    "apply",
];
const READS: &[&str] = &[
    "get",
    "list",
    "read",
    "search",
    "find",
    "fetch",
    "lookup",
    "query",
    "view",
    "show",
    "check",
    "describe",
    "count",
    "download",
    "browse",
    "calculate",
    "echo",
    "think",
    "summarize",
    "compare",
    "tree",
    "stat",
    "info",
];
/// People that a write may send something to.
const INVITED: &[&str] = &["participants", "attendees", "invitees", "guests", "cc", "bcc"];
/// Arguments that hold something to run.
const CODE: &[&str] = &["code", "script", "command", "cmd", "sql", "expression", "source_code"];

/// Drafts an entry; with `fault`, the server's schema is not used, since it does not load.
pub(super) fn draft(tool: &McpTool, options: &ImportOptions, fault: Option<&str>) -> Draft {
    let name = action_name(&tool.name);
    let action = options.prefix.as_ref().map_or(name.clone(), |prefix| format!("{prefix}.{name}"));
    let input = match (&tool.input, fault) {
        (Value::Object(_), None) => tool.input.clone(),
        _ => json!({ "type": "object" }),
    };
    let properties = Properties::of(&input);
    let mut reviews = Vec::new();
    let (mut guesses, notes) = capabilities(tool, &properties);
    reviews.extend(notes);
    let set = |guesses: &[Guess]| -> BTreeSet<Capability> {
        guesses.iter().map(|guess| guess.capability).collect()
    };
    let mut found = facts(&properties, &set(&guesses), options);
    if !has_exact_amount(&found) {
        for guess in &mut guesses {
            if guess.capability == Capability::FinancialTransaction {
                // An action that moves money must say how much, and this one does not.
                guess.capability = Capability::WriteData;
                guess.evidence.push_str(
                    "; it seems to move money, but no required argument says how much, so it cannot be declared \
                     as financial_transaction",
                );
            }
        }
    }
    let mut capabilities = set(&guesses);
    // An action that is named like a capability must have it.
    capabilities.extend(action.parse::<Capability>());
    if capabilities.len() > 1 {
        capabilities.remove(&Capability::Read);
    }
    found.retain(|guess| guess.suits(&capabilities));
    let mut body = format!("  {}:\n", scalar(&action));
    describe(&mut body, tool, fault);
    for guess in &guesses {
        reviews.push(format!("{}, since {}", guess.capability, guess.evidence));
    }
    for review in &reviews {
        let _infallible = writeln!(body, "    # review: {}", line(review));
    }
    let words: Vec<_> = capabilities.iter().map(|capability| capability.as_str()).collect();
    let _infallible = writeln!(body, "    capabilities: [{}]", words.join(", "));
    if action != tool.name && tool.name.parse::<ActionName>().is_ok() {
        let _infallible = writeln!(body, "    tools: [{}]", scalar(&tool.name));
    }
    field(&mut body, 4, "input", &input);
    let mut count = reviews.len();
    if !found.is_empty() {
        body.push_str("    facts:\n");
        for guess in &found {
            let FactGuess { fact, source, evidence } = guess;
            let _infallible = writeln!(body, "      # review: {}", line(evidence));
            let _infallible = writeln!(body, "      {fact}: {source}");
            count += 1;
        }
    }
    Draft { action, capabilities, reviews: count, body }
}

fn describe(body: &mut String, tool: &McpTool, fault: Option<&str>) {
    let words = tool.description.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut short: String = words.chars().take(MOST_DESCRIPTION).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    if short.is_empty() {
        short = format!("To be described: the server says nothing about `{}`.", tool.name);
    }
    field(body, 4, "description", &Value::from(short));
    if action_name(&tool.name) != tool.name {
        let name = tool.name.escape_debug().to_string();
        let _infallible =
            writeln!(body, "    # review: the server calls this tool `{}`", line(&name));
    }
    if let Some(fault) = fault {
        let _infallible = writeln!(
            body,
            "    # review: any object is taken, since the server's schema does not load: {}",
            line(fault)
        );
    }
}

/// Guesses; the gravest evidence counts, and where there is none the tool is taken to write.
fn capabilities(tool: &McpTool, properties: &Properties<'_>) -> (Vec<Guess>, Vec<String>) {
    let words = words(&tool.name);
    let in_name = |list: &[&str]| -> Option<String> {
        let found: Vec<_> = words.iter().filter(|word| list.contains(&word.as_str())).collect();
        let found: Vec<_> = found.into_iter().map(|word| format!("`{word}`")).collect();
        (!found.is_empty()).then(|| format!("its name has {}", found.join(" and ")))
    };
    let mut guesses = Vec::new();
    let mut notes = Vec::new();
    let mut guess = |capability, evidence| guesses.push(Guess { capability, evidence });
    let first_reads = words.first().is_some_and(|word| READS.contains(&word.as_str()));
    let reads_only = first_reads && in_name(WRITES).is_none();
    let pays = in_name(PAYS).filter(|_| !reads_only);
    if let Some(evidence) = pays.clone() {
        guess(Capability::FinancialTransaction, evidence);
    }
    if let Some(evidence) = in_name(SENDS).filter(|_| !first_reads && !has_plain_write(&words)) {
        guess(Capability::SendExternalMessage, evidence);
    }
    let code = CODE.iter().find(|name| properties.has(name));
    if let (Some(evidence), None) = (in_name(RUNS).filter(|_| !first_reads), &pays) {
        guess(Capability::ExecuteCode, evidence);
    } else if let Some(name) = code.filter(|_| !reads_only || in_name(&["query"]).is_some()) {
        guess(Capability::ExecuteCode, format!("it takes `{name}`"));
    }
    if let Some(evidence) = in_name(WRITES).filter(|_| !reads_only) {
        guess(Capability::WriteData, evidence);
    } else if tool.destructive == Some(true) && tool.read_only != Some(true) {
        guess(Capability::WriteData, "its server calls it destructive".to_owned());
    }
    let told = INVITED.iter().find(|name| properties.has(name));
    if let Some(name) = told.filter(|_| !guesses.is_empty() && in_name(SENDS).is_none()) {
        let evidence = format!("it takes `{name}`, who may be told");
        guesses.push(Guess { capability: Capability::SendExternalMessage, evidence });
    }
    if guesses.is_empty() {
        let guess = match (tool.read_only, in_name(READS).filter(|_| first_reads)) {
            (Some(true), Some(evidence)) => {
                (Capability::Read, format!("{evidence} and its server calls it read-only"))
            }
            (Some(true), None) => (Capability::Read, "its server calls it read-only".to_owned()),
            (Some(false), Some(evidence)) => (
                Capability::WriteData,
                format!("its server does not call it read-only, though {evidence}"),
            ),
            (None, Some(evidence)) => (Capability::Read, evidence),
            (_, None) => (Capability::WriteData, "nothing says that it only reads".to_owned()),
        };
        guesses.push(Guess { capability: guess.0, evidence: guess.1 });
    } else if tool.read_only == Some(true) {
        notes.push("its server calls it read-only, and its name says otherwise".to_owned());
    }
    let reads = guesses.iter().all(|guess| guess.capability == Capability::Read);
    if reads && tool.open_world == Some(true) {
        notes.push(
            "its server says it reaches beyond the system: what it reads is not to be trusted"
                .to_owned(),
        );
    }
    (guesses, notes)
}

/// `create_message_template` writes, and sends nothing; `send_…` and `post_…` do.
fn has_plain_write(words: &[String]) -> bool {
    words.first().is_some_and(|word| {
        WRITES.contains(&word.as_str()) && !["add", "submit"].contains(&word.as_str())
    })
}

fn has_exact_amount(found: &[FactGuess]) -> bool {
    let required =
        |fact| found.iter().any(|guess| guess.fact == fact && !guess.source.contains("optional"));
    required(Fact::Amount) && required(Fact::Currency)
}

/// Splits `snake_case`, `kebab-case` and `camelCase`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() || (character.is_uppercase() && was_lower) {
            words.push(String::new());
        }
        was_lower = character.is_lowercase();
        if let (true, Some(word)) = (character.is_alphanumeric(), words.last_mut()) {
            word.extend(character.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Makes an action's id of a tool's name.
fn action_name(tool: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
    let name: String = tool.chars().take(64).map(|c| if fits(c) { c } else { '_' }).collect();
    // The prefix and its dot have to fit too; a name of that length is nobody's habit.
    name.chars().take(60).collect()
}

/// Makes one line of a comment.
fn line(text: &str) -> String {
    text.chars().take(300).map(|c| if hidden(c) { ' ' } else { c }).collect()
}
