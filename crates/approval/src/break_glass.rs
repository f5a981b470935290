//! Break-glass: asked by one person, opened by another, ended by time, and signed by a third.

use jiff::{SignedDuration, Timestamp};
use syndic_model::{AgentId, Approvers, BreakGlassId, BreakGlassStatus, PersonId};
use thiserror::Error;

/// How long a second person has to agree.
const OPENED_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// How long one may be open.
const SHORTEST: SignedDuration = SignedDuration::from_mins(1);
const LONGEST: SignedDuration = SignedDuration::from_hours(4);
/// The longest reason and the longest note, in characters.
const MOST_TEXT: usize = 500;

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The agent that is to act.
    pub agent: AgentId,
    /// Why.
    pub reason: String,
    /// For how long, from when it is opened.
    pub length: SignedDuration,
}

/// That somebody agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// That somebody looked at what was done, and signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Who.
    pub person: PersonId,
    /// When.
    pub at: Timestamp,
    /// What they found.
    pub note: String,
}

/// One break-glass, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakGlass {
    /// Its id.
    pub id: BreakGlassId,
    /// What was asked for.
    pub wish: Wish,
    /// Who asked.
    pub asked_by: PersonId,
    /// When.
    pub asked: Timestamp,
    /// When it ends, unless somebody agrees.
    pub expires: Timestamp,
    /// Who agreed.
    pub opening: Option<Opening>,
    /// Who signed.
    pub signature: Option<Signature>,
    /// How many actions it lifted a policy for.
    pub lifted: u64,
}

/// Says why nothing was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AskRefused {
    /// Not one of those who decide.
    #[error("`{0}` is in no file of `approvers/`")]
    Unknown(PersonId),
    /// It is part of the record.
    #[error("a reason of 1 to {MOST_TEXT} characters is needed; it is recorded")]
    Reason,
    /// Too short, or too long.
    #[error("a break-glass is open for 1 minute to {} hours", LONGEST.as_hours())]
    Length,
    /// One at a time.
    #[error("break-glass `{0}` of this agent {status} already", status = .1.as_predicate())]
    Living(BreakGlassId, BreakGlassStatus),
    /// Nobody looks at them.
    #[error(
        "{0} break-glasses of this agent wait for their review; sign them first: `syndic break-glass list`"
    )]
    Unreviewed(usize),
    /// Too many altogether.
    #[error("there are {0} break-glasses; sign those that wait for their review first")]
    Crowded(usize),
}

/// Says why one was not opened.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OpenRefused {
    /// Not one of those who decide.
    #[error("`{0}` is in no file of `approvers/`")]
    Unknown(PersonId),
    /// It takes two.
    #[error("`{0}` asked for it; somebody else opens it")]
    OwnRequest(PersonId),
    /// It is open, or over.
    #[error("it {} already; ask anew where it is still needed", .0.as_predicate())]
    Status(BreakGlassStatus),
}

/// Says why one was not signed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ReviewRefused {
    /// Not one of those who decide.
    #[error("`{0}` is in no file of `approvers/`")]
    Unknown(PersonId),
    /// Nobody judges their own.
    #[error("`{0}` asked for it or opened it; somebody else reviews it")]
    Involved(PersonId),
    /// There is nothing to sign yet, or no more.
    #[error("it is {}; {}", .0.as_str(), nothing_to_sign(*.0))]
    Status(BreakGlassStatus),
    /// It is part of the record.
    #[error("a note of 1 to {MOST_TEXT} characters is needed; it is recorded")]
    Note,
}

const fn nothing_to_sign(status: BreakGlassStatus) -> &'static str {
    match status {
        BreakGlassStatus::Asked | BreakGlassStatus::Open => "it is reviewed once it has ended",
        BreakGlassStatus::Timeout => "nothing was done under it",
        BreakGlassStatus::Review | BreakGlassStatus::Reviewed => "it is signed once",
    }
}

