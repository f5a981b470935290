//! The parts that governance stands on, each with how it is and what mends it.

use syndic_model::SinkState;
use syndic_store::Store;

use crate::Gate;
use crate::health::HealthFinding;
use crate::metrics::Lag;

/// Below this the ledger soon cannot be written, and then everything is denied.
const LEAST_FREE: u64 = 256 << 20;
const COMFORTABLE_FREE: u64 = 2 << 30;
/// How long a follower of the ledger may be behind.
const RELAYED_WITHIN_S: i64 = 60;

/// How one part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ComponentState {
    /// As it should be.
    Ok,
    /// Something needs a person; decisions go on.
    Degraded,
    /// It does not do what it is for.
    Down,
}

/// One part of what governance stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// `ledger`, `index`, `checkpoint`, `witnesses`, `policy`, `agents`, `approvals`, `break-glass`, `relays`,
    /// `sinks`, `retention`, `disk` or `clock`; `drills` where one failed, `incidents` where one is
    /// overdue.
    pub component: &'static str,
    /// How it is.
    pub state: ComponentState,
    /// What there is to say, with figures.
    pub told: String,
    /// What to do, where something is; commands in backticks.
    pub remedy: Option<String>,
}

impl ComponentState {
    /// Returns its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

impl Component {
    fn ok(component: &'static str, told: String) -> Self {
        Self { component, state: ComponentState::Ok, told, remedy: None }
    }

    fn degraded(component: &'static str, told: String, remedy: &str) -> Self {
        let remedy = Some(remedy.to_owned());
        Self { state: ComponentState::Degraded, remedy, ..Self::ok(component, told) }
    }

    /// Says what is wrong in place of what is well.
    fn take(&mut self, finding: &HealthFinding) {
        let state = match finding.id {
            "ledger-closed" | "ledger-contradicted" | "index-stopped" => ComponentState::Down,
            _ => ComponentState::Degraded,
        };
        if self.state == ComponentState::Ok {
            self.told.clone_from(&finding.told);
        } else {
            self.told = format!("{}; {}", self.told, finding.told);
        }
        self.state = self.state.max(state);
        self.remedy.get_or_insert_with(|| finding.remedy.clone());
    }
}

/// Returns the part that a finding is about.
pub(crate) fn part(finding: &HealthFinding) -> &'static str {
    match finding.id {
        "ledger-closed" | "ledger-contradicted" => "ledger",
        "index-stopped" => "index",
        "checkpoint-stale" => "checkpoint",
        "witness-contradicts" | "witness-silent" => "witnesses",
        "policy-invalid" | "policy-held" | "restart-needed" => "policy",
        "all-suspended" => "agents",
        "approvals-old" => "approvals",
        "break-glass-open" | "break-glass-review" => "break-glass",
        "notification-failing" => "relays",
        "sink-stopped" | "sink-behind" => "sinks",
        "retention" => "retention",
        "clock" => "clock",
        "drill-failed" => "drills",
        "incident-overdue" => "incidents",
        other => other,
    }
}

impl Gate {
    /// Tells how each part is that governance stands on. Reads from the disk where something is behind, so it is not
    /// for asynchronous code.
    #[must_use]
    pub fn components(&self) -> Vec<Component> {
        let mut parts = self.parts();
        for finding in self.governance_health().findings {
            let name = part(&finding);
            match parts.iter_mut().find(|one| one.component == name) {
                Some(one) => one.take(&finding),
                None => {
                    let mut one = Component::ok(name, String::new());
                    one.take(&finding);
                    parts.push(one);
                }
            }
        }
        parts
    }

    /// Tells of each part what there is to say where nothing is wrong; of the disk and of relays whatever there is.
    fn parts(&self) -> Vec<Component> {
        let (health, governance) = (self.health(), self.governance());
        let statistics = self.store.statistics();
        let lags = self.relay_lags(self.now());
        let behind = lags.get("index").copied().unwrap_or_default();
        let unsealed = match self.unsealed_for().as_secs() {
            0 => "every record is signed for".to_owned(),
            seconds => format!("the newest records wait {seconds} s for a signature"),
        };
        let suspended = match health.suspended.len() {
            0 => String::new(),
            count => format!(", {count} suspended"),
        };
        let cosign = health.witnesses.iter().filter(|one| one.is_up() && one.cosigned.is_some());
        let witnesses = match (health.witnesses.len(), cosign.count()) {
            (0, _) => "none: the holder of the log's key could rewrite this history".to_owned(),
            (all, up) => format!("{up} of {all} cosign"),
        };
        vec![
            Component::ok(
                "ledger",
                format!("{} records, {} on disk", statistics.records, size(statistics.stored)),
            ),
            Component::ok(
                "index",
                format!("through record {}, {} behind", statistics.indexed_through, behind.records),
            ),
            Component::ok("checkpoint", unsealed),
            Component::ok("witnesses", witnesses),
            Component::ok("policy", format!("revision {} is in force", governance.revision)),
            Component::ok("agents", format!("{} governed{suspended}", governance.agents.len())),
            Component::ok("approvals", format!("{} wait for people", health.approvals_pending)),
            Component::ok("break-glass", "none is open".to_owned()),
            relays(lags.iter().map(|(name, lag)| (name.as_str(), *lag))),
            sinks(&self.sinks()),
            Component::ok(
                "retention",
                format!("records are kept for {} days", governance.settings.audit.retention_days),
            ),
            disk(&self.store),
            Component::ok("clock", format!("{} UTC", self.now().strftime("%Y-%m-%d %H:%M:%S"))),
        ]
    }
}

