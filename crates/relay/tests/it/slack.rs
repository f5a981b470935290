use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use proptest::prelude::{any, prop, proptest};
use serde_json::{Value, json};
use sha2::Sha256;
use syndic_model::{Channel, Vote};
use syndic_relay::{Config, Pressed, SlackRefused, parse, slack_person, verify};
use syndic_testkit::Receiver;

use super::world::{REQUEST, World, approvers, held, held_with, one, person, request, slack_app};

async fn world(receiver: &Receiver) -> World {
    let config = Config { slack: slack_app(receiver), ..Config::default() };
    let mut world = World::new(one(&[Channel::Slack("U1".to_owned())]), config);
    world.start();
    world.caught_up().await;
    world
}

fn buttons(message: &Value) -> Vec<Value> {
    let blocks = message["blocks"].as_array().unwrap();
    let actions = blocks.iter().filter(|block| block["type"] == "actions");
    actions.flat_map(|block| block["elements"].as_array().unwrap().clone()).collect()
}

#[tokio::test]
async fn a_message_has_buttons_and_loses_them_when_the_request_ends() {
    let mut slack = Receiver::start([]).await;
    let world = world(&slack).await;
    world.open(held()).await;
    let posted = slack.next().await;
    assert_eq!(posted.path, "/chat.postMessage");
    assert_eq!(posted.headers["authorization"], "Bearer xoxb-test");
    let message = posted.json();
    assert_eq!(message["channel"], "U1");
    let answers: Vec<_> = buttons(&message)
        .into_iter()
        .filter(|button| button["value"] == REQUEST)
        .map(|button| button["action_id"].clone())
        .collect();
    assert_eq!(answers, [json!("syndic_approve"), json!("syndic_reject")]);
    assert!(message["client_msg_id"].as_str().unwrap().len() == 36);
    world.vote("approved").await;
    let updated = slack.next().await;
    assert_eq!(updated.path, "/chat.update");
    let message = updated.json();
    assert_eq!(
        (&message["channel"], &message["ts"]),
        (&json!("D0SLACK"), &json!("1795341600.000100"))
    );
    assert!(buttons(&message).iter().all(|button| button["value"].is_null()), "{message}");
    assert!(updated.body.contains("It was approved by support lead 1."));
}

fn confirmations(message: &Value) -> Vec<Value> {
    let all = buttons(message).into_iter().map(|button| button["confirm"].clone());
    all.filter(|confirm| !confirm.is_null()).collect()
}

#[tokio::test]
async fn approving_is_confirmed_with_what_it_is_and_what_was_not_seen() {
    let mut slack = Receiver::start([]).await;
    let world = world(&slack).await;
    world.open(held()).await;
    let message = slack.next().await.json();
    let confirmations = confirmations(&message);
    assert_eq!(buttons(&message)[0]["confirm"], confirmations[0]);
    assert_eq!(confirmations.len(), 1, "rejecting asks for the reason already");
    assert_eq!(
        confirmations[0]["text"],
        json!({"type": "plain_text", "emoji": false, "text": "Approve `issue_refund` of 150.00 USD by \
            customer-support? You have not seen the arguments here; the request's page shows them."})
    );
}

#[tokio::test]
async fn from_high_risk_up_there_are_links_and_no_buttons() {
    let mut slack = Receiver::start([]).await;
    let world = world(&slack).await;
    world.open(held_with(request("high"))).await;
    let message = slack.next().await.json();
    for button in buttons(&message) {
        assert!(button["value"].is_null() && button["confirm"].is_null());
        assert!(!button["url"].as_str().unwrap().contains("token"));
    }
}

