//! How a command says what went wrong, and what to do about it.

use std::io;

use clap::ValueEnum;
use syndic_api::Problem;
use syndic_client::ClientError;
use syndic_gate::{ComplianceError, OpenError};
use syndic_server::BindError;
use thiserror::Error;

use crate::exit::Exit;
use crate::output::Output;

/// What helps where there is no agent of a name.
const AGENTS: &str = "`syndic agents` lists them";

/// A failure that knows what to do next.
#[derive(Debug, Error)]
#[error("{message}")]
pub(crate) struct Failure {
    message: String,
    hint: String,
    exit: Exit,
}

impl Failure {
    /// Something is wrong outside of what was typed.
    pub(crate) fn new(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { message: message.into(), hint: hint.into(), exit: Exit::Failure }
    }

    /// An answer in a form that is not JSON, and `--json` too.
    pub(crate) fn two_forms(format: &impl ValueEnum) -> Self {
        let format = format.to_possible_value();
        let format = format.as_ref().map_or("", |format| format.get_name());
        let message = format!("`--json` and `--format {format}` ask for two forms of the answer");
        Self::usage(message, "leave one of them out")
    }

    /// The same, when it is what was typed that is wrong.
    pub(crate) fn into_usage(self) -> Self {
        Self { exit: Exit::Usage, ..self }
    }

    /// What was typed or given cannot be used.
    pub(crate) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit: Exit::Usage, ..Self::new(message, hint) }
    }
}

/// Tells what went wrong; a reader who went away needs no telling.
pub(crate) fn report(error: &anyhow::Error, out: &Output) -> Exit {
    if error.chain().any(is_broken_pipe) {
        return Exit::Success;
    }
    let failure = error.downcast_ref::<Failure>();
    let hint = failure.map(|failure| failure.hint.clone()).or_else(|| advice(error));
    out.error(error, hint.as_deref());
    failure.map_or(Exit::Failure, |failure| failure.exit)
}

/// Knows what helps when another process is in the way, or the daemon refuses or is away.
fn advice(error: &anyhow::Error) -> Option<String> {
    if let Some(OpenError::InUse { .. } | OpenError::Store { .. }) = error.downcast_ref() {
        let advice =
            "if a daemon runs there, it answers `syndic status`; stop it before another is started";
        return Some(advice.to_owned());
    }
    if let Some(BindError::Socket { .. }) = error.downcast_ref() {
        return Some(
            "if another program listens there, choose another address with --listen".to_owned(),
        );
    }
    if let Some(ComplianceError::Unknown(_)) = error.downcast_ref() {
        return Some(AGENTS.to_owned());
    }
    match error.downcast_ref::<ClientError>()? {
        ClientError::Url(_) => Some("write it like `--url http://127.0.0.1:7860`".to_owned()),
        ClientError::Unreachable { .. } => {
            Some("start the daemon with `syndic serve`, or name another with --url".to_owned())
        }
        ClientError::Refused(problem) if problem.status == 401 => {
            Some("pass a valid key with --key-file or SYNDIC_KEY; an admin makes one with `syndic keys create`".to_owned())
        }
        ClientError::Refused(problem) if problem.status == 403 => {
            Some(needed_key(problem))
        }
        ClientError::Refused(problem) if problem.code() == "unknown-agent" => Some(AGENTS.to_owned()),
        ClientError::Refused(_) => None,
        ClientError::Foreign { .. } => {
            Some("check that --url names a syndic of this version".to_owned())
        }
    }
}

/// Names the key that a refusal asks for, where it does.
fn needed_key(problem: &Problem) -> String {
    let detail = &problem.detail;
    let named = detail.strip_prefix("this needs ").or_else(|| detail.strip_prefix("only "));
    let named = named.and_then(|named| Some(named.split_once(" key")?.0));
    match named.filter(|_| problem.code() == "wrong-role") {
        Some(role) => format!("use {role} key; `syndic keys list` shows them"),
        None => "use a key of another role; `syndic keys list` shows them".to_owned(),
    }
}

fn is_broken_pipe(cause: &(dyn std::error::Error + 'static)) -> bool {
    let error = cause.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

#[cfg(test)]
mod tests {
    use syndic_api::Problem;

    use super::needed_key;

    #[test]
    fn the_role_that_a_refusal_names_is_the_one_to_use() {
        for (code, detail, named) in [
            ("wrong-role", "this needs an approver key", "use an approver key; "),
            ("wrong-role", "this needs an auditor or admin key", "use an auditor or admin key; "),
            ("wrong-role", "only an agent key submits actions", "use an agent key; "),
            ("other-agent", "the key is for another agent", "use a key of another role; "),
        ] {
            let hint = needed_key(&Problem::new(403, code, detail));
            assert!(hint.starts_with(named), "{hint}");
        }
    }
}
