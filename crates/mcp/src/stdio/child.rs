//! The server as a child of this process.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::signal::unix::{SignalKind, signal};

/// How long outcomes may take to be reported once everything else has ended.
pub(super) const LAST_REPORTS: Duration = Duration::from_secs(5);

/// How long the output of a server that has ended is read on.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What no child inherits: it would reach what governs it.
const OURS: &str = "SYNDIC_";

/// A server that was started.
#[derive(Debug)]
pub(super) struct Child(tokio::process::Child);

impl Child {
    /// Starts it, with this process's standard error.
    pub(super) fn start(command: &[OsString]) -> io::Result<Self> {
        let Some((program, args)) = command.split_first() else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no command to start"));
        };
        let mut command = Command::new(program);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        for (name, _) in std::env::vars_os() {
            if name.as_encoded_bytes().starts_with(OURS.as_bytes()) {
                command.env_remove(name);
            }
        }
        command.spawn().map(Self)
    }

    /// Returns its output and its input.
    pub(super) fn ends(&mut self) -> io::Result<(ChildStdout, ChildStdin)> {
        match (self.0.stdout.take(), self.0.stdin.take()) {
            (Some(output), Some(input)) => Ok((output, input)),
            _ => Err(io::Error::other("the child has no pipes")),
        }
    }

    /// Carries messages until there are no more, passes signals on meanwhile, and returns how the child ended.
    pub(super) async fn accompany(
        &mut self,
        carry: impl Future<Output = ()>,
    ) -> io::Result<ExitStatus> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut hang_up = signal(SignalKind::hangup())?;
        let mut carry = std::pin::pin!(carry);
        let mut carried = false;
        let mut ended = None;
        loop {
            tokio::select! {
                () = &mut carry, if !carried => carried = true,
                status = self.0.wait(), if ended.is_none() => ended = Some(status),
                // Something that it started may hold its output open.
                () = tokio::time::sleep(LAST_WORDS), if ended.is_some() => carried = true,
                _ = terminate.recv() => self.signal(Signal::TERM),
                _ = hang_up.recv() => self.signal(Signal::HUP),
                // A terminal interrupts the whole group, the child among it.
                _ = interrupt.recv() => if !io::stderr().is_terminal() { self.signal(Signal::INT) },
            }
            if carried && let Some(status) = ended.take() {
                return status;
            }
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = self.0.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid
            && let Err(error) = kill_process(pid, signal)
        {
            tracing::warn!(%error, "a signal did not reach the server");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::os::unix::process::ExitStatusExt as _;

    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _};

    use super::Child;

    fn shell(script: &str) -> Child {
        Child::start(&["sh", "-c", script].map(OsString::from)).unwrap()
    }

    #[tokio::test]
    async fn a_child_ends_as_it_ends() {
        assert_eq!(shell("exit 7").accompany(async {}).await.unwrap().code(), Some(7));
        let killed = shell("kill -9 $$").accompany(async {}).await.unwrap();
        assert_eq!(killed.signal(), Some(9));
        assert!(Child::start(&["/does/not/exist".into()]).is_err());
        assert!(Child::start(&[]).is_err());
    }

    #[tokio::test]
    async fn a_child_that_leaves_others_behind_has_ended_all_the_same() {
        let mut child = shell("sleep 600 & echo $!; exit 4");
        let (output, _input) = child.ends().unwrap();
        let mut left = String::new();
        let mut output = tokio::io::BufReader::new(output);
        output.read_line(&mut left).await.unwrap();
        let rest = async { drop(output.read_line(&mut String::new()).await) };
        assert_eq!(child.accompany(rest).await.unwrap().code(), Some(4));
        shell(&format!("kill {left}")).accompany(async {}).await.unwrap();
    }

    #[tokio::test]
    async fn a_child_inherits_everything_but_what_is_ours() {
        let mut child = shell("env");
        let (mut output, _input) = child.ends().unwrap();
        let mut text = String::new();
        output.read_to_string(&mut text).await.unwrap();
        assert!(text.contains("PATH="));
        assert!(!text.lines().any(|line| line.starts_with("SYNDIC_")), "{text}");
        child.accompany(async {}).await.unwrap();
    }
}
