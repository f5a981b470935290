//! Another governance directory comes into force: the order in which that happens.
//!
//! What does not validate changes nothing. Outside `dev`, what loosens anything waits for a second administrator.

use std::sync::Arc;

use syndic_governance::{
    Durability, Environment, Governance, Loosened, load, loosened_beside_policies, same_policies,
};
use syndic_ledger::{PolicyProposed, Record};
use syndic_model::{Finding, Level};
use thiserror::Error;

use crate::Gate;
use crate::gate::{WriteFailed, committed};
use crate::policy::{keep, loaded};
use crate::record::plain;
use crate::standing::{Failed, Held};

/// The most that a proposal's record lists.
const MOST_TOLD: usize = 32;
const MOST_TEXT: usize = 300;

/// Tells what a change loosens that only a comparison of the policies shows; what cannot be decided counts.
pub type Compare = dyn Fn(&Governance, &Governance) -> Vec<Loosened> + Send + Sync;

/// Who asks for a reload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReloadBy {
    /// An administrator, by the id of the key.
    Admin(String),
    /// A file changed; only where the environment is `dev`.
    Watch,
}

/// What came of a reload.
#[derive(Debug, Clone, PartialEq)]
pub struct Reloaded {
    /// The revision in force now.
    pub revision: String,
    /// The one before; the same where no file changed.
    pub former: String,
    /// The record of it; none where no file changed.
    pub record: Option<u64>,
    /// What was loosened, and accepted; empty in `dev`, where nothing is compared.
    pub loosened: Vec<Loosened>,
    /// Settings that changed and hold from the next start on.
    pub restart_needed: Vec<String>,
}

