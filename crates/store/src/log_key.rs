//! The keys that sign the log's checkpoints, and the log's name.

use std::fs;
use std::io;
use std::path::PathBuf;

use syndic_ledger::{KeyError, KeyKind, NoteKey, VerifierKey};
use thiserror::Error;

use crate::cipher::Random;
use crate::directory::{Layout, replace};
use crate::keys::{KeysError, secret};

const CURRENT: &str = "log";
const FORMER: &str = "log-former";

/// Why checkpoints cannot be signed.
#[derive(Debug, Error)]
pub enum LogKeyError {
    /// The file system refused.
    #[error("cannot use `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// The secret cannot be had.
    #[error(transparent)]
    Secret(#[from] KeysError),
    /// `log.vkey` says nothing that could be used.
    #[error("`{}` holds no verifier key; restore it from a backup", .path.display())]
    Verifier {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: KeyError,
    },
    /// The secret is not the one that was published.
    #[error(
        "`{}` is not signed for by `keys/{CURRENT}.key`: one of them was changed; restore both from one backup",
        .0.display()
    )]
    Other(PathBuf),
    /// The log has another name than the one it should have.
    #[error(
        "this log is named `{found}` and should be `{asked}`; a log keeps its name: take `audit.origin` back, or keep \
         records in another data directory"
    )]
    Name {
        /// Its name.
        found: String,
        /// What was asked for.
        asked: String,
    },
}

/// How many keys that sign no more are still named in `log.vkey`, for what they signed.
const MOST_RETIRED: usize = 64;

/// The keys of one log: the current one and the one before sign; those before them only verify.
#[derive(Debug, Clone)]
pub(crate) struct LogKeys {
    layout: Layout,
    current: NoteKey,
    former: Option<NoteKey>,
    retired: Vec<VerifierKey>,
}

impl LogKeys {
    /// Reads the keys, or makes the first one where `may_make`.
    pub(crate) fn open(
        layout: &Layout,
        origin: Option<&str>,
        may_make: bool,
        random: &mut Random,
    ) -> Result<Self, LogKeyError> {
        let path = layout.log_vkey();
        let published = match fs::read_to_string(&path) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound && may_make => None,
            Err(error) => return Err(LogKeyError::Io(path, error)),
        };
        let refused = |source| LogKeyError::Verifier { path: path.clone(), source };
        let verifiers: Vec<VerifierKey> = published
            .iter()
            .flat_map(|text| text.lines())
            .map(|line| line.parse().map_err(refused))
            .collect::<Result<_, _>>()?;
        let name = match (verifiers.first(), origin) {
            (Some(key), Some(asked)) if key.name() != asked => {
                let (found, asked) = (key.name().to_owned(), asked.to_owned());
                return Err(LogKeyError::Name { found, asked });
            }
            (Some(key), _) => key.name().to_owned(),
            (None, Some(asked)) => asked.to_owned(),
            (None, None) if published.is_some() => return Err(refused(KeyError::Format)),
            (None, None) => made_up_name(random),
        };
        let current = read(layout, CURRENT, &name, published.is_none(), random)?;
        let former = layout.secret(FORMER).exists();
        let former = former.then(|| read(layout, FORMER, &name, false, random)).transpose()?;
        // A rotation that was interrupted between both files leaves the current key in both.
        let former = former.filter(|former| former.verifier() != current.verifier());
        let is = |key: &NoteKey, verifier: &VerifierKey| key.verifier() == verifier;
        let begins_with = |key| verifiers.first().is_some_and(|first| is(key, first));
        let is_known = |key: &NoteKey| verifiers.contains(key.verifier());
        // A rotation that was interrupted before it was published begins with the former key.
        let interrupted = former.as_ref().is_some_and(begins_with);
        let published = published.is_some();
        let fits = begins_with(&current) && former.as_ref().is_none_or(is_known);
        if published && !fits && !interrupted {
            return Err(LogKeyError::Other(path));
        }
        let signs = |key: &VerifierKey| {
            is(&current, key) || former.as_ref().is_some_and(|former| is(former, key))
        };
        let retired = verifiers.iter().filter(|key| !signs(key)).cloned().collect();
        let opened = Self { layout: layout.clone(), current, former, retired };
        if opened.verifiers() != verifiers {
            opened.publish()?;
        }
        Ok(opened)
    }

    /// Returns the log's name.
    pub(crate) fn origin(&self) -> &str {
        self.current.verifier().name()
    }

    /// Returns the keys that sign.
    pub(crate) fn keys(&self) -> Vec<NoteKey> {
        std::iter::once(&self.current).chain(&self.former).cloned().collect()
    }

    /// Returns the current key.
    pub(crate) const fn current(&self) -> &VerifierKey {
        self.current.verifier()
    }

    /// Returns the keys that verify, the current one first, and those that sign no more last.
    pub(crate) fn verifiers(&self) -> Vec<VerifierKey> {
        let signing = self.keys().into_iter().map(|key| key.verifier().clone());
        signing.chain(self.retired.iter().cloned()).collect()
    }

    /// Makes another key; the one before signs too until the next time. Both are durable on return.
    pub(crate) fn rotate(&self, random: &mut Random) -> Result<Self, LogKeyError> {
        let path = self.layout.secret(CURRENT);
        let current = fs::read(&path).map_err(|error| LogKeyError::Io(path, error))?;
        self.write(FORMER, &current)?;
        self.write(CURRENT, &random.draw::<32>())?;
        let current = read(&self.layout, CURRENT, self.origin(), false, random)?;
        let layout = self.layout.clone();
        let former = self.former.iter().map(|former| former.verifier().clone());
        let mut retired: Vec<_> = former.chain(self.retired.iter().cloned()).collect();
        retired.truncate(MOST_RETIRED);
        let rotated = Self { layout, current, former: Some(self.current.clone()), retired };
        rotated.publish()?;
        Ok(rotated)
    }

    fn write(&self, file: &str, secret: &[u8]) -> Result<(), LogKeyError> {
        let path = self.layout.secret(file);
        replace(&path, secret).map_err(|error| LogKeyError::Io(path, error))
    }

    fn publish(&self) -> Result<(), LogKeyError> {
        let lines: String = self.verifiers().iter().map(|key| format!("{key}\n")).collect();
        let path = self.layout.log_vkey();
        replace(&path, lines.as_bytes()).map_err(|error| LogKeyError::Io(path, error))
    }
}

fn read(
    layout: &Layout,
    file: &str,
    name: &str,
    may_make: bool,
    random: &mut Random,
) -> Result<NoteKey, LogKeyError> {
    let seed = secret(&layout.secret(file), may_make, random)?;
    NoteKey::new(name, KeyKind::Log, &seed.0)
        .map_err(|source| LogKeyError::Verifier { path: layout.log_vkey(), source })
}

fn made_up_name(random: &mut Random) -> String {
    let digits = random.draw::<8>().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("syndic/{digits}")
}
