use std::collections::BTreeMap;
use std::net::SocketAddr;

use mail_parser::MessageParser;
use syndic_ledger::{Decision, Record, UserRedacted};
use syndic_model::{Channel, GroupName, Person};
use syndic_relay::Config;
use syndic_testkit::{Mail, MailServer, Receiver};

use super::world::{
    World, approvers, escalating, group, held, held_with, mail, one, person, request, slack_app,
    smtp,
};

fn message_id(mail: &Mail) -> String {
    MessageParser::default().parse(mail.text.as_bytes()).unwrap().message_id().unwrap().to_owned()
}

async fn with_mail(server: &MailServer, approvers: syndic_model::Approvers) -> World {
    let mut world = World::new(approvers, Config { smtp: smtp(server), ..Config::default() });
    world.start();
    world.caught_up().await;
    world
}

#[tokio::test]
async fn a_mail_server_that_is_down_delays_a_mail_and_loses_none() {
    let server = MailServer::start().await;
    let address: SocketAddr = server.address;
    let world = with_mail(&server, one(&[mail("support-lead-1@example.org")])).await;
    drop(server);
    // Its port is free once the task has gone.
    while tokio::net::TcpStream::connect(address).await.is_ok() {}
    let mut from = world.store.durable_index();
    world.open(held()).await;
    // Nobody else can be asked, so the trail says early that nobody was, and says it once.
    let down = world.outcome(&mut from).await;
    assert!(!down.ok && down.attempts == 3 && down.channel == "email", "{down:?}");
    assert!(down.error.is_some() && down.about == "requested", "{down:?}");
    while world.failed.lock().unwrap().len() < 7 {
        tokio::task::yield_now().await;
    }
    let mut server = MailServer::at(address, "").await;
    assert_eq!(server.next().await.to, ["support-lead-1@example.org"]);
    let outcome = world.outcome(&mut from).await;
    assert!(outcome.ok && outcome.attempts > 7 && outcome.channel == "email", "{outcome:?}");
    assert_eq!((outcome.to.as_str(), outcome.about.as_str()), ("support-lead-1", "requested"));
}

#[tokio::test]
async fn a_crash_between_sending_and_keeping_repeats_the_message_with_the_same_id() {
    let mut server = MailServer::start().await;
    let mut world = with_mail(&server, one(&[mail("support-lead-1@example.org")])).await;
    let before = std::fs::read(world.cursor()).unwrap();
    world.open(held()).await;
    let first = message_id(&server.next().await);
    world.crash().await;
    std::fs::write(world.cursor(), before).unwrap();
    world.start();
    assert_eq!(message_id(&server.next().await), first);
}

#[tokio::test]
async fn what_was_sent_is_not_sent_again_after_a_restart() {
    let mut server = MailServer::start().await;
    let mut world = with_mail(&server, one(&[mail("support-lead-1@example.org")])).await;
    let mut from = world.store.durable_index();
    world.open(held()).await;
    server.next().await;
    world.outcome(&mut from).await;
    world.caught_up().await;
    world.crash().await;
    world.start();
    // The end is what comes next.
    world.vote("approved").await;
    assert!(server.next().await.text.contains("Subject: Re: "));
}

#[tokio::test]
async fn the_first_start_takes_up_requests_that_wait_and_nothing_else() {
    let mut server = MailServer::start().await;
    let config = Config { smtp: smtp(&server), ..Config::default() };
    let mut world = World::new(one(&[mail("support-lead-1@example.org")]), config);
    let mut over = request("medium");
    over.id = "01970000-0000-7000-8000-000000000002".to_owned();
    let mut decision = held_with(over);
    decision.id = "01970000-0000-7000-8000-0000000000bb".to_owned();
    decision.action = "send_contract".to_owned();
    world.open(decision).await;
    world.open(held()).await;
    let end = syndic_ledger::ApprovalEnded {
        id: "01970000-0000-7000-8000-000000000002".to_owned(),
        status: "cancelled".to_owned(),
        by: "k".to_owned(),
    };
    world.write(Record::ApprovalEnded(end), Vec::new()).await;
    world.start();
    assert!(server.next().await.text.contains("issue_refund"));
    world.caught_up().await;
    assert!(server.arrived().is_none());
}

