//! Dropping the months of records whose time has come.

use rusqlite::params;
use syndic_ledger::Tree;

use crate::approval;

use super::{Index, IndexError, Span, file};

impl Index {
    /// Drops the events and the ended requests of records before those that follow `first`: whole months by deleting
    /// their files. One that is dropped in part is to be [thinned](Self::thin) before. Where that was not done, or the
    /// files cannot be changed, the index begins anew.
    pub(crate) fn drop_before(&mut self, first: Tree) -> Result<(), IndexError> {
        let index = first.size();
        self.first = first;
        self.try_drop_before(index).or_else(|error| {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "old records cannot be dropped from the index, which is made again"
            );
            self.begin_anew()
        })
    }

    fn try_drop_before(&mut self, index: u64) -> Result<(), IndexError> {
        let (dropped, mut kept): (Vec<Span>, Vec<Span>) =
            self.spans.iter().partition(|span| span.last < index);
        self.main.execute_batch("BEGIN")?;
        if let Some(span) = kept.first_mut().filter(|span| span.first < index) {
            if !self.month(span.month)?.before(index, 1)?.is_empty() {
                return Err(IndexError::Lost(span.first));
            }
            span.first = index;
            let first = params![span.month.to_string(), index.cast_signed()];
            self.main.execute("UPDATE months SET first = ?2 WHERE month = ?1", first)?;
        }
        for span in &dropped {
            self.months.remove(&span.month);
            self.main.execute("DELETE FROM months WHERE month = ?1", [span.month.to_string()])?;
        }
        approval::drop_before(&self.main, index)?;
        self.main.execute_batch("COMMIT")?;
        self.spans = kept;
        self.readers.show(&self.spans);
        for span in &dropped {
            file::remove(&self.layout.index_file(&span.month.to_string()))?;
        }
        self.readers.let_go();
        Ok(())
    }
}
