//! S3-compatible storage: files are put there and read back, and fetched.
//!
//! Nothing that is there is ever replaced by something else. Credentials are those of the environment
//! (`AWS_ACCESS_KEY_ID` and the like), or of the container or machine.

use std::error::Error;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey};
use object_store::path::Path as Key;
use object_store::{
    ClientConfigKey, MultipartUpload as _, ObjectStore as _, ObjectStoreExt as _, PutPayload,
    RetryConfig,
};
use sha2::{Digest as _, Sha256};
use syndic_governance::Archive;
use thiserror::Error;

/// How many bytes are sent or asked for at once, and so kept in memory.
const PART: usize = 8 << 20;
/// How long one such request may take.
const REQUEST_WITHIN: &str = "120s";
const RETRY_WITHIN: Duration = Duration::from_secs(60);
const RETRIES: usize = 4;
/// The longest reason, in characters: a storage may answer with a page.
const MOST_REASON: usize = 300;
/// Where a machine is asked for its role.
const MACHINE: &str = "//169.254.169.254/";

/// Why something is not in the storage, or not got from it.
#[derive(Debug, Error)]
pub enum StorageError {
    /// It names no place.
    #[error("`{0}` names no storage; it is like `s3://bucket/prefix`")]
    Url(String),
    /// A name leads elsewhere.
    #[error("`{0}` is no name for a file in the storage")]
    Name(String),
    /// It cannot be set up.
    #[error(
        "cannot use the storage `{0}`: {1}; its region, endpoint and credentials are those of the environment (`AWS_…`)"
    )]
    Setup(String, String),
    /// It does not take something, or cannot be reached.
    #[error("cannot write `{0}`: {1}")]
    Put(String, String),
    /// It does not give something, or cannot be reached.
    #[error("cannot read `{0}`: {1}")]
    Get(String, String),
    /// A file of this machine is in the way.
    #[error("cannot use the file `{}`", .0.display())]
    File(PathBuf, #[source] io::Error),
    /// Something else is there.
    #[error("`{0}` is there already and is something else; nothing is replaced: move it away")]
    Taken(String),
    /// What arrived is not what was sent.
    #[error("`{0}` was read back and is not what was sent")]
    Changed(String),
}

/// A bucket, and a prefix in it.
#[derive(Debug)]
pub struct Storage {
    bucket: String,
    prefix: Key,
    client: AmazonS3,
}

