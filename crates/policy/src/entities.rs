//! Agents, teams, tools and actions as Cedar entities, made once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use cedar_policy::{
    Entities, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression as Expression,
    Schema,
};
use cedar_policy_core::ast::EntityUIDEntry;
use syndic_model::{ActionName, AgentId, AgentProfile, Capability, ToolName};

use crate::condition::constants;
use crate::convert::decimal_text;
use crate::entry::Entry;
use crate::input::Shape;
use crate::paths::Paths;
use crate::profile::Entries;
use crate::rule::Rule;

/// An agent of the registry, ready to be a principal.
#[derive(Debug)]
pub(crate) struct Agent {
    /// Its place among the agents.
    pub(crate) number: usize,
    pub(crate) profile: AgentProfile,
    pub(crate) uid: EntityUid,
    pub(crate) known: EntityUIDEntry,
    team: EntityUid,
}

/// What of the arguments is converted.
#[derive(Debug)]
pub(crate) struct Inputs {
    /// What policies read.
    pub(crate) read: Shape,
    /// What those that are enforced read: what only shadow policies read keeps nobody from acting.
    pub(crate) obeyed: Shape,
}

/// An action of the catalogue, ready to be asked for.
#[derive(Debug)]
pub(crate) struct Action {
    /// Its place in the catalogue.
    pub(crate) number: usize,
    pub(crate) entry: Arc<Entry>,
    pub(crate) uid: EntityUid,
    pub(crate) known: EntityUIDEntry,
    /// What can speak about it, whoever asks: slices are cut from this.
    pub(crate) rules: Vec<Arc<Rule>>,
    /// What these read; the rest is not converted.
    pub(crate) reads: Paths,
    pub(crate) input: Inputs,
    groups: Vec<EntityUid>,
    tools: BTreeMap<ToolName, EntityUIDEntry>,
    /// Stands in when a call names no tool: the only one, or one that no policy can name.
    unnamed_tool: EntityUIDEntry,
}

impl Agent {
    pub(crate) fn new(number: usize, profile: &AgentProfile) -> Self {
        let uid = uid(&AGENT, profile.id.as_str());
        let team = self::uid(&TEAM, profile.owner.team.as_str());
        Self { number, profile: profile.clone(), known: known(&uid), uid, team }
    }

    pub(crate) fn is_in(&self, uid: &EntityUid) -> bool {
        *uid == self.uid || *uid == self.team
    }

    fn entity(&self) -> Entity {
        let text = |text: &str| Expression::new_string(text.to_owned());
        let AgentProfile { id, name, risk_level, version, max_transaction_amount, owner, .. } =
            &self.profile;
        let can = Capability::ALL.iter().filter(|capability| self.profile.can(**capability));
        let attributes = HashMap::from([
            ("id".to_owned(), text(id.as_str())),
            ("name".to_owned(), text(name)),
            ("risk_level".to_owned(), text(risk_level.as_str())),
            ("team".to_owned(), text(owner.team.as_str())),
            ("version".to_owned(), text(version)),
            (
                "capabilities".to_owned(),
                Expression::new_set(can.map(|capability| text(capability.as_str()))),
            ),
            (
                "max_transaction_amount".to_owned(),
                Expression::new_decimal(decimal_text(max_transaction_amount.amount)),
            ),
            ("currency".to_owned(), text(max_transaction_amount.currency.as_str())),
        ]);
        let parents = HashSet::from([self.team.clone()]);
        // INVARIANT: a decimal always evaluates; without its attributes every policy that reads one fails, and denies.
        let bare = |_| Entity::new_no_attrs(self.uid.clone(), HashSet::from([self.team.clone()]));
        Entity::new(self.uid.clone(), attributes, parents).unwrap_or_else(bare)
    }
}

impl Action {
    pub(crate) fn new(number: usize, entry: &Arc<Entry>, rules: &[Arc<Rule>]) -> Self {
        let mut action = Self::whole(number, entry);
        action.rules = rules.iter().filter(|rule| rule.speaks_of(&action)).cloned().collect();
        action.reads = reads(&action.rules, |_| true);
        action.input = Inputs {
            read: kept(entry, &action.reads),
            obeyed: kept(entry, &reads(&action.rules, |rule| !rule.marks.shadow)),
        };
        action
    }

