use mail_parser::{Message, MessageParser};
use syndic_relay::Config;
use syndic_testkit::{Mail, MailServer};

use super::world::{REQUEST, World, held, held_with, mail, one, request, smtp};

fn parsed(mail: &Mail) -> Message<'_> {
    MessageParser::default().parse(mail.text.as_bytes()).unwrap()
}

async fn world() -> (World, MailServer) {
    let server = MailServer::start().await;
    let config = Config { smtp: smtp(&server), ..Config::default() };
    let mut world = World::new(one(&[mail("support-lead-1@example.org")]), config);
    world.start();
    world.caught_up().await;
    (world, server)
}

#[tokio::test]
async fn a_mail_says_who_wants_what_and_why_and_until_when() {
    let (world, mut server) = world().await;
    world.open(held()).await;
    let arrived = server.next().await;
    assert_eq!(arrived.to, ["support-lead-1@example.org"]);
    let mail = parsed(&arrived);
    assert_eq!(mail.subject(), Some("Approval Required: customer-support wants to issue_refund"));
    assert_eq!(mail.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    let text = mail.body_text(0).unwrap();
    for part in [
        "Agent: Customer Support Agent (customer-support)",
        "Owner: support operations (support)",
        "Action: issue_refund",
        "Risk: medium",
        "Amount: 150.00 USD",
        "Answer: within 5 minutes, until 2026-11-22 12:05:00 UTC",
        "- approval-threshold: 150.00 USD is over 100.00 USD",
        &format!("Approve: https://syndic.example.org/approve/{REQUEST}?token=support-lead-1."),
        &format!("Reject: https://syndic.example.org/reject/{REQUEST}?token=support-lead-1."),
        &format!("https://syndic.example.org/approvals/{REQUEST}"),
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let html = mail.body_html(0).unwrap();
    assert!(
        html.contains(&format!("<a href=\"https://syndic.example.org/approve/{REQUEST}?token="))
    );
    // Neither arguments nor the user are in it.
    assert!(
        !arrived.text.contains("4111") && !text.contains("user@example.org"),
        "{}",
        arrived.text
    );
}

#[tokio::test]
async fn from_high_risk_up_a_link_carries_no_token() {
    for risk in ["high", "critical", "unknown"] {
        let (world, mut server) = world().await;
        world.open(held_with(request(risk))).await;
        let arrived = server.next().await;
        let text = parsed(&arrived).body_text(0).unwrap().into_owned();
        let link = format!("Approve: https://syndic.example.org/approve/{REQUEST}");
        assert!(text.lines().any(|line| line == link), "{text}");
        assert!(!arrived.text.contains("token"), "{risk}");
    }
}

#[tokio::test]
async fn nothing_an_agent_says_adds_a_header_or_hides_in_the_text() {
    let evil = "x\r\nBcc: everybody@example.org\r\n\r\n<script>alert(1)</script>\u{202e}\u{0}";
    let long = "ß".repeat(5_000);
    for name in [evil, &long, "退款 😀", "\n.\n", "=?utf-8?q?=0D=0ABcc:_x?="] {
        let (world, mut server) = world().await;
        let mut decision = held();
        decision.agent = name.to_owned();
        decision.action = name.to_owned();
        decision.owner = Some(name.to_owned());
        decision.counted.currency = Some(name.to_owned());
        decision.chain = vec![name.to_owned()];
        world.open(decision).await;
        let arrived = server.next().await;
        assert_eq!(arrived.to, ["support-lead-1@example.org"]);
        let mail = parsed(&arrived);
        let headers: Vec<_> =
            mail.headers().iter().map(|header| header.name().to_lowercase()).collect();
        let expected = [
            "from",
            "to",
            "subject",
            "message-id",
            "date",
            "auto-submitted",
            "mime-version",
            "content-type",
        ];
        assert_eq!(headers, expected, "{name:?}");
        let subject = mail.subject().unwrap();
        assert!(
            !subject.contains(['\r', '\n', '\u{202e}', '\u{0}']) && subject.chars().count() < 300
        );
        assert!(arrived.text.lines().all(|line| line.len() <= 998), "{name:?}");
        let html = mail.body_html(0).unwrap();
        assert!(!html.contains("<script>") && !html.contains('\u{202e}'), "{html}");
    }
}

#[tokio::test]
async fn the_end_follows_in_the_same_thread() {
    for (status, said) in [
        ("approved", "It was approved by support lead 1."),
        ("rejected", "It was rejected by support lead 1."),
        ("timeout", "Nobody answered in time"),
        ("cancelled", "The request was cancelled"),
    ] {
        let (world, mut server) = world().await;
        world.open(held()).await;
        let arrived = server.next().await;
        let asked = parsed(&arrived).message_id().unwrap().to_owned();
        if ["approved", "rejected"].contains(&status) {
            world.vote(status).await;
        } else {
            world.end(status).await;
        }
        let arrived = server.next().await;
        let end = parsed(&arrived);
        assert_eq!(end.references().as_text(), Some(asked.as_str()));
        assert_eq!(end.in_reply_to().as_text(), Some(asked.as_str()));
        assert_ne!(end.message_id(), Some(asked.as_str()));
        assert!(end.subject().unwrap().starts_with("Re: Approval Required: "));
        let text = end.body_text(0).unwrap();
        assert!(text.contains(said) && !text.contains("/approve/"), "{text}");
    }
}
