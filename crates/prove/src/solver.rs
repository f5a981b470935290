//! The SMT solver: a process of its own, which may be slow, wrong or gone.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use cedar_policy::{Policy, PolicySet, RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicy, CompiledPolicySet, Env};
use thiserror::Error;
use tokio::process::Command;
use tokio::time::timeout;

/// A cvc5 that answers within a time limit; one that does not is replaced by a fresh one.
#[derive(Debug)]
pub struct Solver {
    program: PathBuf,
    version: String,
    limit: Duration,
    running: Option<CedarSymCompiler<LocalSolver>>,
}

/// Why there is no solver.
#[derive(Debug, Error)]
pub enum SolverError {
    /// Nothing of the name is there.
    #[error("there is no solver: `cvc5` is not in PATH")]
    Missing,
    /// What is there does not run.
    #[error("the solver `{}` does not run", program.display())]
    Broken {
        /// What was tried.
        program: PathBuf,
    },
}

/// Whether one set of policies allows only what another allows.
#[derive(Debug)]
pub(crate) enum Answer {
    Holds,
    Fails(Box<Env>),
    /// Why it could not be told: never to be taken for [`Answer::Holds`].
    Unknown(String),
}

/// A set of policies in one request environment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) environment: &'a RequestEnv,
}

impl Solver {
    /// Finds cvc5, by the variable `CVC5` or in `PATH`, and asks its version. No answer may take longer than `limit`.
    ///
    /// # Errors
    /// When it is not there, or does not run.
    pub async fn find(limit: Duration) -> Result<Self, SolverError> {
        let program = match env::var_os("CVC5").filter(|path| !path.is_empty()) {
            Some(path) => PathBuf::from(path),
            None => in_path().ok_or(SolverError::Missing)?,
        };
        let asked = Command::new(&program).arg("--version").output().await;
        let version = asked.ok().filter(|output| output.status.success()).and_then(|output| {
            let text = String::from_utf8_lossy(&output.stdout);
            text.split_once("version ")?.1.split_whitespace().next().map(str::to_owned)
        });
        let Some(version) = version else { return Err(SolverError::Broken { program }) };
        Ok(Self { program, version, limit, running: None })
    }

    /// Returns the solver's version, as it tells it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Asks whether `allowed` allows nothing that `by` does not.
    pub(crate) async fn implies(
        &mut self,
        question: Question<'_>,
        allowed: &PolicySet,
        by: &PolicySet,
    ) -> Answer {
        let compiled =
            question.compile(allowed).and_then(|first| Ok((first, question.compile(by)?)));
        let (allowed, by) = match compiled {
            Ok(both) => both,
            Err(why) => return Answer::Unknown(why),
        };
        let limit = self.limit;
        let running = match self.running() {
            Ok(running) => running,
            Err(why) => return Answer::Unknown(why),
        };
        let asked = running.check_implies_with_counterexample_opt(&allowed, &by);
        let why = match timeout(limit, asked).await {
            Ok(Ok(None)) => return Answer::Holds,
            Ok(Ok(Some(found))) => return Answer::Fails(Box::new(found)),
            Ok(Err(error)) => error.to_string(),
            Err(_) => self.late(),
        };
        self.running = None;
        Answer::Unknown(why)
    }

    /// Asks whether `policy` can be evaluated whatever the request. The error says why it could not be told.
    pub(crate) async fn never_errors(
        &mut self,
        question: Question<'_>,
        policy: &Policy,
    ) -> Result<bool, String> {
        let Question { schema, environment } = question;
        let compiled = CompiledPolicy::compile(policy, environment, schema)
            .map_err(|error| error.to_string())?;
        let limit = self.limit;
        let asked = self.running()?.check_never_errors_opt(&compiled);
        let why = match timeout(limit, asked).await {
            Ok(Ok(holds)) => return Ok(holds),
            Ok(Err(error)) => error.to_string(),
            Err(_) => self.late(),
        };
        self.running = None;
        Err(why)
    }

    fn late(&self) -> String {
        format!("no answer within {} ms", self.limit.as_millis())
    }

    /// Returns the process, a fresh one after an answer that was none: what it would say next belongs to that.
    fn running(&mut self) -> Result<&mut CedarSymCompiler<LocalSolver>, String> {
        if self.running.is_none() {
            let mut command = Command::new(&self.program);
            command.args(["--lang", "smt"]).kill_on_drop(true);
            let solver =
                LocalSolver::from_command(&mut command).map_err(|error| error.to_string())?;
            self.running = Some(CedarSymCompiler::new(solver).map_err(|error| error.to_string())?);
        }
        self.running.as_mut().ok_or_else(|| "the solver did not start".to_owned())
    }
}

impl Question<'_> {
    fn compile(self, set: &PolicySet) -> Result<CompiledPolicySet, String> {
        CompiledPolicySet::compile(set, self.environment, self.schema)
            .map_err(|error| error.to_string())
    }
}

fn in_path() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join("cvc5")).find(|program| program.is_file())
}
