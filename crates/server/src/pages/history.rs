//! What was decided, newest first.

use jiff::Timestamp;
use maud::{Markup, html};
use serde::Deserialize;
use syndic_gate::ApprovalView;
use syndic_model::{ActionName, AgentId, ApprovalId, ApprovalStatus};

use super::reveal::revealed;
use super::time::moment;
use super::words;

/// The statuses a person filters by.
const STATUSES: [ApprovalStatus; 5] = [
    ApprovalStatus::Approved,
    ApprovalStatus::Rejected,
    ApprovalStatus::Timeout,
    ApprovalStatus::Cancelled,
    ApprovalStatus::Pending,
];

/// What the form asks for, as it was typed.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    pub(crate) agent: String,
    #[serde(default)]
    pub(crate) action: String,
    #[serde(default)]
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) since: String,
    #[serde(default)]
    pub(crate) after: String,
}

/// What it means; a field that is left empty, or means nothing, filters nothing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) agent: Option<AgentId>,
    pub(crate) action: Option<ActionName>,
    pub(crate) status: Option<ApprovalStatus>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) cursor: Option<ApprovalId>,
}

/// What the history shows.
#[derive(Debug)]
pub(crate) struct History<'a> {
    /// The moment all times are told for.
    pub(crate) now: Timestamp,
    /// What was asked for.
    pub(crate) wanted: &'a Wanted,
    /// The requests.
    pub(crate) views: Vec<ApprovalView>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<ApprovalId>,
}

impl Wanted {
    /// Reads what was typed, and says which fields mean nothing.
    pub(crate) fn read(&self) -> (Filter, Vec<&'static str>) {
        let mut wrong = Vec::new();
        let filter = Filter {
            agent: read("agent", &self.agent, &mut wrong, |text| text.parse().ok()),
            action: read("action", &self.action, &mut wrong, |text| text.parse().ok()),
            status: read("status", &self.status, &mut wrong, |text| text.parse().ok()),
            since: read("from", &self.since, &mut wrong, midnight),
            cursor: read("page", &self.after, &mut wrong, |text| text.parse().ok()),
        };
        (filter, wrong)
    }

    fn path(&self, next: ApprovalId) -> String {
        let fields = [
            ("agent", &self.agent),
            ("action", &self.action),
            ("status", &self.status),
            ("since", &self.since),
        ];
        let mut path = format!("/approvals/history?after={next}");
        for (name, value) in fields {
            // Only what was read as a name, a word or a date comes here; it needs no encoding.
            if !value.is_empty()
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte))
            {
                path.push_str(&format!("&{name}={value}"));
            }
        }
        path
    }
}

fn read<T>(
    field: &'static str,
    text: &str,
    wrong: &mut Vec<&'static str>,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let value = parse(text);
    if value.is_none() {
        wrong.push(field);
    }
    value
}

fn midnight(date: &str) -> Option<Timestamp> {
    let date: jiff::civil::Date = date.parse().ok()?;
    date.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

impl History<'_> {
    pub(crate) fn render(&self, wrong: &[&str]) -> Markup {
        html! {
            div.head { h1 { "History" } }
            (self.filters())
            @if !wrong.is_empty() {
                div.note.warn role="status" { p { "Not understood, so not filtered by: " (wrong.join(", ")) "." } }
            }
            @if self.views.is_empty() {
                div.card.empty { p { strong { "No requests." } } p.quiet { "None were made, or none fit the filter." } }
            } @else {
                ul.rows role="list" { @for view in &self.views { li { (self.row(view)) } } }
            }
            @if let Some(next) = self.next {
                nav.pages aria-label="Pages" { span {} a href=(self.wanted.path(next)) { "Older" } }
            }
        }
    }

    fn filters(&self) -> Markup {
        html! {
            form.filters method="get" action="/approvals/history" {
                div.field { label for="agent" { "Agent" } input #agent type="text" name="agent" value=(self.wanted.agent) autocomplete="off"; }
                div.field { label for="action" { "Action" } input #action type="text" name="action" value=(self.wanted.action) autocomplete="off"; }
                div.field {
                    label for="status" { "Status" }
                    select #status name="status" {
                        option value="" { "Any" }
                        @for status in STATUSES {
                            option value=(status.as_str()) selected[self.wanted.status == status.as_str()] { (words::status_word(status)) }
                        }
                    }
                }
                div.field { label for="since" { "From (UTC)" } input #since type="date" name="since" value=(self.wanted.since); }
                button type="submit" { "Filter" }
            }
        }
    }

    fn row(&self, view: &ApprovalView) -> Markup {
        html! {
            div.row {
                span.what { a href={ "/approvals/" (view.id) } { (revealed(&view.agent)) ": " (revealed(&view.action)) } }
                @if let Some(amount) = &view.amount { span.sum { (revealed(amount)) } }
                div.meta {
                    (words::status(view.status))
                    (words::risk(view.risk))
                    span { (moment(view.ended.unwrap_or(view.opened), self.now)) }
                    @if !view.votes.is_empty() {
                        span { "by " @for (at, vote) in view.votes.iter().enumerate() { @if at > 0 { ", " } (revealed(vote.person.as_str())) } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn what_means_nothing_filters_nothing_and_is_said() {
        let wanted = Wanted {
            agent: "Not An Agent!".to_owned(),
            status: "approved".to_owned(),
            since: "2026-13-40".to_owned(),
            ..Wanted::default()
        };
        let (filter, wrong) = wanted.read();
        assert_eq!(wrong, ["agent", "from"]);
        assert!(filter.agent.is_none() && filter.status.is_some() && filter.since.is_none());
    }

    #[test]
    fn a_day_begins_at_midnight() {
        let (filter, wrong) = Wanted { since: "2026-11-22".to_owned(), ..Wanted::default() }.read();
        assert!(wrong.is_empty());
        assert_eq!(filter.since.unwrap().to_string(), "2026-11-22T00:00:00Z");
    }
}
