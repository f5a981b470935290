//! What was said about the records: the checkpoints in the directory, and those that the reader kept elsewhere.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use syndic_ledger::{Head, Signatories, SignedCheckpoint, VerifierKey};

use crate::directory::Options;
use crate::finding::{Fault, Unusable, VerifyError, at};

const FORMAT: &str = "2";

/// A head that the records must have, or reach beyond.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) path: PathBuf,
    pub(crate) head: Head,
    /// It was kept elsewhere, so the directory may be older.
    pub(crate) is_given: bool,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Claims {
    pub(crate) origin: Option<String>,
    /// Of the directory itself.
    pub(crate) newest: Claim,
    pub(crate) signed_by: Vec<VerifierKey>,
    pub(crate) cosigned: Option<(Claim, Signatories)>,
    pub(crate) given: Vec<Claim>,
}

/// The head of a directory of format 1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unsigned {
    v: u8,
    size: u64,
    root: String,
}

impl Claims {
    pub(crate) fn read(directory: &Path, options: &Options<'_>) -> Result<Self, VerifyError> {
        let nothing_asked =
            options.keys.is_empty() && options.witnesses.is_empty() && options.from.is_empty();
        if is_of_format_1(directory)? && nothing_asked {
            let newest = unsigned(&directory.join("head.json"))?;
            let (signed_by, cosigned) = (Vec::new(), None);
            return Ok(Self { origin: None, newest, signed_by, cosigned, given: Vec::new() });
        }
        let own;
        let keys = if options.keys.is_empty() {
            own = own_keys(&directory.join("log.vkey"))?;
            own.as_slice()
        } else {
            options.keys
        };
        let path = directory.join("checkpoint");
        let (signed, newest, signatories) = signed(&path, keys, &[])?
            .ok_or_else(|| VerifyError::refuted(path, None, Fault::NoCheckpoint))?;
        let origin = Some(signed.checkpoint().origin.clone());
        let cosigned = cosigned(&directory.join("cosigned"), keys, options.witnesses)?;
        let given = options.from.iter().map(|(path, checkpoint)| {
            let claim = claim(path, checkpoint, true);
            checked(checkpoint, path, keys, &[]).map(|_| claim)
        });
        let given = given.collect::<Result<_, _>>()?;
        Ok(Self { origin, newest, signed_by: signatories.log, cosigned, given })
    }

    /// Returns all of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Claim> {
        let cosigned = self.cosigned.iter().map(|(claim, _)| claim);
        std::iter::once(&self.newest).chain(cosigned).chain(&self.given)
    }

    /// Returns how many records the directory itself vouches for.
    pub(crate) fn covered(&self) -> u64 {
        let cosigned = self.cosigned.as_ref().map_or(0, |(claim, _)| claim.head.size);
        self.newest.head.size.max(cosigned)
    }
}

/// A directory of format 1 has a head that is not signed, and no file that names a format.
fn is_of_format_1(directory: &Path) -> Result<bool, Unusable> {
    let path = directory.join("FORMAT");
    match fs::read_to_string(&path) {
        Ok(text) if text.trim_end() == FORMAT => Ok(false),
        Ok(text) => {
            let found = text.trim_end().chars().take(20).collect();
            Err(Unusable::Format { path, found })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let newer = ["checkpoint", "log.vkey", "tiles"];
            let is_newer = newer.iter().any(|name| directory.join(name).exists());
            Ok(!is_newer && directory.join("head.json").exists())
        }
        Err(error) => Err(at(path)(error)),
    }
}

fn unsigned(path: &Path) -> Result<Claim, VerifyError> {
    let damaged = || VerifyError::refuted(path.to_owned(), None, Fault::Damaged);
    let bytes = fs::read(path).map_err(at(path))?;
    let head: Unsigned = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
    let root = STANDARD.decode(head.root).ok().and_then(|root| root.try_into().ok());
    let root = root.filter(|_| head.v == 1).ok_or_else(damaged)?;
    Ok(Claim { path: path.to_owned(), head: Head { size: head.size, root }, is_given: false })
}

fn own_keys(path: &Path) -> Result<Vec<VerifierKey>, VerifyError> {
    let refuted = |fault| VerifyError::refuted(path.to_owned(), None, fault);
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(refuted(Fault::NoCheckpoint));
        }
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(refuted(Fault::Damaged));
        }
        Err(error) => return Err(at(path)(error).into()),
    };
    let keys = text.lines().map(|line| line.parse().map_err(|error| refuted(Fault::Key(error))));
    let keys: Vec<_> = keys.collect::<Result<_, _>>()?;
    if keys.is_empty() { Err(refuted(Fault::Damaged)) } else { Ok(keys) }
}

fn cosigned(
    path: &Path,
    keys: &[VerifierKey],
    witnesses: &[VerifierKey],
) -> Result<Option<(Claim, Signatories)>, VerifyError> {
    let cosigned = signed(path, keys, witnesses)?;
    let named = cosigned.as_ref().is_some_and(|(_, _, by)| !by.witnesses.is_empty());
    if !witnesses.is_empty() && !named {
        return Err(VerifyError::refuted(path.to_owned(), None, Fault::Unwitnessed));
    }
    Ok(cosigned.map(|(_, claim, signatories)| (claim, signatories)))
}

/// Reads a checkpoint; `None` where there is no such file.
fn signed(
    path: &Path,
    keys: &[VerifierKey],
    witnesses: &[VerifierKey],
) -> Result<Option<(SignedCheckpoint, Claim, Signatories)>, VerifyError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path)(error).into()),
    };
    let refuted = |error| VerifyError::refuted(path.to_owned(), None, Fault::Checkpoint(error));
    let signed = SignedCheckpoint::parse(&bytes).map_err(refuted)?;
    let signatories = checked(&signed, path, keys, witnesses)?;
    let claim = claim(path, &signed, false);
    Ok(Some((signed, claim, signatories)))
}

fn checked(
    signed: &SignedCheckpoint,
    path: &Path,
    keys: &[VerifierKey],
    witnesses: &[VerifierKey],
) -> Result<Signatories, VerifyError> {
    let refuted = |error| VerifyError::refuted(path.to_owned(), None, Fault::Checkpoint(error));
    signed.verify(keys, witnesses).map_err(refuted)
}

fn claim(path: &Path, signed: &SignedCheckpoint, is_given: bool) -> Claim {
    Claim { path: path.to_owned(), head: signed.checkpoint().head, is_given }
}
