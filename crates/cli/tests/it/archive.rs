//! Old segments and backups in S3-compatible storage: `cargo xtask test --archive` brings one.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use syndic_gate::SystemClock;
use syndic_ledger::{Record, SessionOpened};
use syndic_model::Clock;
use syndic_store::{Entry, Options, Store};

use crate::serve::{agent_key, refund};
use crate::syndic::Place;

/// A bucket that nobody else uses, in the storage that the environment names.
struct Bucket {
    host: String,
    name: String,
}

impl Bucket {
    /// Makes one; there is none without a storage.
    fn make(name: &str) -> Option<Self> {
        let url = std::env::var("AWS_ENDPOINT_URL").ok()?;
        let host = url.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        let name = format!("{name}-{}", std::process::id());
        let bucket = Self { host, name };
        assert_eq!(bucket.send("PUT", "", b"").0, 200);
        Some(bucket)
    }

    fn url(&self) -> String {
        format!("s3://{}", self.name)
    }

    fn get(&self, key: &str) -> Vec<u8> {
        let (status, body) = self.send("GET", key, b"");
        assert_eq!(status, 200, "{key}");
        body
    }

    fn put(&self, key: &str, content: &[u8]) {
        assert_eq!(self.send("PUT", key, content).0, 200);
    }

    fn keys(&self) -> Vec<String> {
        let listed = String::from_utf8(self.send("GET", "?list-type=2", b"").1).unwrap();
        let keys = listed.split("<Key>").skip(1);
        keys.map(|key| key.split_once("</Key>").unwrap().0.to_owned()).collect()
    }