#[tokio::test]
async fn a_channel_that_cannot_be_reached_gives_way_to_the_next() {
    let server = MailServer::start().await;
    let mut slack = Receiver::start([]).await;
    let config = Config { smtp: smtp(&server), slack: slack_app(&slack), ..Config::default() };
    drop(server);
    let channels = [mail("support-lead-1@example.org"), Channel::Slack("U1".to_owned())];
    let mut world = World::new(one(&channels), config);
    world.start();
    world.caught_up().await;
    let mut from = world.store.durable_index();
    world.open(held()).await;
    assert_eq!(slack.next().await.json()["channel"], "U1");
    let given_up = world.outcome(&mut from).await;
    assert!(!given_up.ok && given_up.channel == "email" && given_up.attempts == 3, "{given_up:?}");
    let taken = world.outcome(&mut from).await;
    assert!(taken.ok && taken.channel == "slack" && taken.attempts == 4, "{taken:?}");
    assert_eq!(*world.failed.lock().unwrap(), ["email"; 3]);
}

#[tokio::test]
async fn a_channel_that_is_down_is_told_although_another_one_refused_for_good() {
    let refusal = "HTTP/1.1 200 OK\r\n\r\n{\"ok\":false,\"error\":\"channel_not_found\"}";
    let (server, slack) = (MailServer::start().await, Receiver::start([refusal]).await);
    let config = Config { smtp: smtp(&server), slack: slack_app(&slack), ..Config::default() };
    drop(server);
    let channels = [Channel::Slack("U1".to_owned()), mail("support-lead-1@example.org")];
    let mut world = World::new(one(&channels), config);
    world.start();
    world.caught_up().await;
    let mut from = world.store.durable_index();
    world.open(held()).await;
    let refused = world.outcome(&mut from).await;
    assert!(!refused.ok && refused.channel == "slack" && refused.attempts == 1, "{refused:?}");
    let down = world.outcome(&mut from).await;
    assert!(!down.ok && down.channel == "email" && down.attempts == 4, "{down:?}");
}

#[tokio::test]
async fn a_refusal_for_good_is_not_tried_again() {
    let server = MailServer::at(
        SocketAddr::from(([127, 0, 0, 1], 0)),
        "550 <support-lead-1@example.org> is unknown",
    )
    .await;
    let world = with_mail(&server, one(&[mail("support-lead-1@example.org")])).await;
    let mut from = world.store.durable_index();
    world.open(held()).await;
    let outcome = world.outcome(&mut from).await;
    assert!(!outcome.ok && outcome.attempts == 1, "{outcome:?}");
    assert_eq!(outcome.error.as_deref(), Some("the mail server answered 550"));
}

#[tokio::test]
async fn a_channel_that_is_not_set_up_is_told_in_the_ledger() {
    for (slack, channel, error) in [
        (None, mail("support-lead-1@example.org"), "no mail server is set up"),
        (
            Some(Err("the environment variable `T` is not set".to_owned())),
            Channel::Slack("U1".to_owned()),
            "the environment variable `T` is not set",
        ),
    ] {
        let webhooks = BTreeMap::from([("ops".to_owned(), Err(String::new()))]);
        let config = Config { slack, webhooks, ..Config::default() };
        let mut world = World::new(one(&[channel]), config);
        world.start();
        world.caught_up().await;
        let mut from = world.store.durable_index();
        world.open(held()).await;
        let outcome = world.outcome(&mut from).await;
        assert_eq!(outcome.error.as_deref(), Some(error));
    }
}

