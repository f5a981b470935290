//! Files and folders, read within bounds and without leaving the directory.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::{Directory, Kind};

/// The largest file that is read.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// The most all files may hold together.
const MAX_TOTAL_BYTES: u64 = 64 << 20;
/// The most files that are looked at.
const MAX_FILES: usize = 10_000;

/// One entry of a folder: its relative path and its name.
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) name: String,
}

impl Directory {
    /// Lists a folder in order, without hidden files; a folder that is not there is empty.
    pub(super) fn list(&mut self, folder: &str) -> Vec<Entry> {
        let Some(path) = self.inside(folder) else { return Vec::new() };
        let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
        let mut found = Vec::new();
        for entry in entries.flatten() {
            self.files += 1;
            if self.files > MAX_FILES {
                if self.files == MAX_FILES + 1 {
                    self.refuse(
                        if folder.is_empty() { "." } else { folder },
                        "too-many-files",
                        format!("there are more than {MAX_FILES} files"),
                        None,
                    );
                }
                break;
            }
            match entry.file_name().into_string() {
                Ok(name) if name.starts_with('.') => {}
                Ok(name) => found.push(Entry { path: join(folder, &name), name }),
                Err(name) => {
                    let path = join(folder, &name.to_string_lossy());
                    self.refuse(
                        &path,
                        "invalid-name",
                        "the file's name is not UTF-8".to_owned(),
                        None,
                    );
                }
            }
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        found
    }

    /// Resolves a relative path, if it stays in the directory. What is not there is nothing; a link that leaves, or
    /// goes in circles, is refused.
    fn inside(&mut self, path: &str) -> Option<PathBuf> {
        let full = self.root.join(path);
        full.symlink_metadata().ok()?;
        match full.canonicalize() {
            Ok(resolved) if resolved.starts_with(&self.root) => Some(resolved),
            Ok(_) => {
                let hint = "copy what it points to into the directory".to_owned();
                self.refuse(
                    path,
                    "outside",
                    format!("`{path}` is a link out of the directory"),
                    Some(hint),
                );
                None
            }
            Err(error) => {
                self.refuse(path, "unreadable", format!("cannot read `{path}`: {error}"), None);
                None
            }
        }
    }

    pub(super) fn take(&mut self, path: String, kind: Kind) {
        let Some(full) = self.inside(&path) else { return };
        match self.read_text(&full) {
            Ok(text) => {
                self.kinds.insert(path.clone(), kind);
                self.texts.insert(path, text);
            }
            Err((code, message)) => self.refuse(&path, code, message, None),
        }
    }

    fn read_text(&mut self, full: &Path) -> Result<String, (&'static str, String)> {
        let unreadable =
            |error: std::io::Error| ("unreadable", format!("cannot read the file: {error}"));
        // A pipe would block, a device would not end.
        if !fs::metadata(full).map_err(unreadable)?.is_file() {
            return Err(("unreadable", "it is not a file".to_owned()));
        }
        let mut bytes = Vec::new();
        File::open(full)
            .map_err(unreadable)?
            .take(MAX_FILE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.bytes = self.bytes.saturating_add(size);
        if size > MAX_FILE_BYTES {
            return Err(("too-large", "the file is larger than 1 MiB".to_owned()));
        }
        if self.bytes > MAX_TOTAL_BYTES {
            return Err(("too-large", "the files are larger than 64 MiB together".to_owned()));
        }
        String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            ("not-utf-8", format!("the file is not UTF-8: byte {at} is the first that is not"))
        })
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
