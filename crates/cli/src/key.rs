//! The key a command presents: named by hand, never found.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use anyhow::Context as _;

use crate::args::Global;
use crate::failure::Failure;

const ENVIRONMENT: &str = "SYNDIC_KEY";
const MOST_BYTES: u64 = 4096;

/// Reads the key from `--key-file`, else from the environment.
///
/// INVARIANT: never from the governance or data directory on its own account; what governs an agent must not be
/// within its reach.
pub(crate) fn required(global: &Global) -> anyhow::Result<String> {
    let missing = || {
        Failure::new(
            "this command needs a key",
            "pass --key-file FILE or set SYNDIC_KEY; the first start of `syndic serve` makes the first admin key, \
             and `syndic keys create` makes more",
        )
    };
    given(global)?.ok_or_else(|| missing().into())
}

/// The same, where the command goes without one.
pub(crate) fn given(global: &Global) -> anyhow::Result<Option<String>> {
    if let Some(path) = &global.key_file {
        return read(path).map(Some);
    }
    let key = std::env::var(ENVIRONMENT).unwrap_or_default();
    Ok(Some(key.trim().to_owned()).filter(|key| !key.is_empty()))
}

/// Reads the key in a file that its owner alone may read.
pub(crate) fn read(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot open the key file `{shown}`"))?;
    let mode = file.metadata()?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(Failure::new(
            format!("the key file `{shown}` can be read by others (mode {:04o})", mode & 0o7777),
            format!("run `chmod 600 {shown}`"),
        )
        .into());
    }
    let mut key = String::new();
    file.take(MOST_BYTES)
        .read_to_string(&mut key)
        .with_context(|| format!("cannot read the key file `{shown}`"))?;
    match key.trim() {
        "" => Err(Failure::new(
            format!("the key file `{shown}` is empty"),
            "write a key into it, as `syndic keys create` shows it once",
        )
        .into()),
        key => Ok(key.to_owned()),
    }
}
