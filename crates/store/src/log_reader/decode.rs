//! Decoding chunks on several threads and handing on what is in them in order.

use std::collections::BTreeMap;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use memchr::memchr;
use parking_lot::Mutex;
use syndic_ledger::{Fault, Hash, Leaf, Line, VerifyError, leaf_hashes};

use super::chunks::{Chunk, Chunks};
use crate::scan::ScanError;

/// The most threads that decode.
const MOST_THREADS: usize = 4;
/// How many chunks wait to be handed on.
const WAITING: usize = 8;

type Decoded = Result<Vec<(Hash, Leaf)>, ScanError>;

/// Decodes all chunks and gives each leaf with its hash to `each`, in order, on this thread.
pub(super) fn all(chunks: Chunks, each: &mut dyn FnMut(Hash, &Leaf)) -> Result<(), ScanError> {
    let chunks = Mutex::new(chunks);
    let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    thread::scope(|scope| {
        let (done, decoded) = sync_channel(WAITING);
        for _ in 0..threads {
            let (chunks, done) = (&chunks, done.clone());
            scope.spawn(move || work(chunks, &done));
        }
        drop(done);
        // A thread that is ahead waits for this one only, which takes whatever comes.
        let (mut early, mut next) = (BTreeMap::new(), 0);
        for (number, chunk) in decoded {
            early.insert(number, chunk);
            while let Some(chunk) = early.remove(&next) {
                chunk?.iter().for_each(|(hash, leaf)| each(*hash, leaf));
                next += 1;
            }
        }
        Ok(())
    })
}

/// Takes chunks and decodes them until there are none, or nobody wants more.
fn work(chunks: &Mutex<Chunks>, done: &SyncSender<(u64, Decoded)>) {
    loop {
        let mut taking = chunks.lock();
        let taken = taking.take();
        let next = taking.number();
        drop(taking);
        let decoded = match taken {
            Ok(Some(chunk)) => (chunk.number, decode(&chunk)),
            Ok(None) => return,
            Err(error) => (next, Err(error)),
        };
        let failed = decoded.1.is_err();
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
