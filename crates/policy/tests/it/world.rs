//! The shipped agents and catalogue, and short ways to ask about them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use syndic_model::{
    ActionName, AgentId, AgentProfile, Allowed, Arguments, Capability, CatalogueEntry,
    EnforcementGrade, Fact, FactSource, Finding, LabelName, Level, LocalTime, Mode, Output, Owner,
    Reason, RiskLevel, Threshold, ThresholdRule,
};
use syndic_policy::{
    Call, Detected, Engine, Evaluation, Loaded, PolicyFile, Session, Sources, Usage,
};

pub(crate) const PERMIT: &str =
    "@id(\"base\")\n@description(\"d\")\npermit(principal, action, resource);\n";

/// Everything a policy set is made of, to be changed by a test.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) agents: BTreeMap<AgentId, AgentProfile>,
    pub(crate) catalogue: BTreeMap<ActionName, CatalogueEntry>,
    pub(crate) files: Vec<PolicyFile>,
}

impl World {
    /// The shipped agents and actions under one permit.
    pub(crate) fn shipped() -> Self {
        let agents = [knowledge_base(), customer_support(), financial_advisor()];
        let catalogue = catalogue();
        let mut world = Self {
            agents: agents.into_iter().map(|agent| (agent.id.clone(), agent)).collect(),
            catalogue: catalogue.into_iter().map(|entry| (entry.name.clone(), entry)).collect(),
            files: Vec::new(),
        };
        world.org(PERMIT);
        world
    }

    pub(crate) fn org(&mut self, text: &str) -> &mut Self {
        let path = format!("policies/org/{}.cedar", self.files.len());
        self.files.push(PolicyFile { path, team: None, text: text.to_owned() });
        self
    }

    /// Adds a forbid with the usual annotations, which start on the first line of a file.
    pub(crate) fn forbid(&mut self, id: &str, marks: &str, rest: &str) -> &mut Self {
        self.org(&forbid(id, marks, rest))
    }

    pub(crate) fn team(&mut self, team: &str, text: &str) -> &mut Self {
        let path = format!("policies/teams/{team}/{}.cedar", self.files.len());
        self.files.push(PolicyFile {
            path,
            team: Some(team.parse().unwrap()),
            text: text.to_owned(),
        });
        self
    }

    pub(crate) fn agent(&mut self, id: &str) -> &mut AgentProfile {
        self.agents.get_mut(id).unwrap()
    }

    pub(crate) fn entry(&mut self, action: &str) -> &mut CatalogueEntry {
        self.catalogue.get_mut(action).unwrap()
    }

    pub(crate) fn load(&self) -> Loaded {
        Engine::load(&Sources {
            agents: &self.agents,
            catalogue: &self.catalogue,
            calendars: &BTreeSet::from(["office".parse().unwrap()]),
            groups: None,
            pii: &["EMAIL_ADDRESS", "US_SSN"].map(str::to_owned).into(),
            files: &self.files,
        })
    }

    pub(crate) fn engine(&self) -> Engine {
        let Loaded { engine, findings } = self.load();
        engine.unwrap_or_else(|| panic!("{findings:#?}"))
    }

    /// Returns what is wrong, one line each, and checks that errors alone keep a set from loading.
    pub(crate) fn findings(&self) -> Vec<String> {
        let Loaded { engine, findings } = self.load();
        assert_eq!(
            engine.is_none(),
            findings.iter().any(|finding| finding.level == Level::Error),
            "{findings:?}"
        );
        findings.iter().map(line).collect()
    }

    pub(crate) fn decide(&self, agent: &str, action: &str, args: &str) -> String {
        decide(&self.engine(), agent, action, args, &call())
    }
}

pub(crate) fn forbid(id: &str, marks: &str, rest: &str) -> String {
    format!(
        "@id(\"{id}\") @description(\"d\") @severity(\"medium\") @reason(\"{id} says no\") {marks}\nforbid{rest};\n"
    )
}

