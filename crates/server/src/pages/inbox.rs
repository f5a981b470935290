//! The inbox: what waits, and first of it what this person may answer.

use jiff::Timestamp;
use maud::{Markup, html};
use syndic_gate::ApprovalView;

use super::arguments::counted;
use super::request::left;
use super::reveal::revealed;
use super::time::{ago, moment};
use super::words;

/// What the inbox shows.
#[derive(Debug)]
pub(crate) struct Inbox {
    /// The moment all times are told for.
    pub(crate) now: Timestamp,
    /// What this person may vote on, what ends first first.
    pub(crate) yours: Vec<ApprovalView>,
    /// What others are asked, what ends first first.
    pub(crate) others: Vec<ApprovalView>,
    /// How many this person may vote on, on all pages.
    pub(crate) asked: usize,
    /// How many are pending altogether.
    pub(crate) pending: usize,
    /// How many of both stand on earlier pages.
    pub(crate) from: usize,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<usize>,
}

impl Inbox {
    pub(crate) fn render(&self) -> Markup {
        html! {
            div.head {
                h1 { (self.headline()) }
                p.quiet.small { "As of " (moment(self.now, self.now)) ". " a href="/approvals" { "Refresh" } }
            }
            @if self.pending == 0 { (nothing()) }
            (self.group("You are asked", self.asked, &self.yours))
            (self.group("Others are asked", self.pending.saturating_sub(self.asked), &self.others))
            @if self.from > 0 || self.next.is_some() {
                nav.pages aria-label="Pages" {
                    @if self.from > 0 { a href="/approvals" { "First page" } } @else { span {} }
                    @if let Some(next) = self.next { a href={ "/approvals?from=" (next) } { "Next page" } }
                }
            }
        }
    }

    fn headline(&self) -> String {
        match self.pending {
            0 => "Nothing waits".to_owned(),
            1 => "1 request waits".to_owned(),
            many => format!("{} requests wait", counted(many)),
        }
    }

    fn group(&self, heading: &str, count: usize, views: &[ApprovalView]) -> Markup {
        if views.is_empty() {
            return html! {};
        }
        html! {
            section.group {
                h2 { (heading) span.count { (counted(count)) } }
                ul.rows role="list" { @for view in views { li { (self.row(view)) } } }
            }
        }
    }

    fn row(&self, view: &ApprovalView) -> Markup {
        html! {
            div.row {
                span.what { a href={ "/approvals/" (view.id) } { (revealed(&view.agent)) " wants to " (revealed(&view.action)) } }
                @if let Some(amount) = &view.amount { span.sum { (revealed(amount)) } }
                div.meta {
                    (words::risk(view.risk))
                    (left(view.expires.duration_since(self.now)))
                    span { "asked " (ago(view.opened, self.now)) }
                    @if let Some(people) = view.affected_people { span { (people) " people affected" } }
                    @for step in view.progress.iter().filter(|step| step.needed > 1 || step.approved > 0) {
                        span { (step.group.as_str()) ": " (step.approved) " of " (step.needed) }
                    }
                }
            }
        }
    }
}

fn nothing() -> Markup {
    html! {
        div.card.empty {
            p { strong { "No agent waits for an answer." } }
            p.quiet { "When one is held, the people who may decide are told, and it stands here until it is answered or its time is over." }
        }
    }
}
