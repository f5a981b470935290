//! The header lines that open the upstream server, from a file that only its owner can read.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use thiserror::Error;

const MOST_BYTES: u64 = 64 * 1024;
/// What the connection or the protocol sets, and no file may.
const NOT_FOR_FILES: [&str; 12] = [
    "accept",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "last-event-id",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "accept-encoding",
];

/// Says why a file of header lines cannot be used. Never names a value.
#[derive(Debug, Error)]
pub enum HeaderFileError {
    /// It cannot be read.
    #[error("cannot read the header file `{}`", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Others can read it.
    #[error(
        "the header file `{}` can be read by others (mode {mode:04o}): run `chmod 600 {}`",
        path.display(), path.display()
    )]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// It is too large.
    #[error("the header file `{}` has more than {MOST_BYTES} bytes", .0.display())]
    TooLarge(PathBuf),
    /// It says nothing.
    #[error("the header file `{}` is empty: write lines such as `Authorization: Bearer …`", .0.display())]
    Empty(PathBuf),
    /// A line is no header.
    #[error("{}:{line}: not a header line: write `Name: value`", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// A header that is not the file's to set.
    #[error("{}:{line}: `{name}` is set by the proxy itself: remove the line", path.display())]
    Reserved {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The header.
        name: HeaderName,
    },
}

/// Reads header lines, `Name: value`; empty lines and those that begin with `#` are skipped.
///
/// # Errors
/// When others can read the file, or a line is not a header that a file may set.
pub(crate) fn read(path: &Path) -> Result<HeaderMap, HeaderFileError> {
    let unreadable = |source| HeaderFileError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(HeaderFileError::Exposed { path: path.to_owned(), mode: mode & 0o7777 });
    }
    let mut text = String::new();
    file.take(MOST_BYTES + 1).read_to_string(&mut text).map_err(unreadable)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(HeaderFileError::TooLarge(path.to_owned()));
    }
    let headers = parse(path, &text)?;
    if headers.is_empty() {
        return Err(HeaderFileError::Empty(path.to_owned()));
    }
    Ok(headers)
}

fn parse(path: &Path, text: &str) -> Result<HeaderMap, HeaderFileError> {
    let mut headers = HeaderMap::new();
    for (index, line) in text.lines().enumerate() {
        let line_number = index + 1;
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let malformed = || HeaderFileError::Malformed { path: path.to_owned(), line: line_number };
        let (name, value) = line.split_once(':').ok_or_else(malformed)?;
        let name: HeaderName = name.trim().parse().map_err(|_| malformed())?;
        if NOT_FOR_FILES.contains(&name.as_str()) || name.as_str().starts_with("mcp-") {
            return Err(HeaderFileError::Reserved {
                path: path.to_owned(),
                line: line_number,
                name,
            });
        }
        let mut value = HeaderValue::from_str(value.trim()).map_err(|_| malformed())?;
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::read;

    fn reading(text: &str, mode: u32) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        std::fs::set_permissions(file.path(), std::fs::Permissions::from_mode(mode)).unwrap();
        let shown = match read(file.path()) {
            Ok(headers) => format!("{headers:?}"),
            Err(error) => error.to_string(),
        };
        shown.replace(&file.path().display().to_string(), "FILE")
    }

    #[test]
    fn a_value_is_never_shown() {
        let shown = reading("# the vendor's\n\nAuthorization: Bearer s3cret\nX-Team: a\n", 0o600);
        assert_eq!(shown, r#"{"authorization": Sensitive, "x-team": Sensitive}"#);
    }

    #[test]
    fn a_file_that_cannot_be_used_says_why() {
        for (text, mode, error) in [
            (
                "a: b",
                0o644,
                "the header file `FILE` can be read by others (mode 0644): run `chmod 600 FILE`",
            ),
            (
                "",
                0o600,
                "the header file `FILE` is empty: write lines such as `Authorization: Bearer …`",
            ),
            ("s3cret", 0o600, "FILE:1: not a header line: write `Name: value`"),
            ("a: b\nb c: s3cret", 0o600, "FILE:2: not a header line: write `Name: value`"),
            (
                "Host: example.com",
                0o600,
                "FILE:1: `host` is set by the proxy itself: remove the line",
            ),
            (
                "Mcp-Session-Id: 1",
                0o600,
                "FILE:1: `mcp-session-id` is set by the proxy itself: remove the line",
            ),
        ] {
            assert_eq!(reading(text, mode), error, "{text}");
        }
    }
}