fn relays<'a>(lags: impl Iterator<Item = (&'a str, Lag)>) -> Component {
    let mut late = false;
    let told = lags.map(|(name, lag)| {
        late |= lag.seconds > RELAYED_WITHIN_S;
        match lag.records {
            0 => format!("{name} has every record"),
            count => format!("{name} is {count} records and {} s behind", lag.seconds),
        }
    });
    let told = told.collect::<Vec<_>>().join(", ");
    if late {
        let remedy =
            "see the log for why it does not go on; `syndic doctor` looks at what it needs";
        return Component::degraded("relays", told, remedy);
    }
    Component::ok("relays", told)
}

fn sinks(states: &[SinkState]) -> Component {
    if states.is_empty() {
        return Component::ok("sinks", "none: the audit trail is in the ledger alone".to_owned());
    }
    let failing = states.iter().filter(|state| state.failing_since.is_some());
    let failing = failing.map(|state| {
        let reason = state.last_failure.as_ref().map_or("", |failure| failure.reason.as_str());
        format!("{} fails: {reason}", state.name)
    });
    let failing: Vec<String> = failing.collect();
    if !failing.is_empty() {
        let remedy = "mend what it says, then `syndic policy reload`; `syndic relay status` tells how far each is. Nothing is lost: the ledger has every record";
        return Component::degraded("sinks", failing.join("; "), remedy);
    }
    let names: Vec<&str> = states.iter().map(|state| state.name.as_str()).collect();
    Component::ok("sinks", format!("the audit trail goes to {}", names.join(", ")))
}

fn disk(store: &Store) -> Component {
    let remedy =
        "free some: without space nothing is recorded, and what is not recorded may not run";
    match store.free_bytes() {
        Ok(free) if free < COMFORTABLE_FREE => {
            let soon = if free < LEAST_FREE { ": everything is denied soon" } else { "" };
            Component::degraded("disk", format!("{} free{soon}", size(free)), remedy)
        }
        Ok(free) => Component::ok("disk", format!("{} free", size(free))),
        Err(error) => {
            Component::degraded("disk", format!("free space cannot be told: {error}"), remedy)
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        ..1_048_576 => format!("{} KiB", bytes >> 10),
        1_048_576..1_073_741_824 => format!("{} MiB", bytes >> 20),
        1_073_741_824.. => format!("{} GiB", bytes >> 30),
    }
}

#[cfg(test)]
mod tests {
    use syndic_model::{Circuit, SinkFailure, SinkState};

    use super::{Component, ComponentState, Lag, relays, sinks, size};
    use crate::health::{HealthFinding, HealthSeverity};

    #[test]
    fn a_part_says_everything_that_is_wrong_with_it_and_how_to_begin() {
        let finding = |id: &'static str, told: &str| HealthFinding {
            id,
            severity: HealthSeverity::Warning,
            told: told.to_owned(),
            remedy: format!("mend {told}"),
        };
        let mut policy = Component::ok("policy", "revision 1 is in force".to_owned());
        policy.take(&finding("policy-invalid", "a"));
        policy.take(&finding("restart-needed", "b"));
        assert_eq!(
            (policy.state, policy.told.as_str(), policy.remedy.as_deref()),
            (ComponentState::Degraded, "a; b", Some("mend a"))
        );
        policy.take(&finding("index-stopped", "c"));
        assert_eq!(policy.state, ComponentState::Down);
    }

    #[test]
    fn a_relay_is_late_after_a_minute() {
        let lag = |records, seconds| Lag { records, seconds };
        let well = relays([("index", lag(0, 0)), ("notifications", lag(7, 60))].into_iter());
        assert_eq!(well.state, ComponentState::Ok);
        assert_eq!(well.told, "index has every record, notifications is 7 records and 60 s behind");
        assert_eq!(relays([("index", lag(1, 61))].into_iter()).state, ComponentState::Degraded);
    }

    #[test]
    fn a_sink_that_fails_is_named_with_what_it_said() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let sink = |name: &str, failing: bool| SinkState {
            name: name.to_owned(),
            kind: "webhook".to_owned(),
            place: String::new(),
            format: "native".to_owned(),
            parts: "redacted".to_owned(),
            required: false,
            next_index: 0,
            needs_from: 0,
            circuit: Circuit::Closed,
            taken: 0,
            failures: 1,
            refused: 0,
            dead_letters: 0,
            failing_since: failing.then_some(at),
            last_success: None,
            last_failure: Some(SinkFailure { at, reason: "it answered 503".to_owned() }),
        };
        let well = sinks(&[sink("aws", false), sink("hook", false)]);
        assert_eq!(
            (well.state, well.told.as_str()),
            (ComponentState::Ok, "the audit trail goes to aws, hook")
        );
        let failing = sinks(&[sink("aws", false), sink("hook", true)]);
        assert_eq!(
            (failing.state, failing.told.as_str()),
            (ComponentState::Degraded, "hook fails: it answered 503")
        );
    }

    #[test]
    fn sizes_are_told_in_the_unit_that_fits() {
        for (bytes, told) in [(0, "0 KiB"), (5 << 20, "5 MiB"), (3 << 30, "3 GiB")] {
            assert_eq!(size(bytes), told);
        }
    }
}
