//! A number that only grows, and can be waited for.

use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

#[derive(Debug, Default)]
pub(crate) struct Progress {
    state: Mutex<State>,
    grown: Condvar,
}

#[derive(Debug, Default)]
struct State {
    value: u64,
    ended: bool,
}

impl Progress {
    pub(crate) fn new(value: u64) -> Self {
        Self { state: Mutex::new(State { value, ended: false }), grown: Condvar::new() }
    }

    pub(crate) fn value(&self) -> u64 {
        self.state.lock().value
    }

    pub(crate) fn publish(&self, value: u64) {
        self.state.lock().value = value;
        self.grown.notify_all();
    }

    /// Lets every waiter go.
    pub(crate) fn end(&self) {
        self.state.lock().ended = true;
        self.grown.notify_all();
    }

    /// Waits until the number is above `value`; `None` when it ended.
    pub(crate) fn wait_above(&self, value: u64) -> Option<u64> {
        let mut state = self.state.lock();
        self.grown.wait_while(&mut state, |state| !state.ended && state.value <= value);
        (!state.ended).then_some(state.value)
    }

    /// Waits until the number is at least `value`; false when that takes longer than `limit`.
    pub(crate) fn wait_for(&self, value: u64, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let mut state = self.state.lock();
        self.grown.wait_while_until(&mut state, |state| !state.ended && state.value < value, until);
        state.value >= value
    }
}
