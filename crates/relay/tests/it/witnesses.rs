//! What witnesses answer that are not as they should be, and what is told of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use syndic_governance::Witness;
use syndic_ledger::{AddCheckpoint, KeyKind, NoteKey};
use syndic_model::WitnessState;
use syndic_relay::{Idle, Pace, Witnesses};
use syndic_testkit::{Receiver, TestClock, TestServer};
use tokio::sync::mpsc;

struct Followed {
    server: TestServer,
    receiver: Receiver,
    witnesses: Arc<Mutex<Vec<Witness>>>,
    told: mpsc::UnboundedReceiver<Vec<WitnessState>>,
    running: tokio::task::JoinHandle<()>,
}

fn key() -> NoteKey {
    NoteKey::new("witness.example.org", KeyKind::Witness, &[7; 32]).unwrap()
}

impl Followed {
    /// Follows a log whose one witness is `receiver`, asked again at once where it fails.
    async fn by(vkey: String, answers: &[&'static str]) -> Self {
        let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
        let server = TestServer::start(clock.clone()).await;
        let receiver = Receiver::start(answers.iter().copied()).await;
        let witness = Witness { url: format!("http://{}", receiver.address), vkey };
        let witnesses = Arc::new(Mutex::new(vec![witness]));
        let (tell, told) = mpsc::unbounded_channel();
        let in_force = Arc::clone(&witnesses);
        let follower = Witnesses {
            store: Arc::downgrade(&server.gate.store()),
            clock,
            in_force: Box::new(move || Some(in_force.lock().unwrap().clone())),
            told: Box::new(move |states| drop(tell.send(states))),
            pace: Pace { first: Duration::from_millis(1), most: Duration::from_millis(1) },
            idle: Idle::default(),
        };
        let running = tokio::spawn(follower.run());
        Self { server, receiver, witnesses, told, running }
    }

    /// Waits for the next state that says something else than that there is a newer checkpoint.
    async fn next(&mut self, said: impl Fn(&WitnessState) -> bool) -> WitnessState {
        loop {
            let states = self.told.recv().await.unwrap();
            if let Some(state) = states.into_iter().find(&said) {
                return state;
            }
        }
    }
}

const MISUNDERSTANDINGS: &[(&str, &str)] = &[
    ("HTTP/1.1 200 OK\r\n\r\nwelcome", "it answered without a signature of `witness.example.org+"),
    ("HTTP/1.1 200 OK\r\n\r\n", "it answered without a signature of `witness.example.org+"),
    (
        "HTTP/1.1 404 Not Found\r\n\r\nunknown",
        "it does not know this log: give it the first line of `log.vkey`",
    ),
    ("HTTP/1.1 403 Forbidden\r\n\r\nwho?", "it knows this log by another key: "),
    ("HTTP/1.1 400 Bad Request\r\n\r\nno", "it answered 400 (it says: no)"),
    ("HTTP/1.1 500 Oops\r\n\r\na\u{1b}[2Jb", "it answered 500 (it says: a\\u{1b}[2Jb)"),
    ("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\n\r\n", "it answered 302"),
    ("HTTP/1.1 409 Conflict\r\n\r\nthree\n", "it answered 409 without a size"),
    ("HTTP/1.1 409 Conflict\r\n\r\n0\n", "it refuses the size 0 and names it as its own"),
];

#[tokio::test]
async fn what_is_no_answer_is_told_and_asked_again() {
    for (answer, expected) in MISUNDERSTANDINGS {
        let mut followed = Followed::by(key().verifier().to_string(), &[answer]).await;
        let failed = followed.next(|state| state.failure.is_some()).await;
        let failure = failed.failure.unwrap();
        assert!(failure.starts_with(expected), "{answer}: {failure}");
        assert_eq!((failed.cosigned, failed.contradiction), (None, None), "{answer}");
        assert!(followed.server.gate.store().cosigned().is_none(), "{answer}");
        let first = followed.receiver.next().await;
        assert_eq!(first.path, "/add-checkpoint");
        assert!(AddCheckpoint::parse(first.body.as_bytes()).is_ok(), "{}", first.body);
        followed.receiver.next().await;
        followed.running.abort();
    }
}

#[tokio::test]
async fn a_witness_that_convicts_is_not_asked_again() {
    for (answer, expected) in [
        (
            "HTTP/1.1 422 Unprocessable Entity\r\n\r\nno proof",
            "do not continue the 0 that it cosigned (it says: no proof)",
        ),
        ("HTTP/1.1 409 Conflict\r\n\r\n1000\n", "it cosigned 1000 records of this log, which has "),
    ] {
        let mut followed = Followed::by(key().verifier().to_string(), &[answer]).await;
        let convicted = followed.next(|state| state.contradiction.is_some()).await;
        let told = convicted.contradiction.unwrap();
        assert!(told.contains(expected), "{told}");
        followed.receiver.next().await;

        // Another one is asked for the next checkpoint; the one that convicted is not.
        let mut other = Receiver::start(["HTTP/1.1 503 Busy\r\n\r\n"]).await;
        let url = format!("http://{}", other.address);
        let vkey = key().verifier().to_string();
        followed.witnesses.lock().unwrap().push(Witness { url, vkey });
        followed.server.key(json!({"role": "auditor"})).await;
        other.next().await;
        other.next().await;
        assert!(followed.receiver.arrived().is_none(), "{answer}");
        followed.running.abort();
    }
}

#[tokio::test]
async fn it_is_asked_once_more_from_the_size_it_tells_and_its_signature_is_kept() {
    let mut followed =
        Followed::by(key().verifier().to_string(), &["HTTP/1.1 409 Conflict\r\n\r\n1\n", ""]).await;
    let first = followed.receiver.next().await;
    let second = followed.receiver.next().await;
    let (first, second) = (
        AddCheckpoint::parse(first.body.as_bytes()).unwrap(),
        AddCheckpoint::parse(second.body.as_bytes()).unwrap(),
    );
    assert_eq!((first.old_size, second.old_size), (0, 1));
    assert!(!second.proof.is_empty());
    assert_eq!(first.checkpoint, second.checkpoint);
    followed.running.abort();

    // The receiver signs nothing by itself: what it would have answered is given to a log that asks the same.
    let line = second.checkpoint.cosign(&key(), 1_795_435_200);
    let store = followed.server.gate.store();
    let published = store.checkpoint();
    assert_eq!(published.text, second.checkpoint.to_string());
    store.add_cosignature(&published, key().verifier(), &line).unwrap();
    assert!(store.cosigned().unwrap().text.ends_with(&line));
}

#[tokio::test]
async fn a_key_that_is_no_witness_s_is_told_and_nobody_is_asked() {
    let log = NoteKey::new("log.example.org", KeyKind::Log, &[7; 32]).unwrap();
    let mut followed = Followed::by(log.verifier().to_string(), &[]).await;
    let failed = followed.next(|state| state.failure.is_some()).await;
    assert_eq!(failed.name, "log.example.org");
    let failure = failed.failure.unwrap();
    assert!(failure.starts_with("its `vkey` is that of a log"), "{failure}");
    assert!(followed.receiver.arrived().is_none());
    followed.running.abort();
}
