//! What a framework asks for.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use super::schema::Day;
use super::words;
use crate::IncidentClass;

/// A duty, a control, a threat or a risk of a framework.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ControlEntry {
    /// Its id, such as `eu-ai-act:art-26-6`.
    pub id: String,
    /// How the framework refers to it, such as `Art. 26(6)`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its name.
    pub title: String,
    /// What sort of entry it is, where a framework has several.
    #[serde(default, rename = "type")]
    pub sort: Option<String>,
    /// What is to be done, in our own words.
    #[serde(default)]
    pub duty: Option<String>,
    /// Whose duty it is; everybody's where nobody is named.
    #[serde(default)]
    pub bearers: Vec<Bearer>,
    /// From when it applies; always where nothing is said.
    #[serde(default)]
    pub applies_from: Option<AppliesFrom>,
    /// How it can be shown, where the framework says so; see [`Self::mode`].
    #[serde(default)]
    pub evidence_mode: Option<EvidenceMode>,
    /// The check of a report it counts for.
    #[serde(default)]
    pub report_check: Option<ReportCheck>,
    /// What a runtime can do about it.
    #[serde(default)]
    pub runtime_controls: Option<String>,
    /// What can be measured of it.
    #[serde(default)]
    pub measured_evidence: Option<String>,
    /// What people must answer for.
    #[serde(default)]
    pub attested_evidence: Option<String>,
    /// The probes that give evidence of it.
    #[serde(default)]
    pub probes: Vec<String>,
    /// Controls of another framework whose evidence is its evidence.
    #[serde(default)]
    pub maps_to: Vec<String>,
    /// Threats of another framework it answers.
    #[serde(default)]
    pub threats: Vec<String>,
    /// How far a runtime reaches, honestly.
    #[serde(default)]
    pub honest_reach: Option<String>,
    /// What a reader must know.
    #[serde(default)]
    pub note: Option<String>,
    /// The time in which an incident must be reported.
    #[serde(default)]
    pub clock: Option<Clock>,
}

impl ControlEntry {
    /// Tells how it can be shown: as the framework says, or else measured where there is anything to measure.
    #[must_use]
    pub fn mode(&self) -> EvidenceMode {
        let measurable = !self.probes.is_empty() || !self.maps_to.is_empty();
        let usual = if measurable { EvidenceMode::Measured } else { EvidenceMode::Attested };
        self.evidence_mode.unwrap_or(usual)
    }
}

words! {
    /// Whose duty it is.
    Bearer:
    /// Who has an AI system made and puts it on the market or into service.
    Provider = "provider",
    /// Who uses it under their own authority.
    Deployer = "deployer",
    /// Who brings it into the Union.
    Importer = "importer",
    /// Who makes it available without being either.
    Distributor = "distributor",
    /// Who supplies a part of it.
    ComponentSupplier = "component_supplier",
    /// Everybody.
    All = "all",
    /// Who decides why and how personal data is processed.
    Controller = "controller",
    /// Who processes it for them.
    Processor = "processor",
}

words! {
    /// How a duty can be shown.
    EvidenceMode:
    /// By what the running system measures.
    Measured = "measured",
    /// By what a person answers for.
    Attested = "attested",
    /// By both together.
    Mixed = "mixed",
}

words! {
    /// How sure a day is.
    Confidence:
    /// The text was seen, or several sources agree.
    High = "high",
    /// One source, or a reading of the text.
    Medium = "medium",
    /// Sources read the text in different ways.
    Disputed = "disputed",
}

words! {
    /// A check of a report: the seven of the compliance record, then those that were added.
    ReportCheck:
    /// Risk management.
    RiskManagement = "risk_management",
    /// Data and data governance.
    DataGovernance = "data_governance",
    /// Technical documentation.
    Documentation = "documentation",
    /// Records.
    RecordKeeping = "record_keeping",
    /// Telling people that it is AI.
    Transparency = "transparency",
    /// Human oversight.
    HumanOversight = "human_oversight",
    /// Accuracy and robustness.
    Accuracy = "accuracy",
    /// Whether the system is high-risk.
    Classification = "classification",
    /// What nobody may do.
    ProhibitedPractices = "prohibited_practices",
    /// Information to deployers.
    InstructionsForUse = "instructions_for_use",
    /// Resistance to attacks.
    Cybersecurity = "cybersecurity",
    /// Incidents and their times.
    IncidentResponse = "incident_response",
    /// Watching it after it is placed on the market.
    Monitoring = "monitoring",
    /// The fundamental rights impact assessment.
    Fria = "fria",
    /// The EU database.
    Registration = "registration",
    /// Use within the instructions.
    UseAsInstructed = "use_as_instructed",
    /// The quality management system.
    QualityManagement = "quality_management",
    /// Conformity assessment, declaration and mark.
    Conformity = "conformity",
}

/// From when a duty applies.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AppliesFrom {
    /// To everybody it binds.
    #[serde(default)]
    #[schemars(with = "Option<Day>")]
    pub all: Option<Date>,
    /// By its text, where it cannot take effect without a duty that applies later.
    #[serde(default)]
    #[schemars(with = "Option<Day>")]
    pub text: Option<Date>,
    /// To systems that are high-risk by Annex III of the EU AI Act.
    #[serde(default)]
    #[schemars(with = "Option<Day>")]
    pub annex_iii: Option<Date>,
    /// To systems that are high-risk by Annex I of the EU AI Act.
    #[serde(default)]
    #[schemars(with = "Option<Day>")]
    pub annex_i: Option<Date>,
    /// To systems that were placed on the market before 2 August 2026.
    #[serde(default)]
    #[schemars(with = "Option<Day>")]
    pub placed_before_2026_08_02: Option<Date>,
    /// The part of it that is Art. 101 of the EU AI Act.
    #[serde(default)]
    #[schemars(with = "Option<Day>")]
    pub art_101: Option<Date>,
    /// How sure these days are.
    pub confidence: Confidence,
}

/// The time in which an incident must be reported.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// The incidents it runs for.
    pub classes: Vec<IncidentClass>,
    /// For how long it runs from awareness.
    pub within: Term,
    /// What else must be so, which no class says.
    #[serde(default)]
    pub only_where: Option<String>,
}

/// A stretch of time: calendar days, or hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Calendar days.
    Days(u16),
    /// Hours.
    Hours(u16),
}
