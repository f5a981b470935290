//! Who can read credentials, and who can write policy.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::access::{Access, Person};
use super::{Diagnosis, Patient};

/// Looks at the modes of what governs, and of what is secret.
pub(super) fn permissions(patient: &Patient<'_>) -> Vec<Diagnosis> {
    let mut found = vec![policy(patient)];
    for secret in secrets(patient) {
        found.extend(secret_mode(&secret));
    }
    if let Some(key) = patient.key_file {
        found.extend(placed(key, patient));
    }
    found
}

/// Anybody who may write a policy file governs.
fn policy(patient: &Patient<'_>) -> Diagnosis {
    const ID: &str = "policy-permissions";
    let writable = |bits: u32| {
        governing(patient).into_iter().find(|path| {
            path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & bits != 0)
        })
    };
    if let Some(path) = writable(0o002) {
        let remedy = format!("chmod -R o-w {}", patient.dir.display());
        return Diagnosis::failure(
            ID,
            path.display(),
            "everybody can write it, and so govern",
            remedy,
        );
    }
    if let Some(path) = writable(0o020) {
        let remedy =
            format!("chmod -R g-w {}, unless every member may govern", patient.dir.display());
        return Diagnosis::warning(
            ID,
            path.display(),
            "its group can write it, and so govern",
            remedy,
        );
    }
    Diagnosis::fine(ID, patient.dir.display(), "only its owner writes it")
}

/// The directory, its folders and its files.
fn governing(patient: &Patient<'_>) -> Vec<PathBuf> {
    let files = patient.governance.map(|governance| governance.files.keys()).into_iter().flatten();
    let mut paths = vec![patient.dir.to_owned()];
    for file in files {
        let path = patient.dir.join(file);
        let folders = path.ancestors().skip(1).take_while(|folder| *folder != patient.dir);
        paths.extend(folders.map(Path::to_owned));
        paths.push(path);
    }
    paths.sort();
    paths.dedup();
    paths
}

/// What opens the ledger, signs permits, or is somebody's key.
fn secrets(patient: &Patient<'_>) -> Vec<PathBuf> {
    let data = patient.data_dir;
    let mut paths = vec![data.to_owned(), data.join("keys"), data.join("keys.db")];
    let keys = fs::read_dir(data.join("keys")).into_iter().flatten().flatten();
    paths.extend(keys.map(|entry| entry.path()));
    paths.extend(
        patient
            .governance
            .and_then(|governance| Some(governance.settings.tls.as_ref()?.key.clone())),
    );
    paths.extend(patient.key_file.map(Path::to_owned));
    paths.retain(|path| path.exists());
    paths
}

fn secret_mode(path: &Path) -> Option<Diagnosis> {
    let mode = path.metadata().ok()?.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        return None;
    }
    let right = if path.is_dir() { "700" } else { "600" };
    let message = format!("others can reach it (mode {mode:04o})");
    let remedy = format!("chmod {right} {}", path.display());
    Some(Diagnosis::failure("secret-permissions", path.display(), message, remedy))
}

/// A key that governs lies outside of what it governs.
fn placed(key: &Path, patient: &Patient<'_>) -> Option<Diagnosis> {
    let key = fs::canonicalize(key).ok()?;
    let inside = |dir: &&Path| fs::canonicalize(dir).is_ok_and(|dir| key.starts_with(dir));
    let dir = [patient.dir, patient.data_dir].into_iter().find(inside)?;
    let message = format!("the key lies inside `{}`", dir.display());
    let remedy = "move it to where no agent reaches";
    Some(Diagnosis::failure("key-place", key.display(), message, remedy))
}

/// Looks at what the agents' users can reach.
pub(super) fn reach(patient: &Patient<'_>) -> Vec<Diagnosis> {
    const ID: &str = "agent-reach";
    if patient.agents.is_empty() {
        let own = Person::current().shown;
        let message = format!(
            "it is not told as whom agents run; one that runs as {own} can write policy and read keys"
        );
        let remedy =
            "run agents as a user of their own, and name it: syndic doctor --agent-user NAME";
        return vec![Diagnosis::warning(ID, patient.dir.display(), message, remedy)];
    }
    patient.agents.iter().map(|agent| reached(agent, patient)).collect()
}

fn reached(agent: &Person, patient: &Patient<'_>) -> Diagnosis {
    const ID: &str = "agent-reach";
    let remedy =
        "run agents as another user than the one of syndic and of its files, without root's rights";
    let may = |access, path: &PathBuf| agent.may(access, path).unwrap_or(agent.is_current());
    let policy = governing(patient).into_iter().find(|path| may(Access::Write, path));
    let secret = secrets(patient).into_iter().find(|path| may(Access::Read, path));
    match (policy, secret) {
        (Some(path), _) => {
            let message = format!(
                "agents that run as {} can write it, and so govern themselves",
                agent.shown
            );
            Diagnosis::failure(ID, path.display(), message, remedy)
        }
        (None, Some(path)) => {
            let message = format!("agents that run as {} can read it: a credential", agent.shown);
            Diagnosis::failure(ID, path.display(), message, remedy)
        }
        (None, None) => {
            let message = format!("{} can neither write policy nor read credentials", agent.shown);
            Diagnosis::fine(ID, patient.dir.display(), message)
        }
    }
}
