//! What people are told about: a request for approval or a break-glass, and the letters about it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use syndic_ledger::{ApprovalOpened, BreakGlassAsked, Decision, DecisionApproval, Leaf, Record};
use syndic_model::Channel;

/// Something people are told about, from the record that opened it until nothing is left to say.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matter {
    /// Its id.
    pub(crate) id: String,
    /// The record that opened it.
    pub(crate) opened: u64,
    /// When.
    pub(crate) at: Timestamp,
    /// Until when it waits; an open break-glass, until when it is open.
    pub(crate) until: Timestamp,
    pub(crate) subject: Subject,
    #[serde(default)]
    pub(crate) ended: Option<Ended>,
    /// A break-glass that a second person agreed to: who.
    #[serde(default)]
    pub(crate) agreed: Option<String>,
    #[serde(default)]
    pub(crate) letters: Vec<Letter>,
    /// When the next step of its escalation is due, by the files in force.
    #[serde(skip)]
    pub(crate) next_step: Option<Timestamp>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Subject {
    Approval(Box<Asked>),
    BreakGlass(BreakGlassAsked),
}

/// What an agent wants to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    pub(crate) agent: String,
    pub(crate) owner: Option<String>,
    pub(crate) action: String,
    /// With its currency.
    pub(crate) amount: Option<String>,
    pub(crate) recipients: usize,
    pub(crate) affected_people: Option<u64>,
    pub(crate) grade: String,
    pub(crate) chain: Vec<String>,
    pub(crate) request: ApprovalOpened,
    /// The person the agent acts for, where that is one of the people.
    #[serde(default)]
    pub(crate) acting: Option<String>,
    /// The user it acts for, by keyed pseudonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_ref: Option<String>,
}

/// How a request ended.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ended {
    /// `approved`, `rejected`, `timeout` or `cancelled`; `opened`, `reviewed` or `unreviewed` for a break-glass.
    pub(crate) status: String,
    /// The person, where it was one.
    pub(crate) by: Option<String>,
    pub(crate) at: Timestamp,
}

/// One message to one recipient.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Letter {
    pub(crate) about: About,
    pub(crate) to: Recipient,
    /// Where it can be sent, the next one first; one that failed for good is gone.
    pub(crate) channels: Vec<Address>,
    /// How often the first of them was tried in a row.
    #[serde(default)]
    pub(crate) tries: u32,
    /// How often it was tried altogether.
    #[serde(default)]
    pub(crate) attempts: u32,
    /// Of how many of its channels the ledger says that their first tries failed.
    #[serde(default)]
    pub(crate) failed: usize,
    /// When it was written; one that is not about a request that waits is given up an hour later.
    pub(crate) written: Timestamp,
    pub(crate) state: LetterState,
    /// Why it was not taken the last time.
    #[serde(default)]
    pub(crate) error: Option<String>,
    /// The message at Slack it follows.
    #[serde(default)]
    pub(crate) follows: Option<Posted>,
    /// When it may be tried again; at once after a restart.
    #[serde(skip)]
    pub(crate) due: Option<tokio::time::Instant>,
    #[serde(skip)]
    pub(crate) in_flight: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum About {
    Requested,
    Escalated,
    Ended,
    /// Somebody asks for it.
    GlassAsked,
    /// A second person agreed.
    GlassOpened,
    /// It is over, and nobody has signed what was done.
    GlassUnreviewed,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Recipient {
    Person(String),
    /// A group, and which of its channels.
    Group(String, usize),
}

/// A [`Channel`] as the cursor file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Address {
    Email(String),
    Slack(String),
    Webhook(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LetterState {
    Waiting,
    Taken(Option<Posted>),
    /// Given up, or no longer of interest.
    Dropped,
}

/// The stage that the messages of later ones follow.
pub(crate) const FIRST_STAGE: &str = "asked";

/// A message at Slack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Posted {
    pub(crate) channel: String,
    pub(crate) ts: String,
}

impl From<&Channel> for Address {
    fn from(channel: &Channel) -> Self {
        match channel {
            Channel::Email(address) => Self::Email(address.clone()),
            Channel::Slack(id) => Self::Slack(id.clone()),
            Channel::Webhook(name) => Self::Webhook(name.clone()),
        }
    }
}

impl About {
    /// The word of [`ApprovalNotified::about`](syndic_ledger::ApprovalNotified::about).
    pub(crate) const fn recorded(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Escalated => "escalated",
            Self::Ended => "ended",
            Self::GlassAsked | Self::GlassOpened | Self::GlassUnreviewed => "break_glass",
        }
    }

    /// Names what is told apart by the receiver: a request is the same message to somebody however they come to it.
    pub(crate) const fn stage(self) -> &'static str {
        match self {
            Self::Requested | Self::Escalated | Self::GlassAsked => FIRST_STAGE,
            Self::Ended => "ended",
            Self::GlassOpened => "opened",
            Self::GlassUnreviewed => "unreviewed",
        }
    }

    /// Tells whether it asks somebody to vote.
    pub(crate) const fn asks(self) -> bool {
        matches!(self, Self::Requested | Self::Escalated)
    }
}

