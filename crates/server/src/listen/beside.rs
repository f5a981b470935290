//! What goes on beside answering: telling people, witnesses, sinks and collectors, and following the ledger.

use std::sync::Arc;

use syndic_gate::Gate;
use syndic_relay::{Notifier, SinkControl, Sinks, Traces, Witnesses};
use tokio::signal::unix::{SignalKind, signal};

/// Tells people about requests for approval, witnesses about checkpoints, and sinks about actions. That this ends ends
/// nothing else.
pub(super) async fn tell(notifier: Notifier, witnesses: Witnesses, sinks: Sinks) {
    tokio::join!(notifier.run(), witnesses.run(), sinks.run());
    std::future::pending::<()>().await;
}

/// Has files opened anew at every SIGHUP, as who puts them aside asks for.
pub(super) async fn reopen(sinks: SinkControl) {
    match signal(SignalKind::hangup()) {
        Ok(mut hangup) => {
            while hangup.recv().await.is_some() {
                sinks.reopen();
            }
        }
        Err(error) => tracing::warn!(%error, "SIGHUP will not have files opened anew"),
    }
    std::future::pending::<()>().await;
}

/// Shows what happens. That this ends ends nothing else.
pub(super) async fn follow(gate: &Arc<Gate>) {
    Gate::follow(Arc::downgrade(gate)).await;
    std::future::pending::<()>().await;
}

pub(super) fn notifier(gate: &Arc<Gate>) -> Notifier {
    let [governed, counted, reached] = [(); 3].map(|()| Arc::downgrade(gate));
    Notifier::new(
        Arc::downgrade(&gate.store()),
        &gate.governance().settings.data_dir,
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |channel| {
            if let Some(gate) = counted.upgrade() {
                gate.notification_failed(channel);
            }
        },
        move |next| {
            if let Some(gate) = reached.upgrade() {
                gate.relay_reads_next("notifications", next);
            }
        },
    )
}

pub(super) fn witnesses(gate: &Arc<Gate>) -> Witnesses {
    let (governed, told) = (Arc::downgrade(gate), Arc::downgrade(gate));
    Witnesses::new(
        Arc::downgrade(&gate.store()),
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |states| {
            if let Some(gate) = told.upgrade() {
                gate.witnesses_are(states);
            }
        },
    )
}

/// Carries the audit trail to sinks, where there are any.
pub(super) fn sinks(gate: &Arc<Gate>) -> Sinks {
    let (governed, told) = (Arc::downgrade(gate), Arc::downgrade(gate));
    Sinks::new(
        Arc::downgrade(&gate.store()),
        &gate.governance().settings.data_dir,
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |states| {
            if let Some(gate) = told.upgrade() {
                gate.sinks_are(states);
            }
        },
    )
}

/// Tells a collector of actions, where one is set.
pub(super) fn traces(gate: &Arc<Gate>) -> Traces {
    let (governed, counted) = (Arc::downgrade(gate), Arc::downgrade(gate));
    Traces::new(
        gate.spans(),
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |count| {
            if let Some(gate) = counted.upgrade() {
                gate.spans_dropped(count);
            }
        },
    )
}
