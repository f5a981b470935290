//! Files and folders, read within bounds and without leaving the directory.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::{Directory, Kind};

/// The largest file that is read.
const MAX_FILE_BYTES: usize = 1 << 20;
/// The most all files may hold together.
const MAX_TOTAL_BYTES: usize = 64 << 20;
/// The most files that are looked at.
const MAX_FILES: usize = 10_000;

/// One entry of a folder: its relative path and its name.
pub(super) struct Entry {
    pub(super) path: String,
    pub(super) name: String,
}

/// Why a path is not read.
struct Refusal {
    code: &'static str,
    message: String,
}

impl Refusal {
    fn unreadable(path: &str, error: &io::Error) -> Self {
        Self { code: "unreadable", message: format!("cannot read `{path}`: {error}") }
    }
}

impl Directory {
    /// Lists a folder in order, without hidden files; a folder that is not there is empty, and so is a file.
    pub(super) fn list(&mut self, folder: &str) -> Vec<Entry> {
        match self.try_list(folder) {
            Ok(mut found) => {
                found.sort_by(|a, b| a.path.cmp(&b.path));
                found
            }
            Err(refusal) => {
                self.refuse(shown(folder), refusal.code, refusal.message, None);
                Vec::new()
            }
        }
    }

    fn try_list(&mut self, folder: &str) -> Result<Vec<Entry>, Refusal> {
        let unreadable = |error| Refusal::unreadable(shown(folder), &error);
        // Past the limit nothing more is looked at; that it was passed is told.
        if self.files > MAX_FILES || !self.is_there(folder)? {
            return Ok(Vec::new());
        }
        let path = self.resolve(folder)?;
        if !fs::metadata(&path).map_err(unreadable)?.is_dir() {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for entry in fs::read_dir(path).map_err(unreadable)? {
            let name = entry.map_err(unreadable)?.file_name();
            self.files += 1;
            if self.files > MAX_FILES {
                let message = format!("there are more than {MAX_FILES} files");
                return Err(Refusal { code: "too-many-files", message });
            }
            match name.into_string() {
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
        Ok(found)
    }

    /// Tells whether something of this name is there, be it a link to nowhere.
    fn is_there(&self, path: &str) -> Result<bool, Refusal> {
        match self.root.join(path).symlink_metadata() {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(Refusal::unreadable(path, &error)),
        }
    }

    /// Follows links, inside the directory only.
    fn resolve(&self, path: &str) -> Result<PathBuf, Refusal> {
        let resolved = self.root.join(path).canonicalize();
        let resolved = resolved.map_err(|error| Refusal::unreadable(path, &error))?;
        if !resolved.starts_with(&self.root) {
            return Err(Refusal {
                code: "outside",
                message: format!("`{path}` is a link out of the directory"),
            });
        }
        Ok(resolved)
    }

    /// Reads a file that counts.
    pub(super) fn take(&mut self, path: String, kind: Kind) {
        // A manifest has a line for each file.
        if path.contains(char::is_control) {
            let message = "the file's name has a control character".to_owned();
            return self.refuse(&path.escape_debug().to_string(), "invalid-name", message, None);
        }
        match self.resolve(&path).and_then(|full| self.read_text(&path, &full)) {
            Ok(text) => {
                self.kinds.insert(path.clone(), kind);
                self.texts.insert(path, text);
            }
            Err(refusal) => self.refuse(&path, refusal.code, refusal.message, None),
        }
    }

    fn read_text(&mut self, path: &str, full: &Path) -> Result<String, Refusal> {
        let unreadable = |error| Refusal::unreadable(path, &error);
        let refuse = |code, message: &str| Err(Refusal { code, message: message.to_owned() });
        // A pipe would block, a device would not end.
        if !fs::metadata(full).map_err(unreadable)?.is_file() {
            return refuse("unreadable", "it is not a file");
        }
        let mut bytes = Vec::new();
        let mut file = File::open(full).map_err(unreadable)?.take(MAX_FILE_BYTES as u64 + 1);
        let size = file.read_to_end(&mut bytes).map_err(unreadable)?;
        self.bytes = self.bytes.saturating_add(size);
        if bytes.len() > MAX_FILE_BYTES {
            return refuse("too-large", "the file is larger than 1 MiB");
        }
        if self.bytes > MAX_TOTAL_BYTES {
            return refuse("too-large", "the files are larger than 64 MiB together");
        }
        String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            Refusal {
                code: "not-utf-8",
                message: format!("the file is not UTF-8 from byte {at} on"),
            }
        })
    }
}

/// Names the directory itself.
const fn shown(folder: &str) -> &str {
    if folder.is_empty() { "." } else { folder }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}
