//! What exactly was loaded, as hashes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// Returns the SHA-256 of every file, by path, in hex.
pub(crate) fn hash_files(texts: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    texts.iter().map(|(path, text)| (path.clone(), hex(&Sha256::digest(text)))).collect()
}

/// Returns the SHA-256 over `<hash>  <path>` lines, as `sha256sum` writes them, in hex.
pub(crate) fn manifest(files: &BTreeMap<String, String>) -> String {
    let mut hasher = Sha256::new();
    for (path, hash) in files {
        hasher.update(format!("{hash}  {path}\n"));
    }
    hex(&hasher.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
