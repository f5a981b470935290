//! A report for people: in a terminal, as Markdown, and as a page. All three are derived from the JSON, which is what is
//! signed; none says more than it does.

pub(crate) mod document;
pub(crate) mod html;
pub(crate) mod mark;
pub(crate) mod markdown;
mod sections;
mod text;
mod told;
mod wrap;
pub(crate) mod written;

pub use text::text;

use crate::Report;

/// Writes a whole report as Markdown (GFM). Every text of the report is escaped.
#[must_use]
pub fn markdown(report: &Report) -> String {
    markdown::write(&sections::document(report))
}

/// Writes a whole report as one page that needs nothing else: no script, no style sheet, no font, no picture from
/// elsewhere. Every text of the report is escaped.
#[must_use]
pub fn html(report: &Report) -> String {
    html::write(&sections::document(report))
}
