//! Opening: what `syndic serve` starts, in this process.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use syndic_gate::{Compare, Gate, SystemClock};
use syndic_governance::Governance;
use syndic_model::{Clock, Finding, Level};
use syndic_policy::Policy;
use thiserror::Error;

use crate::Governor;

/// How a [`Governor`] is opened.
#[must_use = "nothing is opened until `open`"]
pub struct Builder {
    dir: PathBuf,
    data_dir: Option<PathBuf>,
    natives: Vec<Policy>,
    clock: Arc<dyn Clock>,
    compare: Option<Arc<Compare>>,
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("dir", &self.dir).finish_non_exhaustive()
    }
}

/// Says why a governor did not open.
#[derive(Debug, Error)]
pub enum OpenError {
    /// There is no `syndic.yaml`.
    #[error(
        "`{}` is not a governance directory: it has no syndic.yaml; make one with `syndic init`", .0.display()
    )]
    NotGoverned(PathBuf),
    /// The files, or the policies written in Rust, are wrong.
    #[error("the governance directory `{}` has errors:\n{}", dir.display(), lines(findings))]
    Invalid {
        /// The directory.
        dir: PathBuf,
        /// All that is wrong with it.
        findings: Vec<Finding>,
    },
    /// Records cannot be kept there.
    #[error("{0}; name a data directory elsewhere")]
    DataDir(String),
    /// The data directory cannot be taken.
    #[error(transparent)]
    Gate(#[from] syndic_gate::OpenError),
    /// The runtime was shut down meanwhile, or there is a bug.
    #[error("reading the governance directory was interrupted")]
    Interrupted,
}

fn lines(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.level == Level::Error);
    errors.map(|finding| format!("  {finding}")).collect::<Vec<_>>().join("\n")
}

impl Governor {
    /// Opens over the governance directory `dir`, with its own data directory and no policies written in Rust.
    ///
    /// # Errors
    /// See [`OpenError`]. One process has a data directory, and one governor of it.
    pub async fn open(dir: impl AsRef<Path>) -> Result<Self, OpenError> {
        Self::builder(dir).open().await
    }

    /// Opens over the governance directory `dir` with more said.
    pub fn builder(dir: impl AsRef<Path>) -> Builder {
        Builder {
            dir: dir.as_ref().to_owned(),
            data_dir: None,
            natives: Vec::new(),
            clock: Arc::new(SystemClock),
            compare: None,
        }
    }
}

impl Builder {
    /// Keeps records here instead of where `syndic.yaml` says; relative to the governance directory, and never inside
    /// what is governed.
    pub fn data_dir(self, dir: impl AsRef<Path>) -> Self {
        Self { data_dir: Some(dir.as_ref().to_owned()), ..self }
    }

    /// Adds a policy written in Rust.
    pub fn native(mut self, policy: Policy) -> Self {
        self.natives.push(policy);
        self
    }

    /// Reads the time and draws random bytes here, as tests do.
    pub fn clock(self, clock: Arc<dyn Clock>) -> Self {
        Self { clock, ..self }
    }

    /// Tells here what a change of policies loosens. Without this, every change of them outside `dev` waits for a
    /// second administrator, as it does for `syndic serve` without a solver.
    pub fn compare(self, compare: Arc<Compare>) -> Self {
        Self { compare: Some(compare), ..self }
    }

    /// Reads the directory, takes the data directory, replays its ledger, and starts what happens by itself: outcomes
    /// that are overdue are recorded, people are told of requests for approval, old state is forgotten, and in
    /// environment `dev` files that change are loaded, until the governor is closed or dropped.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub async fn open(self) -> Result<Governor, OpenError> {
        let Self { dir, data_dir, natives, clock, compare } = self;
        let read = tokio::task::spawn_blocking(move || read(&dir, data_dir.as_deref(), natives));
        let (governance, findings) = read.await.map_err(|_| OpenError::Interrupted)??;
        let gate = match compare {
            Some(compare) => Gate::start_with(governance, clock, compare).await?,
            None => Gate::start(governance, clock).await?,
        };
        Ok(Governor::running(gate, findings))
    }
}

fn read(
    dir: &Path,
    data_dir: Option<&Path>,
    natives: Vec<Policy>,
) -> Result<(Governance, Vec<Finding>), OpenError> {
    if !dir.join("syndic.yaml").is_file() {
        return Err(OpenError::NotGoverned(dir.to_owned()));
    }
    let checked = syndic_governance::load(dir);
    let invalid = |findings| OpenError::Invalid { dir: dir.to_owned(), findings };
    let Some(mut governance) = checked.governance else { return Err(invalid(checked.findings)) };
    if let Some(data_dir) = data_dir {
        governance.settings.data_dir =
            syndic_governance::records_dir(dir, data_dir).map_err(OpenError::DataDir)?;
    }
    Ok((governance.embed(natives).map_err(invalid)?, checked.findings))
}
