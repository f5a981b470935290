//! What is counted for each agent: those of the governance directory in force, and one for all that are unknown.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use parking_lot::RwLock;
use syndic_governance::Governance;
use syndic_model::{AgentId, ApprovalStatus, PolicyId, Severity};
use syndic_policy::RESERVED;

use crate::metrics::descriptor::{
    ACTIONS, ANOMALY_SCORE, APPROVALS, AUDIT_LOST, BREAK_GLASS_LIFTED, EVALUATION_ERRORS, FILTERED,
    LIMIT_REFUSALS, MISSING_OUTCOMES, SHADOW_VIOLATIONS, VIOLATIONS,
};
use crate::metrics::shelf::{Form, Shelf};

/// What stands for every name outside the registry.
pub(super) const UNKNOWN: &str = "unknown";
/// The gate's own policies that no file may name.
const APPROVAL: &str = "approval";
/// How many series of policies begin at 0; beyond, only those that come with syndic do.
const MOST_BEGUN: usize = 20_000;

/// How many actions of audited functions are counted by name.
const MOST_AUDITED: usize = 1_000;

const SEVERITIES: &[&str] = &["low", "medium", "high", "critical"];

static OF_ACTIONS: Form = Form { descriptor: &ACTIONS, words: &["false", "true"] };
static OF_VIOLATIONS: Form = Form { descriptor: &VIOLATIONS, words: SEVERITIES };
static OF_SHADOWS: Form = Form { descriptor: &SHADOW_VIOLATIONS, words: SEVERITIES };
static OF_ERRORS: Form = Form { descriptor: &EVALUATION_ERRORS, words: &[] };
static OF_REFUSALS: Form = Form { descriptor: &LIMIT_REFUSALS, words: LIMITS };
static OF_MISSING: Form = Form { descriptor: &MISSING_OUTCOMES, words: &[] };
static OF_LOST: Form = Form { descriptor: &AUDIT_LOST, words: &[] };
static OF_FILTERED: Form = Form { descriptor: &FILTERED, words: &["redacted", "withheld"] };
static OF_LIFTED: Form = Form { descriptor: &BREAK_GLASS_LIFTED, words: &[] };
static OF_APPROVALS: Form =
    Form { descriptor: &APPROVALS, words: &["approved", "rejected", "timeout"] };
static OF_SCORES: Form = Form { descriptor: &ANOMALY_SCORE, words: SIGNALS };

/// The policies that limits compile to.
const LIMITS: &[&str] = &["rate-limit", "spend-limit"];
const SIGNALS: &[&str] = &["rate", "denials", "hours", "amount", "novelty"];

/// What is counted for one agent.
#[derive(Debug)]
pub(crate) struct OfAgent {
    name: String,
    actions: Shelf,
    violations: Shelf,
    shadows: Shelf,
    errors: Shelf,
    refusals: Shelf,
    missing: Shelf,
    lost: Shelf,
    filtered: Shelf,
    lifted: Shelf,
    approvals: Shelf,
    scores: Shelf,
    losses: AtomicU64,
    /// When it last asked for an action, in seconds; 0 where it never did.
    seen: AtomicI64,
}

type ShelfOf = fn(&OfAgent) -> &Shelf;

/// Every agent.
#[derive(Debug)]
pub(super) struct Agents {
    registered: BTreeMap<AgentId, Arc<OfAgent>>,
    unknown: Arc<OfAgent>,
    /// The actions of audited functions that were told of.
    audited: Arc<RwLock<HashSet<Box<str>>>>,
    policies: Arc<BTreeSet<String>>,
}

/// What a policy found that is counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) policy: &'a str,
    pub(super) severity: Severity,
    pub(super) shadow: bool,
}

impl OfAgent {
    fn new(name: &str) -> Self {
        let shelf = |form| Shelf::new(form, name);
        Self {
            name: name.to_owned(),
            actions: shelf(&OF_ACTIONS),
            violations: shelf(&OF_VIOLATIONS),
            shadows: shelf(&OF_SHADOWS),
            errors: shelf(&OF_ERRORS),
            refusals: shelf(&OF_REFUSALS),
            missing: shelf(&OF_MISSING),
            lost: shelf(&OF_LOST),
            filtered: shelf(&OF_FILTERED),
            lifted: shelf(&OF_LIFTED),
            approvals: shelf(&OF_APPROVALS),
            scores: shelf(&OF_SCORES),
            losses: AtomicU64::new(0),
            seen: AtomicI64::new(0),
        }
    }

