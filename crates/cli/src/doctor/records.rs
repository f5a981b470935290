//! The canary, the daemon and the ledger.

use std::fs::{self, File, TryLockError};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::json;
use syndic_api::SubmitAction;
use syndic_client::Client;
use syndic_gate::{SystemClock, preview};
use syndic_model::{ActionRequest, Effect};
use syndic_verify::{Options, verify_directory};

use super::{Diagnosis, Patient};
use crate::daemon;

/// An action that no catalogue has.
const CANARY: &str = "syndic-doctor.canary";
/// The most that is derived again here; a start of the daemon derives everything.
const MOST_BYTES: u64 = 1 << 30;

/// An action that nobody declared must be denied, by every agent.
pub(super) fn canary(patient: &Patient<'_>) -> Diagnosis {
    const ID: &str = "canary";
    let place = patient.dir.display();
    let remedy = "do not serve this directory; tell the makers of syndic, with the output of `syndic policy show`";
    let Some(governance) = patient.governance else {
        return Diagnosis::failure(
            ID,
            &place,
            "cannot be asked: the files do not load",
            "mend them; see `governance`",
        );
    };
    let agents = governance.agents.keys().map(|agent| agent.as_str().to_owned());
    for agent in agents.chain(["syndic-doctor".to_owned()]) {
        let decided = asked(&agent).map(|request| preview(governance, &SystemClock, &request));
        match decided {
            Some(decided) if decided.effect == Effect::Deny => {}
            Some(decided) => {
                let message =
                    format!("{} for `{agent}` and an action that nobody declared", decided.effect);
                return Diagnosis::failure(ID, &place, message, remedy);
            }
            None => return Diagnosis::failure(ID, &place, "cannot be asked", remedy),
        }
    }
    Diagnosis::fine(ID, &place, "an undeclared action is denied to every agent")
}

fn wire(agent: &str) -> Option<SubmitAction> {
    let action = json!({"agent": agent, "action": CANARY, "args": {}, "dry_run": true});
    serde_json::from_str(&action.to_string()).ok()
}

fn asked(agent: &str) -> Option<ActionRequest> {
    wire(agent)?.try_into().ok()
}

/// A daemon that runs must deny the canary too; one that does not must not be in the way of the next.
pub(super) async fn daemon(patient: &Patient<'_>) -> Diagnosis {
    const ID: &str = "daemon";
    let socket = daemon::socket(patient.data_dir);
    let place = socket.display();
    if UnixStream::connect(&socket).is_ok() {
        return match denied(&socket, patient).await {
            Ok(effect) if effect == Effect::Deny.as_str() => {
                Diagnosis::fine(ID, &place, "it runs, and denies an undeclared action")
            }
            Ok(effect) => {
                let message = format!("it runs, and answers {effect} to an undeclared action");
                Diagnosis::failure(ID, &place, message, "stop it at once")
            }
            Err(error) => {
                let message = format!("it does not answer as it should: {error:#}");
                Diagnosis::failure(ID, &place, message, "see its log; `syndic status` tells more")
            }
        };
    }
    let lock = patient.data_dir.join("lock");
    match File::open(&lock).map(|file| file.try_lock()) {
        Ok(Err(TryLockError::WouldBlock)) => {
            let remedy =
                "see what runs there, such as a daemon that is starting, or an embedded one";
            Diagnosis::warning(
                ID,
                lock.display(),
                "a process holds the lock, and answers on no socket",
                remedy,
            )
        }
        Ok(Ok(()) | Err(TryLockError::Error(_))) | Err(_) => {
            Diagnosis::fine(ID, patient.data_dir.display(), "none runs, and none is in the way")
        }
    }
}

async fn denied(socket: &Path, patient: &Patient<'_>) -> anyhow::Result<String> {
    let agent = patient.governance.and_then(|governance| governance.agents.keys().next());
    let agent = agent.map_or("syndic-doctor", |agent| agent.as_str());
    let request = wire(agent).ok_or_else(|| anyhow::anyhow!("the canary cannot be written"))?;
    Ok(Client::unix(socket, None)?.submit(&request).await?.effect)
}

pub(super) fn ledger(patient: &Patient<'_>) -> Diagnosis {
    const ID: &str = "ledger";
    let place = patient.data_dir.display();
    let segments = patient.data_dir.join("segments");
    if !segments.is_dir() {
        return Diagnosis::fine(ID, &place, "nothing is recorded yet");
    }
    let sizes = fs::read_dir(&segments).into_iter().flatten().flatten();
    let bytes: u64 = sizes.filter_map(|entry| Some(entry.metadata().ok()?.len())).sum();
    if bytes > MOST_BYTES {
        let message = format!("{} MiB of records are not read here", bytes >> 20);
        return Diagnosis::warning(
            ID,
            &place,
            message,
            "a start of `syndic serve` reads and verifies all of them",
        );
    }
    match verify_directory(patient.data_dir, &Options::default()) {
        Ok(verified) => {
            let message = format!("{} records, each as it was written", verified.records);
            Diagnosis::fine(ID, &place, message)
        }
        Err(error) => {
            let message = format!("does not verify: {error:#}", error = anyhow::Error::new(error));
            Diagnosis::failure(
                ID,
                &place,
                message,
                "keep a copy of it as it is; restore it from a backup",
            )
        }
    }
}
