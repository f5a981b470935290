//! The busiest minute, hour or day, counted as actions come, in constant memory.

use jiff::Timestamp;

#[derive(Debug, Clone, Copy)]
pub(super) enum Window {
    Minute,
    Hour,
    Day,
}

/// Counts by aligned windows; a rolling window of the same length holds at most twice the busiest.
#[derive(Debug)]
pub(super) struct Busiest {
    window: Window,
    current: Option<i64>,
    count: u64,
    pub(super) most: u64,
}

impl Busiest {
    pub(super) const fn new(window: Window) -> Self {
        Self { window, current: None, count: 0, most: 0 }
    }

    pub(super) fn add(&mut self, at: Timestamp, amount: u64) {
        let seconds = match self.window {
            Window::Minute => 60,
            Window::Hour => 3600,
            Window::Day => 86_400,
        };
        let window = at.as_second().div_euclid(seconds);
        if self.current != Some(window) {
            self.current = Some(window);
            self.count = 0;
        }
        self.count = self.count.saturating_add(amount);
        self.most = self.most.max(self.count);
    }
}
