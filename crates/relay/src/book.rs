//! What there is to tell, and to whom: pure, so that time is an argument.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::{ApprovalNotified, Leaf, Record};
use tokio::time::Instant;

use crate::channel::Failure;
use crate::in_force::InForce;
use crate::matter::{
    About, Address, Ended, Letter, LetterState, Matter, Posted, Recipient, Subject,
};
use crate::recipients::{asked, everybody, kind, next_step};

/// How many matters are followed at once; what comes beyond is not told by message, and stays in the inbox.
const MOST_MATTERS: usize = 20_000;
/// How often a channel is tried before the next one is.
const TRIES: u32 = 3;
/// How long the news of an end is tried.
const NEWS_FOR: SignedDuration = SignedDuration::from_hours(1);

/// Matters by id.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub(crate) matters: BTreeMap<String, Matter>,
}

/// Which letter: the matter's id, and its place there.
pub(crate) type Key = (String, usize);

/// How long to wait between tries.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// After the first try; it doubles.
    pub first: Duration,
    /// At most.
    pub most: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), most: Duration::from_secs(60) }
    }
}

impl Book {
    /// Takes note of a record; `acting` is the person that an agent acts for, where it opens a request.
    pub(crate) fn take(
        &mut self,
        leaf: &Leaf,
        acting: Option<String>,
        in_force: &InForce,
        now: Timestamp,
    ) {
        match &leaf.record {
            Record::Decision(_) | Record::BreakGlassAsked(_) => {
                if let Some(matter) = Matter::opened_by(leaf) {
                    self.open(matter, acting, in_force, now);
                }
            }
            Record::ApprovalVoted(vote) => {
                if let Some(status) = &vote.ended {
                    self.end(&vote.id, status, Some(&vote.person), leaf.at);
                }
            }
            Record::ApprovalEnded(end) => self.end(&end.id, &end.status, None, leaf.at),
            Record::BreakGlassOpened(opened) => {
                if let Some(matter) = self.matters.get_mut(&opened.id) {
                    matter.until = opened.until;
                    matter.agreed = Some(opened.person.clone());
                    drop_waiting(matter);
                    write(
                        matter,
                        About::GlassOpened,
                        everybody(&in_force.approvers, None),
                        in_force,
                        leaf.at,
                    );
                }
            }
            Record::BreakGlassReviewed(review) => {
                self.end(&review.id, "reviewed", Some(&review.person), leaf.at);
            }
            Record::UserRedacted(redacted) => self.redact(&redacted.user_ref),
            Record::Started(_)
            | Record::PolicyLoaded(_)
            | Record::PolicyProposed(_)
            | Record::AgentPromoted(_)
            | Record::Outcome(_)
            | Record::OutcomeMissing(_)
            | Record::Audited(_)
            | Record::SessionOpened(_)
            | Record::AgentSuspended(_)
            | Record::AgentResumed(_)
            | Record::KeyCreated(_)
            | Record::KeyRevoked(_)
            | Record::ApprovalNotified(_)
            | Record::ApprovalViewed(_)
            | Record::ToolsOffered(_)
            | Record::Anomaly(_)
            | Record::LogKeyRotated(_)
            | Record::RetentionHoldAdded(_)
            | Record::RetentionHoldReleased(_)
            | Record::SegmentsPruned(_)
            | Record::LogContinued(_)
            | Record::SinkRejected(_)
            | Record::StatementMade(_)
            | Record::StatementWithdrawn(_)
            | Record::DrillRan(_)
            | Record::CallsCounted(_)
            | Record::ReportMade(_)
            | Record::ChecklistJudged(_)
            | Record::IncidentOpened(_)
            | Record::IncidentUpdated(_)
            | Record::IncidentClosed(_) => {}
        }
    }

    /// Opens a matter, once, unless it is over already.
    pub(crate) fn open(
        &mut self,
        mut matter: Matter,
        acting: Option<String>,
        in_force: &InForce,
        now: Timestamp,
    ) {
        if matter.until <= now || self.matters.contains_key(&matter.id) {
            return;
        }
        if self.matters.len() >= MOST_MATTERS {
            tracing::error!(id = matter.id, "too many requests wait; nobody is told of this one");
            return;
        }
        let at = matter.at;
        let (about, told) = match &mut matter.subject {
            Subject::Approval(request) => {
                request.acting = acting;
                let waited = now.duration_since(at);
                matter.next_step = next_step(&in_force.approvers, request, at, waited);
                (About::Requested, asked(&in_force.approvers, request, waited))
            }
            Subject::BreakGlass(request) => {
                (About::GlassAsked, everybody(&in_force.approvers, Some(&request.person)))
            }
        };
        write(&mut matter, about, told, in_force, now);
        self.matters.insert(matter.id.clone(), matter);
    }

