//! The tools that servers offer to agents: how each stands, and what was offered, on record.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use syndic_governance::Governance;
use syndic_ledger::{PartName, Record, ToolsOffered};
use syndic_model::{
    ActionName, ActionRequest, AgentId, CHANGE_TOOL, Caller, Mode, ServerName, Standing, ToolName,
    ToolPin,
};
use syndic_store::{Entry, Subject};
use thiserror::Error;

use crate::Gate;
use crate::events::EventsError;
use crate::gate::{WriteFailed, committed};
use crate::permit::hex;
use crate::tool_book::ToolBook;

/// The most tools one server may offer.
pub const MOST_TOOLS: usize = 2_000;

/// What the ids of actions begin with that no tool is.
const OWN: &str = "mcp.";

/// How many definitions are listed at once.
const MOST_LISTED: usize = 20_000;

/// How the tools of one server stand with one agent.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentTools {
    /// Whether the agent's verdicts are enforced.
    pub mode: Mode,
    /// The governance directory this was found in.
    pub revision: String,
    /// In the order of the offer.
    pub tools: Vec<ToolStanding>,
    /// Those that are pinned and were not offered.
    pub vanished: Vec<ToolName>,
}

/// How one tool stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolStanding {
    /// Its name, as offered.
    pub tool: String,
    /// What its definition hashes to.
    pub pin: ToolPin,
    /// The action it runs.
    pub action: Option<ActionName>,
    /// How it stands.
    pub standing: Standing,
    /// The definition that was pinned, where it is another.
    pub pinned: Option<Value>,
}

/// What a server offered an agent last.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferedTools {
    /// To whom.
    pub agent: String,
    /// By which server.
    pub server: String,
    /// When it was first offered so.
    pub at: Timestamp,
    /// Each definition as it was offered, with its action where the catalogue has one; empty when erased, or beyond
    /// the most that are listed at once.
    pub tools: Vec<(Value, Option<ActionName>)>,
}

