//! What a message says, whatever carries it.

use jiff::Timestamp;
use syndic_model::RiskLevel;

use crate::in_force::InForce;
use crate::matter::{About, Asked, Ended, Letter, Matter, Recipient, Subject};
use crate::plain::{in_words, plain};

/// The longest name and the longest sentence that is shown.
const MOST_NAME: usize = 120;
const MOST_SENTENCE: usize = 1_000;
/// How many reasons are shown.
const MOST_REASONS: usize = 10;

/// What a message says. INVARIANT: every text is one line without hidden characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    pub(crate) about: About,
    /// The subject line.
    pub(crate) title: String,
    /// One sentence.
    pub(crate) lead: String,
    /// Names and values, in the order they are read.
    pub(crate) rows: Vec<(&'static str, String)>,
    pub(crate) reasons: Vec<String>,
    pub(crate) links: Links,
    /// What somebody says yes to, where it is asked.
    pub(crate) consent: Option<Consent>,
    /// The risk is low enough to answer without signing in.
    pub(crate) is_light: bool,
    /// The id of the request or break-glass.
    pub(crate) id: String,
}

/// Where to answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Links {
    pub(crate) approve: Option<String>,
    pub(crate) reject: Option<String>,
    /// The page of it.
    pub(crate) page: Option<String>,
}

/// The action that waits, in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Consent {
    pub(crate) action: String,
    /// With its currency.
    pub(crate) amount: Option<String>,
    pub(crate) agent: String,
}

/// What a notice is made of, beside the matter.
pub(crate) struct Given<'a> {
    pub(crate) in_force: &'a InForce,
    /// `policy: reason` of what stands in the way, from the sealed part of the decision.
    pub(crate) reasons: &'a [String],
    /// The token of the recipient's links.
    pub(crate) token: Option<String>,
    pub(crate) now: Timestamp,
}

impl Notice {
    pub(crate) fn new(matter: &Matter, letter: &Letter, given: &Given<'_>) -> Self {
        match &matter.subject {
            Subject::Approval(asked) => match &matter.ended {
                Some(ended) if letter.about == About::Ended => {
                    ended_notice(matter, asked, ended, given)
                }
                _ => asked_notice(matter, asked, letter, given),
            },
            Subject::BreakGlass(asked) => {
                let agent = plain(&asked.agent, MOST_NAME);
                let person = given.in_force.person(&asked.person);
                let (title, lead) = match letter.about {
                    About::GlassUnreviewed => (
                        format!("Break-glass of {agent} is over and not reviewed"),
                        "Somebody who neither asked for it nor agreed must look at what was done, and sign.".to_owned(),
                    ),
                    About::GlassOpened => {
                        let by = matter.agreed.as_deref().unwrap_or_default();
                        let by = given.in_force.person(by);
                        (format!("Break-glass opened for {agent}"), format!("{by} agreed."))
                    }
                    About::GlassAsked | About::Requested | About::Escalated | About::Ended => (
                        format!("Break-glass asked for {agent}"),
                        format!("{person} asks that {agent} may do what policies marked `@break_glass` stop."),
                    ),
                };
                let rows = vec![
                    ("Agent", agent),
                    ("Asked by", person),
                    ("Reason", plain(&asked.reason, MOST_SENTENCE)),
                    ("Until", moment(matter.until, given.now)),
                ];
                Self {
                    about: letter.about,
                    title,
                    lead,
                    rows,
                    reasons: Vec::new(),
                    links: Links::default(),
                    consent: None,
                    is_light: false,
                    id: matter.id.clone(),
                }
            }
        }
    }
}

