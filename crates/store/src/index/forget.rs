//! Taking the words of events out of the index.

use crate::read::{self, ReadError, Stored};
use crate::tokens::is_erased;

use super::month::Month;
use super::{Index, IndexError, Texts};

/// How many events are taken out of a month at once.
const THINNED: usize = 2048;

impl Index {
    /// Takes the words and the users of events out of the index, by the positions of their decisions, and leaves
    /// nothing of them in its files. Their parts must still be readable. Where it cannot be told what to take out, or the
    /// files be changed, the index begins anew.
    pub(crate) fn forget(
        &mut self,
        decisions: &[u64],
        texts: &Texts,
        read: impl Fn(u64) -> Result<Stored, ReadError>,
    ) -> Result<(), IndexError> {
        match self.try_forget(decisions, texts, read) {
            Ok(true) => Ok(()),
            // Words that nobody can tell any more are in it.
            Ok(false) => self.begin_anew(),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "words cannot be taken out of the index, which is made again"
                );
                self.begin_anew()
            }
        }
    }

    fn try_forget(
        &mut self,
        decisions: &[u64],
        texts: &Texts,
        read: impl Fn(u64) -> Result<Stored, ReadError>,
    ) -> Result<bool, ReadError> {
        let mut complete = true;
        let mut changed = Vec::new();
        for index in decisions {
            let Some(span) =
                self.spans.iter().find(|span| (span.first..=span.last).contains(index))
            else {
                continue;
            };
            let month = span.month;
            let Stored { leaf, parts } = match read(*index) {
                Err(ReadError::Pruned(_)) => continue,
                stored => stored?,
            };
            let Some(event) = leaf.record.acted() else { continue };
            let before = (!is_erased(&parts)).then(|| texts.tokens.of_event(&event, &parts));
            let after = texts.tokens.of_event(&event, &read::erased(&leaf));
            complete &= self.month(month)?.forget(*index, before.as_deref(), &after)?;
            changed.push(month);
        }
        if !complete {
            return Ok(false);
        }
        let through = self.through();
        for (month, file) in &mut self.months {
            if changed.contains(month) {
                file.commit(through)?;
                file.scrub()?;
            }
        }
        Ok(true)
    }

    /// Takes some of the events of decisions before `index` out of the month that is dropped in part, with their words,
    /// and leaves nothing of them in its file. Tells whether more are left. Their parts must still be readable.
    ///
    /// # Errors
    /// When it cannot be told what to take out, or the file be changed; what was begun is taken back.
    pub(crate) fn thin(
        &mut self,
        index: u64,
        texts: &Texts,
        read: impl Fn(u64) -> Result<Stored, ReadError>,
    ) -> Result<bool, ReadError> {
        let partly = self.spans.iter().find(|span| (span.first + 1..=span.last).contains(&index));
        let Some(month) = partly.map(|span| span.month) else { return Ok(false) };
        let thinned = self.try_thin(month, index, texts, read);
        if thinned.is_err() {
            self.months.remove(&month);
        }
        thinned
    }

    fn try_thin(
        &mut self,
        month: Month,
        index: u64,
        texts: &Texts,
        read: impl Fn(u64) -> Result<Stored, ReadError>,
    ) -> Result<bool, ReadError> {
        let through = self.through();
        let file = self.month(month)?;
        let old = file.before(index, THINNED)?;
        for (decision, forgotten) in &old {
            let Stored { leaf, parts } = read(*decision)?;
            let Some(event) = leaf.record.acted() else {
                return Err(ReadError::Changed(*decision));
            };
            let parts = if *forgotten { read::erased(&leaf) } else { parts };
            if is_erased(&parts) && !forgotten {
                return Err(ReadError::Changed(*decision));
            }
            file.remove(*decision, &texts.tokens.of_event(&event, &parts))?;
        }
        file.commit(through)?;
        if old.len() < THINNED {
            file.scrub()?;
        }
        Ok(old.len() == THINNED)
    }
}
