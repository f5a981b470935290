//! What people answer for about an agent, that no machine can measure.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use thiserror::Error;

use crate::risk::words;

/// The most bytes of a statement's value.
pub const MAX_STATEMENT_BYTES: usize = 4096;

words! {
    /// What part an operator has, as the EU AI Act puts it.
    OperatorRole, "operator role", "provider, deployer":
    /// Who has the system made and puts it on the market or into service.
    Provider = "provider",
    /// Who uses it under their own authority.
    Deployer = "deployer",
}

words! {
    /// By which annex of the EU AI Act an agent is high-risk.
    HighRisk, "high-risk class", "annex_iii, annex_i, none":
    /// A use of Annex III.
    AnnexIii = "annex_iii",
    /// A safety component under a law of Annex I.
    AnnexI = "annex_i",
    /// By neither.
    None = "none",
}

/// The fields of the record of product R7, and what the checklist asks of people beside them.
pub const STATEMENT_FIELDS: [&str; 27] = [
    "risk_assessment_completed",
    "risk_assessment_date",
    "residual_risks_documented",
    "training_data_documented",
    "bias_testing_completed",
    "data_quality_measures",
    "system_description",
    "intended_purpose",
    "performance_metrics",
    "audit_logs_enabled",
    "log_retention_days",
    "users_informed_of_ai",
    "ai_disclosure_text",
    "human_oversight_measures",
    "override_capability",
    "accuracy_metrics",
    "adversarial_testing",
    "risk_level_classified",
    "failure_modes_documented",
    "stakeholders_identified",
    "prohibited_practices_screened",
    "data_access_documented",
    "gdpr_data_handling",
    "sector_requirements_reviewed",
    "incident_response_plan",
    "instructions_for_use",
    "eu_ai_act_assessed",
];

/// What a statement is about: a field of [`STATEMENT_FIELDS`], or a control such as `eu-ai-act:art-4`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementField(String);

/// A text names nothing that a statement can be about.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is nothing a statement can be about: name a field such as `intended_purpose`, or a control such as \
     `eu-ai-act:art-4`"
)]
pub struct StatementFieldError(pub String);

impl StatementField {
    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether it is about a control of a framework.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.0.contains(':')
    }
}

impl fmt::Display for StatementField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for StatementField {
    type Err = StatementFieldError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |part: &str| {
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
            !part.is_empty() && part.bytes().all(|byte| plain(byte) || b"-_.".contains(&byte))
        };
        let control = text.len() <= 128
            && text.split_once(':').is_some_and(|(framework, id)| fits(framework) && fits(id));
        if control || STATEMENT_FIELDS.contains(&text) {
            Ok(Self(text.to_owned()))
        } else {
            let shown = text.chars().take(80).flat_map(char::escape_default).collect();
            Err(StatementFieldError(shown))
        }
    }
}

/// What is stated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementValue {
    /// It is so.
    Yes,
    /// It is not so.
    No,
    /// A text, a number or a date, at most [`MAX_STATEMENT_BYTES`].
    Text(String),
    /// It does not apply to this agent, and why.
    NotApplicable(String),
}

impl StatementValue {
    /// Reads what is stated, and why where it does not apply.
    #[must_use]
    pub fn read(text: &str, reason: Option<&str>) -> Self {
        match text {
            "true" => Self::Yes,
            "false" => Self::No,
            "not_applicable" => Self::NotApplicable(reason.unwrap_or_default().to_owned()),
            text => Self::Text(text.to_owned()),
        }
    }

    /// Returns the text that [`Self::read`] reads.
    #[must_use]
    pub fn as_text(&self) -> &str {
        match self {
            Self::Yes => "true",
            Self::No => "false",
            Self::NotApplicable(_) => "not_applicable",
            Self::Text(text) => text,
        }
    }

    /// Returns why it does not apply, where it does not.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::NotApplicable(reason) => Some(reason),
            Self::Yes | Self::No | Self::Text(_) => None,
        }
    }
}

/// Somebody answers for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What is stated.
    pub value: StatementValue,
    /// Who states it: a name or a role.
    pub by: String,
    /// Their function.
    pub function: Option<String>,
    /// When.
    pub on: Date,
    /// The last day on which it holds.
    pub expires: Date,
    /// SHA-256 (hex) of the document it rests on.
    pub document: Option<String>,
}

/// What `compliance/<agent>.yaml` says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ComplianceRecord {
    /// What part the operator has; both where none is named.
    pub roles: Vec<OperatorRole>,
    /// By which annex it is high-risk; unknown where nothing is said.
    pub high_risk: Option<HighRisk>,
    /// When it was placed on the market or put into service.
    pub placed_on: Option<Date>,
    /// What people answer for.
    pub statements: BTreeMap<StatementField, Statement>,
}
