//! What every page has in common.

use maud::{DOCTYPE, Markup, html};

use super::style;

/// One page, before it is put into the frame all pages share.
pub(crate) struct Page<'a> {
    /// Its title, and its first heading.
    pub(crate) title: &'a str,
    /// Who is signed in.
    pub(crate) person: Option<&'a SignedIn>,
    /// Which entry of the navigation it is.
    pub(crate) here: Here,
    /// Whether it says one thing only, and is as narrow.
    pub(crate) is_slim: bool,
    /// The heading and everything below.
    pub(crate) body: &'a Markup,
}

/// Somebody who is signed in, as a page needs them.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    /// Their name.
    pub(crate) name: String,
    /// Proves that a form came from a page of theirs.
    pub(crate) csrf: String,
}

/// Where in the navigation a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Here {
    /// The inbox.
    Inbox,
    /// What ended.
    History,
    /// Nowhere in it.
    Elsewhere,
}

impl Page<'_> {
    /// Writes the whole document.
    pub(crate) fn render(self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    title { (self.title) " · syndic" }
                    link rel="stylesheet" href=(style::path());
                }
                body {
                    a.skip href="#main" { "Skip to the content" }
                    header.top {
                        div.bar {
                            span.brand { (logo()) "syndic" }
                            @if let Some(person) = self.person {
                                (navigation(self.here))
                                (sign_out(person))
                            }
                        }
                    }
                    main #main .slim[self.is_slim] { (self.body) }
                    footer.bottom {
                        p { "Opening a page changes nothing. Only a button that you press does, and what it does is recorded." }
                    }
                }
            }
        }
    }
}

fn navigation(here: Here) -> Markup {
    let entries =
        [(Here::Inbox, "/approvals", "Inbox"), (Here::History, "/approvals/history", "History")];
    html! {
        nav aria-label="Approvals" {
            @for (entry, path, text) in entries {
                a href=(path) aria-current=[(entry == here).then_some("page")] { (text) }
            }
        }
    }
}

fn sign_out(person: &SignedIn) -> Markup {
    html! {
        form.who method="post" action="/sign-out" {
            span.name title="Signed in as" { (super::reveal::revealed(&person.name)) }
            input type="hidden" name="csrf" value=(person.csrf);
            button.plain type="submit" { "Sign out" }
        }
    }
}

/// A gate that a mark passes under; drawn by attributes alone, since a page has no style of its own.
fn logo() -> Markup {
    html! {
        svg.logo viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false" {
            path d="M4 21V10a8 8 0 0 1 16 0v11" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" {}
            circle cx="12" cy="14.5" r="2.6" fill="currentColor" {}
        }
    }
}
