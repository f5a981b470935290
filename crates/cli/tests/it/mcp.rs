//! `syndic mcp` as clients run it: a server behind it, lines in and lines out.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use serde_json::{Value, json};

use crate::syndic::Place;

/// A server with the tools of a support desk. It keeps what reached it beside it, and ends with code 7.
const SERVER: &str = r#"#!/bin/sh
env | grep -c SYNDIC_ > "$0.variables"
echo 'tickets: ready' >&2
while read -r line; do
  id=${line#*'"id":'}; id=${id%%,*}; id=${id%%\}*}
  case "$line" in
    *'"method":"initialize"'*)
      printf '{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"tickets","version":"1"}}}\n' "$id" ;;
    *'"method":"tools/list"'*)
      printf '{"jsonrpc":"2.0","id":%s,"result":{"tools":[{"name":"issue_refund","inputSchema":{"type":"object"}}]}}\n' "$id" ;;
    *'"method":"tools/call"'*)
      echo "$line" >> "$0.calls"
      printf '{"jsonrpc":"2.0","id":%s,"result":{"content":[{"type":"text","text":"done"}]}}\n' "$id" ;;
    *'"method":"ping"'*) printf '{"jsonrpc":"2.0","id":%s,"result":{}}\n' "$id" ;;
  esac
done
exit 7
"#;

/// A client that speaks to a server through `syndic mcp`.
struct Client {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    errors: ChildStderr,
    last_id: u64,
}

/// A governed place with a server, whose daemon is ended with it.
struct Desk {
    place: Place,
    server: String,
}

impl Desk {
    fn new() -> Self {
        let place = Place::governed();
        place.rewrite("syndic.yaml", "127.0.0.1:7860", "127.0.0.1:0");
        let path = place.path("server.sh");
        std::fs::write(&path, SERVER).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let server = path.to_str().unwrap().to_owned();
        Self { place, server }
    }

    /// Starts the proxy for customer support, as a client would.
    fn connect(&self, options: &[&str]) -> Client {
        self.connect_as("customer-support", options)
    }

    fn connect_as(&self, agent: &str, options: &[&str]) -> Client {
        let mut command = Command::new(env!("CARGO_BIN_EXE_syndic"));
        command.args(["mcp", "--agent", agent, "--wait", "0s"]).args(options);
        command.args(["--", &self.server]).current_dir(self.place.dir());
        command.env("SYNDIC_LOG", "warn").env_remove("SYNDIC_KEY");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Client {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            errors: child.stderr.take().unwrap(),
            child,
            last_id: 0,
        }
    }

    /// Runs the proxy to its end, without a client that says anything.
    fn run(&self, options: &[&str]) -> crate::syndic::Ended {
        let arguments = [&["mcp", "--agent", "customer-support"], options, &["--", &self.server]];
        self.place.run(&arguments.concat())
    }

    /// Returns what reached the server.
    fn calls(&self) -> usize {
        let calls = std::fs::read_to_string(format!("{}.calls", self.server)).unwrap_or_default();
        calls.lines().count()
    }

    fn kill_daemon(&self) {
        let log = std::fs::read_to_string(self.place.dir().join(".syndic/daemon.log")).unwrap();
        let id = log.rsplit("process ").next().unwrap().split(',').next().unwrap();
        assert!(Command::new("kill").args(["-KILL", id]).status().unwrap().success());
        // A call over a connection that is about to close is not repeated, so all of them must be closed.
        let socket = self.place.dir().join(".syndic/syndic.sock").canonicalize().unwrap();
        let socket = socket.to_str().unwrap();
        while std::fs::read_to_string("/proc/net/unix").unwrap().contains(socket) {
            thread::yield_now();
        }
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        drop(self.place.run(&["serve", "--stop"]));
    }
}

impl Client {
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.last_id += 1;
        let id = self.last_id;
        let line = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        writeln!(self.input, "{line}").unwrap();
        let mut answer = String::new();
        assert_ne!(self.output.read_line(&mut answer).unwrap(), 0, "it ended");
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    fn initialize(&mut self) {
        let params = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}});
        assert_eq!(self.ask("initialize", &params)["result"]["serverInfo"]["name"], "tickets");
    }

    /// Asks for a refund, and returns the first text of the answer.
    fn refund(&mut self, amount: u32) -> (bool, String) {
        let arguments = json!({"order_id": "A-1", "amount": amount});
        let answer =
            self.ask("tools/call", &json!({"name": "issue_refund", "arguments": arguments}));
        let text = answer["result"]["content"][0]["text"].as_str();
        let failed = answer["result"]["isError"] == true;
        (!failed, text.unwrap_or_else(|| panic!("{answer}")).to_owned())
    }

    /// Waits until it warns, and returns of what.
    fn warning(&mut self) -> String {
        BufReader::new(&mut self.errors)
            .lines()
            .find_map(|line| Some(line.unwrap().split_once("warning: ")?.1.to_owned()))
            .unwrap()
    }

    /// Leaves, and returns the exit code and what was told beside the protocol.
    fn leave(mut self) -> (Option<i32>, String) {
        drop(self.input);
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "nobody asked");
        let mut errors = String::new();
        self.errors.read_to_string(&mut errors).unwrap();
        (self.child.wait().unwrap().code(), errors)
    }
}

