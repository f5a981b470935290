//! What a report does not show.

use super::super::document::{Block, Line, Section};
use crate::{NotShown, NotShownKind, Report};

/// How many ids are named beside a limit; each has its status or verdict further below.
const NAMED: usize = 8;

pub(super) fn section(report: &Report) -> Section {
    let section = Section::new("limits", "What this report does not show");
    if report.not_shown.is_empty() {
        return section
            .words("Nothing is named here, and that itself is not evidence of anything.");
    }
    section.with(Block::List(report.not_shown.iter().map(line).collect()))
}

fn line(limit: &NotShown) -> Line {
    let line = Line::new().strong(title(limit.kind)).tell(": ").tell(&limit.told);
    if limit.about.is_empty() {
        return line;
    }
    let named = limit.about.iter().take(NAMED).map(|id| Line::coded(id));
    let line = line.tell(" (").all(named);
    match limit.about.len().saturating_sub(NAMED) {
        0 => line.tell(")"),
        more => line.tell(&format!(" and {more} more, each with its reason below)")),
    }
}

const fn title(kind: NotShownKind) -> &'static str {
    match kind {
        NotShownKind::Judgement => "No judgement",
        NotShownKind::Unwitnessed => "Not witnessed",
        NotShownKind::Unsigned => "Not signed",
        NotShownKind::Dropped => "Dropped records",
        NotShownKind::Erased => "Erased parts",
        NotShownKind::Clock => "The clock",
        NotShownKind::NotEnforced => "Not enforced",
        NotShownKind::Unobserved => "Not observed",
        NotShownKind::Native => "Policies in Rust",
        NotShownKind::Unmeasured => "Not measured",
        NotShownKind::AttestedOnly => "Attested alone",
        NotShownKind::Unknown => "Unknown",
        NotShownKind::Stale => "Stale",
        NotShownKind::Statements => "Statements",
        NotShownKind::Dates => "Dates",
        NotShownKind::Assumed => "Assumed",
    }
}
