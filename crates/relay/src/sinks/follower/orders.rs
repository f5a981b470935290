//! What is asked of a sink that is carried to.

use std::time::Duration;

use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{oneshot, watch};

use super::{Follower, Running};
use crate::sinks::assemble::Assembler;
use crate::sinks::batch::Batch;
use crate::sinks::target::Target;

/// What somebody asks of a sink.
#[derive(Debug)]
pub(crate) enum Order {
    /// Go on from this record.
    Replay { from: u64, done: oneshot::Sender<Result<u64, String>> },
    /// Open anew what is open, and try at once.
    Reopen,
}

/// Waits until all are to stop.
pub(crate) async fn stopped(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        // Who could stop it is gone, and nobody does.
        std::future::pending::<()>().await;
    }
}

impl Running {
    /// Waits, unless somebody asks for something.
    pub(super) async fn listen(&mut self, wait: Duration) {
        let Follower { orders, governance, stop, .. } = &mut self.follower;
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            order = orders.recv() => {
                if let Some(order) = order {
                    self.obey(order).await;
                }
            }
            _ = governance.changed() => self.begin_anew(),
            () = stopped(stop) => {}
        }
    }

    /// Does what was asked for meanwhile; `None` where it is to end.
    pub(super) async fn attend(&mut self) -> Option<()> {
        if *self.follower.stop.borrow() {
            self.keep().await;
            return None;
        }
        loop {
            match self.follower.orders.try_recv() {
                Ok(order) => self.obey(order).await,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return None,
            }
        }
        if self.follower.governance.has_changed().ok()? {
            self.follower.governance.mark_unchanged();
            self.begin_anew();
        }
        Some(())
    }

    /// Tries at once, for what the sink needs may be there now.
    fn begin_anew(&mut self) {
        self.circuit.close();
        self.target = None;
    }

    async fn obey(&mut self, order: Order) {
        match order {
            Order::Reopen => {
                if let Some(Target::File(file)) = &mut self.target {
                    file.reopen();
                    self.circuit.close();
                } else {
                    self.begin_anew();
                }
            }
            Order::Replay { from, done } => {
                let Some(store) = self.follower.reader.store() else { return };
                let (first, durable) = (store.first_index(), store.durable_index());
                let origin =
                    store.log_keys().first().map_or_else(String::new, |key| key.name().to_owned());
                drop(store);
                if from > durable || from < first {
                    let told =
                        format!("the ledger has records {first} to {}", durable.saturating_sub(1));
                    drop(done.send(Err(told)));
                    return;
                }
                self.batch = Batch::default();
                self.erasures.clear();
                self.pass = None;
                self.assembler = Some(Assembler::new(origin, from));
                self.next_read = from;
                if let Ok(target) = self.target() {
                    target.replay();
                }
                self.circuit.close();
                self.keep().await;
                self.tell();
                drop(done.send(Ok(durable.saturating_sub(from))));
            }
        }
    }
}
