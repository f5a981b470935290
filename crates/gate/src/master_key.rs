//! The master key, where `syndic.yaml` says it is outside the data directory.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use syndic_governance::{MasterKey as Named, Settings};
use syndic_store::{GivenKey, GivenKeyError, MasterKey};
use thiserror::Error;

/// Says why the master key that `syndic.yaml` names cannot be had.
#[derive(Debug, Error)]
pub enum MasterKeyError {
    /// The file cannot be read.
    #[error("cannot read the master key `{}` that `audit.master_key.file` names", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// Whoever copies the data directory would have both.
    #[error(
        "the master key `{}` that `audit.master_key.file` names lies in the data directory; put it where copies of \
         the data directory do not have it", .0.display()
    )]
    InDataDirectory(PathBuf),
    /// The variable is not there.
    #[error("the environment variable `{0}` that `audit.master_key.env` names is not set")]
    Unset(String),
    /// It is no key.
    #[error("{place} is no master key")]
    Malformed {
        /// Where it is.
        place: String,
        /// What is wrong with it.
        #[source]
        source: GivenKeyError,
    },
}

/// Reads the master key that `settings` name.
pub(crate) fn master_key(settings: &Settings) -> Result<MasterKey, MasterKeyError> {
    let (place, text) = match &settings.audit.master_key {
        None => return Ok(MasterKey::InDirectory),
        Some(Named::File(path)) => {
            let text = fs::read_to_string(path)
                .map_err(|error| MasterKeyError::File(path.clone(), error))?;
            if lies_within(path, &settings.data_dir) {
                return Err(MasterKeyError::InDataDirectory(path.clone()));
            }
            (format!("`{}` (`audit.master_key.file`)", path.display()), text)
        }
        Some(Named::Env(name)) => {
            let text = env::var_os(name).map(OsString::into_string);
            let text = text.ok_or_else(|| MasterKeyError::Unset(name.clone()))?;
            // What is not UTF-8 is not base64 either.
            (format!("`{name}` (`audit.master_key.env`)"), text.unwrap_or_else(|_| "?".to_owned()))
        }
    };
    let given = GivenKey::read(place.clone(), &text);
    given.map(MasterKey::Given).map_err(|source| MasterKeyError::Malformed { place, source })
}

fn lies_within(path: &Path, directory: &Path) -> bool {
    let real = |path: &Path| fs::canonicalize(path).ok();
    real(path).zip(real(directory)).is_some_and(|(path, directory)| path.starts_with(directory))
}
