//! Decoding chunks on several threads and handing on what is in them in order.

use std::collections::BTreeMap;
use std::panic::{catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use memchr::memchr;
use parking_lot::Mutex;
use syndic_ledger::{Fault, Hash, Leaf, Line, VerifyError, leaf_hashes};

use super::chunks::{Chunk, Chunks};
use crate::scan::ScanError;

/// The most threads that decode.
const MOST_THREADS: usize = 4;
/// How many chunks are taken and not handed on yet, at most. More than threads, so that each finds the end.
const AHEAD: usize = 8;

type Decoded = Result<Vec<(Hash, Leaf)>, ScanError>;

/// A chunk by its number. A panic is handed on too: whoever is ahead would wait for that chunk for ever.
type Done = (u64, thread::Result<Decoded>);

/// What threads take from: the chunks, and a leave for each that may be taken.
type Source = (Chunks, Receiver<()>);

/// Decodes all chunks and gives each leaf with its hash to `each`, in order, on this thread.
pub(super) fn all(chunks: Chunks, each: &mut dyn FnMut(Hash, &Leaf)) -> Result<(), ScanError> {
    let (leave, given) = channel();
    let source = Mutex::new((chunks, given));
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    thread::scope(|scope| {
        // Dropped with what is done below, so that nobody waits for a leave any more.
        let leave = leave;
        let (done, decoded) = channel();
        for _ in 0..threads {
            let (source, done) = (&source, done.clone());
            scope.spawn(move || work(source, &done));
        }
        drop(done);
        // Refused only where no thread is left, and then nothing is decoded any more.
        let give = || {
            let _ = leave.send(());
        };
        (0..AHEAD).for_each(|_| give());
        // INVARIANT: what came early is at most what was given leave for.
        let (mut early, mut next) = (BTreeMap::new(), 0);
        for (number, chunk) in decoded {
            early.insert(number, chunk);
            while let Some(chunk) = early.remove(&next) {
                let leaves = chunk.unwrap_or_else(|panic| resume_unwind(panic))?;
                leaves.iter().for_each(|(hash, leaf)| each(*hash, leaf));
                next += 1;
                give();
            }
        }
        Ok(())
    })
}

/// Takes chunks and decodes them until there are none, or nobody wants more.
fn work(source: &Mutex<Source>, done: &Sender<Done>) {
    loop {
        let mut taking = source.lock();
        let (chunks, given) = &mut *taking;
        if given.recv().is_err() {
            return;
        }
        let taken = chunks.take();
        let next = chunks.number();
        drop(taking);
        let decoded = match taken {
            Ok(Some(chunk)) => (chunk.number, catch_unwind(|| decode(&chunk))),
            Ok(None) => return,
            Err(error) => (next, Ok(Err(error))),
        };
        let failed = !matches!(decoded.1, Ok(Ok(_)));
        if done.send(decoded).is_err() || failed {
            return;
        }
    }
}

fn decode(chunk: &Chunk) -> Decoded {
    let mut rest = chunk.lines.as_slice();
    let (mut bytes, mut leaves) = (Vec::new(), Vec::new());
    let mut index = chunk.first;
    while !rest.is_empty() {
        let end = memchr(b'\n', rest).map_or(rest.len(), |feed| feed + 1);
        let (line, after) = rest.split_at(end);
        let (line, leaf) = one(line, index).map_err(|fault| {
            let source = VerifyError { index, fault };
            ScanError::Damaged { path: chunk.path.to_path_buf(), source }
        })?;
        bytes.push(line.leaf());
        leaves.push(leaf);
        index += 1;
        rest = after;
    }
    Ok(leaf_hashes(&bytes).into_iter().zip(leaves).collect())
}

fn one(line: &[u8], index: u64) -> Result<(Line<'_>, Leaf), Fault> {
    let line = Line::parse(line).map_err(Fault::Line)?;
    let leaf = line.decode().map_err(Fault::Line)?;
    if leaf.i == index { Ok((line, leaf)) } else { Err(Fault::Order(leaf.i)) }
}
