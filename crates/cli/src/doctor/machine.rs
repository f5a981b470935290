//! The solver, the clock and the disk.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use syndic_gate::SystemClock;
use syndic_model::Clock as _;
use syndic_prove::{Solver, SolverError};
use tempfile::NamedTempFile;

use super::{Diagnosis, Patient};

/// Below this a ledger soon cannot be written, and then everything is denied.
const LEAST_BYTES: u64 = 256 << 20;
const COMFORTABLE_BYTES: u64 = 2 << 30;
/// A sync that takes longer makes every action wait.
const SLOW_SYNC: Duration = Duration::from_millis(20);
const SYNCS: usize = 8;

pub(super) async fn solver() -> Diagnosis {
    const ID: &str = "solver";
    match Solver::find(Duration::from_secs(10)).await {
        Ok(solver) => Diagnosis::fine(ID, "cvc5", format!("version {}", solver.version())),
        Err(error @ SolverError::Missing) => {
            let remedy =
                "`prove` needs it, and `diff` compares samples without it: apt-get install cvc5";
            Diagnosis::warning(ID, "cvc5", error.to_string(), remedy)
        }
        Err(error @ SolverError::Broken { .. }) => {
            let remedy = "the variable CVC5 names a cvc5 program; without it, PATH is searched";
            Diagnosis::failure(ID, "cvc5", error.to_string(), remedy)
        }
    }
}

/// The time must not lie before what was already written, and zones must change their clocks.
pub(super) fn clock(patient: &Patient<'_>) -> Vec<Diagnosis> {
    const ID: &str = "clock";
    let now = SystemClock.now();
    let latest = newest(&patient.data_dir.join("segments"))
        .into_iter()
        .chain([patient.dir.join("syndic.yaml")])
        .filter_map(|path| {
            Some((Timestamp::try_from(path.metadata().ok()?.modified().ok()?).ok()?, path))
        })
        .max();
    let time = match latest {
        Some((written, path)) if written.duration_since(now) > SignedDuration::from_secs(1) => {
            let message = format!("the clock reads {now}, before it was written at {written}");
            Diagnosis::failure(
                ID,
                path.display(),
                message,
                "set the clock right, and keep it so with NTP",
            )
        }
        _ => Diagnosis::fine(ID, "host", format!("{}", now.strftime("%Y-%m-%d %H:%M:%S UTC"))),
    };
    vec![time, zones(patient)]
}

fn newest(segments: &Path) -> Option<PathBuf> {
    fs::read_dir(segments).ok()?.flatten().map(|entry| entry.path()).max()
}

/// Zones that change their clocks are told apart in winter and summer, or their data is not there.
fn zones(patient: &Patient<'_>) -> Diagnosis {
    const ID: &str = "time-zones";
    let remedy = "install the package tzdata";
    let Ok(probe) = TimeZone::get("Europe/Zurich") else {
        return Diagnosis::failure(ID, "host", "there is no time zone data", remedy);
    };
    let offset = |time: &str| Some(probe.to_offset(time.parse().ok()?));
    if offset("2026-01-15T12:00:00Z") == offset("2026-07-15T12:00:00Z") {
        return Diagnosis::failure(ID, "host", "the time zone data knows no summer time", remedy);
    }
    let agents =
        patient.governance.map(|governance| governance.agents.values()).into_iter().flatten();
    let mut names: Vec<_> =
        agents.map(|agent| agent.time_zone.iana_name().unwrap_or("UTC").to_owned()).collect();
    names.sort();
    names.dedup();
    Diagnosis::fine(ID, "host", format!("agents live by {}", names.join(", ")))
}

pub(super) fn disk(patient: &Patient<'_>) -> Vec<Diagnosis> {
    let nearest = patient.data_dir.ancestors().find(|path| path.is_dir()).unwrap_or(Path::new("."));
    vec![space(nearest), sync(nearest)]
}

fn space(dir: &Path) -> Diagnosis {
    const ID: &str = "disk-space";
    let remedy =
        "free some: without space nothing is recorded, and what is not recorded may not run";
    let free = match rustix::fs::statvfs(dir) {
        Ok(stat) => stat.f_bavail.saturating_mul(stat.f_frsize),
        Err(error) => {
            return Diagnosis::failure(
                ID,
                dir.display(),
                format!("cannot be told: {error}"),
                remedy,
            );
        }
    };
    let message = format!("{} MiB free", free >> 20);
    if free < LEAST_BYTES {
        return Diagnosis::failure(ID, dir.display(), message, remedy);
    }
    if free < COMFORTABLE_BYTES {
        return Diagnosis::warning(ID, dir.display(), message, remedy);
    }
    Diagnosis::fine(ID, dir.display(), message)
}

/// Writes and syncs a file of its own beside the records, and takes it away.
fn sync(dir: &Path) -> Diagnosis {
    const ID: &str = "disk-sync";
    let tried = NamedTempFile::new_in(dir).and_then(|mut file| {
        let mut times = Vec::with_capacity(SYNCS);
        for _ in 0..SYNCS {
            file.write_all(&[0; 4096])?;
            let started = Instant::now();
            file.as_file().sync_data()?;
            times.push(started.elapsed());
        }
        times.sort();
        Ok(times.get(SYNCS / 2).copied().unwrap_or_default())
    });
    let remedy = "every action waits for one; keep the data directory on a local disk, without a network in between";
    match tried {
        Err(error) => Diagnosis::failure(
            ID,
            dir.display(),
            format!("cannot write there: {error}"),
            "make it writable for the user syndic runs as",
        ),
        Ok(time) if time > SLOW_SYNC => {
            Diagnosis::warning(ID, dir.display(), format!("fdatasync takes {time:.1?}"), remedy)
        }
        Ok(time) => Diagnosis::fine(ID, dir.display(), format!("fdatasync takes {time:.1?}")),
    }
}