/// Says why an offer was not taken.
#[derive(Debug, Error)]
pub enum ToolsError {
    /// Only agents are offered tools.
    #[error("only an agent key tells what tools an agent is offered")]
    Role,
    /// An agent tells of itself.
    #[error("this key belongs to agent `{0}` and cannot speak for another")]
    OtherAgent(AgentId),
    /// No such agent.
    #[error("agent `{0}` is not registered")]
    UnknownAgent(AgentId),
    /// A definition has no name, or one twice.
    #[error("definition {0} has no `name` of its own; each tool needs one")]
    Name(usize),
    /// Too many.
    #[error("a server may offer at most {MOST_TOOLS} tools")]
    TooMany,
    /// What was offered cannot be read.
    #[error(transparent)]
    Lookup(#[from] EventsError),
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Tells how the tools that `server` offers stand with `agent`, and records the offer where it is another than
    /// the last.
    ///
    /// # Errors
    /// When the caller is not that agent, the definitions are none, or the offer cannot be recorded.
    pub async fn offer_tools(
        &self,
        caller: &Caller,
        agent: &AgentId,
        server: &ServerName,
        definitions: &[Value],
    ) -> Result<AgentTools, ToolsError> {
        let Caller::Agent { agent: own, .. } = caller else { return Err(ToolsError::Role) };
        if let Some(own) = own.as_ref().filter(|own| *own != agent) {
            return Err(ToolsError::OtherAgent(own.clone()));
        }
        let governance = self.governance();
        let Some(profile) = governance.agents.get(agent) else {
            return Err(ToolsError::UnknownAgent(agent.clone()));
        };
        let tools = self.standings(&governance, agent, server, definitions)?;
        self.record_offer(caller, agent, server, &tools, definitions).await?;
        let offered: BTreeSet<&str> = tools.iter().map(|tool| tool.tool.as_str()).collect();
        let pinned = governance.pins.get(server).into_iter().flatten();
        let vanished =
            pinned.map(|(name, _)| name).filter(|name| !offered.contains(name.as_str())).cloned();
        let vanished = vanished.collect();
        let revision = governance.revision.clone();
        Ok(AgentTools { mode: profile.mode, revision, vanished, tools })
    }

    fn standings(
        &self,
        governance: &Governance,
        agent: &AgentId,
        server: &ServerName,
        definitions: &[Value],
    ) -> Result<Vec<ToolStanding>, ToolsError> {
        if definitions.len() > MOST_TOOLS {
            return Err(ToolsError::TooMany);
        }
        let mut names = BTreeSet::new();
        let mut tools = Vec::with_capacity(definitions.len());
        for (i, definition) in definitions.iter().enumerate() {
            let name = definition.get("name").and_then(Value::as_str);
            let name = name.filter(|name| names.insert(*name)).ok_or(ToolsError::Name(i))?;
            let action = action_of(governance, server, name);
            let standing = match &action {
                None => Standing::Unknown,
                Some(action) if governance.engine.never_allows(agent, action) => Standing::Never,
                Some(_) => Standing::Callable,
            };
            let (tool, pin) = (name.to_owned(), ToolPin::of(definition));
            tools.push(ToolStanding { tool, pin, action, standing, pinned: None });
        }
        // Decisions wait for this lock, so everything that takes time is done.
        let state = self.state();
        for tool in &mut tools {
            if let Some(drift) = drift(governance, server, &tool.tool, &tool.pin, &state.tools) {
                (tool.standing, tool.pinned) = (drift.standing(), drift.pinned().cloned());
            }
        }
        Ok(tools)
    }

    async fn record_offer(
        &self,
        caller: &Caller,
        agent: &AgentId,
        server: &ServerName,
        tools: &[ToolStanding],
        definitions: &[Value],
    ) -> Result<(), ToolsError> {
        let digest = digest(tools);
        let known = |book: &ToolBook| {
            book.offer(agent.as_str(), server.as_str()).is_some_and(|offer| offer.digest == digest)
        };
        if known(&self.state().tools) {
            return Ok(());
        }
        let slot = self.reserve()?;
        let at = self.now();
        let offered = ToolsOffered {
            agent: agent.to_string(),
            server: server.to_string(),
            count: tools.len() as u64,
            digest,
            by: caller.key_as(agent),
        };
        let parts = vec![(PartName::Tools, Value::from(definitions).to_string())];
        let subject = Some(Subject::new(&format!("tools:{server}")));
        let entry = Entry { record: Record::ToolsOffered(offered.clone()), at, parts, subject };
        let receipt = committed(slot.enqueue(entry)).await?;
        self.state().tools.note_offer(&offered, receipt.get().index());
        Ok(())
    }

    /// Lists what servers offered to agents last, by agent and server.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn offered_tools(&self) -> Result<Vec<OfferedTools>, ToolsError> {
        let offers = self.state().tools.offers();
        let governance = self.governance();
        let mut listed = Vec::with_capacity(offers.len());
        let mut left = MOST_LISTED;
        for (agent, server, offer) in offers {
            let stored = self.read(offer.record).await?;
            let definitions = match stored.value(PartName::Tools) {
                Some(Value::Array(definitions)) if definitions.len() <= left => definitions,
                _ => Vec::new(),
            };
            left -= definitions.len();
            let named = server.parse::<ServerName>().ok();
            let action = |definition: &Value| {
                let name = definition.get("name").and_then(Value::as_str)?;
                action_of(&governance, named.as_ref()?, name)
            };
            let tools = definitions.into_iter().map(|definition| {
                let action = action(&definition);
                (definition, action)
            });
            let tools = tools.collect();
            listed.push(OfferedTools { agent, server, at: stored.leaf.at, tools });
        }
        Ok(listed)
    }
}

