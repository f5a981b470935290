//! How much of the processor a thread gets where there is not enough for all: what nobody waits for yields to what
//! decisions wait for.

use rustix::process::{nice, setpriority_process};

/// How nice the index is: searches wait for it, decisions do not.
pub(crate) const VIEW: i32 = 5;

/// How nice the rewriting of sealed segments is: nobody waits for it.
pub(crate) const UPKEEP: i32 = 15;

/// Returns `run` for a thread that is nicer than the process by `nicer`, of 20 levels. On Linux a thread has a niceness
/// of its own; elsewhere, and where it is refused, nothing changes.
pub(crate) fn yielding(nicer: i32, run: impl FnOnce() + Send) -> impl FnOnce() + Send {
    move || {
        if cfg!(target_os = "linux") {
            let own = nice(0).unwrap_or(0);
            setpriority_process(None, (own + nicer).min(19)).unwrap_or(());
        }
        run();
    }
}