#[tokio::test]
async fn where_nothing_is_set_up_nothing_is_told_and_nothing_recorded() {
    let mut world = World::new(one(&[mail("support-lead-1@example.org")]), Config::default());
    world.start();
    world.open(held()).await;
    world.caught_up().await;
    let leaves = world.store.leaves(0, 100).unwrap();
    assert!(leaves.iter().all(|leaf| !matches!(leaf.record, Record::ApprovalNotified(_))));
}

#[tokio::test]
async fn a_channel_that_hangs_does_not_hold_up_another() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slack = Receiver::start([""; 20]).await;
    let mut server = MailServer::start().await;
    let config = Config { smtp: smtp(&server), slack: slack_app(&slack), ..Config::default() };
    let hanging = (0..20).map(|n| person(&format!("slow-{n}"), &[Channel::Slack(format!("U{n}"))]));
    let mut people: Vec<Person> = hanging.collect();
    people.push(person("support-lead-1", &[mail("support-lead-1@example.org")]));
    let ids: Vec<String> = people.iter().map(|person| person.id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let group = group("support-lead", &ids);
    let mut world = World::new(approvers(people, vec![group]), config);
    world.start();
    world.caught_up().await;
    world.open(held()).await;
    assert_eq!(server.next().await.to, ["support-lead-1@example.org"]);
    drop(silent);
}

#[tokio::test]
async fn who_may_not_vote_is_not_asked() {
    let mut server = MailServer::start().await;
    let mut owner = person("owner", &[mail("owner@example.org")]);
    owner.identities.insert("Support Operations".to_owned());
    let user = person("user", &[mail("user@example.org")]);
    let lead = person("support-lead-1", &[mail("support-lead-1@example.org")]);
    let group = group("support-lead", &["owner", "user", "support-lead-1"]);
    let world = with_mail(&server, approvers(vec![owner, user, lead], vec![group])).await;
    let mut barring = request("medium");
    barring.barred = vec!["support operations".to_owned()];
    let mut from = world.store.durable_index();
    world.open(held_with(barring)).await;
    assert_eq!(server.next().await.to, ["support-lead-1@example.org"]);
    world.outcome(&mut from).await;
    world.caught_up().await;
    assert!(server.arrived().is_none());
}

#[tokio::test]
async fn the_acting_user_is_whom_the_agent_acts_for() {
    let mut server = MailServer::start().await;
    let user = person("user", &[mail("user@example.org")]);
    let lead = person("support-lead-1", &[mail("support-lead-1@example.org")]);
    let group = group("support-lead", &["support-lead-1"]);
    let world = with_mail(&server, approvers(vec![user, lead], vec![group])).await;
    let mut acting = request("medium");
    acting.factors[0].group = "acting-user".to_owned();
    world.open(held_with(acting)).await;
    assert_eq!(server.next().await.to, ["user@example.org"]);
}

#[tokio::test]
async fn of_an_erased_user_nothing_is_kept_for_telling_people() {
    let mut server = MailServer::start().await;
    let mut user = person("acting-person", &[mail("acting@example.org")]);
    user.identities.insert("user@example.org".to_owned());
    let world = with_mail(&server, approvers(vec![user], Vec::new())).await;
    let mut from = world.store.durable_index();
    let mut acting = request("medium");
    acting.factors[0].group = "acting-user".to_owned();
    world.open(Decision { user_ref: Some("ada".to_owned()), ..held_with(acting) }).await;
    assert_eq!(server.next().await.to, ["acting@example.org"]);
    world.outcome(&mut from).await;
    world.caught_up().await;
    let kept = || std::fs::read_to_string(world.cursor()).unwrap();
    assert!(kept().contains("acting-person") && kept().contains("acting@example.org"));
    let redacted = |user: &str| {
        Record::UserRedacted(UserRedacted {
            user_ref: user.to_owned(),
            before: 1,
            reason: "asked for".to_owned(),
            by: "k".to_owned(),
            records: 1,
            keys: 1,
            override_retention: false,
            unreached: Vec::new(),
        })
    };
    world.write(redacted("bob"), Vec::new()).await;
    world.caught_up().await;
    assert!(kept().contains("acting-person"));
    world.write(redacted("ada"), Vec::new()).await;
    world.caught_up().await;
    assert!(!kept().contains("acting-person") && !kept().contains("acting@example.org"));
    world.end("timeout").await;
    world.caught_up().await;
    assert!(server.arrived().is_none());
}