/// Finds the action that a tool runs: `<server>.<tool>`, else the one entry that names the tool, else the entry of
/// the tool's name. Where several entries name it, none is meant.
fn action_of(governance: &Governance, server: &ServerName, tool: &str) -> Option<ActionName> {
    if tool.starts_with(OWN) {
        return None;
    }
    let catalogue = &governance.catalogue;
    let fits = |name: &str| {
        let entry = catalogue.get(name)?;
        let named = entry.tools.is_empty() || entry.tools.iter().any(|one| one.as_str() == tool);
        named.then(|| entry.name.clone())
    };
    if let Some(own) = fits(&format!("{server}.{tool}")) {
        return Some(own);
    }
    let mut naming =
        catalogue.values().filter(|entry| entry.tools.iter().any(|one| one.as_str() == tool));
    match (naming.next(), naming.next()) {
        (Some(only), None) => Some(only.name.clone()),
        (Some(_), Some(_)) => None,
        (None, _) => fits(tool),
    }
}

/// How a tool differs from what was pinned.
enum Drift<'a> {
    New,
    Changed(&'a Value),
}

impl<'a> Drift<'a> {
    const fn standing(&self) -> Standing {
        match self {
            Self::New => Standing::New,
            Self::Changed(_) => Standing::Changed,
        }
    }

    const fn pinned(&self) -> Option<&'a Value> {
        match self {
            Self::New => None,
            Self::Changed(pinned) => Some(pinned),
        }
    }
}

/// Tells how a definition differs from what was pinned, unless it does not or people accepted it.
fn drift<'a>(
    governance: &'a Governance,
    server: &ServerName,
    tool: &str,
    pin: &ToolPin,
    book: &ToolBook,
) -> Option<Drift<'a>> {
    let pinned = governance.pins.get(server)?.get(tool);
    if pinned.is_some_and(|pinned| pinned.pin == *pin)
        || book.is_accepted(server.as_str(), pin.as_str())
    {
        return None;
    }
    Some(pinned.map_or(Drift::New, |pinned| Drift::Changed(&pinned.definition)))
}

/// Says why the tool of a request is not the one that was pinned.
pub(crate) fn unpinned(
    governance: &Governance,
    request: &ActionRequest,
    book: &ToolBook,
) -> Option<String> {
    if request.action.as_str() == CHANGE_TOOL {
        return mistold(request).map(str::to_owned);
    }
    let (server, tool) = request.server.as_ref().zip(request.tool.as_ref())?;
    governance.pins.get(server)?;
    let Some(pin) = &request.tool_pin else {
        return Some(format!(
            "the call does not say what tool `{tool}` of server `{server}` is now"
        ));
    };
    Some(match drift(governance, server, tool.as_str(), pin, book)? {
        Drift::New => format!("tool `{tool}` of server `{server}` is not pinned"),
        Drift::Changed(_) => format!("tool `{tool}` of server `{server}` is not as it was pinned"),
    })
}

/// Holds what people are shown of a change to what they would accept.
fn mistold(request: &ActionRequest) -> Option<&'static str> {
    let args = request.args.value().ok()?;
    let text = |name: &str| args.get(name).and_then(Value::as_str);
    let said = |name: &str, meant: Option<&str>| meant.is_some() && text(name) == meant;
    let named = said("server", request.server.as_ref().map(|server| server.as_str()))
        && said("to", request.tool_pin.as_ref().map(ToolPin::as_str));
    if !named {
        return Some("`server` and `to` are not those of the request");
    }
    let definition = text("definition").and_then(|text| serde_json::from_str::<Value>(text).ok());
    let pin = definition.as_ref().map(ToolPin::of);
    if pin != request.tool_pin {
        return Some("`definition` is not what the pin is of");
    }
    let name = definition.as_ref().and_then(|definition| definition.get("name")?.as_str());
    (!said("tool", name)).then_some("`tool` is not the name in `definition`")
}

fn digest(tools: &[ToolStanding]) -> String {
    let mut lines: Vec<_> = tools.iter().map(|tool| (&tool.tool, &tool.pin)).collect();
    lines.sort();
    let text = lines.iter().fold(String::new(), |mut text, (tool, pin)| {
        let _ = writeln!(text, "{pin}  {tool}");
        text
    });
    hex(&Sha256::digest(text))
}
