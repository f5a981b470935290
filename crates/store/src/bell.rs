//! How the ledger's thread is woken.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

/// A caller that writes one record after the other is back within this: to be awake then costs less than to be woken.
const AWAKE: Duration = Duration::from_micros(40);

/// How long a record waits for company that nobody waits for.
const COMPANY: Duration = Duration::from_millis(2);

/// Rung by whoever has something to write, heard by one thread.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    listener: OnceLock<Thread>,
    rung: AtomicBool,
    later: AtomicBool,
}

impl Bell {
    /// Says who listens, before anybody rings.
    pub(crate) fn is_heard_by(&self, listener: &Thread) {
        let _the_first_stays = self.listener.set(listener.clone());
    }

    /// Wakes the thread.
    pub(crate) fn ring(&self) {
        self.rung.store(true, Ordering::Release);
        self.unpark();
    }

    /// Wakes the thread in a while, when there may be more to write.
    pub(crate) fn ring_later(&self) {
        self.later.store(true, Ordering::Release);
        self.unpark();
    }

    fn unpark(&self) {
        if let Some(listener) = self.listener.get() {
            listener.unpark();
        }
    }

    /// Waits in the one thread that listens, `within` at most.
    pub(crate) fn wait(&self, within: Option<Duration>) {
        let begun = Instant::now();
        while begun.elapsed() < AWAKE {
            if self.rung.swap(false, Ordering::Acquire) {
                return;
            }
            thread::yield_now();
        }
        while !self.rung.swap(false, Ordering::Acquire) {
            if self.later.swap(false, Ordering::Acquire) {
                thread::sleep(COMPANY);
                self.rung.store(false, Ordering::Release);
                return;
            }
            match within.map(|within| within.checked_sub(begun.elapsed())) {
                None => thread::park(),
                Some(Some(left)) => thread::park_timeout(left),
                Some(None) => return,
            }
        }
    }
}