    fn send(&self, method: &str, key: &str, content: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let (host, name, length) = (&self.host, &self.name, content.len());
        let head = format!(
            "{method} /{name}/{key} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, \
             SignedHeaders=host, Signature=0\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(content).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let status = String::from_utf8(answer[9..12].to_vec()).unwrap().parse().unwrap();
        (status, answer[end + 4..].to_vec())
    }
}

/// Goes 300 days behind.
struct Behind;

impl Clock for Behind {
    fn now(&self) -> Timestamp {
        SystemClock.now() - SignedDuration::from_hours(300 * 24)
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}

/// Writes so many old records as fill three segments and begin a fourth, and says where the archive is.
fn aged(place: &Place, archive: &str) {
    let options = Options { segment_bytes: 1, ..Options::default() };
    let data = place.dir().join(".syndic");
    let store = Store::open(&data, options, Arc::new(Behind), &mut |_, _| {}).unwrap();
    let opened = |session: u64| Entry {
        record: Record::SessionOpened(SessionOpened {
            session: format!("s{session}"),
            agent: "customer-support".to_owned(),
            opened_by: "k".to_owned(),
        }),
        at: Behind.now(),
        parts: Vec::new(),
        subject: None,
    };
    let pending: Vec<_> = (0..800).map(|n| store.reserve().unwrap().enqueue(opened(n))).collect();
    for one in pending {
        one.wait().unwrap();
    }
    store.close();
    place.append("syndic.yaml", &format!("\naudit:\n  archive:\n    url: {archive}\n"));
}

fn origin(place: &Path) -> String {
    let key = fs::read_to_string(place.join("log.vkey")).unwrap();
    key.split_once('+').unwrap().0.to_owned()
}

/// The files of the segments, whatever their form, in order.
fn segments(data: &Path) -> Vec<String> {
    let names = fs::read_dir(data.join("segments")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> =
        names.filter(|name| name.starts_with('0') && name.contains("jsonl")).collect();
    names.sort();
    names
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_segment_is_in_the_archive_before_it_is_dropped_and_verifies_when_it_is_put_back() {
    let Some(bucket) = Bucket::make("archive") else { return };
    let place = Place::governed();
    aged(&place, &format!("{}/agents", bucket.url()));
    let serving = place.serve();
    let data = place.dir().join(".syndic");
    let log = format!("agents/{}/segments", origin(&data));

    // Something else lies where the second segment belongs: nothing goes.
    bucket.put(&format!("{log}/0000000000000256.jsonl.zst"), b"something else");
    let refused = place.run(&["audit", "prune", "--key-file", "../admin.key"]);
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("is there already and is something else"),
        "{}",
        refused.stderr
    );
    let kept = segments(&data);
    assert_eq!(kept.len(), 4, "{kept:?}");
    assert_eq!(kept[1], "0000000000000256.jsonl.zst");

    assert_eq!(bucket.send("DELETE", &format!("{log}/{}", kept[1]), b"").0, 204);
    let stored: Vec<_> =
        kept[..3].iter().map(|name| fs::read(data.join("segments").join(name)).unwrap()).collect();
    let pruned = place.admin(&["audit", "prune"]);
    assert_eq!((&pruned["dropped"], &pruned["segments"]), (&json!(true), &json!(3)), "{pruned}");
    assert_eq!(segments(&data), kept[3..]);
    for (name, stored) in kept.iter().zip(&stored) {
        assert!(bucket.get(&format!("{log}/{name}")) == *stored, "{name}");
    }
    let redact = ["audit", "redact", "--user", "ada", "--reason", "request 4711", "--dry-run"];
    let unreached = place.admin(&redact)["unreached"].to_string();
    assert!(unreached.contains(&format!("segments archived at `{}/agents`", bucket.url())));
    assert_eq!(serving.terminate(), Some(0));
    let record = fs::read_to_string(data.join("segments").join(&kept[3])).unwrap();
    assert!(record.contains(r#""archived":true"#));

    // Whoever audits puts them back into a copy.
    let copied = place.path("copied");
    copy(&data, &copied);
    let before = place.run(&["audit", "verify", copied.to_str().unwrap()]);
    assert!(before.stdout.contains("dropped"), "{}", before.stdout);
    for (count, name) in [&kept[2], &kept[1], &kept[0]].into_iter().enumerate() {
        let segment = copied.join("segments").join(name);
        fs::write(segment, bucket.get(&format!("{log}/{name}"))).unwrap();
        let partly = place.run(&["audit", "verify", copied.to_str().unwrap()]);
        assert_eq!(partly.code, Some(0), "{name}: {}{}", partly.stdout, partly.stderr);
        assert_eq!(partly.stdout.contains("dropped"), count < 2, "{name}: {}", partly.stdout);
    }
}

#[test]
fn nothing_is_dropped_where_the_archive_cannot_be_reached() {
    let Some(bucket) = Bucket::make("gone") else { return };
    let place = Place::governed();
    aged(&place, &format!("{}-not/agents", bucket.url()));
    let serving = place.serve();
    let refused = place.run(&["audit", "prune", "--key-file", "../admin.key"]);
    assert_eq!(refused.code, Some(1), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("cannot archive a segment, so it is not dropped"),
        "{}",
        refused.stderr
    );
    assert_eq!(segments(&place.dir().join(".syndic")).len(), 4);
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn a_backup_in_a_bucket_is_restored_and_one_without_its_manifest_is_none() {
    let Some(bucket) = Bucket::make("backups") else { return };
    let place = Place::governed();
    let serving = place.serve();
    let key = agent_key(&place);
    assert_eq!(refund(&serving.url, &key, 45).effect, "allow");
    let url = format!("{}/agents/first", bucket.url());
    let made = place.admin(&["backup", &url]);
    assert_eq!((&made["path"], &made["status"]), (&json!(url), &json!("done")), "{made}");
    let manifest = bucket.get("agents/first/backup.json");
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!(manifest["files"].as_array().unwrap().len() + 1, bucket.keys().len());

    let again = place.run(&["backup", &url, "--key-file", "../admin.key"]);
    assert_eq!(again.code, Some(1));
    assert!(
        again.stderr.contains("is not empty; a backup goes to a prefix of its own"),
        "{}",
        again.stderr
    );
    assert_eq!(serving.terminate(), Some(0));

    fs::remove_dir_all(place.dir().join(".syndic")).unwrap();
    let restored = place.run(&["restore", &url, "--to", ".syndic"]);
    assert_eq!(restored.code, Some(0), "{}", restored.stderr);
    let listed = place.admin(&["audit", "list"]);
    assert_eq!(listed["events"][0]["tool_args"]["amount"], json!(45), "{listed}");

    bucket.put("agents/first/FORMAT", b"3\n");
    let damaged = place.run(&["restore", &url, "--to", "../elsewhere"]);
    assert!(damaged.stderr.contains("is not as it was copied"), "{}", damaged.stderr);
    assert_eq!(bucket.send("DELETE", "agents/first/backup.json", b"").0, 204);
    let unfinished = place.run(&["restore", &url, "--to", "../elsewhere"]);
    assert!(unfinished.stderr.contains("is not a finished backup"), "{}", unfinished.stderr);
    assert!(!place.path("elsewhere").exists());
}