#[test]
fn a_server_is_governed_by_a_prefix_and_nothing_else() {
    let desk = Desk::new();
    let mut client = desk.connect(&[]);
    client.initialize();
    assert_eq!(client.refund(45), (true, "done".to_owned()));
    let (allowed, text) = client.refund(150);
    assert!(!allowed && text.contains("approv"), "{text}");
    assert_eq!(desk.calls(), 1, "what is held does not reach the server");
    let (code, errors) = client.leave();
    assert_eq!((code, errors.as_str()), (Some(7), "tickets: ready\n"), "both are the server's");
    let variables = std::fs::read_to_string(format!("{}.variables", desk.server)).unwrap();
    assert_eq!(variables, "0\n", "the server saw a variable of ours");

    let again = desk.connect(&["--no-start"]);
    assert_eq!(again.leave().0, Some(7), "the daemon stays");
}

#[test]
fn a_daemon_that_died_meanwhile_is_started_again_before_the_next_call() {
    let desk = Desk::new();
    let mut client = desk.connect(&[]);
    client.initialize();
    for _ in 0..2 {
        let (allowed, text) = client.refund(1);
        assert!(allowed, "{text}");
        desk.kill_daemon();
    }
    assert!(!client.refund(500).0);
    assert_eq!(desk.calls(), 2);
}

#[test]
fn where_nobody_may_be_started_nothing_starts() {
    let desk = Desk::new();
    let ended = desk.run(&["--no-start"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.starts_with("error: no daemon runs for `"), "{}", ended.stderr);
    assert!(!desk.place.dir().join(".syndic").exists());
}

#[test]
fn where_nobody_decides_every_call_is_denied_and_says_what_to_do() {
    let desk = Desk::new();
    desk.place.append("agents/knowledge-base.yaml", "\nnonsense: true\n");
    let mut client = desk.connect(&[]);
    client.initialize();
    client.ask("ping", &json!({}));
    for _ in 0..2 {
        let (allowed, text) = client.refund(45);
        assert!(!allowed, "{text}");
        assert!(text.contains("no daemon answers for"), "{text}");
    }
    let (code, errors) = client.leave();
    assert_eq!((code, desk.calls()), (Some(7), 0));
    for part in ["did not start; it said:", "nonsense", "hint: "] {
        assert!(errors.contains(part), "no `{part}` in {errors}");
    }
}

#[test]
fn a_proxy_that_decides_alone_denies_what_needs_people() {
    let desk = Desk::new();
    let mut client = desk.connect(&["--standalone"]);
    client.initialize();
    assert!(client.refund(45).0);
    let (allowed, text) = client.refund(150);
    assert!(!allowed && text.contains("syndic serve"), "{text}");

    let second = desk.run(&["--standalone"]);
    let holder = format!("error: process {} has the data directory `", client.child.id());
    assert_eq!(second.code, Some(1));
    assert!(second.stderr.starts_with(&holder), "{}", second.stderr);
    assert_eq!(client.leave().0, Some(7));
}

#[test]
fn who_will_be_denied_everything_is_told_at_the_start() {
    let desk = Desk::new();
    let unknown = "every call will be denied: agent `nosuch` is not registered";
    let mut alone = desk.connect_as("nosuch", &["--standalone"]);
    assert_eq!(alone.warning(), unknown);
    assert_eq!(alone.leave().0, Some(7), "it stays up until then");
    let serving = desk.place.serve();
    assert_eq!(desk.connect_as("nosuch", &[]).warning(), unknown);
    let admin = ["--key-file", "../admin.key"];
    let told = "every call will be denied: the key is not an agent's";
    assert_eq!(desk.connect(&admin).warning(), told);
    assert_eq!(desk.connect(&[&admin[..], &["--url", &serving.url]].concat()).warning(), told);
    let made =
        desk.place.admin(&["keys", "create", "--role", "agent", "--agent", "knowledge-base"]);
    let file = desk.place.path("other.key");
    std::fs::write(&file, made["key"].as_str().unwrap()).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut client = desk.connect(&["--key-file", file.to_str().unwrap()]);
    let told = client.warning();
    assert!(told.contains("belongs to agent `knowledge-base`"), "{told}");
    client.initialize();
    assert!(!client.refund(1).0);
}

#[test]
fn a_server_that_does_not_start_is_told() {
    let place = Place::governed();
    let command = ["mcp", "--agent", "a", "--standalone", "--", "/nowhere/server"];
    let ended = place.run(&command);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(ended.stderr.contains("cannot start the server `/nowhere/server`"), "{}", ended.stderr);
}

#[test]
fn what_ends_a_server_ends_the_proxy_alike() {
    let place = Place::governed();
    for (script, code) in [("exit 0", 0), ("exit 3", 3), ("kill -TERM $$", 128 + 15)] {
        let command = ["mcp", "--agent", "a", "--standalone", "--", "sh", "-c", script];
        assert_eq!(place.run(&command).code, Some(code), "{script}");
    }
}
