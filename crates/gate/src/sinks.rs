//! The sinks of the audit trail, as whoever carries events there tells of them.

use syndic_model::SinkState;

use crate::Gate;

impl Gate {
    /// Takes note of how the sinks are.
    pub fn sinks_are(&self, states: Vec<SinkState>) {
        *self.sinks.lock() = states;
    }

    /// Tells how the sinks are.
    #[must_use]
    pub fn sinks(&self) -> Vec<SinkState> {
        self.sinks.lock().clone()
    }

    /// Tells how the sinks are, each with how many records and seconds it is behind. Reads from the disk where one is, so
    /// it is not for asynchronous code.
    #[must_use]
    pub fn sink_views(&self) -> Vec<(SinkState, (u64, u64))> {
        let lags = self.relay_lags(self.now());
        let view = |state: SinkState| {
            let lag = lags.get(&state.name).copied().unwrap_or_default();
            (state, (lag.records, u64::try_from(lag.seconds).unwrap_or(0)))
        };
        self.sinks().into_iter().map(view).collect()
    }

    /// Returns the first record that a sink still needs which must get all of them. One that nobody carries to needs
    /// every record.
    pub(crate) fn sinks_need_from(&self) -> u64 {
        let governance = self.governance();
        let states = self.sinks.lock();
        let required = governance.settings.sinks.iter().filter(|sink| sink.required);
        let needed = required.map(|sink| {
            let known = states.iter().find(|state| state.name == sink.name);
            known.map_or(0, |state| state.needs_from)
        });
        needed.min().unwrap_or(u64::MAX)
    }
}
