//! The master key: what wraps the keys of parts, and where it is.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::cipher::{Key, Random};
use crate::directory::{Layout, sync_parent};
use crate::keys::{KeysError, existing, secret};

/// The most former keys that are tried.
const MOST_FORMER: usize = 8;

/// Where the master key is.
#[derive(Debug, Clone, Default)]
pub enum MasterKey {
    /// In `keys/master.key` of the data directory; made there where the directory is new.
    #[default]
    InDirectory,
    /// Given by who opens the directory.
    Given(GivenKey),
}

/// A master key from elsewhere, and those it takes the place of.
#[derive(Debug, Clone)]
pub struct GivenKey {
    place: String,
    key: Key,
    former: Vec<Key>,
}

/// Why a text is no master key. Tells nothing of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GivenKeyError {
    /// There is nothing.
    #[error("it is empty; `openssl rand -base64 32` makes a key")]
    Empty,
    /// A line is something else.
    #[error("line {0} is not 32 bytes in base64; `openssl rand -base64 32` makes a key")]
    Malformed(usize),
    /// Nobody rotates that often.
    #[error(
        "it has more than {MOST_FORMER} former keys; leave out those that were replaced long ago"
    )]
    Many,
}

impl GivenKey {
    /// Reads a key: 32 bytes in base64. Former keys may follow, a line each; what they wrapped is wrapped anew when the
    /// directory is opened. `place` says in errors where it is from.
    ///
    /// # Errors
    /// When a line is anything else.
    pub fn read(place: String, text: &str) -> Result<Self, GivenKeyError> {
        let lines = text.lines().enumerate().map(|(n, line)| (n + 1, line.trim()));
        let mut keys = lines.filter(|(_, line)| !line.is_empty()).map(|(n, line)| {
            let bytes = STANDARD.decode(line).map(Zeroizing::new);
            let bytes = bytes.ok().and_then(|bytes| bytes.as_slice().try_into().ok());
            bytes.map(Key).ok_or(GivenKeyError::Malformed(n))
        });
        let key = keys.next().ok_or(GivenKeyError::Empty)??;
        let former = keys.collect::<Result<Vec<_>, _>>()?;
        if former.len() > MOST_FORMER {
            return Err(GivenKeyError::Many);
        }
        Ok(Self { place, key, former })
    }
}

/// The master key of an opened directory.
#[derive(Debug)]
pub(crate) struct Master {
    pub(crate) key: Key,
    /// Where it is from, for people.
    pub(crate) place: String,
    /// What may have wrapped the keys before.
    pub(crate) former: Vec<Key>,
    /// The file that is not needed any more once the keys are wrapped under `key`.
    left: Option<PathBuf>,
}

impl MasterKey {
    /// Returns the keys that may have wrapped what is in the directory, which is not changed.
    pub(crate) fn possible(&self, layout: &Layout) -> Result<Vec<Key>, KeysError> {
        let path = layout.secret("master");
        let within = || existing(&path);
        match self {
            Self::InDirectory => match within() {
                Err(KeysError::Secret(path)) => Err(KeysError::NoMaster(path)),
                found => Ok(vec![found?]),
            },
            Self::Given(GivenKey { key, former, .. }) => {
                let given = std::iter::once(key).chain(former).cloned();
                Ok(given.chain(within().ok()).collect())
            }
        }
    }

    /// Finds the key of a directory.
    pub(crate) fn find(
        self,
        layout: &Layout,
        may_make: bool,
        random: &mut Random,
    ) -> Result<Master, KeysError> {
        let path = layout.secret("master");
        match self {
            Self::InDirectory => match secret(&path, may_make, random) {
                Err(KeysError::Secret(path)) => Err(KeysError::NoMaster(path)),
                found => Ok(Master {
                    key: found?,
                    place: "`keys/master.key`".to_owned(),
                    former: Vec::new(),
                    left: None,
                }),
            },
            Self::Given(GivenKey { place, key, mut former }) => {
                let left = path.exists().then_some(path);
                let within = left.as_ref().and_then(|path| secret(path, false, random).ok());
                former.extend(within);
                Ok(Master { key, place, former, left })
            }
        }
    }
}

impl Master {
    /// Removes the former key's file, once nothing is wrapped under it.
    pub(crate) fn settle(&self) -> Result<(), KeysError> {
        let Some(path) = &self.left else { return Ok(()) };
        overwrite(path).map_err(|error| KeysError::Io(path.clone(), error))?;
        tracing::warn!(path = %path.display(), "removed the former master key; the keys are wrapped under {}", self.place);
        Ok(())
    }
}

/// Removes a secret's file, and its bytes before that.
fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let length = usize::try_from(file.metadata()?.len()).unwrap_or_default();
    file.write_all(&vec![0; length])?;
    file.sync_all()?;
    fs::remove_file(path)?;
    sync_parent(path)
}
