//! A ledger, a governance directory with one sink, and who carries events there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_governance::Governance;
use syndic_ledger::{PartName, Record};
use syndic_model::{Clock as _, SinkState};
use syndic_relay::{Idle, Pace, SinkControl, Sinks};
use syndic_store::{Entry, Options, Store, Subject};
use syndic_testkit::TestClock;
use tempfile::TempDir;
use tokio::task::JoinHandle;

pub(crate) struct World {
    pub(crate) store: Arc<Store>,
    clock: Arc<TestClock>,
    governance: Arc<Mutex<Arc<Governance>>>,
    variables: Arc<BTreeMap<String, String>>,
    states: Arc<Mutex<Vec<SinkState>>>,
    running: Option<(JoinHandle<()>, SinkControl, Idle)>,
    directory: TempDir,
}

impl World {
    /// Has one sink, `trail`, with more settings.
    pub(crate) fn new(more: &str) -> Self {
        Self::new_with_file("", more)
    }

    pub(crate) fn new_with_file(file: &str, more: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("trail").join("audit.jsonl");
        let path = path.display();
        let trail = format!("  trail:\n    file: {{ {file}path: {path} }}\n{more}");
        Self::within(directory, &trail, "2026-11-22T12:00:00Z", &[])
    }

    /// Has the sinks of `sinks`, a line each, with `variables` in the environment.
    pub(crate) fn of(sinks: &str, now: &str, variables: &[(&str, &str)]) -> Self {
        Self::within(tempfile::tempdir().unwrap(), sinks, now, variables)
    }

    fn within(directory: TempDir, sinks: &str, now: &str, variables: &[(&str, &str)]) -> Self {
        let clock = Arc::new(TestClock::at(now));
        let data_dir = directory.path().join("data");
        let store =
            Store::open(&data_dir, Options::default(), clock.clone(), &mut |_, _| {}).unwrap();
        let sinks = format!("sinks:\n{sinks}");
        let governance = Arc::new(Mutex::new(governance(directory.path(), &sinks)));
        let store = Arc::new(store);
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables = Arc::new(variables.iter().map(owned).collect());
        Self {
            store,
            clock,
            governance,
            variables,
            states: Arc::default(),
            running: None,
            directory,
        }
    }

    pub(crate) fn start(&mut self) {
        let (governance, states) = (self.governance.clone(), self.states.clone());
        let mut sinks = Sinks::new(
            Arc::downgrade(&self.store),
            &self.directory.path().join("data"),
            self.clock.clone(),
            move || Some(governance.lock().unwrap().clone()),
            move |told| *states.lock().unwrap() = told,
        );
        let variables = self.variables.clone();
        sinks.variable = Arc::new(move |name| variables.get(name).cloned());
        sinks.pace = Pace { first: Duration::from_millis(5), most: Duration::from_millis(50) };
        let (control, idle) = (sinks.control(), sinks.idle.clone());
        self.running = Some((tokio::spawn(sinks.run()), control, idle));
    }

    /// Stops it where it is, as a crash does.
    pub(crate) async fn stop(&mut self) {
        let (running, _, idle) = self.running.take().unwrap();
        running.abort();
        assert!(running.await.unwrap_err().is_cancelled());
        idle.wait().await;
        self.states.lock().unwrap().clear();
    }

    /// Stops it as a stop of the daemon does.
    pub(crate) async fn stop_gently(&mut self) {
        let (running, control, idle) = self.running.take().unwrap();
        control.stop().await;
        running.await.unwrap();
        idle.wait().await;
        self.states.lock().unwrap().clear();
    }

    pub(crate) fn control(&self) -> SinkControl {
        self.running.as_ref().unwrap().1.clone()
    }

    pub(crate) fn state(&self) -> SinkState {
        self.states.lock().unwrap()[0].clone()
    }

    pub(crate) async fn wait_for(&self, is_so: impl Fn(&SinkState) -> bool) {
        while !self.states.lock().unwrap().first().is_some_and(&is_so) {
            tokio::task::yield_now().await;
        }
    }

    /// Waits until everything that is durable has gone out.
    pub(crate) async fn caught_up(&self) {
        self.wait_for(|state| state.next_index == self.store.durable_index()).await;
    }

    pub(crate) fn step(&self, by: SignedDuration) {
        self.clock.step(by);
    }

    pub(crate) async fn write(&self, record: &Value) {
        self.write_with(record, &[]).await;
    }

