//! Attaching to the daemon of a governance directory, which is started if none runs.

use std::fs::{self, DirBuilder};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::process::{Child, Command};

use crate::background::{log_file, open_log};
use crate::exit::TAKEN;
use crate::failure::Failure;
use crate::holder::holder;
use crate::{daemon, directory};

/// How long a daemon may take until it answers; it reads its whole ledger first.
const WITHIN: Duration = Duration::from_secs(30);
const PACE: Duration = Duration::from_millis(20);
/// How much of what a daemon said before it ended is told.
const MOST_TOLD_BYTES: u64 = 4096;
const MOST_TOLD_LINES: usize = 12;

/// What to do where no daemon runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IfNone {
    Start,
    Refuse,
}

/// A daemon that was started and is not known to answer.
#[derive(Debug)]
struct Starting {
    child: Child,
    log: PathBuf,
    /// Where its part of the log begins.
    from: u64,
}

impl Starting {
    /// Ends what was started where another holds the data directory: it would take over once that one is stopped.
    fn give_way(&mut self, holder: Option<u32>) {
        if holder.is_some() && holder != self.child.id() {
            // It may have given up by itself.
            self.child.start_kill().ok();
        }
    }
}

/// Returns the socket of the daemon of `dir`, once somebody answers there.
///
/// Of several that start one at once, all but one lose the lock; they attach to the one that has it.
pub(crate) async fn attach(dir: &Path, if_none: IfNone) -> Result<PathBuf, Failure> {
    directory::known(dir)?;
    let data_dir = syndic_governance::data_dir(dir);
    let socket = daemon::socket(&data_dir);
    let until = Instant::now() + WITHIN;
    let mut starting: Option<Starting> = None;
    loop {
        if UnixStream::connect(&socket).is_ok() {
            if let Some(started) = &mut starting {
                started.give_way(holder(&data_dir));
            }
            return Ok(socket);
        }
        if if_none == IfNone::Refuse {
            return Err(none_runs(dir));
        }
        match &mut starting {
            None if holder(&data_dir).is_none() => starting = Some(start(dir, &data_dir)?),
            // Another is starting, or stopping, or never listens here.
            None => {}
            Some(started) => match started.child.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) if status.code() == Some(i32::from(TAKEN)) => starting = None,
                Ok(Some(_)) | Err(_) => return Err(did_not_start(dir, started)),
            },
        }
        if Instant::now() > until {
            return Err(does_not_answer(dir, &data_dir));
        }
        tokio::time::sleep(PACE).await;
    }
}

/// Starts a daemon that outlives this process; what it says goes to its log.
fn start(dir: &Path, data_dir: &Path) -> Result<Starting, Failure> {
    let failed = |what: &str, error: io::Error| {
        let message = format!("cannot start the daemon of `{}`: {what}: {error}", dir.display());
        Failure::new(message, format!("start it with `syndic serve --dir {}`", dir.display()))
    };
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(data_dir)
        .map_err(|error| failed("its data directory", error))?;
    let log = log_file(data_dir);
    let file = open_log(&log).map_err(|error| failed("its log", error))?;
    let from = file.metadata().map_or(0, |file| file.len());
    let program = std::env::current_exe().map_err(|error| failed("this program", error))?;
    let dir = fs::canonicalize(dir).map_err(|error| failed("its directory", error))?;
    let output = file.try_clone().map_err(|error| failed("its log", error))?;
    let child = Command::new(program)
        .args(["serve", "--background", "--dir"])
        .arg(dir)
        // It holds nobody's directory in use, and no key of whoever starts it.
        .current_dir("/")
        .env_remove("SYNDIC_KEY")
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(file)
        .spawn()
        .map_err(|error| failed("this program", error))?;
    Ok(Starting { child, log, from })
}

fn none_runs(dir: &Path) -> Failure {
    let dir = dir.display();
    Failure::new(
        format!("no daemon runs for `{dir}`"),
        format!("start it with `syndic serve --dir {dir}`, or leave --no-start out"),
    )
}

fn did_not_start(dir: &Path, started: &Starting) -> Failure {
    let said = last_words(&started.log, started.from).unwrap_or_default();
    let said =
        if said.is_empty() { "it said nothing".to_owned() } else { format!("it said:\n{said}") };
    Failure::new(
        format!("the daemon of `{}` did not start; {said}", dir.display()),
        format!("mend that; its whole log is `{}`", started.log.display()),
    )
}

fn does_not_answer(dir: &Path, data_dir: &Path) -> Failure {
    let seconds = WITHIN.as_secs();
    let who = match holder(data_dir) {
        Some(id) => format!("process {id} holds `{}` and", data_dir.display()),
        None => format!("the daemon of `{}`", dir.display()),
    };
    Failure::new(
        format!("{who} answers on no socket within {seconds} s"),
        format!(
            "it may be reading its records, or be no daemon; its log is `{}`",
            log_file(data_dir).display()
        ),
    )
}

/// Returns the last lines that were written to `log` after `from`.
fn last_words(log: &Path, from: u64) -> io::Result<String> {
    let mut file = fs::File::open(log)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(from.max(length.saturating_sub(MOST_TOLD_BYTES))))?;
    let mut said = Vec::new();
    file.take(MOST_TOLD_BYTES).read_to_end(&mut said)?;
    let said = String::from_utf8_lossy(&said);
    let lines: Vec<_> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let told = lines.get(lines.len().saturating_sub(MOST_TOLD_LINES)..).unwrap_or_default();
    Ok(told.iter().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n"))
}