    fn end(&mut self, id: &str, status: &str, by: Option<&str>, at: Timestamp) {
        let Some(matter) = self.matters.get_mut(id).filter(|matter| matter.ended.is_none()) else {
            return;
        };
        matter.ended = Some(Ended { status: status.to_owned(), by: by.map(str::to_owned), at });
        drop_waiting(matter);
        for n in 0..matter.letters.len() {
            tell_end(matter, n);
        }
    }

    /// Forgets which person a user is: nobody is told of their requests any more as the one the agent acts for.
    fn redact(&mut self, user_ref: &str) {
        for matter in self.matters.values_mut() {
            let Subject::Approval(request) = &mut matter.subject else { continue };
            if request.user_ref.as_deref() != Some(user_ref) {
                continue;
            }
            let Some(person) = request.acting.take() else { continue };
            let told = Recipient::Person(person);
            let theirs = |letter: &&mut Letter| letter.to == told && !letter.in_flight;
            for letter in matter.letters.iter_mut().filter(theirs) {
                letter.to = Recipient::Person("erased".to_owned());
                letter.channels.clear();
                letter.state = LetterState::Dropped;
                letter.error = None;
            }
        }
    }

    /// Does what is due because time passed, and returns what was given up.
    pub(crate) fn tick(&mut self, in_force: &InForce, now: Timestamp) -> Vec<ApprovalNotified> {
        let mut given_up = Vec::new();
        for matter in self.matters.values_mut() {
            escalate(matter, in_force, now);
            finish(matter, in_force, now);
            given_up.extend(give_up(matter, now));
        }
        self.matters.retain(|_, matter| !matter.is_over());
        given_up
    }

    /// Plans escalation anew, since other files are in force.
    pub(crate) fn plan(&mut self, in_force: &InForce, now: Timestamp) {
        for matter in self.matters.values_mut() {
            if let Subject::Approval(request) = &matter.subject {
                // From the step before, so that one that has become due is taken.
                let told = matter.letters.iter().map(|letter| letter.written).max();
                let since = told.map_or(now, |told| told.min(now)).duration_since(matter.at);
                matter.next_step = next_step(&in_force.approvers, request, matter.at, since);
            }
        }
    }

