//! Statements: what people answer for about an agent, that no machine can measure.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use syndic_compliance::{Catalogue, asks_yes_or_no, measured_alone};
use syndic_ledger::{Baseline, Record, StatementMade, StatementWithdrawn};
use syndic_model::{EventId, MAX_STATEMENT_BYTES, StatementField, StatementValue};
use thiserror::Error;

use crate::Gate;
use crate::agents::{UnknownName, profile};
use crate::assurance::Noted;
use crate::compliance::{baseline, policy_before_promotion};
use crate::gate::WriteFailed;

/// How long a statement holds where nothing is said, and at most.
const USUAL_DAYS: i64 = 365;
const MOST_DAYS: i64 = 3 * 366;
/// The longest name and function, in characters, and the longest reason, in bytes.
const MOST_NAME: usize = 200;
const MOST_REASON: usize = 1000;
/// What commands show in place of what only people know.
const PLACEHOLDERS: [&str; 4] = ["NAME", "FUNCTION", "TEXT", "DATE"];
/// The field that holds a day.
const DAY: &str = "risk_assessment_date";
/// How many fields there may be statements about, of one agent.
const MOST_FIELDS: usize = 1000;

/// What somebody answers for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The agent.
    pub agent: String,
    /// What it is about.
    pub field: StatementField,
    /// What is stated.
    pub value: StatementValue,
    /// Who states it: a name or a role.
    pub name: String,
    /// Their function.
    pub function: String,
    /// Until when it holds; a year where nothing is said, three years at most.
    pub expires: Option<Timestamp>,
    /// SHA-256 (hex) of the document it rests on.
    pub document: Option<String>,
}

/// A statement that was not withdrawn or replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementView {
    /// Its id.
    pub id: String,
    /// The agent.
    pub agent: String,
    /// What it is about.
    pub field: String,
    /// What is stated.
    pub value: StatementValue,
    /// Who states it.
    pub name: String,
    /// Their function.
    pub function: String,
    /// The key that did it.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Until when it holds.
    pub expires: Timestamp,
    /// SHA-256 (hex) of the document it rests on.
    pub document: Option<String>,
    /// Its record.
    pub record: u64,
    /// Why it does not hold any more, each a word: `expired`, or what changed since: `purpose`, `model`, `tools`,
    /// `policy`.
    pub stale: Vec<&'static str>,
}

