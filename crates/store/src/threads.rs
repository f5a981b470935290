//! The threads of a store: what each does, and in what order they end.

use std::io;
use std::thread::{self, JoinHandle};

use crate::Store;
use crate::follow::Follower;
use crate::priority::{UPKEEP, VIEW, yielding};
use crate::publish::Publisher;
use crate::sequencer::{Message, run};

/// See the module.
pub(crate) struct Threads {
    sequencer: JoinHandle<()>,
    publisher: JoinHandle<()>,
    follower: JoinHandle<()>,
    refill: JoinHandle<()>,
    shelf: Option<JoinHandle<()>>,
    upkeep: Vec<JoinHandle<()>>,
}

impl Threads {
    pub(crate) fn start(store: &Store, publisher: Publisher, compress: bool) -> io::Result<Self> {
        let threads = Self {
            upkeep: Vec::new(),
            shelf: compress.then(|| keep_compressed(store)).transpose()?,
            refill: start("syndic-keys", {
                let (keys, clock) = (store.keys.clone(), store.clock.clone());
                move || keys.refill(clock)
            })?,
            follower: follow(store)?,
            publisher: start("syndic-checkpoint", move || publisher.run())?,
            sequencer: start("syndic-ledger", {
                let (sequencer, shared) = (store.sequencer.clone(), store.shared.clone());
                move || run(&sequencer, &shared)
            })?,
        };
        store.shared.bell.is_heard_by(threads.sequencer.thread());
        Ok(threads)
    }

    /// Starts what nobody waits for, and what ends once the ledger does not grow any more.
    pub(crate) fn keep_up(
        &mut self,
        name: &str,
        run: impl FnOnce() + Send + 'static,
    ) -> io::Result<()> {
        self.upkeep.push(start(name, yielding(UPKEEP, run))?);
        Ok(())
    }

    /// Lets each end what it began, the writer first. One that panicked has said so; closing goes on.
    pub(crate) fn end(self, store: &Store) {
        store.shared.slots.close();
        store.shared.shares.close();
        drop(store.shared.queue.send(Message::Close));
        store.shared.bell.ring();
        drop(self.sequencer.join());
        store.shared.growth.end();
        drop(self.publisher.join());
        store.checkpoints.through.end();
        store.shared.durable.end();
        drop(self.follower.join());
        store.keys.close();
        drop(self.refill.join());
        store.positions.end();
        drop(self.shelf.map(JoinHandle::join));
        self.upkeep.into_iter().for_each(|thread| drop(thread.join()));
    }
}

fn keep_compressed(store: &Store) -> io::Result<JoinHandle<()>> {
    let shelf = store.shelf.clone();
    start("syndic-segments", yielding(UPKEEP, move || shelf.keep_compressed()))
}

fn follow(store: &Store) -> io::Result<JoinHandle<()>> {
    let (shared, positions) = (store.shared.clone(), store.positions.clone());
    let (index, readers) = (store.index.clone(), store.readers.clone());
    let (texts, indexed) = (store.texts.clone(), store.indexed.clone());
    let follow = move || {
        let follower = Follower {
            index: &index,
            readers: &readers,
            texts: &texts,
            durable: &shared.durable,
            positions: &positions,
            indexed: &indexed,
        };
        follower.follow();
    };
    start("syndic-index", yielding(VIEW, follow))
}

fn start(name: &str, run: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    thread::Builder::new().name(name.to_owned()).spawn(run)
}
