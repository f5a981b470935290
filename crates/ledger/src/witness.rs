//! Asking a witness for its signature (c2sp.org/tlog-witness): the request `add-checkpoint`, and what a witness answers.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::{CheckpointError, Hash, Head, SignedCheckpoint, Tree, VerifierKey, verify_consistency};

/// The most a request may have: 63 hashes, and a checkpoint that others signed too.
pub const MAX_REQUEST_BYTES: usize = 64 * 1024;

/// The type of the answer that tells a size.
pub const SIZE_CONTENT_TYPE: &str = "text/x.tlog.size";

const MOST_PROOF_LINES: usize = 63;

/// A checkpoint to cosign, and the proof that the tree only grew since the last one.
#[derive(Debug, PartialEq)]
pub struct AddCheckpoint {
    /// The size of the checkpoint that the witness cosigned last, as the log believes; 0 for none.
    pub old_size: u64,
    /// The proof from that size to the checkpoint's (RFC 6962 §2.1.2).
    pub proof: Vec<Hash>,
    /// What to cosign.
    pub checkpoint: SignedCheckpoint,
}

/// Why a witness does not cosign.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// Not a request.
    #[error("not an add-checkpoint request: {0}")]
    Malformed(&'static str),
    /// Of a log that the witness was not told of.
    #[error("the log `{0}` is not known here")]
    Unknown(String),
    /// Not signed by a key of the log.
    #[error("{0}")]
    Forbidden(CheckpointError),
    /// The request starts from another size than the witness cosigned last.
    #[error("the last checkpoint cosigned has the size {0}")]
    Conflict(u64),
    /// What was cosigned before does not follow.
    #[error("{0}")]
    Unprocessable(&'static str),
}

impl Refusal {
    /// Returns the status of HTTP that says so.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Forbidden(_) => 403,
            Self::Unknown(_) => 404,
            Self::Conflict(_) => 409,
            Self::Unprocessable(_) => 422,
        }
    }
}

impl AddCheckpoint {
    /// Reads a request.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(text: &[u8]) -> Result<Self, Refusal> {
        if text.len() > MAX_REQUEST_BYTES {
            return Err(Refusal::Malformed("it is too long"));
        }
        let text = str::from_utf8(text).map_err(|_| Refusal::Malformed("it is not UTF-8"))?;
        let (head, checkpoint) =
            text.split_once("\n\n").ok_or(Refusal::Malformed("there is no empty line"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old "));
        let old_size = old
            .and_then(decimal)
            .ok_or(Refusal::Malformed("it does not begin with `old` and a size"))?;
        let proof: Vec<&str> = lines.collect();
        if proof.len() > MOST_PROOF_LINES {
            return Err(Refusal::Malformed("the proof has more than 63 lines"));
        }
        let proof = proof.into_iter().map(hash).collect::<Option<_>>();
        let proof = proof.ok_or(Refusal::Malformed("a line of the proof is not a hash"))?;
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes())
            .map_err(|_| Refusal::Malformed("there is no checkpoint in it"))?;
        if old_size > checkpoint.checkpoint().head.size {
            return Err(Refusal::Malformed("the old size is larger than the checkpoint's"));
        }
        Ok(Self { old_size, proof, checkpoint })
    }

    /// Decides as a witness does that knows the log by `keys` and cosigned `last` of it: returns what it now vouches
    /// for, and has to keep before it signs.
    ///
    /// # Errors
    /// When it must not be cosigned.
    pub fn judge(&self, keys: &[VerifierKey], last: Option<Head>) -> Result<Head, Refusal> {
        let origin = &self.checkpoint.checkpoint().origin;
        let head = self.checkpoint.checkpoint().head;
        if keys.is_empty() || keys.iter().any(|key| key.name() != origin) {
            return Err(Refusal::Unknown(origin.clone()));
        }
        self.checkpoint.verify(keys, &[]).map_err(Refusal::Forbidden)?;
        let last = last.unwrap_or_else(|| Tree::default().head());
        if self.old_size != last.size {
            return Err(Refusal::Conflict(last.size));
        }
        if head.size == 0 && head != last {
            return Err(Refusal::Unprocessable("the root is not that of the empty tree"));
        }
        verify_consistency(&last, &head, &self.proof).map_err(|_| {
            Refusal::Unprocessable(
                "the proof does not show that the checkpoint contains the one cosigned last",
            )
        })?;
        Ok(head)
    }
}

/// The request as it is sent.
impl fmt::Display for AddCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "old {}", self.old_size)?;
        for hash in &self.proof {
            writeln!(f, "{}", STANDARD.encode(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// Reads the answer that tells the size of the last checkpoint that was cosigned.
#[must_use]
pub fn parse_size(body: &[u8]) -> Option<u64> {
    decimal(str::from_utf8(body).ok()?.strip_suffix('\n')?)
}

/// Reads a number that is written in the one way there is.
fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn hash(line: &str) -> Option<Hash> {
    STANDARD.decode(line).ok()?.try_into().ok()
}
