//! A ledger, a clock that obeys, two people and a notifier over them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::json;
use syndic_ledger::{
    ApprovalEnded, ApprovalNotified, ApprovalOpened, ApprovalVoted, Counted, Decision,
    DecisionApproval, Factor, PartName, Record,
};
use syndic_model::{Approvers, Channel, Clock as _, Escalation, Group, Person};
use syndic_relay::{Config, Idle, InForce, Notifier, Pace, SlackApp, Smtp, SmtpTls};
use syndic_store::{Entry, Options, Store, Subject};
use syndic_testkit::{MailServer, Receiver, TestClock};
use tempfile::TempDir;
use tokio::task::JoinHandle;

pub(crate) const REQUEST: &str = "01970000-0000-7000-8000-000000000001";

pub(crate) struct World {
    pub(crate) clock: Arc<TestClock>,
    pub(crate) store: Arc<Store>,
    pub(crate) in_force: Arc<Mutex<Arc<InForce>>>,
    pub(crate) failed: Arc<Mutex<Vec<&'static str>>>,
    notifier: Option<JoinHandle<()>>,
    directory: TempDir,
}

impl World {
    pub(crate) fn new(approvers: Approvers, config: Config) -> Self {
        let clock = Arc::new(TestClock::at("2026-11-22T12:00:00Z"));
        let directory = tempfile::tempdir().unwrap();
        let store =
            Store::open(directory.path(), Options::default(), clock.clone(), &mut |_, _| {})
                .unwrap();
        let agents =
            BTreeMap::from([("customer-support".to_owned(), "Customer Support Agent".to_owned())]);
        let config = Config { public_url: "https://syndic.example.org".to_owned(), ..config };
        let in_force = Arc::new(Mutex::new(Arc::new(InForce { approvers, agents, config })));
        Self {
            clock,
            store: Arc::new(store),
            in_force,
            failed: Arc::default(),
            notifier: None,
            directory,
        }
    }

    pub(crate) fn start(&mut self) {
        let (in_force, failed) = (self.in_force.clone(), self.failed.clone());
        let notifier = Notifier {
            store: Arc::downgrade(&self.store),
            data_dir: self.directory.path().to_owned(),
            clock: self.clock.clone(),
            in_force: Box::new(move || Some(in_force.lock().unwrap().clone())),
            failed: Box::new(move |channel| failed.lock().unwrap().push(channel)),
            reached: Box::new(|_| ()),
            pace: Pace { first: Duration::from_millis(5), most: Duration::from_millis(50) },
            idle: Idle::default(),
        };
        self.notifier = Some(tokio::spawn(notifier.run()));
    }

    /// Stops the notifier where it is, as a crash does.
    pub(crate) async fn crash(&mut self) {
        let notifier = self.notifier.take().unwrap();
        notifier.abort();
        assert!(notifier.await.unwrap_err().is_cancelled());
    }

    pub(crate) fn cursor(&self) -> PathBuf {
        self.directory.path().join("relay").join("notifications.json")
    }

