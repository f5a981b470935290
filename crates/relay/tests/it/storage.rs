//! What is put into S3-compatible storage is there: `cargo xtask test --archive` brings one.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use syndic_governance::Archive;
use syndic_relay::{Storage, StorageError};
use tempfile::tempdir;

fn place(url: &str) -> Archive {
    Archive { url: url.to_owned(), endpoint: None, region: None }
}

/// Makes a bucket; there is none without a storage.
fn bucket(name: &str) -> Option<String> {
    let url = std::env::var("AWS_ENDPOINT_URL").ok()?;
    let host = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    let name = format!("{name}-{}", std::process::id());
    let mut stream = TcpStream::connect(host).unwrap();
    let request = format!(
        "PUT /{name} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    Some(name)
}

#[tokio::test]
async fn a_file_of_any_size_is_read_back_and_fetched_and_nothing_is_replaced() {
    let Some(bucket) = bucket("sizes") else { return };
    let storage = Storage::open(&place(&format!("s3://{bucket}/some/where/"))).unwrap();
    assert!(storage.is_empty().await.unwrap());
    let directory = tempdir().unwrap();
    let part = 8 << 20;
    for size in [0, 1, part - 1, part, part + 1, 2 * part + 7] {
        let name = format!("sized/{size}");
        let (from, to) = (directory.path().join("from"), directory.path().join(size.to_string()));
        let content: Vec<u8> = (0..size).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect();
        fs::write(&from, &content).unwrap();
        storage.keep(&from, &name).await.unwrap();
        storage.keep(&from, &name).await.unwrap();
        assert!(storage.fetch(&name, &to).await.unwrap());
        assert!(fs::read(&to).unwrap() == content, "{size} bytes are others");
        fs::write(&from, [&content[..], b"!"].concat()).unwrap();
        let refused = storage.keep(&from, &name).await.unwrap_err();
        let key = format!("s3://{bucket}/some/where/{name}");
        assert!(matches!(&refused, StorageError::Taken(taken) if *taken == key), "{refused:?}");
    }
    assert!(!storage.is_empty().await.unwrap());
    assert!(!storage.fetch("nothing", &directory.path().join("nothing")).await.unwrap());
    assert!(!directory.path().join("nothing").exists());
}

#[tokio::test]
async fn a_place_or_name_that_leads_elsewhere_is_refused() {
    for url in ["s3://", "s3:///a", "gs://a/b", "a/b", "s3://bucket/a//b", "s3://bucket/../b"] {
        assert!(matches!(Storage::open(&place(url)), Err(StorageError::Url(_))), "{url}");
    }
    let storage = Storage::open(&place("s3://bucket/a")).unwrap();
    let file = tempdir().unwrap().path().join("none");
    for name in ["../b", "b//c", "b/../../c"] {
        let refused = storage.keep(&file, name).await.unwrap_err();
        assert!(matches!(refused, StorageError::Name(_)), "{name}: {refused:?}");
    }
}
