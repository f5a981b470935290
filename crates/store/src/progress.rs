//! A number that only grows, and can be waited for.

use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

#[derive(Debug, Default)]
pub(crate) struct Progress {
    state: Mutex<State>,
    reached: Condvar,
}

#[derive(Debug)]
struct State {
    value: u64,
    /// The least number somebody waits for: below it nobody is woken, because that costs the writer more than
    /// writing does.
    wanted: u64,
    hurried: bool,
    ended: bool,
}

impl Default for State {
    fn default() -> Self {
        Self { value: 0, wanted: u64::MAX, hurried: false, ended: false }
    }
}

impl Progress {
    pub(crate) fn new(value: u64) -> Self {
        Self { state: Mutex::new(State { value, ..State::default() }), reached: Condvar::new() }
    }

    pub(crate) fn value(&self) -> u64 {
        self.state.lock().value
    }

    pub(crate) fn publish(&self, value: u64) {
        let mut state = self.state.lock();
        state.value = value;
        if value >= state.wanted {
            state.wanted = u64::MAX;
            self.reached.notify_all();
        }
    }

    /// Lets go who waits with a limit, now or next.
    pub(crate) fn hurry(&self) {
        self.state.lock().hurried = true;
        self.reached.notify_all();
    }

    /// Lets every waiter go.
    pub(crate) fn end(&self) {
        self.state.lock().ended = true;
        self.reached.notify_all();
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.state.lock().ended
    }

    /// Waits until the number is at least `value`, or ended, `limit` at most.
    pub(crate) fn wait(&self, value: u64, limit: Duration) {
        let until = Instant::now() + limit;
        let mut state = self.state.lock();
        while !state.ended && state.value < value {
            state.wanted = state.wanted.min(value);
            if self.reached.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
    }

    /// Waits like [`Self::wait`], or until hurried; tells whether the number was reached.
    pub(crate) fn wait_at_most(&self, value: u64, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let mut state = self.state.lock();
        while !state.ended && !state.hurried && state.value < value {
            state.wanted = state.wanted.min(value);
            if self.reached.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        state.hurried = false;
        state.value >= value
    }
}
