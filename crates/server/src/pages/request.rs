//! One request: everything a person needs to decide it, and the form by which they do.

use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};
use serde_json::Value;
use syndic_model::{ApprovalStatus, Check, CheckResult, RiskLevel, Vote, VoteMethod};

use super::arguments::{arguments, counted};
use super::reveal::revealed;
use super::time::{ago, length, moment};
use super::words;
use syndic_gate::{ApprovalDetails, ApprovalView, Said};

/// Remaining time is marked from here on.
const SOON: SignedDuration = SignedDuration::from_secs(60);

/// What the page of a request shows.
#[derive(Debug)]
pub(crate) struct RequestPage<'a> {
    /// The moment all times are told for.
    pub(crate) now: Timestamp,
    /// The request.
    pub(crate) details: &'a ApprovalDetails,
    /// What the agent is called, and who answers for it.
    pub(crate) agent: AgentShown,
    /// What this person may do with it.
    pub(crate) standing: Standing,
    /// Whether the navigation is there to go back to.
    pub(crate) is_signed_in: bool,
}

/// An agent as people call it.
#[derive(Debug, Clone, Default)]
pub(crate) struct AgentShown {
    pub(crate) name: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) contact: Option<String>,
}

/// What somebody may do with a request.
#[derive(Debug)]
pub(crate) enum Standing {
    /// Vote, by this form.
    May(Form),
    /// Look only, for a reason.
    MayNot(&'static str),
    /// Look only, since it has ended.
    Ended,
}

/// The form by which somebody votes.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// Proves that the form came from a page of theirs.
    pub(crate) csrf: String,
    /// The token of the link, where that is how they are known.
    pub(crate) token: Option<String>,
    /// What is chosen already.
    pub(crate) choice: Option<Vote>,
    /// What was typed as reason.
    pub(crate) reason: String,
    /// What was wrong with it.
    pub(crate) wrong: Option<&'static str>,
    /// What they said before, and may change while it is pending.
    pub(crate) earlier: Option<Vote>,
}