/// Says why nothing came into force.
#[derive(Debug, Error)]
pub enum ReloadError {
    /// The files have errors.
    #[error("the governance directory has {} errors; the revision before stays in force", .0.iter().filter(|finding| finding.level == Level::Error).count())]
    Invalid(Vec<Finding>),
    /// What cannot change while running did.
    #[error("{} cannot change while syndic runs; start it again, or take the change back", .0.join(" and "))]
    Restart(Vec<String>),
    /// It loosens something, and waits.
    #[error("revision `{}` loosens {} and waits for another administrator: `syndic policy reload --accept-loosening {}`", .0.revision, things(.0.loosened.len()), .0.revision)]
    Loosens(Box<Held>),
    /// Nobody accepts what they proposed.
    #[error("this key proposed revision `{0}`; another administrator accepts it")]
    OwnProposal(String),
    /// A key that was made since is no second administrator.
    #[error(
        "this key was made after revision `{0}` was proposed; an administrator who was there before accepts it"
    )]
    YoungKey(String),
    /// The accepted revision is not the one of the files.
    #[error("revision `{accepted}` was to be accepted, and the files are revision `{found}`")]
    OtherRevision {
        /// What was accepted.
        accepted: String,
        /// What is there.
        found: String,
    },
    /// There is nothing to accept yet.
    #[error(
        "revision `{0}` loosens something and nobody proposed it yet: `syndic policy reload` does"
    )]
    NotProposed(String),
    /// Only `dev` loads what somebody has not asked for.
    #[error("files are watched in environment `dev` only; `syndic policy reload` loads them")]
    NotWatched,
    /// The files could not be kept.
    #[error("the files cannot be kept in the data directory")]
    Keep(#[source] std::io::Error),
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

fn things(count: usize) -> String {
    if count == 1 { "one thing".to_owned() } else { format!("{count} things") }
}

/// What was read, and what the comparison says about it.
struct Candidate {
    governance: Governance,
    loosened: Vec<Loosened>,
}

impl Gate {
    /// Reads the governance directory anew and puts it in force, or says why not; then nothing changes. What stands
    /// before its record was decided by the former directory, what stands after it by this one.
    ///
    /// # Errors
    /// When the files have errors, loosen something that was not accepted, need a restart, or cannot be kept and
    /// recorded.
    pub async fn reload(
        &self,
        by: &ReloadBy,
        accept: Option<&str>,
    ) -> Result<Reloaded, ReloadError> {
        let _one_at_a_time = self.reloading.lock().await;
        let result = self.try_reload(by, accept).await;
        self.metrics.reloaded(&result);
        match &result {
            Ok(_) => {}
            Err(ReloadError::Invalid(findings)) => {
                self.standing().failed = Some(Failed::new(self.now(), findings));
                for finding in findings.iter().filter(|finding| finding.level == Level::Error) {
                    tracing::error!("{finding}; the revision before stays in force");
                }
            }
            Err(error) => tracing::warn!(error = error as &dyn std::error::Error, "not reloaded"),
        }
        result
    }

    async fn try_reload(
        &self,
        by: &ReloadBy,
        accept: Option<&str>,
    ) -> Result<Reloaded, ReloadError> {
        let former = self.governance();
        let free = former.settings.environment == Environment::Dev;
        if *by == ReloadBy::Watch && !free {
            return Err(ReloadError::NotWatched);
        }
        let Candidate { mut governance, loosened } = self.candidate(&former, free).await?;
        let found = governance.revision.clone();
        if let Some(accepted) = accept.filter(|accepted| *accepted != found) {
            return Err(ReloadError::OtherRevision { accepted: accepted.to_owned(), found });
        }
        let restart_needed = carry_over(&mut governance, &former)?;
        let same = governance.manifest == former.manifest;
        let proposed_by = match (by, loosened.is_empty()) {
            (ReloadBy::Admin(key), false) => {
                Some(self.second_admin(key, accept, &governance, &former, &loosened).await?)
            }
            _ => None,
        };
        let record = if same {
            None
        } else {
            let by = match by {
                ReloadBy::Admin(key) => key.as_str(),
                ReloadBy::Watch => "watch",
            };
            let record = self.install(Arc::new(governance), by, proposed_by).await?;
            self.check_by_itself().await;
            Some(record)
        };
        self.standing().settle(restart_needed.clone());
        let former = former.revision.clone();
        Ok(Reloaded { revision: found, former, record, loosened, restart_needed })
    }

    /// Reads the files, and compares them with what is in force; off the path of requests, for both take their time.
    async fn candidate(
        &self,
        former: &Arc<Governance>,
        free: bool,
    ) -> Result<Candidate, ReloadError> {
        let former = Arc::clone(former);
        let compare = Arc::clone(&self.compare);
        let known = self.standing().held.clone();
        let work = move || {
            let checked = load(&former.dir);
            let governance = checked.governance.ok_or(ReloadError::Invalid(checked.findings))?;
            // Policies written in Rust stand in no file, and stay.
            let embedded = former.engine.embedded();
            let governance = governance.embed(embedded).map_err(ReloadError::Invalid)?;
            let known = known.filter(|held| held.is_about(&governance, &former));
            let loosened = match known {
                _ if free => Vec::new(),
                Some(held) => held.loosened,
                None => loosened(compare.as_ref(), &former, &governance),
            };
            Ok(Candidate { governance, loosened })
        };
        let failed = |_| ReloadError::Keep(std::io::Error::other("reading them failed"));
        tokio::task::spawn_blocking(work).await.map_err(failed)?
    }

    /// Lets a second administrator accept what a first one proposed; returns the first. Without a proposal, this is
    /// it.
    async fn second_admin(
        &self,
        key: &str,
        accept: Option<&str>,
        governance: &Governance,
        former: &Governance,
        loosened: &[Loosened],
    ) -> Result<String, ReloadError> {
        let revision = governance.revision.clone();
        let held = self.standing().held.clone();
        let held = held.filter(|held| held.is_about(governance, former));
        let proposal = held.and_then(|held| held.proposed_by.clone().map(|first| (first, held)));
        match (proposal, accept) {
            (None, Some(_)) => Err(ReloadError::NotProposed(revision)),
            (None, None) => {
                let held = Held {
                    revision,
                    manifest: governance.manifest.clone(),
                    against: former.manifest.clone(),
                    proposed_by: Some(key.to_owned()),
                    at: self.now(),
                    loosened: loosened.to_vec(),
                };
                self.write(Record::PolicyProposed(proposed(&held, key)), held.at).await?;
                self.standing().held = Some(held.clone());
                Err(ReloadError::Loosens(Box::new(held)))
            }
            (Some((_, held)), None) => Err(ReloadError::Loosens(Box::new(held))),
            (Some((first, _)), Some(_)) if first == key => Err(ReloadError::OwnProposal(revision)),
            (Some((_, held)), Some(_)) if self.key_ring().is_younger(key, held.at) => {
                Err(ReloadError::YoungKey(revision))
            }
            (Some((first, _)), Some(_)) => Ok(first),
        }
    }

    /// Keeps the files, then swaps and records under the lock that decides.
    async fn install(
        &self,
        governance: Arc<Governance>,
        by: &str,
        proposed_by: Option<String>,
    ) -> Result<u64, ReloadError> {
        let kept = Arc::clone(&governance);
        let failed = |_| ReloadError::Keep(std::io::Error::other("keeping them failed"));
        let work = tokio::task::spawn_blocking(move || keep(&kept));
        work.await.map_err(failed)?.map_err(ReloadError::Keep)?;
        let _loading = self.loading.write().await;
        let slot = self.reserve()?;
        let record = Record::PolicyLoaded(loaded(&governance, by, proposed_by));
        let revision = governance.revision.clone();
        // Who is new is counted from the first action on, who is gone to the last.
        self.metrics.follow(&[&self.governance(), &governance]);
        let pending = {
            let _state = self.state();
            self.unusual.govern(Arc::clone(&governance));
            self.governance.store(Arc::clone(&governance));
            slot.enqueue(plain(record, self.now()))
        };
        self.in_force_from(self.now());
        let record = committed(pending).await?.get().index();
        self.metrics.follow(&[&governance]);
        tracing::info!(revision, by, "a governance directory came into force");
        Ok(record)
    }
}

/// Lists everything that `new` loosens.
pub(crate) fn loosened(compare: &Compare, old: &Governance, new: &Governance) -> Vec<Loosened> {
    let mut all = loosened_beside_policies(old, new);
    if !same_policies(old, new) {
        all.extend(compare(old, new));
    }
    all
}

/// Counts every change of policies as looser, where nothing is there to compare them.
pub(crate) fn undecided(_: &Governance, _: &Governance) -> Vec<Loosened> {
    let what = "policies, profiles or the catalogue changed, and nothing here compares them";
    vec![Loosened { agent: None, action: None, what: what.to_owned(), witness: None }]
}

/// Keeps what holds until a restart: where records are, how they are written, where the server listens. What would be
/// less than the files ask for is refused.
fn carry_over(new: &mut Governance, former: &Governance) -> Result<Vec<String>, ReloadError> {
    let elsewhere = new.named_data_dir != former.named_data_dir;
    let (settings, before) = (&mut new.settings, &former.settings);
    let named = |changed: &[(bool, &str)]| -> Vec<String> {
        let changed = changed.iter().filter(|(changed, _)| *changed);
        changed.map(|(_, name)| format!("`{name}`")).collect()
    };
    let refused = named(&[
        (elsewhere, "storage.data_dir"),
        (
            (before.durability, settings.durability) == (Durability::Buffered, Durability::Full),
            "storage.durability",
        ),
    ]);
    if !refused.is_empty() {
        return Err(ReloadError::Restart(refused));
    }
    let later = named(&[
        (settings.durability != before.durability, "storage.durability"),
        (settings.listen != before.listen, "server.listen"),
        (settings.tls != before.tls, "server.tls"),
        (settings.audit.origin != before.audit.origin, "audit.origin"),
        (settings.audit.master_key != before.audit.master_key, "audit.master_key"),
    ]);
    settings.data_dir.clone_from(&before.data_dir);
    settings.durability = before.durability;
    settings.listen = before.listen;
    settings.tls.clone_from(&before.tls);
    Ok(later)
}

fn proposed(held: &Held, by: &str) -> PolicyProposed {
    let told = held.loosened.iter().take(MOST_TOLD);
    PolicyProposed {
        revision: held.revision.clone(),
        manifest: held.manifest.clone(),
        against: held.against.clone(),
        by: by.to_owned(),
        loosens: told.map(|one| one.to_string().chars().take(MOST_TEXT).collect()).collect(),
        count: u64::try_from(held.loosened.len()).unwrap_or(u64::MAX),
    }
}
