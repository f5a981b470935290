//! Runs the binary in a directory of its own.

use std::fs::Permissions;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A temporary place with room for a governance directory and for what must stay out of it.
pub(crate) struct Place {
    root: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A command that goes on, and is ended by its own id, at the latest when it is dropped.
pub(crate) struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

/// A `syndic serve` that listens.
pub(crate) struct Serving {
    running: Running,
    pub(crate) url: String,
    pub(crate) greeting: String,
}

impl Place {
    pub(crate) fn empty() -> Self {
        Self { root: tempfile::tempdir().unwrap() }
    }

    /// Makes a place with the shipped governance directory in it.
    pub(crate) fn governed() -> Self {
        let place = Self::empty();
        let dir = place.dir();
        assert_eq!(place.run(&["init", dir.to_str().unwrap()]).code, Some(0));
        place
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.path("governance")
    }

    /// Writes a solver that tells its version and never answers a question, which no real one can be made to do.
    pub(crate) fn silent_solver(&self) -> String {
        let path = self.path("silent-solver");
        let script =
            "#!/bin/sh\n[ \"$1\" = --version ] && echo 'version 0' && exit\nexec cat >/dev/null\n";
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Appends to a file of the governance directory, or makes it.
    pub(crate) fn append(&self, name: &str, text: &str) {
        let path = self.dir().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = std::fs::File::options().append(true).create(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// Writes a file of the governance directory anew.
    pub(crate) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.dir().join(name), text).unwrap();
    }

    /// Replaces text that is in a file of the governance directory.
    pub(crate) fn rewrite(&self, name: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.dir().join(name)).unwrap();
        assert!(text.contains(from), "{name} has no `{from}`");
        self.write(name, &text.replace(from, to));
    }

    /// Runs a command with one variable of its environment set.
    pub(crate) fn run_with_variable(&self, arguments: &[&str], variable: (&str, &str)) -> Ended {
        let mut command = self.command(arguments);
        Ended::new(command.env(variable.0, variable.1).output().unwrap())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with_input(arguments, "")
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that does not read its input may be gone before it is written.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        Ended::new(child.wait_with_output().unwrap())
    }

    /// Runs a command whose answer nobody reads.
    pub(crate) fn run_without_reader(&self, arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        Ended::new(child.wait_with_output().unwrap())
    }

    /// Runs a command with the admin's key and returns the JSON it answers.
    pub(crate) fn admin(&self, arguments: &[&str]) -> Value {
        let ended = self.run(&[arguments, &["--json", "--key-file", "../admin.key"]].concat());
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// Starts the daemon on a free port, the admin's key in `admin.key`, and waits until it listens.
    pub(crate) fn serve(&self) -> Serving {
        self.serve_as(Command::new(env!("CARGO_BIN_EXE_syndic")))
    }

    /// Starts the daemon where no file can grow beyond `blocks` of 512 bytes: writes then fail as on a full disk.
    pub(crate) fn serve_on_full_disk(&self, blocks: u32) -> Serving {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
        shell.arg(env!("CARGO_BIN_EXE_syndic"));
        self.serve_as(shell)
    }

    fn serve_as(&self, mut command: Command) -> Serving {
        command.args(["serve", "--listen", "127.0.0.1:0", "--bootstrap-key-file", "../admin.key"]);
        let running = Running::start(self.placed(command));
        let mut serving = Serving { running, url: String::new(), greeting: String::new() };
        while serving.url.is_empty() {
            let line = serving.running.line();
            serving.greeting.push_str(&line);
            serving.url = line.trim().strip_prefix("listening on ").unwrap_or_default().to_owned();
        }
        serving
    }

    /// Starts a command that goes on.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Starts a command that goes on, with what it says beside the answer told in the answer.
    pub(crate) fn start_told_all(&self, arguments: &[&str]) -> Running {
        let mut shell = Command::new("sh");
        shell.args(["-c", "exec \"$0\" \"$@\" 2>&1", env!("CARGO_BIN_EXE_syndic")]);
        shell.args(arguments);
        Running::start(self.placed(shell))
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_syndic"));
        command.args(arguments);
        self.placed(command)
    }

    /// Gives a command this place and nothing of the surroundings.
    fn placed(&self, mut command: Command) -> Command {
        command.env_remove("SYNDIC_KEY").env("NO_COLOR", "1");
        let dir = self.dir();
        command.current_dir(if dir.exists() { &dir } else { self.root.path() });
        command
    }
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        Self { child, stdout }
    }

    /// Waits for the next line of the answer.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.stdout.read_line(&mut line).unwrap(), 0, "the command ended");
        line
    }

    /// Asks the command to end and returns what it said since the last line that was read.
    pub(crate) fn rest(mut self) -> String {
        signal("TERM", self.child.id());
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        rest
    }

    /// Asks the command to end and returns its exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        signal("TERM", self.child.id());
        self.child.wait().unwrap().code()
    }
}

impl Serving {
    /// Asks the daemon to end and returns its exit code.
    pub(crate) fn terminate(self) -> Option<i32> {
        signal("TERM", self.running.child.id());
        self.ended()
    }

    /// Waits until the daemon ended and returns its exit code.
    pub(crate) fn ended(mut self) -> Option<i32> {
        let mut rest = String::new();
        self.running.stdout.read_to_string(&mut rest).unwrap();
        self.running.child.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn signal(name: &str, id: u32) {
    let status = Command::new("sh").arg("-c").arg(format!("kill -{name} {id}")).status();
    assert!(status.unwrap().success());
}

impl Ended {
    fn new(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// Returns `text` with the temporary place's path taken out.
pub(crate) fn without_place(text: &str, place: &Path) -> String {
    text.replace(place.to_str().unwrap(), "PLACE")
}