fn line(finding: &Finding) -> String {
    match &finding.hint {
        Some(hint) => format!("{finding} ({hint})"),
        None => finding.to_string(),
    }
}

static NOTHING: LazyLock<Detected> = LazyLock::new(Detected::default);
pub(crate) static NOBODY: BTreeSet<String> = BTreeSet::new();
static UNLABELLED: BTreeSet<LabelName> = BTreeSet::new();
static UNUSED: LazyLock<Usage> = LazyLock::new(Usage::default);

/// Noon on a Monday, nothing suspended.
pub(crate) fn call() -> Call<'static> {
    let now = "2026-03-02T12:00:00Z".parse::<Timestamp>().unwrap();
    Call {
        now,
        local: LocalTime::at(now, &TimeZone::UTC),
        open: Vec::new(),
        environment: "prod",
        session: Session { id: None, labels: &UNLABELLED, known_recipients: &NOBODY },
        known_recipients: &NOBODY,
        delegation: Vec::new(),
        usage: &UNUSED,
        suspended: false,
        detected: &NOTHING,
        anomaly: 0,
        grade: EnforcementGrade::InPath,
    }
}

/// Answers in one line: the effect, every reason, and whom to ask.
pub(crate) fn decide(
    engine: &Engine,
    agent: &str,
    action: &str,
    args: &str,
    call: &Call<'_>,
) -> String {
    match evaluate(engine, agent, action, args, call) {
        Err(refusal) => format!("refused: {refusal}"),
        Ok(evaluation) => {
            let reasons = evaluation.violations().map(|check| format!("; {}", Reason(check)));
            let groups = evaluation.groups().into_iter().map(|group| format!("; ask {group}"));
            format!("{}{}", evaluation.effect, reasons.chain(groups).collect::<String>())
        }
    }
}

pub(crate) fn evaluate(
    engine: &Engine,
    agent: &str,
    action: &str,
    args: &str,
    call: &Call<'_>,
) -> Result<Evaluation, String> {
    let args = Arguments::parse(&RawValue::from_string(args.to_owned()).unwrap()).unwrap();
    let examined = engine.examine(&action.parse().unwrap(), &args);
    let examined = examined.map_err(|refusal| Reason(&refusal.check).to_string())?;
    Ok(engine.evaluate(&agent.parse().unwrap(), &examined, None, call))
}

pub(crate) fn entry(name: &str, capabilities: &[Capability], input: Value) -> CatalogueEntry {
    CatalogueEntry {
        name: name.parse().unwrap(),
        description: name.to_owned(),
        capabilities: capabilities.iter().copied().collect(),
        tools: Vec::new(),
        input,
        facts: BTreeMap::new(),
        labels: BTreeSet::new(),
        incidental: Vec::new(),
        output: Output::default(),
    }
}

pub(crate) fn at(pointer: &str) -> FactSource {
    FactSource {
        pointers: vec![pointer.parse().unwrap()],
        constant: None,
        default: None,
        optional: false,
    }
}

pub(crate) fn constant(value: Value) -> FactSource {
    FactSource { pointers: Vec::new(), constant: Some(value), default: None, optional: false }
}

/// An object whose properties are all required, but those that end in `?`.
pub(crate) fn object(properties: &[(&str, &str)]) -> Value {
    let required: Vec<_> =
        properties.iter().filter(|(name, _)| !name.ends_with('?')).map(|(name, _)| *name).collect();
    let typed: serde_json::Map<String, Value> = properties
        .iter()
        .map(|(name, kind)| (name.trim_end_matches('?').to_owned(), json!({"type": kind})))
        .collect();
    json!({"type": "object", "properties": typed, "required": required, "additionalProperties": false})
}

