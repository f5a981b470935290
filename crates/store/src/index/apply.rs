//! What each record does to the index.

use syndic_ledger::{Acted, Concern, Leaf, Line, Record};

use crate::approval;
use crate::read;
use crate::tokens::is_erased;

use super::month::{Later, Month, MonthFile};
use super::{Index, IndexError, Span, Texts, likely};

impl Index {
    pub(super) fn apply_all(
        &mut self,
        count: u64,
        texts: &Texts,
        mut next: impl FnMut(u64) -> Result<Vec<u8>, IndexError>,
    ) -> Result<(), IndexError> {
        let mut tree = self.tree.clone();
        for index in tree.size()..tree.size() + count {
            let line = next(index)?;
            let line = Line::parse(&line)?;
            self.apply(&line, &line.decode()?, texts)?;
            tree.append_leaf_hash(line.hash());
        }
        self.commit(tree)
    }

    fn apply(&mut self, line: &Line<'_>, leaf: &Leaf, texts: &Texts) -> Result<(), IndexError> {
        match leaf.record.concern() {
            Concern::Decided(decision) => {
                approval::decided(&self.main, leaf, decision)?;
                self.add(line, leaf, &decision.acted(), texts)
            }
            Concern::Audited(audited) => {
                self.add(line, leaf, &audited.acted(), texts)?;
                self.note(Later::Outcome, leaf.i, &audited.id)
            }
            Concern::Action(id) => self.note(Later::of(&leaf.record), leaf.i, id),
            Concern::Approval(id) => {
                let ended = status(&leaf.record);
                Ok(approval::ended(&self.main, leaf.i.cast_signed(), id, ended)?)
            }
            Concern::Other => Ok(()),
        }
    }

    fn add(
        &mut self,
        line: &Line<'_>,
        leaf: &Leaf,
        event: &Acted<'_>,
        texts: &Texts,
    ) -> Result<(), IndexError> {
        let parts = read::open(line, leaf, &texts.keys).unwrap_or_else(|error| {
            tracing::warn!(
                record = leaf.i,
                error = &error as &dyn std::error::Error,
                "the words of a record cannot be read and are not found"
            );
            read::erased(leaf)
        });
        let tokens = texts.tokens.of_event(event, &parts);
        let month = self.month_of(leaf);
        if !self.spans.iter().any(|span| span.month == month) {
            let file = MonthFile::make(&self.layout, month, &self.made)?;
            self.months.insert(month, file);
        }
        self.month(month)?.add(leaf, event, &tokens, is_erased(&parts))?;
        self.extend(month, leaf);
        Ok(())
    }

    /// Returns the month a decision belongs to: never one before the newest, so that months follow one another in the
    /// ledger too.
    fn month_of(&self, leaf: &Leaf) -> Month {
        let month = Month::of(leaf.at);
        self.spans.last().map_or(month, |newest| newest.month.max(month))
    }

    fn extend(&mut self, month: Month, leaf: &Leaf) {
        let at = leaf.at.as_microsecond();
        match self.spans.last_mut().filter(|span| span.month == month) {
            Some(span) => {
                span.ordered &= span.until <= at;
                span.since = span.since.min(at);
                span.until = span.until.max(at);
                span.last = leaf.i;
            }
            None => self.spans.push(Span {
                month,
                first: leaf.i,
                last: leaf.i,
                since: at,
                until: at,
                ordered: true,
            }),
        }
    }

    /// Notes a later record of an event, in whichever month that is.
    fn note(&mut self, later: Later, index: u64, id: &str) -> Result<(), IndexError> {
        for month in likely(&self.spans, id) {
            if self.month(month)?.note(later, index, id)? {
                break;
            }
        }
        Ok(())
    }
}

/// Returns how a record about a request for approval ended it, if it did.
fn status(record: &Record) -> Option<&str> {
    if let Record::ApprovalVoted(voted) = record {
        voted.ended.as_deref()
    } else if let Record::ApprovalEnded(ended) = record {
        Some(&ended.status)
    } else {
        None
    }
}
