//! Data directories that earlier programs wrote: each of them opens, with everything that was in it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};
use tempfile::TempDir;

/// Later than every record of a fixture, and before its keys expire.
const NOW: &str = "2026-08-04T09:00:00Z";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/tests/fixtures")
}

/// Copies a fixture as its program left it: a repository keeps neither the modes of its files nor the name of its data
/// directory, which is ignored.
fn copy(format: &str) -> TempDir {
    let (from, to) = (fixtures().join(format), tempfile::tempdir().unwrap());
    copy_into(&from.join("governance"), to.path());
    copy_into(&from.join("data"), &to.path().join(".syndic"));
    to
}

pub(crate) fn copy_into(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    fs::set_permissions(to, Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_into(&entry.path(), &target);
        } else if entry.file_type().unwrap().is_file() {
            fs::write(&target, fs::read(entry.path()).unwrap()).unwrap();
            fs::set_permissions(&target, Permissions::from_mode(0o600)).unwrap();
        }
    }
}

pub(crate) async fn all_events(server: &TestServer) -> Value {
    json!(server.events("limit=1000").await)
}

async fn opens_with_everything(format: &str) {
    let from = fixtures().join(format);
    let clock = Arc::new(TestClock::at(NOW));
    let mut server = TestServer::start_over(clock.clone(), copy(format)).await;
    fs::read_to_string(from.join("admin.key")).unwrap().trim().clone_into(&mut server.admin);
    let kept: Value = serde_json::from_slice(&fs::read(from.join("events.json")).unwrap()).unwrap();
    for restarts in 0..2 {
        assert_eq!(all_events(&server).await, kept, "{restarts} restarts");
        server = server.restart(clock.clone()).await;
    }
    let agent = server.agent_key("customer-support").await;
    let refund = json!({"agent": "customer-support", "action": "issue_refund",
        "args": {"order_id": "A-9", "amount": 45}});
    assert_eq!(server.submit(&agent, refund).await["effect"], "allow");
}

#[tokio::test]
async fn a_directory_of_format_1_opens_with_everything_that_was_in_it() {
    opens_with_everything("format-1").await;
}

#[tokio::test]
async fn a_directory_of_format_2_opens_with_everything_that_was_in_it() {
    opens_with_everything("format-2").await;
}