    pub(super) fn action(&self, action: &str, allowed: bool) {
        self.actions.count(action, usize::from(allowed));
    }

    pub(super) fn found(&self, found: Found<'_>) {
        let shelf = if found.shadow { &self.shadows } else { &self.violations };
        shelf.count(found.policy, found.severity as usize);
    }

    pub(super) fn failed(&self, policy: &str) {
        self.errors.count(policy, 0);
    }

    /// Counts an action once for each kind of limit that stood in its way.
    pub(super) fn limited(&self, stood: impl Fn(&str) -> bool) {
        for (word, _) in LIMITS.iter().enumerate().filter(|(_, limit)| stood(limit)) {
            self.refusals.count("", word);
        }
    }

    pub(super) fn missing(&self) {
        self.missing.count("", 0);
    }

    /// Counts an event that could not be recorded, and tells how many that makes.
    pub(crate) fn lost(&self) -> u64 {
        self.lost.count("", 0);
        self.losses.fetch_add(1, Ordering::Relaxed) + 1
    }

    pub(super) fn filtered(&self, action: &str, withheld: bool) {
        self.filtered.count(action, usize::from(withheld));
    }

    pub(super) fn lifted(&self) {
        self.lifted.count("", 0);
    }

    pub(super) fn approval(&self, status: ApprovalStatus) {
        let word = OF_APPROVALS.words.iter().position(|word| *word == status.as_str());
        word.into_iter().for_each(|word| self.approvals.count("", word));
    }

    pub(super) fn score(&self, signal: &str, score: u8) {
        let word = SIGNALS.iter().position(|word| *word == signal);
        word.into_iter().for_each(|word| self.scores.set("", word, u64::from(score)));
    }

    pub(crate) fn seen(&self, at: Timestamp) {
        self.seen.fetch_max(at.as_second(), Ordering::Relaxed);
    }

    pub(super) fn last_seen(&self) -> i64 {
        self.seen.load(Ordering::Relaxed)
    }

    /// Begins at 0 what alerts look at, so that the first increase is one.
    fn begin(&self, policies: &BTreeSet<(PolicyId, Severity)>) {
        for word in 0..OF_APPROVALS.words.len() {
            self.approvals.begin("", word);
        }
        self.missing.begin("", 0);
        self.lost.begin("", 0);
        for (policy, severity) in policies {
            self.violations.begin(policy.as_str(), *severity as usize);
            self.errors.begin(policy.as_str(), 0);
        }
    }

    fn retain(&self, known: &Known) {
        let actions = |action: &str| action == UNKNOWN || known.actions.contains(action);
        let policies = |policy: &str| known.policies.contains(policy);
        for shelf in [&self.actions, &self.filtered] {
            shelf.retain(actions);
        }
        for shelf in [&self.violations, &self.shadows, &self.errors] {
            shelf.retain(policies);
        }
    }
}

/// The names that governance directories have.
#[derive(Debug, Default)]
struct Known {
    actions: BTreeSet<String>,
    policies: BTreeSet<String>,
}

impl Default for Agents {
    fn default() -> Self {
        Self {
            registered: BTreeMap::new(),
            unknown: Arc::new(OfAgent::new(UNKNOWN)),
            audited: Arc::default(),
            policies: Arc::default(),
        }
    }
}

impl Agents {
    /// As [`Self::of`], to be kept.
    pub(super) fn shared(&self, agent: &str) -> Arc<OfAgent> {
        Arc::clone(self.registered.get(agent).unwrap_or(&self.unknown))
    }