impl Recipient {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Person(name) | Self::Group(name, _) => name,
        }
    }

    /// Writes it apart from every other one.
    pub(crate) fn key(&self) -> String {
        match self {
            Self::Person(name) => format!("person {name}"),
            Self::Group(name, n) => format!("group {name} {n}"),
        }
    }
}

impl Letter {
    pub(crate) const fn new(
        about: About,
        to: Recipient,
        channels: Vec<Address>,
        written: Timestamp,
    ) -> Self {
        Self {
            about,
            to,
            channels,
            tries: 0,
            attempts: 0,
            failed: 0,
            written,
            state: LetterState::Waiting,
            error: None,
            follows: None,
            due: None,
            in_flight: false,
        }
    }

    pub(crate) fn waits(&self) -> bool {
        self.state == LetterState::Waiting
    }
}

impl Matter {
    /// Reads what a record opens. The person an agent acts for is not in the leaf.
    pub(crate) fn opened_by(leaf: &Leaf) -> Option<Self> {
        if let Record::BreakGlassAsked(asked) = &leaf.record {
            return Some(Self {
                id: asked.id.clone(),
                opened: leaf.i,
                at: leaf.at,
                until: asked.expires,
                subject: Subject::BreakGlass(asked.clone()),
                ended: None,
                agreed: None,
                letters: Vec::new(),
                next_step: None,
            });
        }
        let Record::Decision(decision) = &leaf.record else { return None };
        let Some(DecisionApproval::Opened(request)) = &decision.approval else { return None };
        Some(Self {
            id: request.id.clone(),
            opened: leaf.i,
            at: leaf.at,
            until: request.expires,
            subject: Subject::Approval(Box::new(Asked::new(decision, request))),
            ended: None,
            agreed: None,
            letters: Vec::new(),
            next_step: None,
        })
    }

    /// Tells whether nothing is left to say.
    pub(crate) fn is_over(&self) -> bool {
        self.ended.is_some()
            && !self.letters.iter().any(|letter| letter.waits() || letter.in_flight)
    }
}

impl Asked {
    fn new(decision: &Decision, request: &ApprovalOpened) -> Self {
        let counted = &decision.counted;
        let amount = counted.amount.as_ref().map(|amount| {
            format!("{amount} {}", counted.currency.as_deref().unwrap_or_default())
                .trim()
                .to_owned()
        });
        Self {
            agent: decision.agent.clone(),
            owner: decision.owner.clone(),
            action: decision.action.clone(),
            amount,
            recipients: counted.recipients.len(),
            affected_people: counted.affected_people,
            grade: decision.grade.clone(),
            chain: decision.chain.clone(),
            request: request.clone(),
            acting: None,
            user_ref: decision.user_ref.clone(),
        }
    }
}
