//! Where a backup is: a directory, or a prefix of a bucket.

use std::path::PathBuf;
use std::str::FromStr;

/// Where a backup is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A directory.
    Directory(PathBuf),
    /// S3-compatible storage, like `s3://bucket/prefix`.
    Storage(String),
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = "a directory, `file:///DIR` or `s3://BUCKET/PREFIX`";
        if text.is_empty() {
            return Err(format!("it is {wanted}"));
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return Ok(Self::Directory(PathBuf::from(text)));
        };
        match scheme {
            "s3" if !rest.starts_with('/') && !rest.is_empty() => {
                Ok(Self::Storage(text.to_owned()))
            }
            "s3" => Err(format!("it names no bucket; it is {wanted}")),
            "file" if rest.starts_with('/') => Ok(Self::Directory(PathBuf::from(rest))),
            "file" => Err(format!("it names another machine; it is {wanted}")),
            _ => Err(format!("`{scheme}://` is not known here; it is {wanted}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_is_a_directory_or_a_prefix_of_a_bucket_and_nothing_else() {
        let directory = |path: &str| Ok(Place::Directory(path.into()));
        let storage = |url: &str| Ok(Place::Storage(url.to_owned()));
        for (text, place) in [
            ("backup", directory("backup")),
            ("/mnt/backup", directory("/mnt/backup")),
            ("file:///mnt/backup", directory("/mnt/backup")),
            ("s3://audit", storage("s3://audit")),
            ("s3://audit/2026-08-03", storage("s3://audit/2026-08-03")),
            ("", Err("it is a")),
            ("s3://", Err("it names no bucket")),
            ("s3:///audit", Err("it names no bucket")),
            ("file://host/backup", Err("it names another machine")),
            ("gs://audit", Err("`gs://` is not known here")),
            ("https://example.org/", Err("`https://` is not known here")),
        ] {
            match (text.parse::<Place>(), place) {
                (Ok(read), Ok(place)) => assert_eq!(read, place, "{text}"),
                (Err(read), Err(start)) => assert!(read.starts_with(start), "{text}: {read}"),
                (read, _) => panic!("{text}: {read:?}"),
            }
        }
    }
}