impl RequestPage<'_> {
    pub(crate) fn render(&self) -> Markup {
        let view = &self.details.view;
        html! {
            div.title {
                @if self.is_signed_in { p.back { a href="/approvals" { "← Inbox" } } }
                h1 { (self.agent_name()) " wants to " code { (revealed(&view.action)) } }
                div.tags {
                    (words::risk(view.risk)) (words::status(view.status))
                    @if view.status == ApprovalStatus::Pending { (left(view.expires.duration_since(self.now))) }
                }
            }
            div.request {
                div.stack {
                    (self.what())
                    (why(&self.details.event.policy_checks))
                    (self.who())
                }
                aside.aside aria-label="Decision" { (self.decision()) }
                div.stack {
                    (self.said())
                    (self.before())
                    (self.alike())
                    (self.trail())
                }
            }
        }
    }

    fn agent_name(&self) -> Markup {
        revealed_or(self.agent.name.as_deref(), &self.details.view.agent)
    }

    /// The action: the figure first, then its arguments.
    fn what(&self) -> Markup {
        let ApprovalDetails { view, event, args, .. } = self.details;
        // The text has every digit; the event's value is the same but for numbers that were written in other ways.
        let exact: Option<Value> = args.as_deref().and_then(|text| serde_json::from_str(text).ok());
        html! {
            section.card.stack {
                @if let Some(amount) = &view.amount {
                    p.figure { (revealed(amount)) }
                }
                h2 { "Exactly these arguments" }
                (arguments(exact.as_ref().or(event.tool_args.as_ref())))
            }
        }
    }

    fn who(&self) -> Markup {
        let ApprovalDetails { view, event, .. } = self.details;
        html! {
            section.card {
                h2 { "Who asks" }
                dl.facts {
                    div { dt { "Agent" } dd { code { (revealed(&view.agent)) } } }
                    @if let Some(owner) = self.agent.owner.as_ref().or(view.owner.as_ref()) {
                        div { dt { "Owner" } dd { (revealed(owner)) @if let Some(contact) = &self.agent.contact { span.quiet { ", " (revealed(contact)) } } } }
                    }
                    @if !view.chain.is_empty() {
                        div { dt { "Acts for" } dd { @for (at, agent) in view.chain.iter().enumerate() { @if at > 0 { ", for " } code { (revealed(agent)) } } } }
                    }
                    @if let Some(Value::String(user)) = &event.user_id { div { dt { "User" } dd { (revealed(user)) span.quiet { ", as the agent says" } } } }
                    @if let Some(tool) = &view.tool { div { dt { "Tool" } dd { code { (revealed(tool)) } } } }
                    @if view.recipients > 0 { div { dt { "Recipients" } dd { (view.recipients) } } }
                    @if let Some(people) = view.affected_people { div { dt { "People affected" } dd { (people) } } }
                    div { dt { "Enforcement" } dd { (view.grade) span.quiet { ": " (words::grade(&view.grade)) } } }
                    div { dt { "Asked" } dd { (moment(view.opened, self.now)) span.quiet { ", " (ago(view.opened, self.now)) } } }
                }
            }
        }
    }

    fn decision(&self) -> Markup {
        let view = &self.details.view;
        html! {
            section.card.decide {
                h2 { @if view.status == ApprovalStatus::Pending { "Your answer" } @else { "How it ended" } }
                @if view.status == ApprovalStatus::Pending {
                    p.clock {
                        (left(view.expires.duration_since(self.now)))
                        span.hint { "ends at " (moment(view.expires, self.now)) ", and then nothing runs" }
                    }
                } @else {
                    p { (words::status(view.status)) @if let Some(ended) = view.ended { " " span.quiet { (moment(ended, self.now)) } } }
                    p.hint { (words::consequence(view.status)) @if view.used_by.is_some() { " It was used." } }
                }
                (quorum(view))
                @match &self.standing {
                    Standing::May(form) => { hr; (vote_form(view, form)) }
                    Standing::MayNot(why) => { hr; div.note { p { (why) } } }
                    Standing::Ended => {}
                }
            }
        }
    }

    fn said(&self) -> Markup {
        if self.details.said.is_empty() {
            return html! {};
        }
        html! {
            section.card {
                h2 { "What was said" }
                ol.steps role="list" {
                    @for said in &self.details.said {
                        li {
                            (moment(said.at, self.now))
                            span { strong { (revealed(said.person.as_str())) } " " (words::voted(said.vote)) @if let Some(method) = self.method_of(said) { span.quiet { ", " (words::method(method)) } } }
                            @if let Some(reason) = &said.reason { span.said { "“" (revealed(reason)) "”" } }
                        }
                    }
                }
            }
        }
    }

    fn method_of(&self, said: &Said) -> Option<VoteMethod> {
        let votes = &self.details.view.votes;
        votes
            .iter()
            .find(|vote| vote.person == said.person && vote.at == said.at)
            .map(|vote| vote.method)
    }

    fn before(&self) -> Markup {
        html! {
            section.card {
                h2 { "What the session did before" }
                @if self.details.before.is_empty() {
                    p.quiet { "Nothing that is known: this is its first action, or it named no session." }
                } @else {
                    ol.steps role="list" {
                        @for earlier in &self.details.before {
                            li {
                                (moment(earlier.at, self.now))
                                span {
                                    code { (revealed(&earlier.action)) }
                                    @if let Some(amount) = &earlier.amount { ", " (revealed(amount)) }
                                    span.quiet { " " (effect(&earlier.effect, earlier.allowed)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn alike(&self) -> Markup {
        html! {
            section.card {
                h2 { "Earlier decisions on the like" }
                @if self.details.alike.is_empty() {
                    p.quiet { "None: this agent was never held on this action before." }
                } @else {
                    ol.steps role="list" {
                        @for view in &self.details.alike {
                            li {
                                (moment(view.ended.unwrap_or(view.opened), self.now))
                                span {
                                    (words::status(view.status)) " "
                                    @if let Some(amount) = &view.amount { (revealed(amount)) }
                                    @for vote in &view.votes { span.quiet { " by " (revealed(vote.person.as_str())) } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn trail(&self) -> Markup {
        let view = &self.details.view;
        html! {
            section.card {
                details {
                    summary { "On the record" }
                    dl.facts {
                        div { dt { "Request" } dd { code.small { (view.id) } } }
                        div { dt { "Action" } dd { code.small { (view.action_id) } } }
                        div { dt { "Asked by key" } dd { code.small { (revealed(&view.asked_by)) } } }
                        @if let Some(session) = &view.session { div { dt { "Session" } dd { code.small { (revealed(session)) } span.quiet { ", as the agent says" } } } }
                        div { dt { "Model" } dd { (revealed(&self.details.event.model)) span.quiet { ", as the agent says" } } }
                    }
                    @if !self.details.trail.is_empty() {
                        ol.steps role="list" {
                            @for noted in &self.details.trail {
                                li { (moment(noted.at, self.now)) span { (revealed(&noted.what)) span.quiet { ", record " (noted.record) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Shows which policies hold it and why, then what else they found.
fn why(checks: &[Check]) -> Markup {
    let of = |result| checks.iter().filter(move |check| check.result == result && !check.shadow);
    let passed = of(CheckResult::Passed).count();
    html! {
        section.card {
            h2 { "Why a person is asked" }
            ul.why role="list" {
                @for check in of(CheckResult::Held) {
                    li { span { (revealed_or(check.reason.as_deref(), "a person must decide this")) } span.policy { (revealed(check.policy.as_str())) } }
                }
            }
            @if passed > 0 { p.hint { (counted(passed)) @if passed == 1 { " other policy has" } @else { " other policies have" } " nothing against it." } }
        }
    }
}

fn quorum(view: &ApprovalView) -> Markup {
    html! {
        ul.quorum role="list" {
            @for step in &view.progress {
                li { span { (revealed(step.group.as_str())) } span.got { (step.approved) " of " (step.needed) " approved" } }
            }
        }
        @if view.people > 1 { p.hint { "At least " (view.people) " different people must approve." } }
    }
}

fn vote_form(view: &ApprovalView, form: &Form) -> Markup {
    let is_high = view.risk >= RiskLevel::High;
    html! {
        form method="post" action={ "/approvals/" (view.id) "/vote" } {
            @if let Some(earlier) = form.earlier {
                p.hint { "You have " (words::voted(earlier)) " it. Until it is decided you may change that." }
            }
            @if let Some(wrong) = form.wrong { div.note.bad role="alert" #wrong { p { (wrong) } } }
            input type="hidden" name="csrf" value=(form.csrf);
            @if let Some(token) = &form.token { input type="hidden" name="token" value=(token); }
            fieldset {
                legend { "What do you say?" }
                div.choices {
                    label.yes { input type="radio" name="vote" value="approve" required checked[form.choice == Some(Vote::Approve)]; "Approve" }
                    label.no { input type="radio" name="vote" value="reject" required checked[form.choice == Some(Vote::Reject)]; "Reject" }
                }
            }
            div.field {
                label for="reason" { "Reason" }
                textarea #reason name="reason" rows="3" maxlength="1000" required[is_high] aria-describedby="reason-hint" { (form.reason) }
                p.hint #reason-hint {
                    @if is_high { "Needed at this risk. " } @else { "Needed to reject. " }
                    "It is recorded, and the agent may read it."
                }
            }
            button.send type="submit" {
                span.if-none { "Answer" }
                span.if-yes { "Approve this once" }
                span.if-no { "Reject" }
            }
        }
    }
}

/// Shows how much time is left, and marks the last minute.
pub(crate) fn left(remaining: SignedDuration) -> Markup {
    html! { span.left.soon[remaining < SOON] { (length(remaining)) " left" } }
}

fn effect(effect: &str, allowed: bool) -> &'static str {
    match (effect, allowed) {
        ("allow", _) => "was allowed",
        ("hold", true) => "would have been held; the agent is only observed",
        ("hold", false) => "was held",
        (_, true) => "would have been denied; the agent is only observed",
        (_, false) => "was denied",
    }
}

fn revealed_or(text: Option<&str>, otherwise: &str) -> Markup {
    revealed(text.unwrap_or(otherwise))
}