#[tokio::test]
async fn a_message_fits_the_limits_of_block_kit_whatever_an_agent_says() {
    let mut slack = Receiver::start([]).await;
    let world = world(&slack).await;
    let mut decision = held();
    decision.agent = format!("<!channel> *bold* <https://evil.example|ok> {}", "&".repeat(9_000));
    decision.action = "\u{202e}😀".repeat(2_000);
    decision.chain = vec!["<@U1>".to_owned(); 50];
    decision.counted.amount = Some("9".repeat(4_000));
    world.open(decision).await;
    let received = slack.next().await;
    let message = received.json();
    assert!(!received.body.contains("<!channel>") && !received.body.contains("<https"));
    let blocks = message["blocks"].as_array().unwrap();
    assert!(blocks.len() <= 50);
    let length = |text: &Value| text["text"].as_str().unwrap().encode_utf16().count();
    let confirm = &confirmations(&message)[0];
    assert!(length(&confirm["title"]) <= 100 && length(&confirm["text"]) <= 300);
    assert!(length(&confirm["confirm"]) <= 30 && length(&confirm["deny"]) <= 30);
    assert!(confirm["text"]["text"].as_str().unwrap().ends_with("page shows them."));
    for block in blocks {
        match block["type"].as_str().unwrap() {
            "header" => assert!(length(&block["text"]) <= 150),
            "section" => {
                let fields = block["fields"].as_array().cloned().unwrap_or_default();
                assert!(fields.len() <= 10 && fields.iter().all(|field| length(field) <= 2_000));
                assert!(fields.iter().all(|field| field["type"] == "plain_text"));
                assert!(!block["text"].is_object() || length(&block["text"]) <= 3_000);
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_slack_that_is_busy_is_tried_again_with_the_same_id() {
    let busy = [
        "HTTP/1.1 429 no\r\nretry-after: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n{\"ok\":false,\"error\":\"internal_error\"}",
    ];
    let mut slack = Receiver::start(busy).await;
    let world = world(&slack).await;
    world.open(held()).await;
    let ids = [slack.next().await, slack.next().await, slack.next().await]
        .map(|received| received.json()["client_msg_id"].clone());
    assert!(ids[0].is_string() && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[tokio::test]
async fn a_channel_that_slack_does_not_know_is_given_up() {
    let slack =
        Receiver::start(["HTTP/1.1 200 OK\r\n\r\n{\"ok\":false,\"error\":\"channel_not_found\"}"])
            .await;
    let world = world(&slack).await;
    let mut from = world.store.durable_index();
    world.open(held()).await;
    let outcome = world.outcome(&mut from).await;
    assert_eq!(outcome.error.as_deref(), Some("Slack refused: channel_not_found"));
    assert_eq!(outcome.attempts, 1);
}

const NOW: i64 = 1_795_341_600;

fn signed(secret: &str, timestamp: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("v0:{timestamp}:")).chain_update(body);
    let hex = mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    });
    format!("v0={hex}")
}

fn now() -> Timestamp {
    Timestamp::from_second(NOW).unwrap()
}

#[test]
fn only_slack_of_these_five_minutes_is_believed() {
    let at = |offset: i64| (NOW + offset).to_string();
    let body = b"payload=%7B%7D";
    for (timestamp, secret, signed_body, expected) in [
        (at(0), "shared", &body[..], Ok(())),
        (at(300), "shared", body, Ok(())),
        (at(-300), "shared", body, Ok(())),
        (at(301), "shared", body, Err(SlackRefused::Stale)),
        (at(-301), "shared", body, Err(SlackRefused::Stale)),
        (at(0), "another", body, Err(SlackRefused::Forged)),
        (at(0), "shared", b"payload=%7B%7D ", Err(SlackRefused::Forged)),
        (format!("+{NOW}"), "shared", body, Err(SlackRefused::Stale)),
        (String::new(), "shared", body, Err(SlackRefused::Stale)),
        ("99999999999999999999".to_owned(), "shared", body, Err(SlackRefused::Stale)),
    ] {
        let signature = signed(secret, &timestamp, signed_body);
        assert_eq!(
            verify("shared", &timestamp, body, &signature, now()),
            expected,
            "{timestamp} {secret}"
        );
    }
    let timestamp = NOW.to_string();
    for signature in
        ["", "v0=", "v1=00", &format!("v0={}", "0".repeat(64)), &format!("v0={}", "é".repeat(32))]
    {
        assert_eq!(verify("shared", &timestamp, body, signature, now()), Err(SlackRefused::Forged));
    }
    let unkeyed = signed("", &timestamp, body);
    assert_eq!(verify("", &timestamp, body, &unkeyed, now()), Err(SlackRefused::Forged));
}

fn form(payload: &Value) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &payload.to_string())
        .finish()
        .into_bytes()
}

fn pressing(action: &str, value: &str) -> Value {
    json!({
        "type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1", "name": "head of finance"},
        "trigger_id": "13.37", "actions": [{"type": "button", "action_id": action, "value": value}],
    })
}

