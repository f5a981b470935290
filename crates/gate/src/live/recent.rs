//! The newest records, kept for those who watch.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use syndic_ledger::Leaf;

use super::happened::Happened;
use super::known::Known;

/// How many records are kept at least, so many as who was away may have missed.
pub(crate) const KEPT: usize = 10_000;

/// The newest records, in the batches they came in.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    known: Known,
    gathered: Vec<Happened>,
    batches: VecDeque<Arc<Batch>>,
    kept: usize,
}

/// Records that became durable together.
#[derive(Debug)]
pub(crate) struct Batch {
    happened: Box<[Happened]>,
    written: OnceLock<Written>,
}

/// A batch as it goes over a wire, written once for all who watch.
#[derive(Debug)]
pub(crate) struct Written {
    text: Bytes,
    /// Where each record ends.
    ends: Box<[usize]>,
}

impl Recent {
    /// Takes one record; it is shown when the batch is closed.
    pub(crate) fn apply(&mut self, leaf: &Leaf) {
        self.gathered.push(self.known.tell(leaf));
    }

    pub(crate) fn close_batch(&mut self) {
        if self.gathered.is_empty() {
            return;
        }
        let happened: Box<[Happened]> = std::mem::take(&mut self.gathered).into();
        self.kept += happened.len();
        self.batches.push_back(Arc::new(Batch { happened, written: OnceLock::new() }));
        while let Some(oldest) = self.batches.front()
            && self.kept - oldest.happened.len() >= KEPT
        {
            self.kept -= oldest.happened.len();
            self.batches.pop_front();
        }
    }

    /// Returns the batches with the records from `next` on; nothing where those are not all kept any more.
    pub(crate) fn from(&self, next: u64) -> Option<Vec<Arc<Batch>>> {
        let first = self.batches.front().and_then(|batch| batch.first());
        if first.is_none_or(|first| next < first) {
            return None;
        }
        let after = self.batches.partition_point(|batch| batch.last() < Some(next));
        Some(self.batches.range(after..).cloned().collect())
    }
}

impl Batch {
    /// Returns the records, in order.
    pub(crate) fn happened(&self) -> &[Happened] {
        &self.happened
    }

    fn first(&self) -> Option<u64> {
        self.happened.first().map(|happened| happened.index)
    }

    fn last(&self) -> Option<u64> {
        self.happened.last().map(|happened| happened.index)
    }

    /// Returns the batch as `write` puts each record on a wire. It is written the first time, and then the same for all:
    /// there is one wire.
    pub(crate) fn written(&self, write: impl Fn(&Happened, &mut Vec<u8>)) -> &Written {
        self.written.get_or_init(|| {
            let mut text = Vec::new();
            let each = self.happened.iter().map(|happened| {
                write(happened, &mut text);
                text.len()
            });
            let ends = each.collect();
            Written { text: text.into(), ends }
        })
    }

    /// Returns of `written` the records that are `wanted`, neighbours in one piece and nothing copied.
    pub(crate) fn pieces(
        &self,
        written: &Written,
        wanted: impl Fn(&Happened) -> bool,
    ) -> Vec<Bytes> {
        let mut pieces = Vec::new();
        let (mut begun, mut start) = (None, 0);
        for (happened, end) in self.happened.iter().zip(&written.ends) {
            if wanted(happened) {
                begun.get_or_insert(start);
            } else if let Some(begin) = begun.take() {
                pieces.push(written.text.slice(begin..start));
            }
            start = *end;
        }
        pieces.extend(begun.map(|begin| written.text.slice(begin..start)));
        pieces
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, OnceLock};

    use super::{Batch, Happened, KEPT, Recent};

    fn happened(index: u64) -> Happened {
        Happened { index, kind: "decision", ..Happened::default() }
    }

    fn filled(batches: u64, each: u64) -> Recent {
        let mut recent = Recent::default();
        for batch in 0..batches {
            recent.gathered.extend((0..each).map(|one| happened(batch * each + one)));
            recent.close_batch();
        }
        recent
    }

    fn indexes(batches: &[Arc<Batch>]) -> Vec<u64> {
        batches.iter().flat_map(|batch| batch.happened().iter().map(|one| one.index)).collect()
    }

    #[test]
    fn what_is_kept_begins_with_the_batch_of_what_is_asked_for() {
        let recent = filled(4, 3);
        assert_eq!(indexes(&recent.from(0).unwrap()), (0..12).collect::<Vec<_>>());
        assert_eq!(indexes(&recent.from(4).unwrap()), (3..12).collect::<Vec<_>>());
        assert_eq!(indexes(&recent.from(11).unwrap()), [9, 10, 11]);
        assert!(indexes(&recent.from(12).unwrap()).is_empty());
        assert!(Recent::default().from(0).is_none());
    }

    #[test]
    fn the_oldest_go_once_enough_are_kept() {
        let recent = filled(200, 64);
        assert!(recent.kept >= KEPT && recent.kept < KEPT + 64, "{}", recent.kept);
        let newest = 200 * 64;
        assert!(recent.from(0).is_none());
        assert!(recent.from(newest - KEPT as u64).is_some());
        assert_eq!(
            recent.batches.iter().map(|batch| batch.happened.len()).sum::<usize>(),
            recent.kept
        );
    }

    #[test]
    fn a_batch_is_written_once_and_cut_without_copying() {
        let batch = Batch { happened: (0..6).map(happened).collect(), written: OnceLock::new() };
        let write = |one: &Happened, text: &mut Vec<u8>| {
            text.extend(format!("<{}>", one.index).bytes());
        };
        let written = batch.written(write);
        for (wanted, pieces) in [
            (&[0, 1, 2, 3, 4, 5][..], &["<0><1><2><3><4><5>"][..]),
            (&[], &[]),
            (&[0, 2, 3, 5], &["<0>", "<2><3>", "<5>"]),
            (&[5], &["<5>"]),
        ] {
            let told = batch.pieces(written, |one| wanted.contains(&one.index));
            assert_eq!(told, pieces);
        }
        assert!(std::ptr::eq(written, batch.written(|_, _| panic!("written again"))));
    }
}