fn asked_notice(matter: &Matter, asked: &Asked, letter: &Letter, given: &Given<'_>) -> Notice {
    let is_light = is_light(asked);
    let page = format!("{}/approvals/{}", given.in_force.config.public_url, matter.id);
    let is_one = matches!(letter.to, Recipient::Person(_));
    let token = given.token.as_ref().filter(|_| is_light && is_one);
    let link = |verb: &str| {
        let query = token.map(|token| format!("?token={token}")).unwrap_or_default();
        format!("{}/{verb}/{}{query}", given.in_force.config.public_url, matter.id)
    };
    let mut rows = rows(asked, given);
    rows.push(("Answer", moment(matter.until, given.now)));
    let lead = match letter.about {
        About::Escalated => "Nobody has answered yet, so you are asked too.",
        About::Requested
        | About::Ended
        | About::GlassAsked
        | About::GlassOpened
        | About::GlassUnreviewed => "The action waits for an answer. No answer is a no.",
    };
    Notice {
        about: letter.about,
        title: title(asked),
        lead: lead.to_owned(),
        rows,
        reasons: reasons(given),
        links: Links {
            approve: Some(link("approve")),
            reject: Some(link("reject")),
            page: Some(page),
        },
        consent: Some(Consent {
            action: plain(&asked.action, MOST_NAME),
            amount: asked.amount.as_deref().map(|amount| plain(amount, MOST_NAME)),
            agent: plain(&asked.agent, MOST_NAME),
        }),
        is_light,
        id: matter.id.clone(),
    }
}

fn ended_notice(matter: &Matter, asked: &Asked, ended: &Ended, given: &Given<'_>) -> Notice {
    let by = ended.by.as_deref().map(|by| format!(" by {}", given.in_force.person(by)));
    let lead = match ended.status.as_str() {
        "timeout" => "Nobody answered in time, so the action does not run.".to_owned(),
        "cancelled" => "The request was cancelled; no answer is needed any more.".to_owned(),
        status => format!("It was {}{}.", plain(status, MOST_NAME), by.unwrap_or_default()),
    };
    let page = format!("{}/approvals/{}", given.in_force.config.public_url, matter.id);
    let mut rows = rows(asked, given);
    rows.push(("Status", plain(&ended.status, MOST_NAME)));
    rows.push(("Ended", ended.at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()));
    Notice {
        about: About::Ended,
        title: title(asked),
        lead,
        rows,
        reasons: Vec::new(),
        links: Links { page: Some(page), ..Links::default() },
        consent: None,
        is_light: is_light(asked),
        id: matter.id.clone(),
    }
}

/// Product R6.
fn title(asked: &Asked) -> String {
    let agent = plain(&asked.agent, MOST_NAME);
    format!("Approval Required: {agent} wants to {}", plain(&asked.action, MOST_NAME))
}

fn rows(asked: &Asked, given: &Given<'_>) -> Vec<(&'static str, String)> {
    let name = |text: &str| plain(text, MOST_NAME);
    let mut rows = vec![("Agent", given.in_force.agent(&asked.agent))];
    if !asked.chain.is_empty() {
        rows.push(("On behalf of", plain(&asked.chain.join(", "), MOST_NAME)));
    }
    rows.push(("Owner", asked.owner.as_deref().map_or_else(|| "nobody".to_owned(), name)));
    rows.push(("Action", name(&asked.action)));
    rows.push(("Risk", name(&asked.request.risk)));
    rows.push(("Enforcement grade", name(&asked.grade)));
    rows.extend(asked.amount.as_deref().map(|amount| ("Amount", name(amount))));
    if asked.recipients > 0 {
        rows.push(("Recipients", asked.recipients.to_string()));
    }
    rows.extend(asked.affected_people.map(|people| ("People affected", people.to_string())));
    let groups: Vec<&str> =
        asked.request.factors.iter().map(|factor| factor.group.as_str()).collect();
    rows.push(("Asked", name(&groups.join(", "))));
    rows
}

fn reasons(given: &Given<'_>) -> Vec<String> {
    let shown = given.reasons.iter().take(MOST_REASONS).map(|reason| plain(reason, MOST_SENTENCE));
    let more = given.reasons.len().saturating_sub(MOST_REASONS);
    shown.chain((more > 0).then(|| format!("and {more} more"))).collect()
}

fn moment(until: Timestamp, now: Timestamp) -> String {
    let at = until.strftime("%Y-%m-%d %H:%M:%S UTC");
    format!("within {}, until {at}", in_words(until.duration_since(now)))
}

fn is_light(asked: &Asked) -> bool {
    asked.request.risk.parse::<RiskLevel>().is_ok_and(|risk| risk <= RiskLevel::Medium)
}
