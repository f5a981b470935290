//! A proof as a file: what it is in plain words, then each record as it stands in the log with a proof of it.
//!
//! ```text
//! syndic proof, version 1
//! action <id>                  or `record <index>`, or `sample <count> of <from>..<over> by seed <seed>`, or
//!                              `report <sha256>`
//!
//! <what that means, for people>
//!
//! <the leaf, byte for byte>
//! c2sp.org/tlog-proof@v1
//! index <index>
//! <hashes, base64, one a line>
//!
//! <the signed checkpoint>
//! ```
//!
//! The last part, from the leaf on, is there for each record, an empty line between them; every record is proved by
//! the same checkpoint. From the line `c2sp.org/tlog-proof@v1` on it is a proof that other programs read too.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

use crate::sample::{MAX_SAMPLE, Sample};
use crate::{
    CheckpointError, Concern, Decision, Hash, Leaf, Line, LineError, MAX_LEAF_BYTES,
    MAX_PROOF_HASHES, Refuted, Signatories, SignedCheckpoint, VerifierKey, leaf_hash,
    verify_inclusion,
};

/// Stands wherever nobody but the log itself vouches for it.
pub const UNWITNESSED: &str = "the holder of the log's key could have rewritten this history";

/// The most records in one file.
pub const MAX_PROVED: u64 = MAX_SAMPLE;

const TITLE: &str = "syndic proof, version 1";
const FORMAT: &str = "c2sp.org/tlog-proof@v1";
/// Text and signatures of a checkpoint; the library takes no more signatures.
const MAX_CHECKPOINT_LINES: usize = 120;

/// What a file proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The records of one action: its decision, what became of it, and what people said about it.
    Action(String),
    /// One record.
    Record(u64),
    /// Records that a seed draws.
    Sample(Sample),
    /// Records that a report cites, by the SHA-256 (hex) of what is signed of it.
    Report(String),
}

/// A record and the proof of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proved {
    /// Its place in the log.
    pub index: u64,
    /// The leaf, byte for byte.
    pub leaf: String,
    /// The inclusion proof.
    pub path: Vec<Hash>,
}

/// A proof that nothing is believed of before [`Self::verify`].
#[derive(Debug, PartialEq)]
pub struct ProofFile {
    subject: Subject,
    checkpoint: SignedCheckpoint,
    /// INVARIANT: at least one, in the order of their indexes.
    records: Vec<Proved>,
}

/// Why a text is no proof file.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ProofFileError {
    /// Something else was expected.
    #[error("line {line} is not {expected}")]
    Expected {
        /// Counted from 1.
        line: usize,
        /// What was.
        expected: &'static str,
    },
    /// There is more than one checkpoint.
    #[error("the checkpoint before line {0} is not the first one")]
    Checkpoints(usize),
    /// The checkpoint is none.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// No records, too many, or out of order.
    #[error("a proof is of 1 to {MAX_PROVED} records in the order of their indexes")]
    Records,
}