    /// Takes letters that are due and that `has_room` says may go now.
    pub(crate) fn due(
        &mut self,
        now: Instant,
        has_room: &mut dyn FnMut(&'static str) -> bool,
    ) -> Vec<Key> {
        let mut due = Vec::new();
        for (id, matter) in &mut self.matters {
            for (n, letter) in matter.letters.iter_mut().enumerate() {
                let is_due =
                    letter.waits() && !letter.in_flight && letter.due.is_none_or(|at| at <= now);
                if is_due && letter.channels.first().is_some_and(|channel| has_room(kind(channel)))
                {
                    letter.in_flight = true;
                    due.push((id.clone(), n));
                }
            }
        }
        due
    }

    pub(crate) fn letter(&self, key: &Key) -> Option<(&Matter, &Letter)> {
        let matter = self.matters.get(&key.0)?;
        Some((matter, matter.letters.get(key.1)?))
    }

    /// Takes what became of a try, and returns what is to be recorded of it. `wait` is how long after the try the next
    /// one may be.
    pub(crate) fn settle(
        &mut self,
        key: &Key,
        result: Result<Option<Posted>, Failure>,
        wait: impl FnOnce(u32, Option<Duration>) -> Instant,
    ) -> Option<ApprovalNotified> {
        let matter = self.matters.get_mut(&key.0)?;
        let (id, has_ended) = (matter.id.clone(), matter.ended.is_some());
        let letter = matter.letters.get_mut(key.1)?;
        letter.in_flight = false;
        letter.attempts = letter.attempts.saturating_add(1);
        match result {
            Ok(posted) => {
                letter.state = LetterState::Taken(posted);
                letter.error = None;
                let record = record(&id, letter);
                tell_end(matter, key.1);
                record
            }
            Err(_) if has_ended && letter.about.asks() => {
                letter.state = LetterState::Dropped;
                None
            }
            Err(failure) => {
                let recorded = fail(&id, letter, &failure);
                if letter.waits() {
                    letter.due = Some(wait(letter.attempts, failure.retry_after));
                }
                recorded
            }
        }
    }
}

/// Goes to the next channel where this one has failed for good, or often; with none other, stays with it.
fn fail(id: &str, letter: &mut Letter, failure: &Failure) -> Option<ApprovalNotified> {
    letter.error = Some(failure.reason.clone());
    letter.tries = letter.tries.saturating_add(1);
    if failure.is_lasting {
        let recorded = record(id, letter);
        if letter.channels.len() > 1 {
            letter.channels.remove(0);
            letter.tries = 0;
            letter.failed = letter.failed.min(letter.channels.len());
        } else {
            letter.state = LetterState::Dropped;
        }
        return recorded;
    }
    if letter.tries < TRIES {
        return None;
    }
    // The first round over the channels is recorded; those after it say the same.
    let is_first_round = letter.failed < letter.channels.len();
    let recorded = record(id, letter).filter(|_| is_first_round);
    letter.failed = letter.failed.saturating_add(usize::from(is_first_round));
    letter.channels.rotate_left(1);
    letter.tries = 0;
    recorded
}

/// Writes letters, where there is any way to send one: without, nobody expects them.
fn write(
    matter: &mut Matter,
    about: About,
    told: BTreeMap<Recipient, Vec<Address>>,
    in_force: &InForce,
    now: Timestamp,
) {
    if !in_force.config.has_any() {
        return;
    }
    let letters = told.into_iter().map(|(to, channels)| Letter::new(about, to, channels, now));
    matter.letters.extend(letters);
}

fn drop_waiting(matter: &mut Matter) {
    for letter in matter.letters.iter_mut().filter(|letter| letter.waits() && !letter.in_flight) {
        letter.state = LetterState::Dropped;
    }
}

/// Tells who was asked that no answer is needed any more, where they were asked.
fn tell_end(matter: &mut Matter, n: usize) {
    let (Some(ended), Some(letter)) = (&matter.ended, matter.letters.get(n)) else { return };
    let LetterState::Taken(posted) = &letter.state else { return };
    if !letter.about.asks() {
        return;
    }
    let channels = letter.channels.iter().take(1).cloned().collect();
    let mut news = Letter::new(About::Ended, letter.to.clone(), channels, ended.at);
    news.follows.clone_from(posted);
    matter.letters.push(news);
}

fn escalate(matter: &mut Matter, in_force: &InForce, now: Timestamp) {
    let Subject::Approval(request) = &matter.subject else { return };
    if matter.ended.is_some() || matter.next_step.is_none_or(|due| now < due) || now >= matter.until
    {
        return;
    }
    let waited = now.duration_since(matter.at);
    let mut told = asked(&in_force.approvers, request, waited);
    matter.next_step = next_step(&in_force.approvers, request, matter.at, waited);
    told.retain(|to, _| !matter.letters.iter().any(|letter| letter.to == *to));
    write(matter, About::Escalated, told, in_force, now);
}

/// Ends what nobody else ends: a break-glass that nobody agreed to or nobody reviewed, and a request whose end was not
/// recorded.
fn finish(matter: &mut Matter, in_force: &InForce, now: Timestamp) {
    if matter.ended.is_some() || now < matter.until {
        return;
    }
    let status = match (&matter.subject, &matter.agreed) {
        (Subject::BreakGlass(_), Some(_)) => {
            drop_waiting(matter);
            write(
                matter,
                About::GlassUnreviewed,
                everybody(&in_force.approvers, None),
                in_force,
                now,
            );
            "unreviewed"
        }
        (Subject::BreakGlass(_), None) => "timeout",
        (Subject::Approval(_), _) if now.duration_since(matter.until) > NEWS_FOR => "timeout",
        (Subject::Approval(_), _) => return,
    };
    matter.ended = Some(Ended { status: status.to_owned(), by: None, at: now });
}

fn give_up(matter: &mut Matter, now: Timestamp) -> Vec<ApprovalNotified> {
    let (id, until) = (matter.id.clone(), matter.until);
    let late = |letter: &Letter| {
        if letter.about.asks() || letter.about == About::GlassAsked {
            now >= until
        } else {
            now.duration_since(letter.written) > NEWS_FOR
        }
    };
    let mut given_up = Vec::new();
    for letter in matter.letters.iter_mut().filter(|letter| letter.waits() && !letter.in_flight) {
        if late(letter) {
            letter.error.get_or_insert_with(|| "it was not sent in time".to_owned());
            given_up.extend(record(&id, letter));
            letter.state = LetterState::Dropped;
        }
    }
    given_up
}

/// What the ledger keeps of a letter: never an address.
fn record(id: &str, letter: &Letter) -> Option<ApprovalNotified> {
    Some(ApprovalNotified {
        id: id.to_owned(),
        about: letter.about.recorded().to_owned(),
        channel: kind(letter.channels.first()?).to_owned(),
        to: letter.to.name().to_owned(),
        attempts: letter.attempts,
        ok: letter.error.is_none(),
        error: letter.error.clone(),
    })
}