/// Says why a statement was not recorded or withdrawn.
#[derive(Debug, Error)]
pub enum AttestError {
    /// No such agent.
    #[error(transparent)]
    Unknown(#[from] UnknownName),
    /// Something has to be stated.
    #[error("a value of 1 to {MAX_STATEMENT_BYTES} bytes is needed")]
    Value,
    /// Somebody answers for it.
    #[error("a name and a function of 1 to {MOST_NAME} characters are needed; they are recorded")]
    Name,
    /// A reason is part of the record.
    #[error("a reason of 1 to {MOST_REASON} bytes is needed; it is recorded")]
    Reason,
    /// It would not hold, or for too long.
    #[error("a statement expires after now, and within three years")]
    Expires,
    /// It is what a command shows in place of a name.
    #[error("`{0}` stands for something in an example: say who answers for it")]
    Placeholder(String),
    /// It is so, or it is not.
    #[error(
        "`{0}` is answered with `true` or `false`, or ruled out with a reason; details belong in a document, of which \
         the hash is recorded"
    )]
    YesOrNo(StatementField),
    /// A day is asked for.
    #[error("`{0}` is not a day that was: write it like 2026-11-02")]
    Day(String),
    /// Nobody can answer for what there is not.
    #[error("there is no control `{0}`; `syndic comply catalogue FRAMEWORK` lists them")]
    Control(StatementField),
    /// A machine shows it, and nobody's word counts.
    #[error(
        "`{field}` is measured ({}), and a report counts nobody's word for it; `syndic comply report` shows what was \
         measured",
        .probes.join(", ")
    )]
    Measured {
        /// The field.
        field: StatementField,
        /// What measures it.
        probes: &'static [&'static str],
    },
    /// No document has this hash.
    #[error("`document` is a SHA-256 in 64 hex digits in lower case")]
    Document,
    /// There are too many.
    #[error("there are statements about {MOST_FIELDS} fields of this agent already; withdraw some")]
    Crowded,
    /// Nobody states that.
    #[error("nothing is stated about `{field}` of `{agent}`; `syndic attest list` shows what is")]
    Nothing {
        /// The agent.
        agent: String,
        /// The field.
        field: StatementField,
    },
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Records what somebody answers for, and what that speaks of as it is now; it replaces what was stated about the
    /// field.
    ///
    /// # Errors
    /// When there is no such agent, too little or too much is said, or it cannot be recorded.
    pub async fn attest(
        &self,
        attestation: Attestation,
        by: &str,
    ) -> Result<StatementView, AttestError> {
        let governance = self.governance();
        let agent = profile(&governance, &attestation.agent)?;
        let Attestation { field, value, name, function, expires, document, .. } = attestation;
        check(&value, &name, &function, document.as_deref())?;
        check_field(&field, &value, self.now())?;
        let made = StatementMade {
            id: EventId::draw(self.clock.as_ref()).to_string(),
            agent: agent.id.to_string(),
            field: field.to_string(),
            value: value.as_text().to_owned(),
            reason: value.reason().map(str::to_owned),
            name,
            role: function,
            by: by.to_owned(),
            expires: end(self.now(), expires)?,
            document,
            baseline: baseline(&governance, agent),
        };
        if self.is_crowded(&made) {
            return Err(AttestError::Crowded);
        }
        let (index, at) = self.assure(Record::StatementMade(Box::new(made.clone()))).await?;
        let current = made.baseline.clone();
        Ok(view(&Noted { index, at, record: made }, &current, None, at))
    }

    /// Withdraws what is stated about a field; answers with what that was.
    ///
    /// # Errors
    /// When there is no such agent, statement or reason, or it cannot be recorded.
    pub async fn withdraw_statement(
        &self,
        agent: &str,
        field: &StatementField,
        reason: &str,
        by: &str,
    ) -> Result<StatementView, AttestError> {
        if reason.trim().is_empty() || reason.len() > MOST_REASON {
            return Err(AttestError::Reason);
        }
        let stated = self.statements(agent)?;
        let stated = stated.into_iter().find(|view| view.field == field.as_str());
        let Some(stated) = stated else {
            return Err(AttestError::Nothing { agent: agent.to_owned(), field: field.clone() });
        };
        let withdrawn = StatementWithdrawn {
            id: stated.id.clone(),
            agent: stated.agent.clone(),
            field: stated.field.clone(),
            reason: reason.to_owned(),
            by: by.to_owned(),
        };
        self.assure(Record::StatementWithdrawn(withdrawn)).await?;
        Ok(stated)
    }

    /// Lists what is stated about an agent in the ledger, by field.
    ///
    /// # Errors
    /// When there is no such agent.
    pub fn statements(&self, agent: &str) -> Result<Vec<StatementView>, UnknownName> {
        let (governance, now) = (self.governance(), self.now());
        let agent = profile(&governance, agent)?;
        let current = baseline(&governance, agent);
        let before = policy_before_promotion(&governance, agent);
        let state = self.state();
        let all = state.assurance.statements.values();
        let own = all.filter(|made| made.record.agent == agent.id.as_str());
        Ok(own.map(|made| view(made, &current, before.as_deref(), now)).collect())
    }

    fn is_crowded(&self, made: &StatementMade) -> bool {
        let state = self.state();
        let fields = state.assurance.statements.keys().filter(|(agent, _)| *agent == made.agent);
        fields.filter(|(_, field)| *field != made.field).count() >= MOST_FIELDS
    }
}