    pub(crate) async fn write_with(&self, record: &Value, parts: &[(&str, Value)]) {
        self.write_of("1", record, parts).await;
    }

    /// Writes a record about a user, by pseudonym.
    pub(crate) async fn write_of(&self, user: &str, record: &Value, parts: &[(&str, Value)]) {
        let record: Record = serde_json::from_value(record.clone()).unwrap();
        let part = |(name, value): &(&str, Value)| {
            let name: PartName = serde_json::from_value(json!(name)).unwrap();
            (name, value.to_string())
        };
        let parts: Vec<_> = parts.iter().map(part).collect();
        let subject = Some(Subject::user(user)).filter(|_| !parts.is_empty());
        let entry = Entry { record, at: self.clock.now(), parts, subject };
        self.store.reserve().unwrap().enqueue(entry).await.unwrap();
    }

    pub(crate) fn trail(&self) -> PathBuf {
        self.directory.path().join("trail").join("audit.jsonl")
    }

    /// Has the trail go to another file, which is returned.
    pub(crate) fn moved(&self) -> PathBuf {
        let dir = self.directory.path().join("governance");
        let (settings, path) =
            (dir.join("syndic.yaml"), self.trail().with_file_name("moved.jsonl"));
        let text = fs::read_to_string(&settings).unwrap();
        let (old, new) = (self.trail().display().to_string(), path.display().to_string());
        fs::write(settings, text.replace(&old, &new)).unwrap();
        *self.governance.lock().unwrap() = load(&dir);
        path
    }

    pub(crate) fn cursor(&self, sink: &str) -> PathBuf {
        self.directory.path().join("data").join("relay").join(format!("{sink}.json"))
    }

    /// Returns the dead letters of a sink.
    pub(crate) fn dead_letters(&self, sink: &str) -> Vec<Value> {
        lines(&self.cursor(sink).with_extension("dead.jsonl"))
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        lines(&self.trail())
    }

    /// Returns the file and those that were put aside.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.trail().parent().unwrap()).unwrap();
        entries.map(|entry| entry.unwrap().path()).collect()
    }
}

pub(crate) fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn governance(directory: &Path, more: &str) -> Arc<Governance> {
    let dir = directory.join("governance");
    syndic_governance::init(&dir).unwrap();
    let settings = dir.join("syndic.yaml");
    let text = fs::read_to_string(&settings).unwrap();
    fs::write(settings, format!("{text}\n{more}")).unwrap();
    load(&dir)
}

fn load(dir: &Path) -> Arc<Governance> {
    let checked = syndic_governance::load(dir);
    assert!(checked.governance.is_some(), "{:?}", checked.findings);
    Arc::new(checked.governance.unwrap())
}

pub(crate) fn id(n: u32) -> String {
    format!("0198c0de-0000-7000-8000-{n:012}")
}

pub(crate) fn approval(n: u32) -> String {
    format!("0198c0de-0000-7000-9000-{n:012}")
}

pub(crate) fn decision(n: u32, more: &Value) -> Value {
    let mut decision = json!({
        "id": id(n), "agent": "customer-support", "agent_version": "1", "action": "search", "asked_by": "k1",
        "grade": "cooperative", "risk": "medium", "mode": "enforce", "effect": "allow", "allowed": true,
        "owner": "support", "revision": "r", "args_digest": "d",
    });
    decision.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "decision": decision })
}

pub(crate) fn allowed(n: u32) -> Value {
    decision(n, &json!({}))
}

/// A decision that is an event by itself, of an agent.
pub(crate) fn denied(n: u32, agent: &str) -> Value {
    decision(n, &json!({"agent": agent, "allowed": false, "effect": "deny"}))
}

pub(crate) fn held(n: u32, approval: &Value) -> Value {
    decision(n, &json!({"allowed": false, "effect": "hold", "approval": approval}))
}

pub(crate) fn outcome(n: u32) -> Value {
    json!({"outcome": {"id": id(n), "status": "ok", "duration_ms": 12}})
}

pub(crate) fn late(n: u32) -> Value {
    json!({"outcome": {"id": id(n), "status": "ok", "duration_ms": 12, "late": true}})
}

pub(crate) fn missing(n: u32) -> Value {
    json!({"outcome_missing": {"id": id(n)}})
}

pub(crate) fn ended(n: u32, status: &str) -> Value {
    json!({"approval_ended": {"id": approval(n), "status": status, "by": "clock"}})
}
