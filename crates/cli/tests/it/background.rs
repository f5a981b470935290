//! The daemon in the background, which whoever attaches starts.

use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use crate::syndic::{Ended, Place};

const DETACH: [&str; 3] = ["serve", "--detach", "--json"];
const STOP: [&str; 3] = ["serve", "--stop", "--json"];

/// A place whose daemons listen on a free port, and are ended with it.
struct Backstage(Place);

impl Backstage {
    fn new() -> Self {
        let place = Place::governed();
        place.rewrite("syndic.yaml", "127.0.0.1:7860", "127.0.0.1:0");
        Self(place)
    }

    fn detach(&self) -> Ended {
        self.0.run(&DETACH)
    }

    /// Ends the daemon and returns its process.
    fn stop(&self) -> Option<u64> {
        let ended = self.0.run(&STOP);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let told: Value = serde_json::from_str(&ended.stdout).unwrap();
        told["process"].as_u64()
    }

    fn socket(&self) -> PathBuf {
        self.0.dir().join(".syndic/syndic.sock")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.0.dir().join(".syndic/daemon.log")).unwrap()
    }

    /// Returns the log once that many starts are in it: a daemon answers a moment before it says so.
    fn log_of(&self, starts: usize) -> String {
        loop {
            let log = self.log();
            if log.matches(", on ").count() >= starts {
                return log;
            }
            thread::yield_now();
        }
    }
}

impl Drop for Backstage {
    fn drop(&mut self) {
        drop(self.0.run(&STOP));
    }
}

#[test]
fn of_many_who_start_a_daemon_at_once_one_does_and_all_attach() {
    let backstage = Backstage::new();
    thread::scope(|scope| {
        let starters: Vec<_> = (0..4).map(|_| scope.spawn(|| backstage.detach())).collect();
        for starter in starters {
            let ended = starter.join().unwrap();
            assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        }
    });
    assert_eq!(backstage.log().matches(", on ").count(), 1, "{}", backstage.log());
    assert!(backstage.stop().is_some());
    assert_eq!(backstage.stop(), None, "it is gone");
}

#[test]
fn a_daemon_in_the_background_makes_no_key_and_outlives_the_group_of_its_starter() {
    let backstage = Backstage::new();
    let mut starter = Command::new(env!("CARGO_BIN_EXE_syndic"));
    starter.args(DETACH).current_dir(backstage.0.dir()).env("SYNDIC_KEY", "syndic_secret");
    let starter = starter.process_group(0).stdout(Stdio::piped()).spawn().unwrap();
    let group = starter.id();
    assert!(starter.wait_with_output().unwrap().status.success());
    // A terminal that closes ends the whole group of the starter.
    drop(Command::new("sh").arg("-c").arg(format!("kill -HUP -{group}")).output());
    UnixStream::connect(backstage.socket()).unwrap();
    let id = backstage.stop().unwrap();
    let (log, records) = (backstage.log(), backstage.0.dir().join(".syndic/segments"));
    assert!(log.contains(&format!("process {id}, ")) && !log.contains("syndic_"), "{log}");
    let records = std::fs::read_dir(records).unwrap().map(|file| file.unwrap().path());
    for file in records {
        assert!(!std::fs::read_to_string(file).unwrap().contains("key_created"));
    }
}

#[test]
fn a_socket_that_a_dead_daemon_left_is_in_nobodys_way() {
    let backstage = Backstage::new();
    assert_eq!(backstage.detach().code, Some(0));
    let first = backstage.stop().unwrap();
    drop(UnixListener::bind(backstage.socket()).unwrap());
    assert!(UnixStream::connect(backstage.socket()).is_err());
    assert_eq!(backstage.detach().code, Some(0));
    assert_ne!(backstage.stop(), Some(first));
}

#[test]
fn a_daemon_that_was_killed_is_started_again() {
    let backstage = Backstage::new();
    for start in 1..=2 {
        assert_eq!(backstage.detach().code, Some(0));
        let log = backstage.log_of(start);
        let id = log.rsplit("process ").next().unwrap().split(',').next().unwrap();
        assert!(Command::new("kill").args(["-KILL", id]).status().unwrap().success());
        while UnixStream::connect(backstage.socket()).is_ok() {
            thread::yield_now();
        }
    }
    assert_eq!(backstage.detach().code, Some(0));
    assert_eq!(backstage.log_of(3).matches(", on ").count(), 3);
}

#[test]
fn a_directory_that_does_not_load_starts_nothing_and_says_why() {
    let backstage = Backstage::new();
    backstage.0.append("agents/knowledge-base.yaml", "\nnonsense: true\n");
    let ended = backstage.detach();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    for part in ["did not start; it said:", "nonsense", "agents/knowledge-base.yaml", "daemon.log"]
    {
        assert!(ended.stderr.contains(part), "no `{part}` in {}", ended.stderr);
    }
    assert_eq!(backstage.stop(), None);
}

#[test]
fn where_there_is_no_governance_directory_nothing_is_made() {
    let place = Place::empty();
    for arguments in [DETACH, STOP] {
        let ended = place.run(&arguments);
        assert_eq!(ended.code, Some(1));
        assert!(ended.stderr.contains("is not a governance directory"), "{}", ended.stderr);
    }
    assert!(!place.path(".syndic").exists());
}

#[test]
fn a_foreground_daemon_is_attached_to_and_stopped_alike() {
    let backstage = Backstage::new();
    let serving = backstage.0.serve();
    assert_eq!(backstage.detach().code, Some(0));
    assert!(backstage.stop().is_some());
    assert_eq!(serving.ended(), Some(0));
}

#[test]
fn who_has_the_address_already_is_no_reason_not_to_start() {
    let backstage = Backstage::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    backstage.0.rewrite("syndic.yaml", "127.0.0.1:0", &address);
    assert_eq!(backstage.detach().code, Some(0));
    assert!(
        backstage.log().contains(&format!("cannot listen on `{address}`")),
        "{}",
        backstage.log()
    );
}
