//! The files, read anew.

use syndic_gate::{
    AuthenticationError, PolicyDetails, PolicyView, PromoteError, Promotion, ReloadBy, Reloaded,
    Revision, RevisionChanges, RevisionError, RevisionFiles, Standing, UnknownName,
};
use syndic_model::Caller;
use thiserror::Error;

use crate::Governor;
use crate::governor::EMBEDDED;

/// Says why nothing came into force.
#[derive(Debug, Error)]
pub enum ReloadError {
    /// The key opens nothing.
    #[error(transparent)]
    Key(#[from] AuthenticationError),
    /// It opens something else.
    #[error("reloading needs an admin key")]
    NotAdmin,
    /// The files stay as they were in force.
    #[error(transparent)]
    Refused(#[from] syndic_gate::ReloadError),
}

impl Governor {
    /// Reads the governance directory anew and puts it in force, in the name of an administrator's key. Policies
    /// written in Rust stay. Outside `dev`, what loosens anything needs the keys of two administrators: the first
    /// proposes it, the second accepts that revision.
    ///
    /// # Errors
    /// When the files have errors, loosen something that was not accepted, or need a restart; nothing changes then.
    pub async fn reload(
        &self,
        admin_key: &str,
        accept: Option<&str>,
    ) -> Result<Reloaded, ReloadError> {
        let Caller::Admin { key } = self.gate.authenticate(admin_key)? else {
            return Err(ReloadError::NotAdmin);
        };
        let (by, accept) = (ReloadBy::Admin(key), accept.map(str::to_owned));
        let reload = |gate: std::sync::Arc<syndic_gate::Gate>| async move {
            gate.reload(&by, accept.as_deref()).await
        };
        let reloaded = self.to_the_end(reload).await?;
        // What a sink needs may be there now, in a file beside them.
        self.sinks.reopen();
        Ok(reloaded)
    }

    /// Records who signs that an agent's verdicts be enforced; its file switches it, once that is reloaded.
    ///
    /// # Errors
    /// When there is no such agent, nobody signs, or it cannot be recorded.
    pub async fn promote(&self, promotion: Promotion) -> Result<u64, PromoteError> {
        self.to_the_end(|gate| async move { gate.promote(&promotion, EMBEDDED).await }).await
    }

    /// Lists the policies in force by id, with what each stopped in 24 hours and what tests reach of it.
    pub async fn policies_at_work(&self) -> Vec<PolicyView> {
        self.to_the_end(|gate| async move { gate.policies().await }).await
    }

    /// Shows one policy in force with its text, and what tests see its conditions answer.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn policy(&self, name: &str) -> Result<PolicyDetails, UnknownName> {
        let name = name.to_owned();
        self.to_the_end(|gate| async move { gate.policy(&name).await }).await
    }

    /// Lists what was in force, newest first, at most 1,000; each with whether it is in force now.
    #[must_use]
    pub fn revisions(&self) -> Vec<(Revision, bool)> {
        self.gate.revisions()
    }

    /// Reads the files of a revision, by its name or the whole hash of its manifest.
    ///
    /// # Errors
    /// When there is none of that name, or its files cannot be read.
    pub async fn revision_files(&self, name: &str) -> Result<RevisionFiles, RevisionError> {
        let name = name.to_owned();
        self.to_the_end(|gate| async move { gate.revision_files(&name).await }).await
    }

    /// Tells how the files of a revision differ from those of another, or of the one before.
    ///
    /// # Errors
    /// When there is none of that name, or its files cannot be read.
    pub async fn revision_changes(
        &self,
        name: &str,
        against: Option<&str>,
    ) -> Result<RevisionChanges, RevisionError> {
        let (name, against) = (name.to_owned(), against.map(str::to_owned));
        self.to_the_end(
            |gate| async move { gate.revision_changes(&name, against.as_deref()).await },
        )
        .await
    }

    /// Tells what is in the files and waits to come into force, and what did not load.
    #[must_use]
    pub fn policy_standing(&self) -> Standing {
        self.gate.policy_standing()
    }
}
