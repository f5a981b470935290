use std::net::SocketAddr;
use std::slice::from_ref;
use std::sync::Arc;

use syndic_ledger::{AddCheckpoint, VerifierKey};
use syndic_witness::{Directory, Witness, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::log::{Log, ORIGIN};

struct Served {
    address: SocketAddr,
    verifier: VerifierKey,
    _directory: tempfile::TempDir,
    stop: oneshot::Sender<()>,
    running: tokio::task::JoinHandle<()>,
}

impl Served {
    async fn of(log: &Log) -> Self {
        let directory = tempfile::tempdir().unwrap();
        Directory::make_key(directory.path(), "witness.example.org", &[7; 32]).unwrap();
        let opened = Directory::open(directory.path()).unwrap();
        let witness = Arc::new(Witness::new(opened, log.known()).unwrap());
        let verifier = witness.verifier().clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(serve(witness, Arc::new(|| 1_700_000_000), listener, async {
            drop(stopped.await);
        }));
        Self { address, verifier, _directory: directory, stop, running }
    }

    /// Sends one request, and returns head and body of the answer.
    async fn send(&self, line: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let length = body.len();
        let head = format!(
            "{line} HTTP/1.1\r\nhost: w\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        );
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_lowercase(), body.to_owned())
    }

    async fn add(&self, body: &str) -> (String, String) {
        self.send("POST /add-checkpoint", body).await
    }
}

#[tokio::test]
async fn each_answer_has_the_status_and_the_type_of_the_specification() {
    let mut log = Log::of(&["a", "b", "c"]);
    let served = Served::of(&log).await;
    let first = log.request(0);
    let (head, line) = served.add(&first).await;
    assert!(head.starts_with("http/1.1 200 "), "{head}");
    let mut checkpoint = AddCheckpoint::parse(first.as_bytes()).unwrap().checkpoint;
    checkpoint.add(&served.verifier, &line).unwrap();
    let signed = checkpoint.verify(from_ref(log.key.verifier()), from_ref(&served.verifier));
    assert_eq!(signed.unwrap().witnesses, [(served.verifier.clone(), 1_700_000_000)]);

    log.grow(&["d"]);
    let (head, body) = served.add(&log.request(2)).await;
    assert!(head.starts_with("http/1.1 409 "), "{head}");
    assert!(head.contains("content-type: text/x.tlog.size\r\n"), "{head}");
    assert_eq!(body, "3\n");

    let rewritten = Log::of(&["a", "B", "c", "d"]);
    let other = log.request(3).replace("example.org/log", "example.org/other");
    let unsigned = log.request(3).replace("— example.org/log ", "— example.org/nobody ");
    for (body, status) in [
        (String::from("old"), 400),
        (other, 404),
        (unsigned, 403),
        (rewritten.request(3), 422),
        ("x".repeat(1 << 17), 413),
    ] {
        let (head, told) = served.add(&body).await;
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{status}: {head} {told}");
    }
    let (head, _) = served.add(&log.request(3)).await;
    assert!(head.starts_with("http/1.1 200 "), "{head}");
}

#[tokio::test]
async fn its_key_its_health_and_what_it_cosigned_are_for_anybody() {
    let log = Log::of(&["a"]);
    let served = Served::of(&log).await;
    assert_eq!(served.send("GET /vkey", "").await.1, format!("{}\n", served.verifier));
    assert_eq!(served.send("GET /healthz", "").await.1, "ok\n");
    let path = format!("GET /{}/checkpoint", sha256(ORIGIN));
    assert!(served.send(&path, "").await.0.starts_with("http/1.1 404 "));
    let (_, line) = served.add(&log.request(0)).await;
    let (head, text) = served.send(&path, "").await;
    assert!(head.contains("cache-control: no-cache"), "{head}");
    assert!(text.ends_with(&line), "{text}");
    for path in [
        "GET /../witness.key/checkpoint",
        "GET /%2e%2e%2fwitness.key/checkpoint",
        "GET /x/checkpoint",
    ] {
        assert!(served.send(path, "").await.0.starts_with("http/1.1 404 "), "{path}");
    }
}

fn sha256(origin: &str) -> String {
    use sha2::Digest as _;
    sha2::Sha256::digest(origin).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn of_many_at_once_none_is_answered_by_an_older_state() {
    let mut log = Log::of(&["0"]);
    let served = Arc::new(Served::of(&log).await);
    served.add(&log.request(0)).await;
    let requests: Vec<_> = (1..16)
        .map(|n| {
            log.grow(&[&n.to_string()]);
            log.request(1)
        })
        .collect();
    let answers = requests.into_iter().map(|request| {
        let served = Arc::clone(&served);
        tokio::spawn(async move { served.add(&request).await.0 })
    });
    let mut cosigned = 0;
    for answer in answers.collect::<Vec<_>>() {
        let head = answer.await.unwrap();
        if head.starts_with("http/1.1 200 ") {
            cosigned += 1;
        } else {
            assert!(head.starts_with("http/1.1 409 "), "{head}");
        }
    }
    assert_eq!(cosigned, 1, "all go on from size 1, and one only may");
}

#[tokio::test]
async fn it_ends_when_it_is_told_to() {
    let served = Served::of(&Log::new()).await;
    drop(served.stop);
    served.running.await.unwrap();
    assert!(TcpStream::connect(served.address).await.is_err());
}