fn check(
    value: &StatementValue,
    name: &str,
    function: &str,
    document: Option<&str>,
) -> Result<(), AttestError> {
    let is_name = |name: &str| {
        !name.trim().is_empty()
            && name.chars().count() <= MOST_NAME
            && !name.contains(char::is_control)
    };
    let is_hash = |hash: &str| {
        hash.len() == 64 && hash.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    };
    if value.as_text().trim().is_empty() || value.as_text().len() > MAX_STATEMENT_BYTES {
        return Err(AttestError::Value);
    }
    if value.reason().is_some_and(|reason| reason.trim().is_empty() || reason.len() > MOST_REASON) {
        return Err(AttestError::Reason);
    }
    if !is_name(name) || !is_name(function) {
        return Err(AttestError::Name);
    }
    let texts = [name, function, value.as_text()];
    if let Some(text) = texts.into_iter().find(|text| PLACEHOLDERS.contains(text)) {
        return Err(AttestError::Placeholder(text.to_owned()));
    }
    if document.is_some_and(|hash| !is_hash(hash)) {
        return Err(AttestError::Document);
    }
    Ok(())
}

/// Makes sure that a report would count it, that there is such a control, and that a day is one that was.
fn check_field(
    field: &StatementField,
    value: &StatementValue,
    now: Timestamp,
) -> Result<(), AttestError> {
    if let Some(probes) = measured_alone(field.as_str()) {
        return Err(AttestError::Measured { field: field.clone(), probes });
    }
    if let (DAY, StatementValue::Text(text)) = (field.as_str(), value) {
        let today = now.to_zoned(TimeZone::UTC).date();
        let was = text.parse::<Date>().is_ok_and(|day| day <= today);
        return if was { Ok(()) } else { Err(AttestError::Day(text.clone())) };
    }
    if asks_yes_or_no(field.as_str()) && matches!(value, StatementValue::Text(_)) {
        return Err(AttestError::YesOrNo(field.clone()));
    }
    let catalogue = Catalogue::builtin().ok();
    let is_known = catalogue.is_some_and(|catalogue| catalogue.knows(field.as_str()));
    if is_known { Ok(()) } else { Err(AttestError::Control(field.clone())) }
}

/// Returns until when a statement of `now` holds.
fn end(now: Timestamp, asked: Option<Timestamp>) -> Result<Timestamp, AttestError> {
    let after =
        |days: i64| now.saturating_add(SignedDuration::from_hours(24 * days)).unwrap_or(now);
    match asked {
        None => Ok(after(USUAL_DAYS)),
        Some(end) if end > now && end <= after(MOST_DAYS) => Ok(end),
        Some(_) => Err(AttestError::Expires),
    }
}

/// Tells what a statement is worth. `before` is the hash of the policies that held until the agent was promoted.
fn view(
    noted: &Noted<StatementMade>,
    current: &Baseline,
    before: Option<&str>,
    now: Timestamp,
) -> StatementView {
    let Noted { index, at, record: made } = noted;
    let policies = [Some(current.policy.as_str()), before];
    let changes = [
        ("expired", made.expires <= now),
        ("purpose", made.baseline.purpose != current.purpose),
        ("model", made.baseline.model != current.model),
        ("tools", made.baseline.tools != current.tools),
        ("policy", !policies.contains(&Some(&made.baseline.policy))),
    ];
    StatementView {
        id: made.id.clone(),
        agent: made.agent.clone(),
        field: made.field.clone(),
        value: StatementValue::read(&made.value, made.reason.as_deref()),
        name: made.name.clone(),
        function: made.role.clone(),
        by: made.by.clone(),
        at: *at,
        expires: made.expires,
        document: made.document.clone(),
        record: *index,
        stale: changes.iter().filter(|(_, is)| *is).map(|(word, _)| *word).collect(),
    }
}