    /// Waits until the cursor has come to the end of the ledger.
    pub(crate) async fn caught_up(&self) {
        loop {
            let cursor = std::fs::read(self.cursor()).unwrap_or_default();
            let cursor: serde_json::Value = serde_json::from_slice(&cursor).unwrap_or_default();
            if cursor["next_index"].as_u64() == Some(self.store.durable_index()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn write(&self, record: Record, parts: Vec<(PartName, String)>) {
        let subject = Some(Subject::new("user:1"));
        let entry = Entry { record, at: self.clock.now(), parts, subject };
        self.store.reserve().unwrap().enqueue(entry).await.unwrap();
    }

    /// Writes a decision that opens a request.
    pub(crate) async fn open(&self, decision: Decision) {
        let checks = json!({"checks": [
            {"policy": "approval-threshold", "result": "held", "severity": "medium", "reason": "150.00 USD is over 100.00 USD", "shadow": false},
            {"policy": "quiet", "result": "passed", "severity": "low", "reason": null, "shadow": false},
        ]});
        let args = json!({"order_id": "A-1", "card": "4111111111111111"});
        let parts = vec![
            (PartName::Checks, checks.to_string()),
            (PartName::Args, args.to_string()),
            (PartName::User, json!("user@example.org").to_string()),
        ];
        self.write(Record::Decision(Box::new(decision)), parts).await;
    }

    pub(crate) async fn vote(&self, status: &str) {
        let vote = ApprovalVoted {
            id: REQUEST.to_owned(),
            person: "support-lead-1".to_owned(),
            method: "key".to_owned(),
            key: None,
            vote: "approve".to_owned(),
            groups: vec!["support-lead".to_owned()],
            ended: Some(status.to_owned()),
        };
        self.write(Record::ApprovalVoted(vote), Vec::new()).await;
    }

    pub(crate) async fn end(&self, status: &str) {
        let end = ApprovalEnded {
            id: REQUEST.to_owned(),
            status: status.to_owned(),
            by: "clock".to_owned(),
        };
        self.write(Record::ApprovalEnded(end), Vec::new()).await;
    }

    pub(crate) fn step(&self, seconds: i64) {
        self.clock.step(SignedDuration::from_secs(seconds));
    }

    /// Waits for the next outcome that is recorded from record `from` on, and returns the record after it.
    pub(crate) async fn outcome(&self, from: &mut u64) -> ApprovalNotified {
        loop {
            for leaf in self.store.leaves(*from, 100).unwrap() {
                *from = leaf.i + 1;
                if let Record::ApprovalNotified(outcome) = leaf.record {
                    return outcome;
                }
            }
            tokio::task::yield_now().await;
        }
    }
}

pub(crate) fn person(id: &str, channels: &[Channel]) -> Person {
    Person {
        id: id.parse().unwrap(),
        name: id.replace('-', " "),
        identities: std::collections::BTreeSet::default(),
        channels: channels.to_vec(),
    }
}

pub(crate) fn group(name: &str, people: &[&str]) -> Group {
    Group {
        name: name.parse().unwrap(),
        people: people.iter().map(|id| id.parse().unwrap()).collect(),
        channels: Vec::new(),
        approvals: 1,
        rejections: 1,
        timeout: SignedDuration::from_secs(300),
        timeouts: BTreeMap::new(),
        escalation: Vec::new(),
    }
}

pub(crate) fn approvers(people: Vec<Person>, groups: Vec<Group>) -> Approvers {
    Approvers {
        people: people.into_iter().map(|person| (person.id.clone(), person)).collect(),
        groups: groups.into_iter().map(|group| (group.name.clone(), group)).collect(),
    }
}

/// One person in the group `support-lead`, asked by `channels`.
pub(crate) fn one(channels: &[Channel]) -> Approvers {
    approvers(
        vec![person("support-lead-1", channels)],
        vec![group("support-lead", &["support-lead-1"])],
    )
}

pub(crate) fn escalating(after: i64, to: &str) -> Vec<Escalation> {
    vec![Escalation { after: SignedDuration::from_secs(after), to: to.parse().unwrap() }]
}

pub(crate) fn mail(address: &str) -> Channel {
    Channel::Email(address.to_owned())
}

pub(crate) fn smtp(server: &MailServer) -> Option<Result<Smtp, String>> {
    Some(Ok(Smtp {
        host: server.address.ip().to_string(),
        port: server.address.port(),
        tls: SmtpTls::None,
        from: "syndic <syndic@example.org>".to_owned(),
        login: None,
    }))
}

pub(crate) fn slack_app(receiver: &Receiver) -> Option<Result<SlackApp, String>> {
    Some(Ok(SlackApp {
        token: "xoxb-test".to_owned(),
        signing_secret: Some("shared".to_owned()),
        api: format!("http://{}", receiver.address),
    }))
}

/// A decision that holds a refund and opens a request.
pub(crate) fn held() -> Decision {
    Decision {
        id: "01970000-0000-7000-8000-0000000000aa".to_owned(),
        agent: "customer-support".to_owned(),
        agent_version: "1".to_owned(),
        action: "issue_refund".to_owned(),
        undeclared: false,
        tool: None,
        server: None,
        tool_pin: None,
        session: Some("s".to_owned()),
        user_ref: None,
        model: None,
        asked_by: "k".to_owned(),
        grade: "cooperative".to_owned(),
        risk: "medium".to_owned(),
        mode: "enforce".to_owned(),
        owner: Some("support operations (support)".to_owned()),
        effect: "hold".to_owned(),
        allowed: false,
        violations: Vec::new(),
        revision: "r".to_owned(),
        counted: Counted {
            amount: Some("150.00".to_owned()),
            currency: Some("USD".to_owned()),
            ..Counted::default()
        },
        labels: Vec::new(),
        args_digest: None,
        chain: Vec::new(),
        parent: None,
        idempotency: None,
        approval: Some(DecisionApproval::Opened(Box::new(request("medium")))),
        break_glass: Vec::new(),
    }
}

pub(crate) fn request(risk: &str) -> ApprovalOpened {
    ApprovalOpened {
        id: REQUEST.to_owned(),
        request: "q".to_owned(),
        binding: "b".to_owned(),
        forbids: Vec::new(),
        factors: vec![Factor { group: "support-lead".to_owned(), approvals: 1, rejections: 1 }],
        people: 1,
        barred: Vec::new(),
        user: None,
        risk: risk.to_owned(),
        expires: "2026-11-22T12:05:00Z".parse().unwrap(),
    }
}

pub(crate) fn held_with(request: ApprovalOpened) -> Decision {
    Decision { approval: Some(DecisionApproval::Opened(Box::new(request))), ..held() }
}
