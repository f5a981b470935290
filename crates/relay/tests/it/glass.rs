use syndic_ledger::{BreakGlassAsked, BreakGlassOpened, BreakGlassReviewed, Record};
use syndic_relay::Config;
use syndic_testkit::MailServer;

use super::world::{World, approvers, group, mail, person, smtp};

const ID: &str = "01970000-0000-7000-8000-0000000000cc";

async fn world() -> (World, MailServer) {
    let server = MailServer::start().await;
    let people = vec![
        person("lead-1", &[mail("lead-1@example.org")]),
        person("lead-2", &[mail("lead-2@example.org")]),
    ];
    let approvers = approvers(people, vec![group("support-lead", &["lead-1", "lead-2"])]);
    let config = Config { smtp: smtp(&server), ..Config::default() };
    let mut world = World::new(approvers, config);
    world.start();
    world.caught_up().await;
    let asked = BreakGlassAsked {
        id: ID.to_owned(),
        agent: "customer-support".to_owned(),
        person: "lead-1".to_owned(),
        by: "k1".to_owned(),
        reason: "the shop is down".to_owned(),
        seconds: 900,
        expires: "2026-11-22T12:05:00Z".parse().unwrap(),
    };
    world.write(Record::BreakGlassAsked(asked), Vec::new()).await;
    (world, server)
}

async fn open(world: &World) {
    let opened = BreakGlassOpened {
        id: ID.to_owned(),
        person: "lead-2".to_owned(),
        by: "k2".to_owned(),
        until: "2026-11-22T12:15:00Z".parse().unwrap(),
    };
    world.write(Record::BreakGlassOpened(opened), Vec::new()).await;
}

#[tokio::test]
async fn a_break_glass_is_told_when_asked_when_opened_and_while_nobody_signs_it() {
    let (world, mut server) = world().await;
    let asked = server.next().await;
    assert_eq!(asked.to, ["lead-2@example.org"]);
    assert!(asked.text.contains("Break-glass asked for customer-support"));
    assert!(asked.text.contains("the shop is down"));
    open(&world).await;
    for _ in 0..2 {
        assert!(server.next().await.text.contains("Break-glass opened for customer-support"));
    }
    world.step(901);
    for _ in 0..2 {
        assert!(server.next().await.text.contains("is over and not reviewed"));
    }
}

#[tokio::test]
async fn one_that_is_signed_is_not_told_again() {
    let (world, mut server) = world().await;
    server.next().await;
    open(&world).await;
    server.next().await;
    server.next().await;
    let reviewed = BreakGlassReviewed {
        id: ID.to_owned(),
        person: "lead-3".to_owned(),
        by: "k3".to_owned(),
        note: "as it should be".to_owned(),
    };
    world.write(Record::BreakGlassReviewed(reviewed), Vec::new()).await;
    world.caught_up().await;
    world.step(901);
    world
        .write(
            Record::BreakGlassReviewed(BreakGlassReviewed {
                id: "another".to_owned(),
                person: String::new(),
                by: String::new(),
                note: String::new(),
            }),
            Vec::new(),
        )
        .await;
    world.caught_up().await;
    assert!(server.arrived().is_none());
}