    /// Reads an entry that no policy speaks of yet; all of its input would be converted.
    fn whole(number: usize, entry: &Arc<Entry>) -> Self {
        let declared = &entry.declared;
        let only = match declared.tools.as_slice() {
            [tool] => tool.as_str(),
            _ => "",
        };
        let uid = uid(&ACTION, declared.name.as_str());
        let tool = |name: &str| known(&self::uid(&TOOL, name));
        Self {
            number,
            entry: Arc::clone(entry),
            known: known(&uid),
            uid,
            rules: Vec::new(),
            reads: Paths::Whole,
            input: Inputs::whole(&entry.input),
            groups: declared
                .capabilities
                .iter()
                .map(|group| self::uid(&ACTION, group.as_str()))
                .collect(),
            tools: declared.tools.iter().map(|name| (name.clone(), tool(name.as_str()))).collect(),
            unnamed_tool: tool(only),
        }
    }

    pub(crate) fn is_in(&self, uid: &EntityUid) -> bool {
        *uid == self.uid || self.groups.contains(uid)
    }

    /// Returns the resource of a call.
    pub(crate) fn resource(&self, tool: Option<&ToolName>) -> EntityUIDEntry {
        let Some(tool) = tool else { return self.unnamed_tool.clone() };
        self.tools.get(tool).cloned().unwrap_or_else(|| known(&uid(&TOOL, tool.as_str())))
    }
}

impl Inputs {
    pub(crate) fn whole(input: &Shape) -> Self {
        Self { read: input.clone(), obeyed: input.clone() }
    }
}

fn reads(rules: &[Arc<Rule>], which: impl Fn(&Rule) -> bool) -> Paths {
    let mut reads = Paths::nothing();
    for rule in rules.iter().filter(|rule| which(rule)) {
        reads.join(&rule.condition.reads);
    }
    reads
}

fn kept(entry: &Entry, reads: &Paths) -> Shape {
    entry.input.keep(reads.of_attribute("input").unwrap_or(&Paths::nothing()))
}

/// Gathers all entities; the schema adds the actions and checks the attributes. Tools have none, and need no entity.
/// What rules hold constant is added to those.
pub(crate) fn entities(
    agents: &BTreeMap<AgentId, Agent>,
    rules: &[Arc<Rule>],
    schema: &Schema,
) -> Result<Entities, String> {
    let teams: BTreeSet<&EntityUid> = agents.values().map(|agent| &agent.team).collect();
    let teams = teams.into_iter().map(|team| Entity::new_no_attrs(team.clone(), HashSet::new()));
    let all = agents.values().map(Agent::entity).chain(teams);
    let entities = Entities::from_entities(all, Some(schema)).map_err(|fault| fault.to_string())?;
    let constants = constants(rules.iter().map(|rule| &rule.condition));
    entities.add_entities(constants, None).map_err(|fault| fault.to_string())
}

/// Indexes the catalogue for the policies in force.
pub(crate) fn actions(entries: &Entries, rules: &[Arc<Rule>]) -> BTreeMap<ActionName, Action> {
    let numbered = entries.iter().enumerate();
    numbered
        .map(|(number, (name, entry))| (name.clone(), Action::new(number, entry, rules)))
        .collect()
}

static AGENT: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Agent"));
static TEAM: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Team"));
static TOOL: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Tool"));
static ACTION: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Action"));
/// The type of the entities that hold constants; no schema declares it, so no policy can name it.
pub(crate) static CONSTANT: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Syndic::Constant"));

#[expect(clippy::expect_used, reason = "the names are literals, and a test makes one of each")]
fn kind(name: &'static str) -> EntityTypeName {
    name.parse().expect("an identifier is an entity type name")
}

pub(crate) fn uid(kind: &LazyLock<EntityTypeName>, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(EntityTypeName::clone(kind), EntityId::new(id))
}

fn known(uid: &EntityUid) -> EntityUIDEntry {
    let uid: &cedar_policy_core::ast::EntityUID = uid.as_ref();
    EntityUIDEntry::known(uid.clone(), None)
}
