//! What is there once is there once, whoever stopped waiting for it.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use syndic_governance::{FileSink, SinkFormat};
use syndic_model::Clock;
use syndic_testkit::TestClock;
use tokio::sync::{Mutex, RwLock};

use super::File;
use crate::sink::{Failure, Shaped};

async fn file(directory: &Path) -> File {
    let path = directory.join("trail").join("audit.jsonl");
    let settings = FileSink { path, rotate_bytes: None, rotate_daily: false, keep: None };
    let clock = Arc::new(TestClock::at("2026-11-22T12:00:00Z"));
    let turn = Arc::new(Mutex::new(())).lock_owned().await;
    let turn = Arc::new((turn, Arc::new(RwLock::new(())).read_owned().await));
    let clock: Arc<dyn Clock> = clock;
    File::new(&settings, SinkFormat::Native, &directory.join("data"), &clock, &turn)
}

fn batch(ids: std::ops::Range<u64>) -> Vec<Shaped> {
    let at = "2026-11-22T12:00:00Z".parse().unwrap();
    let shaped = |index: u64| Shaped {
        index,
        id: index.to_string(),
        at,
        agent: "a".to_owned(),
        body: format!("{{\"event_id\":\"{index}\"}}"),
    };
    ids.map(shaped).collect()
}

fn bodies(batch: &[Shaped]) -> String {
    batch.iter().map(|one| format!("{}\n", one.body)).collect()
}

#[tokio::test]
async fn a_write_that_nobody_waited_for_ends_before_the_next_and_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let mut file = file(directory.path()).await;
    let first = batch(0..100);
    tokio::select! {
        biased;
        _ = file.send(&first) => {}
        () = async {} => {}
    }
    file.send(&batch(0..200)).await.unwrap();
    let text = fs::read_to_string(directory.path().join("trail/audit.jsonl")).unwrap();
    assert_eq!(text, bodies(&batch(0..200)));
}

#[tokio::test]
async fn a_replay_that_cannot_be_written_is_still_one_when_it_can() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let mut file = file(directory.path()).await;
    file.send(&batch(0..3)).await.unwrap();
    file.replay();
    fs::rename(at("trail"), at("away")).unwrap();
    fs::write(at("trail"), "in the way").unwrap();
    assert!(matches!(file.send(&batch(1..3)).await, Err(Failure::Passing { .. })));
    fs::remove_file(at("trail")).unwrap();
    fs::rename(at("away"), at("trail")).unwrap();
    file.send(&batch(1..3)).await.unwrap();
    let text = fs::read_to_string(at("trail/audit.jsonl")).unwrap();
    assert_eq!(text, bodies(&batch(0..3)) + &bodies(&batch(1..3)));
}

#[tokio::test]
async fn two_sinks_in_one_file_are_one_too_many() {
    let directory = tempfile::tempdir().unwrap();
    let (mut one, mut other) = (file(directory.path()).await, file(directory.path()).await);
    one.send(&batch(0..1)).await.unwrap();
    for stopped in [false, false, false, true] {
        let failure = other.send(&batch(0..1)).await.unwrap_err();
        assert_eq!(matches!(failure, Failure::Stopped { .. }), stopped, "{failure:?}");
    }
    drop(one);
    other.send(&batch(0..2)).await.unwrap();
    let text = fs::read_to_string(directory.path().join("trail/audit.jsonl")).unwrap();
    assert_eq!(text, bodies(&batch(0..2)));
}