impl Storage {
    /// Gets ready. Nothing is asked of the storage yet. What `place` leaves out is that of the environment.
    ///
    /// # Errors
    /// When it names no bucket, or the environment is wrong.
    pub fn open(place: &Archive) -> Result<Self, StorageError> {
        let Archive { url, endpoint, region } = place;
        let named = || StorageError::Url(url.clone());
        let rest = url.strip_prefix("s3://").ok_or_else(named)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err(named());
        }
        let prefix = Key::parse(prefix.trim_end_matches('/')).map_err(|_| named())?;
        // The first caller installs the provider; later ones find it in place.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), REQUEST_WITHIN)
            .with_retry(RetryConfig {
                max_retries: RETRIES,
                retry_timeout: RETRY_WITHIN,
                ..RetryConfig::default()
            });
        if let Some(region) = region {
            builder = builder.with_region(region);
        }
        if let Some(endpoint) = endpoint {
            // Settings allow `http` for this machine alone.
            let plain = endpoint.starts_with("http://");
            builder = builder.with_config(AmazonS3ConfigKey::S3Endpoint, endpoint);
            builder = builder.with_allow_http(plain);
        }
        let client =
            builder.build().map_err(|source| StorageError::Setup(url.clone(), reason(&source)))?;
        Ok(Self { bucket: bucket.to_owned(), prefix, client })
    }

    /// Tells whether there is nothing directly below the prefix.
    ///
    /// # Errors
    /// When the storage cannot be read.
    pub async fn is_empty(&self) -> Result<bool, StorageError> {
        let prefix = Some(&self.prefix).filter(|prefix| !prefix.is_root());
        let listed = self.client.list_with_delimiter(prefix).await;
        let listed = listed.map_err(|source| self.unread(&self.prefix, &source))?;
        Ok(listed.objects.is_empty() && listed.common_prefixes.is_empty())
    }

    /// Puts a file there under `name` unless it is there already, and reads back what is.
    ///
    /// # Errors
    /// When something else is there, or arrived.
    pub async fn keep(&self, file: &Path, name: &str) -> Result<(), StorageError> {
        let key = self.key(name)?;
        let digest = digest(file).await?;
        match self.digest(&key).await? {
            Some(there) if there == digest => return Ok(()),
            Some(_) => return Err(StorageError::Taken(self.name(&key))),
            None => {}
        }
        self.put(file, &key).await?;
        match self.digest(&key).await? {
            Some(there) if there == digest => Ok(()),
            Some(_) | None => Err(StorageError::Changed(self.name(&key))),
        }
    }

    /// Gets what is there under `name` into a new file; tells whether there is anything.
    ///
    /// # Errors
    /// When it cannot be read, or the file cannot be written.
    pub async fn fetch(&self, name: &str, to: &Path) -> Result<bool, StorageError> {
        let key = self.key(name)?;
        let refused = |error| StorageError::File(to.to_owned(), error);
        let Some(size) = self.size(&key).await? else { return Ok(false) };
        let mut file = File::options().write(true).create_new(true).open(to).map_err(refused)?;
        let mut from = 0;
        while from < size {
            let part = self.part(&key, from, size).await?;
            from += part.len() as u64;
            let written = tokio::task::spawn_blocking(move || {
                file.write_all(&part)?;
                Ok(file)
            });
            file = written
                .await
                .unwrap_or_else(|error| Err(io::Error::other(error)))
                .map_err(refused)?;
        }
        Ok(true)
    }

    fn key(&self, name: &str) -> Result<Key, StorageError> {
        let refused = |_| StorageError::Name(name.to_owned());
        let name = Key::parse(name).map_err(refused)?;
        Ok(self.prefix.parts().chain(name.parts()).collect())
    }

    fn name(&self, key: &Key) -> String {
        format!("s3://{}/{key}", self.bucket)
    }

    async fn put(&self, file: &Path, key: &Key) -> Result<(), StorageError> {
        let refused = |source: object_store::Error| self.unwritten(key, &source);
        let mut source = File::open(file).map_err(|error| unusable(file, error))?;
        let (first, mut left) = read(source, file).await?;
        source = left;
        if first.len() < PART {
            let put = self.client.put(key, PutPayload::from(first)).await;
            return put.map(drop).map_err(refused);
        }
        let mut upload = self.client.put_multipart(key).await.map_err(refused)?;
        let mut part = first;
        while !part.is_empty() {
            if let Err(source) = upload.put_part(PutPayload::from(part)).await {
                drop(upload.abort().await);
                return Err(refused(source));
            }
            (part, left) = read(source, file).await?;
            source = left;
        }
        upload.complete().await.map(drop).map_err(refused)
    }

    /// Reads what is there, and hashes it.
    async fn digest(&self, key: &Key) -> Result<Option<[u8; 32]>, StorageError> {
        let Some(size) = self.size(key).await? else { return Ok(None) };
        let (mut hash, mut from) = (Sha256::new(), 0);
        while from < size {
            let part = self.part(key, from, size).await?;
            hash.update(&part);
            from += part.len() as u64;
        }
        Ok(Some(hash.finalize().into()))
    }

    async fn size(&self, key: &Key) -> Result<Option<u64>, StorageError> {
        match self.client.head(key).await {
            Ok(object) => Ok(Some(object.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(source) => Err(self.unread(key, &source)),
        }
    }

    /// Reads the next bytes of something that has so many, at least one.
    async fn part(&self, key: &Key, from: u64, size: u64) -> Result<Vec<u8>, StorageError> {
        let to = size.min(from + PART as u64);
        let part = self.client.get_range(key, from..to).await;
        let part = part.map_err(|source| self.unread(key, &source))?;
        if part.len() as u64 == to - from {
            Ok(part.into())
        } else {
            Err(StorageError::Changed(self.name(key)))
        }
    }

    fn unread(&self, key: &Key, source: &object_store::Error) -> StorageError {
        StorageError::Get(self.name(key), reason(source))
    }

    fn unwritten(&self, key: &Key, source: &object_store::Error) -> StorageError {
        StorageError::Put(self.name(key), reason(source))
    }
}

/// Reads the next part of a file; an empty one at its end.
async fn read(source: File, file: &Path) -> Result<(Vec<u8>, File), StorageError> {
    let read = tokio::task::spawn_blocking(move || {
        let mut part = Vec::with_capacity(PART);
        (&source).take(PART as u64).read_to_end(&mut part)?;
        Ok((part, source))
    });
    let read = read.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    read.map_err(|error| unusable(file, error))
}

async fn digest(path: &Path) -> Result<[u8; 32], StorageError> {
    let (mut hash, mut source) =
        (Sha256::new(), File::open(path).map_err(|error| unusable(path, error))?);
    loop {
        let (part, left) = read(source, path).await?;
        if part.is_empty() {
            return Ok(hash.finalize().into());
        }
        hash.update(&part);
        source = left;
    }
}

fn unusable(file: &Path, error: io::Error) -> StorageError {
    StorageError::File(file.to_owned(), error)
}

/// Says what went wrong in a line: the innermost cause, since each one around it repeats it, and of an answer of the
/// storage what it says.
fn reason(error: &object_store::Error) -> String {
    if error.to_string().contains(MACHINE) {
        return "there are no credentials: neither are they in the environment (`AWS_ACCESS_KEY_ID`), nor does this \
                machine have a role"
            .to_owned();
    }
    let mut innermost: &dyn Error = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    let text = innermost.to_string();
    let element = |name: &str| {
        let (_, rest) = text.split_once(&format!("<{name}>"))?;
        Some(rest.split_once("</")?.0.to_owned())
    };
    let said = [element("Code"), element("Message")].into_iter().flatten().collect::<Vec<_>>();
    let line = if said.is_empty() { text } else { said.join(": ") };
    line.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MOST_REASON).collect()
}