#[test]
fn a_button_is_read_as_a_vote_of_a_user() {
    for (action, vote) in [("syndic_approve", Vote::Approve), ("syndic_reject", Vote::Reject)] {
        let interaction = parse(&form(&pressing(action, REQUEST))).unwrap();
        assert_eq!(interaction.user, "U1");
        let expected = Pressed::Button {
            approval: REQUEST.parse().unwrap(),
            vote,
            trigger: "13.37".to_owned(),
        };
        assert_eq!(interaction.pressed, expected);
    }
    let page = json!({"type": "block_actions", "user": {"id": "U1"}, "actions": [{"action_id": "syndic_page"}]});
    assert_eq!(parse(&form(&page)).unwrap().pressed, Pressed::Nothing);
}

#[test]
fn a_form_is_read_as_a_rejection_with_its_reason() {
    let submitted = json!({
        "type": "view_submission", "user": {"id": "U1"},
        "view": {
            "callback_id": "syndic_reason", "private_metadata": REQUEST,
            "state": {"values": {"reason": {"reason": {"type": "plain_text_input", "value": "  too much \n"}}}},
        },
    });
    let expected =
        Pressed::Rejected { approval: REQUEST.parse().unwrap(), reason: "too much".to_owned() };
    assert_eq!(parse(&form(&submitted)).unwrap().pressed, expected);
}

#[test]
fn what_is_no_interaction_of_ours_is_refused() {
    let two = [
        form(&pressing("syndic_approve", REQUEST)),
        b"&".to_vec(),
        form(&pressing("syndic_approve", REQUEST)),
    ]
    .concat();
    for body in [
        b"".to_vec(),
        b"payload=".to_vec(),
        b"payload=%7B".to_vec(),
        form(&pressing("syndic_approve", "not an id")),
        form(&json!({"type": "shortcut", "user": {"id": "U1"}})),
        form(&json!({"type": "block_actions", "user": {"id": ""}, "actions": []})),
        form(&json!({"type": "block_actions", "user": {"id": "U1"}, "actions": [{}, {}]})),
        form(&json!({"type": "view_submission", "user": {"id": "U1"}})),
        two,
    ] {
        assert_eq!(
            parse(&body),
            Err(SlackRefused::Meaningless),
            "{}",
            String::from_utf8_lossy(&body)
        );
    }
}

proptest! {
    #[test]
    fn nothing_slack_could_send_stops_the_program(
        body in prop::collection::vec(any::<u8>(), 0..512),
        timestamp in any::<String>(),
        signature in any::<String>(),
    ) {
        assert!(verify("shared", &timestamp, &body, &signature, now()).is_err());
        drop(parse(&body));
    }

    #[test]
    fn no_json_as_payload_stops_the_program(payload in any::<String>(), value in any::<String>(), user in any::<String>()) {
        drop(parse(&form(&json!(payload))));
        let pressed = json!({"type": "block_actions", "user": {"id": user}, "actions": [{"action_id": "syndic_approve", "value": value}]});
        drop(parse(&form(&pressed)));
        let submitted = json!({"type": "view_submission", "user": {"id": "U"}, "view": {"callback_id": "syndic_reason", "private_metadata": REQUEST, "state": {"values": {"reason": payload, "x": value}}}});
        drop(parse(&form(&submitted)));
    }
}

#[test]
fn a_slack_user_is_one_person_or_nobody() {
    let slack = |id: &str| vec![Channel::Slack(id.to_owned())];
    let people = vec![
        person("support-lead-1", &slack("U1")),
        person("finance-lead-1", &slack("U2")),
        person("finance-lead-2", &slack("U2")),
    ];
    let approvers = approvers(people, Vec::new());
    let found = |user| slack_person(&approvers, user).map(|person| person.id.to_string());
    assert_eq!(found("U1").as_deref(), Some("support-lead-1"));
    assert_eq!(found("U2"), None);
    assert_eq!(found("support lead 1"), None);
}