impl BreakGlass {
    /// Asks for one. It changes nothing until somebody else opens it.
    ///
    /// # Errors
    /// When it is not for this person to ask, or what they ask for is no break-glass.
    pub fn ask(
        id: BreakGlassId,
        wish: Wish,
        person: &PersonId,
        approvers: &Approvers,
        now: Timestamp,
    ) -> Result<Self, AskRefused> {
        if !approvers.people.contains_key(person) {
            return Err(AskRefused::Unknown(person.clone()));
        }
        let reason = said(&wish.reason).ok_or(AskRefused::Reason)?;
        if wish.length < SHORTEST || wish.length > LONGEST {
            return Err(AskRefused::Length);
        }
        Ok(Self {
            id,
            wish: Wish { reason, ..wish },
            asked_by: person.clone(),
            asked: now,
            expires: now.saturating_add(OPENED_WITHIN).unwrap_or(now),
            opening: None,
            signature: None,
            lifted: 0,
        })
    }

    /// Tells how it stands.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> BreakGlassStatus {
        match (&self.opening, &self.signature) {
            (_, Some(_)) => BreakGlassStatus::Reviewed,
            (Some(opening), None) if now < opening.until => BreakGlassStatus::Open,
            (Some(_), None) => BreakGlassStatus::Review,
            (None, None) if now < self.expires => BreakGlassStatus::Asked,
            (None, None) => BreakGlassStatus::Timeout,
        }
    }

    /// Lets a second person agree, or says why not.
    ///
    /// # Errors
    /// When it is not for this person to open, or no longer to be opened; nothing has changed then.
    pub fn open(
        &self,
        person: &PersonId,
        approvers: &Approvers,
        now: Timestamp,
    ) -> Result<Opening, OpenRefused> {
        let status = self.status(now);
        if status != BreakGlassStatus::Asked {
            return Err(OpenRefused::Status(status));
        }
        if !approvers.people.contains_key(person) {
            return Err(OpenRefused::Unknown(person.clone()));
        }
        if is_same(approvers, person, &self.asked_by) {
            return Err(OpenRefused::OwnRequest(person.clone()));
        }
        let until = now.saturating_add(self.wish.length).unwrap_or(now);
        Ok(Opening { person: person.clone(), at: now, until })
    }

    /// Lets a third person sign, or says why not.
    ///
    /// # Errors
    /// When it is not for this person to review, or there is nothing to sign; nothing has changed then.
    pub fn review(
        &self,
        person: &PersonId,
        note: &str,
        approvers: &Approvers,
        now: Timestamp,
    ) -> Result<Signature, ReviewRefused> {
        let status = self.status(now);
        let (BreakGlassStatus::Review, Some(opening)) = (status, &self.opening) else {
            return Err(ReviewRefused::Status(status));
        };
        if !approvers.people.contains_key(person) {
            return Err(ReviewRefused::Unknown(person.clone()));
        }
        if [&self.asked_by, &opening.person].iter().any(|one| is_same(approvers, person, one)) {
            return Err(ReviewRefused::Involved(person.clone()));
        }
        let note = said(note).ok_or(ReviewRefused::Note)?;
        Ok(Signature { person: person.clone(), at: now, note })
    }
}

/// Tells whether two ids are one person, as far as the files know: somebody may be in them twice.
fn is_same(approvers: &Approvers, one: &PersonId, other: &PersonId) -> bool {
    let names = |id: &PersonId| approvers.people.get(id).map(syndic_model::Person::names);
    let (one_names, other_names) = (names(one), names(other));
    one == other
        || one_names
            .zip(other_names)
            .is_some_and(|(one_names, other_names)| !one_names.is_disjoint(&other_names))
}

/// Keeps what somebody wrote to one line that a record and a terminal can hold; nothing where nothing is left.
fn said(text: &str) -> Option<String> {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = plain.trim();
    (!plain.is_empty() && plain.chars().count() <= MOST_TEXT).then(|| plain.to_owned())
}
