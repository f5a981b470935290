//! A daemon in the background: its place in the system, and its log.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::fmt::MakeWriter;

/// A log that has grown beyond this is put aside, in place of the one before.
const MOST_BYTES: u64 = 1 << 20;

/// Leaves the terminal and the process group of whoever started this process, so that it outlives both.
pub(crate) fn detach() {
    // Refused to the leader of a group, who has what it would bring.
    rustix::process::setsid().ok();
}

/// Returns the log of the daemon that runs in the background of a data directory.
pub(crate) fn log_file(data_dir: &Path) -> PathBuf {
    data_dir.join("daemon.log")
}

/// Opens the log at `path` to append to it.
pub(crate) fn open_log(path: &Path) -> io::Result<File> {
    if path.metadata().is_ok_and(|file| file.len() > MOST_BYTES) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

/// Writes to standard error, which is the log at `path`, and begins it anew when it has grown too long.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    path: Arc<Mutex<PathBuf>>,
}

impl Log {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path: Arc::new(Mutex::new(path)) }
    }

    /// Whoever cannot turn over goes on where it is: a log is in nobody's way.
    fn turn_over(&self) {
        let path = self.path.lock().unwrap_or_else(PoisonError::into_inner);
        if path.metadata().is_ok_and(|file| file.len() > MOST_BYTES)
            && let Ok(file) = open_log(&path)
        {
            rustix::stdio::dup2_stdout(&file).ok();
            rustix::stdio::dup2_stderr(&file).ok();
        }
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.turn_over();
        io::stderr().lock().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().lock().flush()
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{MOST_BYTES, open_log};

    #[test]
    fn a_log_is_for_its_owner_and_bounded() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("daemon.log");
        for line in ["one\n", "two\n"] {
            open_log(&path).unwrap().write_all(line.as_bytes()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        for _ in 0..2 {
            open_log(&path).unwrap().set_len(MOST_BYTES + 1).unwrap();
            assert_eq!(open_log(&path).unwrap().metadata().unwrap().len(), 0);
        }
        assert_eq!(dir.path().read_dir().unwrap().count(), 2, "one log and the one before");
    }
}