fn catalogue() -> Vec<CatalogueEntry> {
    use Capability::{ExecuteCode, FinancialTransaction, Read, SendExternalMessage, WriteData};
    let strings = |names: &[&'static str]| {
        object(&names.iter().map(|name| (*name, "string")).collect::<Vec<_>>())
    };
    let money = |mut entry: CatalogueEntry| {
        entry.facts.insert(Fact::Amount, at("/amount"));
        entry.facts.insert(Fact::Currency, constant(json!("USD")));
        entry
    };
    let message = |mut entry: CatalogueEntry, content: &str| {
        entry.facts.insert(Fact::Recipients, at("/recipient"));
        entry.facts.insert(Fact::Content, at(content));
        entry
    };
    vec![
        entry("search_knowledge_base", &[Read], strings(&["query"])),
        message(
            entry(
                "send_external_message",
                &[SendExternalMessage],
                strings(&["recipient", "message"]),
            ),
            "/message",
        ),
        entry("update_ticket", &[WriteData], strings(&["ticket_id", "status?", "note?"])),
        money(entry(
            "issue_refund",
            &[WriteData],
            object(&[("order_id", "string"), ("amount", "number")]),
        )),
        money(entry(
            "execute_transaction",
            &[FinancialTransaction],
            object(&[("amount", "number"), ("recipient", "string")]),
        )),
        message(
            entry(
                "send_contract",
                &[SendExternalMessage, WriteData],
                strings(&["recipient", "document"]),
            ),
            "/document",
        ),
        entry("run_code", &[ExecuteCode], strings(&["language", "source"])),
    ]
}

fn agent(
    id: &str,
    risk_level: RiskLevel,
    capabilities: &[Capability],
    actions: &[&str],
) -> AgentProfile {
    AgentProfile {
        id: id.parse().unwrap(),
        name: id.to_owned(),
        risk_level,
        capabilities: capabilities.iter().copied().collect(),
        max_transaction_amount: "0 USD".parse().unwrap(),
        requires_human_approval: false,
        approval_threshold: Threshold::Never,
        owner: Owner {
            person: "p".into(),
            team: "support".parse().unwrap(),
            contact: "p@example.com".into(),
        },
        purpose: String::new(),
        version: "1.0".into(),
        model: None,
        time_zone: TimeZone::UTC,
        mode: Mode::Enforce,
        approvers: Some("support-lead".parse().unwrap()),
        actions: actions.iter().map(|action| Allowed::Action(action.parse().unwrap())).collect(),
        limits: Vec::new(),
        stakeholders: Vec::new(),
        failure_modes: Vec::new(),
        data_access: Vec::new(),
        incident_plan: None,
        output: Output::default(),
    }
}

fn knowledge_base() -> AgentProfile {
    agent("knowledge-base", RiskLevel::Low, &[], &["search_knowledge_base"])
}

fn customer_support() -> AgentProfile {
    let actions =
        ["search_knowledge_base", "update_ticket", "send_external_message", "issue_refund"];
    let capabilities = [Capability::WriteData, Capability::SendExternalMessage];
    let rule = ThresholdRule {
        actions: vec!["issue_refund".parse().unwrap()],
        amount_over: Some("100 USD".parse().unwrap()),
        ..ThresholdRule::default()
    };
    AgentProfile {
        requires_human_approval: true,
        approval_threshold: Threshold::Rules(vec![rule]),
        ..agent("customer-support", RiskLevel::Medium, &capabilities, &actions)
    }
}

fn financial_advisor() -> AgentProfile {
    let actions =
        ["search_knowledge_base", "send_external_message", "execute_transaction", "send_contract"];
    let capabilities =
        [Capability::WriteData, Capability::SendExternalMessage, Capability::FinancialTransaction];
    let mut profile = agent("financial-advisor", RiskLevel::High, &capabilities, &actions);
    profile.owner.team = "finance".parse().unwrap();
    AgentProfile {
        max_transaction_amount: "1000.00 USD".parse().unwrap(),
        requires_human_approval: true,
        approval_threshold: Threshold::Always,
        approvers: Some("finance-lead".parse().unwrap()),
        ..profile
    }
}
