//! Does something again whenever a file of the governance directory changes.

use std::path::Path;
use std::thread;
use std::time::Duration;

use syndic_governance::Seen;

/// How often the files are looked at.
const PACE: Duration = Duration::from_millis(300);

/// Runs `act` now and after every change, until the process is stopped.
pub(crate) fn each_change(dir: &Path, mut act: impl FnMut()) -> ! {
    loop {
        let before = Seen::look(dir);
        act();
        while Seen::look(dir) == before {
            thread::sleep(PACE);
        }
    }
}
