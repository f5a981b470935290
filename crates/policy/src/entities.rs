//! Agents, teams, tools and actions as Cedar entities, made once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use cedar_policy::{
    Entities, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression as Expression,
    Schema,
};
use syndic_model::{ActionName, AgentId, AgentProfile, Capability, ToolName};

use crate::convert::decimal;
use crate::entry::Entry;
use crate::input::Shape;
use crate::profile::Entries;
use crate::rule::Rule;

/// An agent of the registry, ready to be a principal.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) profile: AgentProfile,
    pub(crate) uid: EntityUid,
    team: EntityUid,
}

/// An action of the catalogue, ready to be asked for.
#[derive(Debug)]
pub(crate) struct Action {
    pub(crate) entry: Arc<Entry>,
    pub(crate) uid: EntityUid,
    /// What policies read of its input; the rest is not converted.
    pub(crate) input: Shape,
    groups: Vec<EntityUid>,
    /// Stands in when a call names no tool: the only one, or one that no policy can name.
    unnamed_tool: EntityUid,
}

impl Agent {
    pub(crate) fn new(profile: &AgentProfile) -> Self {
        let uid = uid(&AGENT, profile.id.as_str());
        let team = self::uid(&TEAM, profile.owner.team.as_str());
        Self { profile: profile.clone(), uid, team }
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
            ("max_transaction_amount".to_owned(), decimal(max_transaction_amount.amount)),
            ("currency".to_owned(), text(max_transaction_amount.currency.as_str())),
        ]);
        let parents = HashSet::from([self.team.clone()]);
        // INVARIANT: a decimal always evaluates; without its attributes every policy that reads one fails, and denies.
        let bare = |_| Entity::new_no_attrs(self.uid.clone(), HashSet::from([self.team.clone()]));
        Entity::new(self.uid.clone(), attributes, parents).unwrap_or_else(bare)
    }
}

impl Action {
    pub(crate) fn new(entry: &Arc<Entry>, rules: &[Arc<Rule>]) -> Self {
        let mut action = Self::whole(entry);
        let about = || rules.iter().filter(|rule| rule.speaks_of(&action)).map(|rule| &rule.reads);
        if !about().any(|reads| reads.whole_input) {
            let read: BTreeSet<&str> =
                about().flat_map(|reads| &reads.inputs).map(String::as_str).collect();
            action.input = entry.input.keep(&read);
        }
        action
    }

    fn whole(entry: &Arc<Entry>) -> Self {
        let declared = &entry.declared;
        let only = match declared.tools.as_slice() {
            [tool] => tool.as_str(),
            _ => "",
        };
        Self {
            entry: Arc::clone(entry),
            uid: uid(&ACTION, declared.name.as_str()),
            input: entry.input.clone(),
            groups: declared
                .capabilities
                .iter()
                .map(|group| uid(&ACTION, group.as_str()))
                .collect(),
            unnamed_tool: uid(&TOOL, only),
        }
    }

    pub(crate) fn is_in(&self, uid: &EntityUid) -> bool {
        *uid == self.uid || self.groups.contains(uid)
    }

    /// Returns the resource of a call.
    pub(crate) fn resource(&self, tool: Option<&ToolName>) -> EntityUid {
        tool.map_or_else(|| self.unnamed_tool.clone(), |tool| uid(&TOOL, tool.as_str()))
    }
}

/// Gathers all entities; the schema adds the actions and checks the attributes. Tools have none, and need no entity.
pub(crate) fn entities(
    agents: &BTreeMap<AgentId, Agent>,
    schema: &Schema,
) -> Result<Entities, String> {
    let teams: BTreeSet<&EntityUid> = agents.values().map(|agent| &agent.team).collect();
    let teams = teams.into_iter().map(|team| Entity::new_no_attrs(team.clone(), HashSet::new()));
    let all = agents.values().map(Agent::entity).chain(teams);
    Entities::from_entities(all, Some(schema)).map_err(|fault| fault.to_string())
}

/// Indexes the catalogue for the policies in force.
pub(crate) fn actions(entries: &Entries, rules: &[Arc<Rule>]) -> BTreeMap<ActionName, Action> {
    entries.iter().map(|(name, entry)| (name.clone(), Action::new(entry, rules))).collect()
}

static AGENT: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Agent"));
static TEAM: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Team"));
static TOOL: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Tool"));
static ACTION: LazyLock<EntityTypeName> = LazyLock::new(|| kind("Action"));

#[expect(clippy::expect_used, reason = "the names are literals, and a test makes one of each")]
fn kind(name: &'static str) -> EntityTypeName {
    name.parse().expect("an identifier is an entity type name")
}

fn uid(kind: &LazyLock<EntityTypeName>, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(EntityTypeName::clone(kind), EntityId::new(id))
}