#[tokio::test]
async fn a12_when_nobody_answers_others_are_asked_too() {
    let mut server = MailServer::start().await;
    let lead = person("support-lead-1", &[mail("support-lead-1@example.org")]);
    let head = person("head-1", &[mail("head-1@example.org")]);
    let mut group_one = group("support-lead", &["support-lead-1"]);
    group_one.escalation = escalating(120, "heads");
    let groups = vec![group_one, group("heads", &["head-1", "support-lead-1"])];
    let world = with_mail(&server, approvers(vec![lead, head], groups)).await;
    let mut from = world.store.durable_index();
    world.open(held()).await;
    assert_eq!(server.next().await.to, ["support-lead-1@example.org"]);
    world.outcome(&mut from).await;
    world.step(119);
    world.caught_up().await;
    assert!(server.arrived().is_none());
    world.step(1);
    let escalated = server.next().await;
    assert_eq!(escalated.to, ["head-1@example.org"]);
    assert!(escalated.text.contains("Nobody has answered yet"));
    assert_eq!(world.outcome(&mut from).await.about, "escalated");
}

#[tokio::test]
async fn a_request_that_has_ended_asks_nobody_any_more() {
    let server = MailServer::start().await;
    let address = server.address;
    let world = with_mail(&server, one(&[mail("support-lead-1@example.org")])).await;
    drop(server);
    while tokio::net::TcpStream::connect(address).await.is_ok() {}
    world.open(held()).await;
    while world.failed.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    world.vote("approved").await;
    world.caught_up().await;
    let failures = |world: &World| world.failed.lock().unwrap().len();
    let cursor: serde_json::Value =
        serde_json::from_slice(&std::fs::read(world.cursor()).unwrap()).unwrap();
    assert_eq!(cursor["state"], serde_json::json!([]), "after {} failures", failures(&world));
}

#[tokio::test]
async fn a_mail_that_is_not_taken_in_time_is_given_up_on_the_record() {
    let server = MailServer::start().await;
    let world = with_mail(&server, one(&[mail("support-lead-1@example.org")])).await;
    drop(server);
    let mut from = world.store.durable_index();
    world.open(held()).await;
    while world.failed.lock().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    world.step(301);
    let outcome = world.outcome(&mut from).await;
    assert!(!outcome.ok && outcome.error.is_some(), "{outcome:?}");
}

#[tokio::test]
async fn a_group_is_told_on_its_own_channel_without_a_token() {
    let mut server = MailServer::start().await;
    let mut approvers = one(&[]);
    let name: GroupName = "support-lead".parse().unwrap();
    approvers.groups.get_mut(&name).unwrap().channels = vec![mail("leads@example.org")];
    let world = with_mail(&server, approvers).await;
    world.open(held()).await;
    let arrived = server.next().await;
    assert_eq!(arrived.to, ["leads@example.org"]);
    assert!(!arrived.text.contains("token"));
}

#[tokio::test]
async fn files_that_change_are_in_force_for_the_next_message() {
    let mut server = MailServer::start().await;
    let world = with_mail(&server, one(&[mail("old@example.org")])).await;
    {
        let mut in_force = world.in_force.lock().unwrap();
        let mut next = (**in_force).clone();
        next.approvers = one(&[mail("new@example.org")]);
        *in_force = std::sync::Arc::new(next);
    }
    world.open(held()).await;
    assert_eq!(server.next().await.to, ["new@example.org"]);
}
