//! Files that change, in environment `dev`.

use std::sync::Weak;
use std::time::Duration;

use syndic_governance::{Environment, Seen};

use crate::{Gate, ReloadBy};

/// How often the files are looked at.
const PACE: Duration = Duration::from_millis(300);

impl Gate {
    /// Reloads whenever the files change and stand still again, for as long as there is a gate and its environment is
    /// `dev`; what comes of it is logged. Whoever opens a gate runs this beside it.
    pub async fn watch(gate: Weak<Self>) {
        let Some(dir) = gate.upgrade().map(|gate| gate.governance().dir.clone()) else { return };
        let look_again = || {
            let dir = dir.clone();
            async move {
                tokio::task::spawn_blocking(move || Seen::look(&dir)).await.unwrap_or_default()
            }
        };
        let mut loaded = look_again().await;
        let mut before = loaded.clone();
        loop {
            tokio::time::sleep(PACE).await;
            let now = look_again().await;
            let Some(gate) = gate.upgrade() else { return };
            let watched = gate.governance().settings.environment == Environment::Dev;
            if watched && now != loaded && now == before {
                // The gate counts and logs what does not load.
                drop(gate.reload(&ReloadBy::Watch, None).await);
                loaded.clone_from(&now);
            }
            before = now;
        }
    }
}