/// What a proof file does not prove.
#[derive(Debug, Error)]
pub enum ProofRefused {
    /// The checkpoint is not the log's.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A record is not in the log.
    #[error(transparent)]
    Refuted(#[from] Refuted),
    /// The leaf is no record, or one of a version this program does not know.
    #[error("record {0} cannot be read")]
    Leaf(u64, #[source] LineError),
    /// The leaf names another index.
    #[error("record {index} says that it is record {found}")]
    Place {
        /// Where the proof has it.
        index: u64,
        /// What it says.
        found: u64,
    },
    /// The record is in the log and is none of the action.
    #[error("record {index} has nothing to do with action `{action}`")]
    Unrelated {
        /// The record.
        index: u64,
        /// The action.
        action: String,
    },
    /// No record of the action is its decision.
    #[error("the decision on action `{0}` is not among the records")]
    Undecided(String),
    /// The records are not those that the subject names.
    #[error("these are not the records of `{0}`")]
    Others(Subject),
}

impl ProofFile {
    /// Puts a proof together.
    ///
    /// # Errors
    /// When the checkpoint is none, or the records are not in order.
    pub fn new(
        subject: Subject,
        checkpoint: &str,
        records: Vec<Proved>,
    ) -> Result<Self, ProofFileError> {
        let checkpoint = SignedCheckpoint::parse(checkpoint.as_bytes())?;
        let ascend = records.is_sorted_by(|earlier, later| earlier.index < later.index);
        if !ascend || records.is_empty() || records.len() as u64 > MAX_PROVED {
            return Err(ProofFileError::Records);
        }
        Ok(Self { subject, checkpoint, records })
    }

    /// Reads a proof file. Nothing may be in it that [`Self`] would not write.
    ///
    /// # Errors
    /// Where it is anything else.
    pub fn parse(text: &str) -> Result<Self, ProofFileError> {
        let mut lines = Lines { rest: text, line: 0 };
        lines.exactly(TITLE, "`syndic proof, version 1`")?;
        let subject = lines.next("what is proved")?;
        let subject = Subject::parse(subject)
            .ok_or_else(|| lines.not("an action, a record, a sample or a report"))?;
        lines.exactly("", "empty")?;
        let words = lines.paragraph();
        let mut records = Vec::new();
        let mut checkpoint: Option<&str> = None;
        while records.is_empty() || !lines.rest.is_empty() {
            if records.len() as u64 == MAX_PROVED {
                return Err(ProofFileError::Records);
            }
            lines.exactly("", "empty")?;
            records.push(lines.proved()?);
            let here = lines.checkpoint()?;
            if *checkpoint.get_or_insert(here) != here {
                return Err(ProofFileError::Checkpoints(lines.line));
            }
        }
        let checkpoint = checkpoint.unwrap_or_default();
        let read = Self::new(subject, checkpoint, records)?;
        if read.checkpoint.to_string() != checkpoint {
            return Err(CheckpointError::Malformed.into());
        }
        if read.words() != words {
            return Err(ProofFileError::Expected {
                line: 4,
                expected: "what a proof says of itself",
            });
        }
        Ok(read)
    }

    /// Returns what it proves.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// Returns the checkpoint of every proof in it.
    #[must_use]
    pub const fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// Returns the records, in the order of their indexes.
    #[must_use]
    pub fn records(&self) -> &[Proved] {
        &self.records
    }

    /// Verifies it with nothing but the keys that the reader believes in: the log's, of which one must have signed, and
    /// those of witnesses, whose signatures are told.
    ///
    /// # Errors
    /// The first thing that is not proved.
    pub fn verify(
        &self,
        log: &[VerifierKey],
        witnesses: &[VerifierKey],
    ) -> Result<Signatories, ProofRefused> {
        let signatories = self.checkpoint.verify(log, witnesses)?;
        let head = &self.checkpoint.checkpoint().head;
        let mut leaves = Vec::with_capacity(self.records.len());
        for Proved { index, leaf, path } in &self.records {
            verify_inclusion(leaf_hash(leaf.as_bytes()), *index, head, path)?;
            let leaf = Line::of_leaf(leaf.as_bytes())
                .and_then(|line| line.decode())
                .map_err(|error| ProofRefused::Leaf(*index, error))?;
            if leaf.i != *index {
                return Err(ProofRefused::Place { index: *index, found: leaf.i });
            }
            leaves.push(leaf);
        }
        self.subject.holds(&leaves, head.size)?;
        Ok(signatories)
    }

    /// Says what the file is to somebody who opens it.
    fn words(&self) -> String {
        let origin = &self.checkpoint.checkpoint().origin;
        let witnessed = match self.checkpoint.others() {
            0 => format!("No outside witness cosigned this: {UNWITNESSED}."),
            others => format!(
                "Beside the log, {others} signed below. Unless you know the key of one of them as an outside witness's,\n\
                 {UNWITNESSED}."
            ),
        };
        let several = if self.records.len() == 1 { "record stands" } else { "records stand" };
        format!(
            "The {several} in the log `{origin}` as written here, byte for byte, at the index that is named.\n\
             To check it offline: syndic-verify FILE --vkey KEY, with the log's verifier key from a source you trust.\n\
             {witnessed}\n"
        )
    }
}

impl Subject {
    fn parse(text: &str) -> Option<Self> {
        let (kind, of) = text.split_once(' ')?;
        let is_id = !of.is_empty() && of.len() <= 128 && of.bytes().all(|b| b.is_ascii_graphic());
        match kind {
            "action" => is_id.then(|| Self::Action(of.to_owned())),
            "record" => index(of).map(Self::Record),
            "sample" => Sample::parse(of).map(Self::Sample),
            "report" => is_digest(of).then(|| Self::Report(of.to_owned())),
            _ => None,
        }
    }

    /// Tells whether these are the records it names.
    fn holds(&self, leaves: &[Leaf], size: u64) -> Result<(), ProofRefused> {
        let indexes = leaves.iter().map(|leaf| leaf.i);
        let are_these = match self {
            Self::Action(action) => return concern(action, leaves),
            Self::Record(index) => indexes.eq([*index]),
            Self::Sample(sample) => sample.over() <= size && indexes.eq(sample.draw()),
            // Which records those are, the report says.
            Self::Report(_) => true,
        };
        if are_these { Ok(()) } else { Err(ProofRefused::Others(self.clone())) }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action(action) => write!(f, "action {action}"),
            Self::Record(index) => write!(f, "record {index}"),
            Self::Sample(sample) => write!(f, "sample {sample}"),
            Self::Report(digest) => write!(f, "report {digest}"),
        }
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{TITLE}\n{}\n\n{}", self.subject, self.words())?;
        for Proved { index, leaf, path } in &self.records {
            write!(f, "\n{leaf}\n{FORMAT}\nindex {index}\n")?;
            for hash in path {
                writeln!(f, "{}", STANDARD.encode(hash))?;
            }
            write!(f, "\n{}", self.checkpoint)?;
        }
        Ok(())
    }
}

/// Refuses records of other actions, and of approvals that the action has nothing to do with.
fn concern(action: &str, leaves: &[Leaf]) -> Result<(), ProofRefused> {
    let approval = |decision: &Decision| decision.approval.as_ref().map(|of| of.id().to_owned());
    let own = leaves.iter().find_map(|leaf| match leaf.record.concern() {
        Concern::Decided(decision) if decision.id == action => Some(approval(decision)),
        Concern::Audited(audited) if audited.id == action => Some(None),
        Concern::Decided(_)
        | Concern::Audited(_)
        | Concern::Action(_)
        | Concern::Approval(_)
        | Concern::Other => None,
    });
    let own = own.ok_or_else(|| ProofRefused::Undecided(action.to_owned()))?;
    let is_related = |leaf: &&Leaf| match leaf.record.concern() {
        // Other decisions used the same approval, or asked for it.
        Concern::Decided(other) => other.id == action || (own.is_some() && approval(other) == own),
        Concern::Audited(other) => other.id == action,
        Concern::Action(id) => id == action,
        Concern::Approval(id) => own.as_deref() == Some(id),
        Concern::Other => false,
    };
    let refused =
        |leaf: &Leaf| ProofRefused::Unrelated { index: leaf.i, action: action.to_owned() };
    leaves.iter().find(|leaf| !is_related(leaf)).map_or(Ok(()), |leaf| Err(refused(leaf)))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Reads a decimal number without leading zeros.
fn index(text: &str) -> Option<u64> {
    text.parse().ok().filter(|index: &u64| index.to_string() == text)
}

/// A text, line by line.
struct Lines<'a> {
    rest: &'a str,
    /// The line last read, from 1.
    line: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self, expected: &'static str) -> Result<&'a str, ProofFileError> {
        self.line += 1;
        let (line, rest) = self.rest.split_once('\n').ok_or_else(|| self.not(expected))?;
        self.rest = rest;
        Ok(line)
    }

    fn exactly(&mut self, text: &str, expected: &'static str) -> Result<(), ProofFileError> {
        if self.next(expected)? == text { Ok(()) } else { Err(self.not(expected)) }
    }

    const fn not(&self, expected: &'static str) -> ProofFileError {
        ProofFileError::Expected { line: self.line, expected }
    }

    /// Takes the lines before the next empty one.
    fn paragraph(&mut self) -> &'a str {
        let end = self.rest.find("\n\n").map_or(self.rest.len(), |end| end + 1);
        let (paragraph, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.line += paragraph.matches('\n').count();
        self.rest = rest;
        paragraph
    }

    fn proved(&mut self) -> Result<Proved, ProofFileError> {
        let leaf = self.next("a record")?;
        if leaf.len() > MAX_LEAF_BYTES || !leaf.starts_with('{') {
            return Err(self.not("a record"));
        }
        self.exactly(FORMAT, "`c2sp.org/tlog-proof@v1`")?;
        let expected = "`index` and a number";
        let named = self.next(expected)?.strip_prefix("index ").and_then(index);
        let index = named.ok_or_else(|| self.not(expected))?;
        let mut path = Vec::new();
        loop {
            let expected = "a hash in base64, or empty";
            let hash = self.next(expected)?;
            if hash.is_empty() {
                return Ok(Proved { index, leaf: leaf.to_owned(), path });
            }
            let hash = STANDARD.decode(hash).ok().and_then(|hash| hash.try_into().ok());
            match hash {
                Some(hash) if path.len() < MAX_PROOF_HASHES => path.push(hash),
                _ => return Err(self.not(expected)),
            }
        }
    }

    /// Takes a signed note: its text, an empty line, and lines that begin with a dash.
    fn checkpoint(&mut self) -> Result<&'a str, ProofFileError> {
        let start = self.rest;
        let mut in_text = true;
        for _ in 0..MAX_CHECKPOINT_LINES {
            if !in_text && !self.rest.starts_with('—') {
                let length = start.len() - self.rest.len();
                return start.get(..length).ok_or_else(|| self.not("a checkpoint"));
            }
            in_text &= !self.next("a signed checkpoint")?.is_empty();
        }
        Err(self.not("a checkpoint with so many signatures"))
    }
}
