//! Does something again whenever a file of the governance directory changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::thread;
use std::time::{Duration, SystemTime};

use syndic_gate::{Gate, ReloadBy};
use syndic_governance::Environment;

/// How often the files are looked at.
const PACE: Duration = Duration::from_millis(300);
/// The most files that are looked at, as many as are read.
const MOST_FILES: usize = 10_000;
/// How deep folders are followed.
const MOST_DEPTH: usize = 4;

/// When each file last changed, and its size.
type Seen = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Runs `act` now and after every change, until the process is stopped.
pub(crate) fn each_change(dir: &Path, mut act: impl FnMut()) -> ! {
    loop {
        let before = look(dir);
        act();
        while look(dir) == before {
            thread::sleep(PACE);
        }
    }
}

/// Reloads whenever the files change and stand still again, for as long as the gate is open and its environment is
/// `dev`; what comes of it is logged.
pub(crate) async fn reload(gate: Weak<Gate>, dir: PathBuf) {
    let look_again = || {
        let dir = dir.clone();
        async move { tokio::task::spawn_blocking(move || look(&dir)).await.unwrap_or_default() }
    };
    let mut loaded = look_again().await;
    let mut before = loaded.clone();
    loop {
        tokio::time::sleep(PACE).await;
        let Some(gate) = gate.upgrade() else { return };
        let now = look_again().await;
        let watched = gate.governance().settings.environment == Environment::Dev;
        if watched && now != loaded && now == before {
            // The gate counts and logs what does not load.
            drop(gate.reload(&ReloadBy::Watch, None).await);
            loaded.clone_from(&now);
        }
        before = now;
    }
}

fn look(dir: &Path) -> Seen {
    let mut seen = Seen::new();
    for name in ["syndic.yaml", "agents", "actions", "calendars", "policies"] {
        visit(&dir.join(name), MOST_DEPTH, &mut seen);
    }
    seen
}

fn visit(path: &Path, depth: usize, seen: &mut Seen) {
    let Ok(metadata) = fs::metadata(path) else { return };
    if seen.len() >= MOST_FILES {
        return;
    }
    seen.insert(path.to_owned(), (metadata.modified().ok(), metadata.len()));
    if metadata.is_dir() && depth > 0 {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            visit(&entry.path(), depth - 1, seen);
        }
    }
}
