//! One try to have a checkpoint cosigned.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Response};
use syndic_ledger::{AddCheckpoint, Head, SignedCheckpoint, VerifierKey, parse_size};
use syndic_store::Published;

use crate::answer::cause;
use crate::follow::{Reader, Stopped};
use crate::plain::plain;

/// How long one request may take.
const REQUEST_WITHIN: Duration = Duration::from_secs(10);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// The most an answer may have.
const MOST_ANSWER_BYTES: usize = 64 * 1024;

/// What became of a try.
#[derive(Debug)]
pub(super) enum Tried {
    /// It cosigned a checkpoint of this head, and the store has the signature.
    Cosigned(Head),
    /// It cosigned another history.
    Contradicts(String),
    /// Nothing is known, and it is asked again later.
    Failed(String),
}

/// A witness, and what it is asked.
pub(super) struct Asking {
    pub(super) client: Client,
    pub(super) key: VerifierKey,
    pub(super) url: String,
    pub(super) checkpoint: Arc<Published>,
    /// The size it is believed to have cosigned last.
    pub(super) known_size: u64,
    pub(super) reader: Reader,
}

/// What it answered.
enum Answer {
    Signatures(Vec<u8>),
    Size(u64),
    Contradiction(String),
}

pub(super) fn client() -> Result<Client, String> {
    // The first caller installs the provider; later ones find it in place.
    drop(rustls::crypto::ring::default_provider().install_default());
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none());
    let builder = builder.timeout(REQUEST_WITHIN).connect_timeout(CONNECT_WITHIN);
    builder.build().map_err(|_| "no client for it could be made".to_owned())
}

impl Asking {
    /// Asks, and once more where the witness is at another size than it was believed to be.
    pub(super) async fn ask(self) -> Tried {
        let head = self.checkpoint.head;
        let mut old_size = self.known_size;
        for _ in 0..2 {
            match self.request(old_size).await {
                Ok(Answer::Signatures(lines)) => return self.keep(lines).await,
                Ok(Answer::Size(size)) if size > head.size => {
                    let what = format!(
                        "it cosigned {size} records of this log, which has {} in its newest checkpoint",
                        head.size
                    );
                    return Tried::Contradicts(what);
                }
                Ok(Answer::Size(size)) if size == old_size => {
                    return Tried::Failed(format!(
                        "it refuses the size {size} and names it as its own"
                    ));
                }
                Ok(Answer::Size(size)) => old_size = size,
                Ok(Answer::Contradiction(told)) => {
                    let what = format!(
                        "the {} records of the newest checkpoint do not continue the {old_size} that it cosigned{told}",
                        head.size
                    );
                    return Tried::Contradicts(what);
                }
                Err(reason) => return Tried::Failed(reason),
            }
        }
        Tried::Failed(
            "its size changed while it was asked; does another process sign for this log?"
                .to_owned(),
        )
    }

    async fn request(&self, old_size: u64) -> Result<Answer, String> {
        let size = self.checkpoint.head.size;
        let proof = self.reader.reading(move |store| store.consistency(old_size, size)).await;
        let proof = proof.map_err(|stopped| match stopped {
            Stopped::Closed => "the ledger was closed".to_owned(),
            Stopped::Unreadable(error) => format!("the log cannot prove that it grew: {error}"),
        })?;
        let checkpoint = SignedCheckpoint::parse(self.checkpoint.text.as_bytes());
        let checkpoint = checkpoint.map_err(|error| error.to_string())?;
        let body = AddCheckpoint { old_size, proof, checkpoint }.to_string();
        let sent = self.client.post(format!("{}/add-checkpoint", self.url)).body(body).send().await;
        let response = sent.map_err(|error| format!("it cannot be reached: {}", cause(error)))?;
        let status = response.status().as_u16();
        let body = bounded(response).await?;
        let told = told(&body);
        match status {
            200 => Ok(Answer::Signatures(body)),
            409 => parse_size(&body)
                .map(Answer::Size)
                .ok_or_else(|| "it answered 409 without a size".to_owned()),
            422 => Ok(Answer::Contradiction(told)),
            404 => Err(format!(
                "it does not know this log: give it the first line of `log.vkey`{told}"
            )),
            403 => Err(format!(
                "it knows this log by another key: give it the first line of `log.vkey`{told}"
            )),
            _ => Err(format!("it answered {status}{told}")),
        }
    }

    /// Gives the store the signature among `lines`; those of keys nobody named say nothing.
    async fn keep(self, lines: Vec<u8>) -> Tried {
        let Some(line) = self.own(&lines) else {
            return Tried::Failed(format!("it answered without a signature of `{}`", self.key));
        };
        let Self { key, checkpoint, reader, .. } = self;
        let head = checkpoint.head;
        let busy = reader.busy().await;
        let kept = tokio::task::spawn_blocking(move || {
            let store = reader.store()?;
            let kept = store.add_cosignature(&checkpoint, &key, &line);
            drop(store);
            drop(busy);
            Some(kept)
        });
        match kept.await {
            Ok(Some(Ok(()))) => Tried::Cosigned(head),
            Ok(Some(Err(error))) => Tried::Failed(format!("its signature is not kept: {error}")),
            Ok(None) | Err(_) => Tried::Failed("the ledger was closed".to_owned()),
        }
    }

    fn own(&self, lines: &[u8]) -> Option<String> {
        let mut note = SignedCheckpoint::parse(self.checkpoint.text.as_bytes()).ok()?;
        let lines = std::str::from_utf8(lines).ok()?.lines();
        lines.take(16).find(|line| note.add(&self.key, line).is_ok()).map(str::to_owned)
    }
}

/// Returns what it says beside the status, where it says something.
fn told(body: &[u8]) -> String {
    match plain(String::from_utf8_lossy(body).trim(), 200).as_str() {
        "" => String::new(),
        said => format!(" (it says: {said})"),
    }
}

async fn bounded(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    while let Some(chunk) =
        response.chunk().await.map_err(|error| format!("its answer broke off: {}", cause(error)))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > MOST_ANSWER_BYTES {
            return Err("its answer is too long".to_owned());
        }
    }
    Ok(body)
}
