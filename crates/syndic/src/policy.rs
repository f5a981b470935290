//! The files, read anew.

use syndic_gate::{AuthenticationError, PromoteError, Promotion, ReloadBy, Reloaded, Standing};
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
        Ok(self.to_the_end(reload).await?)
    }

    /// Records who signs that an agent's verdicts be enforced; its file switches it, once that is reloaded.
    ///
    /// # Errors
    /// When there is no such agent, nobody signs, or it cannot be recorded.
    pub async fn promote(&self, promotion: Promotion) -> Result<u64, PromoteError> {
        self.to_the_end(|gate| async move { gate.promote(&promotion, EMBEDDED).await }).await
    }

    /// Tells what is in the files and waits to come into force, and what did not load.
    #[must_use]
    pub fn policy_standing(&self) -> Standing {
        self.gate.policy_standing()
    }
}