    /// Returns the name that an action of an audited function is counted under: its own, which is in a program's text,
    /// for the first thousand.
    pub(super) fn audited<'a>(&self, action: &'a str) -> &'a str {
        if self.audited.read().contains(action) {
            return action;
        }
        let mut audited = self.audited.write();
        let fits = audited.len() < MOST_AUDITED;
        if fits {
            audited.insert(action.into());
        }
        if fits { action } else { UNKNOWN }
    }

    /// Returns the name that a policy is counted under.
    pub(super) fn policy<'a>(&self, policy: &'a str) -> &'a str {
        if self.policies.contains(policy) { policy } else { UNKNOWN }
    }

    /// Returns what is counted for an agent; for one that is not registered, what all of those share.
    pub(super) fn of(&self, agent: &str) -> &OfAgent {
        self.registered.get(agent).unwrap_or(&self.unknown)
    }

    /// Takes up the agents of all `directories`, and forgets what is in none.
    pub(super) fn follow(&self, directories: &[&Governance]) -> Self {
        let mut known = Known::default();
        let mut registered = BTreeMap::new();
        let mut begun = Vec::new();
        known.policies.extend(RESERVED.iter().copied().chain([APPROVAL]).map(str::to_owned));
        for governance in directories {
            known.actions.extend(governance.catalogue.keys().map(ToString::to_string));
            known.policies.extend(governance.engine.policies().map(ToString::to_string));
            // An agent of that name is counted with those that are not registered.
            for id in governance.agents.keys().filter(|id| id.as_str() != UNKNOWN) {
                let own = registered.entry(id.clone()).or_insert_with(|| {
                    let known = self.registered.get(id).map(Arc::clone);
                    known.unwrap_or_else(|| Arc::new(OfAgent::new(id.as_str())))
                });
                begun.push((Arc::clone(own), governance.engine.forbids(id)));
            }
        }
        let many = begun.iter().map(|(_, policies)| policies.len()).sum::<usize>() > MOST_BEGUN;
        for (agent, mut policies) in begun {
            if many {
                policies.retain(|(policy, _)| RESERVED.contains(&policy.as_str()));
            }
            agent.begin(&policies);
        }
        known.actions.extend(self.audited.read().iter().map(|action| action.to_string()));
        known.policies.insert(UNKNOWN.to_owned());
        registered.values().chain([&self.unknown]).for_each(|agent| agent.retain(&known));
        Self {
            registered,
            unknown: Arc::clone(&self.unknown),
            audited: Arc::clone(&self.audited),
            policies: Arc::new(known.policies),
        }
    }

    /// Writes every series, family by family.
    pub(super) fn render(&self, text: &mut String) {
        let families: [(&Form, ShelfOf); 11] = [
            (&OF_ACTIONS, |agent| &agent.actions),
            (&OF_VIOLATIONS, |agent| &agent.violations),
            (&OF_APPROVALS, |agent| &agent.approvals),
            (&OF_SHADOWS, |agent| &agent.shadows),
            (&OF_ERRORS, |agent| &agent.errors),
            (&OF_REFUSALS, |agent| &agent.refusals),
            (&OF_MISSING, |agent| &agent.missing),
            (&OF_LOST, |agent| &agent.lost),
            (&OF_FILTERED, |agent| &agent.filtered),
            (&OF_LIFTED, |agent| &agent.lifted),
            (&OF_SCORES, |agent| &agent.scores),
        ];
        for (form, shelf) in families {
            let metric = form.descriptor;
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# HELP {} {}.", metric.name, metric.meaning);
            let _ = writeln!(text, "# TYPE {} {}", metric.name, metric.kind);
            for agent in self.registered.values().chain([&self.unknown]) {
                shelf(agent).render(text);
            }
        }
    }

    /// Returns the agents that are registered, by name.
    pub(super) fn registered(&self) -> impl Iterator<Item = (&str, &OfAgent)> {
        self.registered.values().map(|agent| (agent.name.as_str(), &**agent))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use prometheus_client::encoding::text::encode_registry;
    use prometheus_client::metrics::counter::Counter;
    use prometheus_client::metrics::family::Family;
    use prometheus_client::registry::Registry;
    use syndic_model::{AgentId, Severity};

    use super::{
        Agents, Found, OF_ACTIONS, OF_APPROVALS, OF_ERRORS, OF_MISSING, OF_VIOLATIONS, OfAgent,
        SEVERITIES, UNKNOWN,
    };
    use crate::metrics::shelf::{Form, Shelf};

    type Labels = Vec<(&'static str, String)>;

    /// Encodes what is counted as the library does.
    fn by_the_library(form: &Form, counted: &[(Labels, u64)]) -> BTreeSet<String> {
        let (mut registry, family) = (Registry::default(), Family::<Labels, Counter>::default());
        registry.register(form.descriptor.name, form.descriptor.meaning, family.clone());
        for (labels, count) in counted {
            family.get_or_create(labels).inc_by(*count);
        }
        let mut text = String::new();
        encode_registry(&mut text, &registry).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn series_are_written_as_the_library_writes_them() {
        let agents = Agents::default();
        let agent = agents.of("made-up");
        for allowed in [true, false, true] {
            agent.action("pay", allowed);
        }
        let found = |policy, shadow| Found { policy, severity: Severity::High, shadow };
        agent.found(found("refund-cap", false));
        agent.found(found("refund-cap", true));
        agent.failed("refund-cap");
        agent.missing();
        agent.approval(syndic_model::ApprovalStatus::Timeout);
        let mut text = String::new();
        agents.render(&mut text);
        let told: BTreeSet<String> = text.lines().map(str::to_owned).collect();
        let labels = |more: &[(&'static str, &str)]| -> Labels {
            let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
            [("agent_name", UNKNOWN.to_owned())].into_iter().chain(more).collect()
        };
        let violation = labels(&[("policy_name", "refund-cap"), ("severity", "high")]);
        for (form, counted) in [
            (
                &OF_ACTIONS,
                vec![
                    (labels(&[("action", "pay"), ("allowed", "true")]), 2),
                    (labels(&[("action", "pay"), ("allowed", "false")]), 1),
                ],
            ),
            (&OF_VIOLATIONS, vec![(violation, 1)]),
            (&OF_ERRORS, vec![(labels(&[("policy_name", "refund-cap")]), 1)]),
            (&OF_MISSING, vec![(labels(&[]), 1)]),
            (&OF_APPROVALS, vec![(labels(&[("status", "timeout")]), 1)]),
        ] {
            let expected = by_the_library(form, &counted);
            let lacking: Vec<_> = expected.difference(&told).collect();
            assert!(lacking.is_empty(), "{lacking:#?}\n{text}");
        }
    }

    #[test]
    fn what_would_end_a_value_is_escaped_as_the_library_does() {
        let name = "a\\b\"c\nd";
        let shelf = Shelf::new(&OF_ERRORS, name);
        shelf.count(name, 0);
        let mut text = String::new();
        shelf.render(&mut text);
        let labels = vec![("agent_name", name.to_owned()), ("policy_name", name.to_owned())];
        let expected = by_the_library(&OF_ERRORS, &[(labels, 1)]);
        assert!(expected.contains(text.trim_end()), "{text}\n{expected:?}");
    }

    #[test]
    fn what_is_forgotten_is_gone_and_the_rest_goes_on() {
        let shelf = Shelf::new(&OF_ACTIONS, "support");
        for (action, allowed) in [("pay", 0), ("search", 1), ("search", 1), ("pay", 1)] {
            shelf.count(action, allowed);
        }
        shelf.retain(|action| action == "search");
        shelf.count("search", 1);
        shelf.count("search", 0);
        let mut text = String::new();
        shelf.render(&mut text);
        let of = |allowed: &str, count: u64| {
            format!(
                "ai_agent_actions_total{{agent_name=\"support\",action=\"search\",allowed=\"{allowed}\"}} {count}\n"
            )
        };
        assert_eq!(text, of("true", 3) + &of("false", 1));
    }

    /// What `cargo test --release -p syndic-gate --lib -- --ignored --nocapture scrape` prints.
    #[test]
    #[ignore = "measures, and is told nothing by a build that is not optimised"]
    fn a_scrape_of_500_agents_and_200_actions_is_measured() {
        let registered = (0..500).map(|number| {
            let id: AgentId = format!("support-agent-{number:03}").parse().unwrap();
            let agent = OfAgent::new(id.as_str());
            for action in 0..200 {
                let action = format!("catalogue_action_{action:03}");
                (0..7).for_each(|_| agent.action(&action, true));
                agent.action(&action, false);
            }
            (id, Arc::new(agent))
        });
        let agents = Agents { registered: registered.collect(), ..Agents::default() };
        for _ in 0..10 {
            let (begun, mut text) = (std::time::Instant::now(), String::new());
            agents.render(&mut text);
            let (took, series) = (begun.elapsed(), text.lines().count());
            println!("{series} lines, {} KiB, {took:?}", text.len() >> 10);
        }
    }

    #[test]
    fn severities_are_in_the_order_of_their_words() {
        for (place, severity) in Severity::ALL.iter().enumerate() {
            assert_eq!((SEVERITIES[place], place), (severity.as_str(), *severity as usize));
        }
    }
}
