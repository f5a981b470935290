use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use syndic_governance::CloudWatchSink;
use syndic_testkit::{Received, Receiver, TestClock};

use super::CloudWatch;
use crate::sink::{Failure, Fate, Shaped};

const NOW: &str = "2026-11-23T12:00:00Z";
const OK: &str = "HTTP/1.1 200 OK\r\n\r\n{}";

fn environment(name: &str) -> Option<String> {
    let value = match name {
        "AWS_ACCESS_KEY_ID" => "AKIDTEST",
        "AWS_SECRET_ACCESS_KEY" => "s3cret/Key",
        "AWS_SESSION_TOKEN" => "t0ken",
        "AWS_REGION" => "eu-central-1",
        _ => return None,
    };
    Some(value.to_owned())
}

fn settings(receiver: &Receiver, retention_days: Option<u32>) -> CloudWatchSink {
    CloudWatchSink {
        region: None,
        group: "/ai-agents/audit".to_owned(),
        endpoint: Some(format!("http://{}", receiver.address)),
        retention_days,
    }
}

fn sink(receiver: &Receiver, retention_days: Option<u32>) -> CloudWatch {
    let clock = Arc::new(TestClock::at(NOW));
    CloudWatch::new(&settings(receiver, retention_days), clock, &environment).unwrap()
}

fn event(agent: &str, age: SignedDuration) -> Shaped {
    let at = NOW.parse::<Timestamp>().unwrap() - age;
    let id = format!("{agent} {at}");
    Shaped { index: 0, id, at, agent: agent.to_owned(), body: format!(r#"{{"at":"{at}"}}"#) }
}

fn now(agent: &str) -> Shaped {
    event(agent, SignedDuration::ZERO)
}

/// An answer of AWS that refuses.
fn no(code: &str) -> String {
    format!("HTTP/1.1 400 no\r\n\r\n{{\"__type\":\"{code}\",\"message\":\"because\"}}")
}

fn asked(receiver: &mut Receiver) -> Vec<(String, Value)> {
    let mut asked = Vec::new();
    while let Some(Received { headers, body, .. }) = receiver.arrived() {
        let operation = headers["x-amz-target"].replace("Logs_20140328.", "");
        asked.push((operation, serde_json::from_str(&body).unwrap()));
    }
    asked
}

fn operations(receiver: &mut Receiver) -> Vec<String> {
    asked(receiver).into_iter().map(|(operation, _)| operation).collect()
}

#[tokio::test]
async fn cloudwatch_a_request_is_signed_and_names_group_stream_and_time() {
    let mut aws = Receiver::start([OK]).await;
    let events = [now("support"), event("support", SignedDuration::from_secs(1))];
    let fates = sink(&aws, None).send(&events).await;
    assert_eq!(fates.unwrap(), [Fate::Taken, Fate::Taken]);
    let Received { path, headers, body } = aws.next().await;
    assert_eq!(
        (path.as_str(), headers["content-type"].as_str()),
        ("/", "application/x-amz-json-1.1")
    );
    let signed = &headers["authorization"];
    let scope = "AWS4-HMAC-SHA256 Credential=AKIDTEST/20261123/eu-central-1/logs/aws4_request, ";
    assert!(signed.starts_with(scope), "{signed}");
    let names = "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target";
    assert!(signed.contains(names), "{signed}");
    assert_eq!(
        (headers["x-amz-date"].as_str(), headers["x-amz-security-token"].as_str()),
        ("20261123T120000Z", "t0ken")
    );
    assert_eq!(
        body,
        r#"{"logGroupName":"/ai-agents/audit","logStreamName":"support","logEvents":[{"timestamp":1795435199000,"message":"{\"at\":\"2026-11-23T11:59:59Z\"}"},{"timestamp":1795435200000,"message":"{\"at\":\"2026-11-23T12:00:00Z\"}"}]}"#
    );
}

#[tokio::test]
async fn cloudwatch_a_group_and_a_stream_that_are_missing_are_made_and_the_events_sent_again() {
    let mut aws = Receiver::start([]).await;
    let missing = no("ResourceNotFoundException");
    for answer in [&missing, &missing, OK, OK, OK, OK] {
        aws.then(answer);
    }
    assert_eq!(sink(&aws, None).send(&[now("support")]).await.unwrap(), [Fate::Taken]);
    let asked = asked(&mut aws);
    let operations: Vec<_> = asked.iter().map(|(operation, _)| operation.as_str()).collect();
    assert_eq!(
        operations,
        [
            "PutLogEvents",
            "CreateLogStream",
            "CreateLogGroup",
            "PutRetentionPolicy",
            "CreateLogStream",
            "PutLogEvents"
        ]
    );
    assert_eq!(asked[3].1["retentionInDays"], 365, "a new group keeps a year");
    assert_eq!(asked[0].1, asked[5].1);
}

#[tokio::test]
async fn cloudwatch_the_retention_that_is_set_is_put_into_force_once_and_need_not_be_allowed() {
    let mut aws = Receiver::start([]).await;
    let mut sink = sink(&aws, Some(731));
    aws.then(&no("ThrottlingException"));
    assert!(sink.send(&[now("support")]).await.is_err(), "it is not there yet");
    aws.then(&no("AccessDeniedException"));
    for _ in 0..2 {
        sink.send(&[now("support")]).await.unwrap();
    }
    let asked = asked(&mut aws);
    let operations: Vec<_> = asked.iter().map(|(operation, _)| operation.as_str()).collect();
    let (retain, put) = ("PutRetentionPolicy", "PutLogEvents");
    assert_eq!(operations, [retain, retain, put, put]);
    assert_eq!(asked[1].1["retentionInDays"], 731);
}

#[tokio::test]
async fn cloudwatch_a_group_that_may_not_be_made_stops_the_sink_with_what_to_do() {
    let mut aws = Receiver::start([]).await;
    let missing = no("ResourceNotFoundException");
    for answer in [&missing, &missing, &no("AccessDeniedException")] {
        aws.then(answer);
    }
    let failure = sink(&aws, None).send(&[now("support")]).await.unwrap_err();
    let Failure::Stopped { reason } = failure else { panic!("{failure:?}") };
    let expected = "what is missing in the log group `/ai-agents/audit` may not be made: make it, or allow `logs:CreateLogGroup`";
    assert!(reason.starts_with(expected), "{reason}");
    assert_eq!(operations(&mut aws).len(), 3);
}

#[tokio::test]
async fn cloudwatch_wrong_credentials_stop_the_sink_at_the_first_request_and_are_not_told() {
    let mut aws = Receiver::start([]).await;
    for code in ["UnrecognizedClientException", "AccessDeniedException", "SignatureDoesNotMatch"] {
        aws.then(&no(code));
        let failure = sink(&aws, None).send(&[now("a"), now("b")]).await.unwrap_err();
        let said = format!("{failure:?}");
        assert!(said.starts_with("Stopped") && said.contains(code), "{said}");
        assert!(!said.contains("s3cret") && !said.contains("t0ken"), "{said}");
        assert_eq!(operations(&mut aws), ["PutLogEvents"]);
    }
    let clock = Arc::new(TestClock::at(NOW));
    let sink = CloudWatch::new(&settings(&aws, None), clock, &environment).unwrap();
    assert_eq!(format!("{sink:?}"), "CloudWatch { group: \"/ai-agents/audit\", .. }");
}

#[tokio::test]
async fn cloudwatch_a_clock_that_is_wrong_is_told_by_how_much() {
    let aws = Receiver::start([]).await;
    aws.then(
        "HTTP/1.1 400 no\r\ndate: Mon, 23 Nov 2026 12:25:00 GMT\r\n\r\n{\"__type\":\"InvalidSignatureException\",\
         \"message\":\"Signature expired: 20261123T120000Z is now earlier than 20261123T122000Z\"}",
    );
    let failure = sink(&aws, None).send(&[now("support")]).await.unwrap_err();
    let Failure::Stopped { reason } = failure else { panic!("{failure:?}") };
    assert!(reason.starts_with("this machine's clock is 25 minutes behind AWS's"), "{reason}");
}

#[tokio::test]
async fn cloudwatch_that_is_not_reached_is_told_with_the_cause() {
    let plain = Receiver::start([]).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (endpoint, expected) in [
        (format!("http://{closed}"), "Connection refused"),
        (format!("https://{}", plain.address), "tls handshake eof"),
    ] {
        let settings =
            CloudWatchSink { endpoint: Some(endpoint.clone()), ..settings(&plain, None) };
        let clock = Arc::new(TestClock::at(NOW));
        let mut sink = CloudWatch::new(&settings, clock, &environment).unwrap();
        let failure = sink.send(&[now("support")]).await.unwrap_err();
        let Failure::Passing { reason, .. } = failure else { panic!("{failure:?}") };
        assert!(
            reason.starts_with(&format!("`{endpoint}/` cannot be reached: {expected}")),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn cloudwatch_what_was_taken_before_a_failure_is_not_sent_again() {
    let mut aws = Receiver::start([]).await;
    let mut sink = sink(&aws, None);
    let busy = "HTTP/1.1 503 no\r\nretry-after: 3\r\n\r\n";
    for answer in [OK, busy, OK] {
        aws.then(answer);
    }
    let events = [now("b"), now("a"), now("b")];
    let busy = Fate::Again(Failure::Passing {
        reason: "AWS answered 503 to PutLogEvents: no reason".to_owned(),
        retry_after: Some(Duration::from_secs(3)),
    });
    assert_eq!(sink.send(&events).await.unwrap(), [busy.clone(), Fate::Taken, busy]);
    let left = [events[0].clone(), events[2].clone()];
    assert_eq!(sink.send(&left).await.unwrap(), [Fate::Taken, Fate::Taken]);
    let streams: Vec<_> =
        asked(&mut aws).into_iter().map(|(_, body)| body["logStreamName"].clone()).collect();
    assert_eq!(streams, ["a", "b", "b"]);
}

#[tokio::test]
async fn cloudwatch_a_request_that_is_invalid_is_halved_until_one_event_is() {
    let aws = Receiver::start([]).await;
    let mut sink = sink(&aws, None);
    aws.then(&no("InvalidParameterException"));
    let failure = sink.send(&[now("a"), now("a")]).await.unwrap_err();
    assert!(matches!(failure, Failure::Poisoned { .. }), "{failure:?}");
    aws.then(&no("InvalidParameterException"));
    let fates = sink.send(&[now("a")]).await.unwrap();
    assert!(matches!(&fates[..], [Fate::Refused(why)] if why.contains("because")), "{fates:?}");
}

#[tokio::test]
async fn cloudwatch_only_what_was_rejected_of_a_request_is_refused() {
    let aws = Receiver::start([]).await;
    aws.then("HTTP/1.1 200 OK\r\n\r\n{\"rejectedLogEventsInfo\":{\"expiredLogEventEndIndex\":1}}");
    let hours = SignedDuration::from_hours;
    let events = [event("a", hours(1)), event("a", hours(9)), event("a", hours(2))];
    let fates = sink(&aws, None).send(&events).await.unwrap();
    assert_eq!([&fates[0], &fates[2]], [&Fate::Taken, &Fate::Taken]);
    assert!(matches!(&fates[1], Fate::Refused(why) if why.contains("log group")), "{fates:?}");
}

#[tokio::test]
async fn cloudwatch_settings_that_aws_would_not_take_are_said_before_anything_is_sent() {
    let aws = Receiver::start([]).await;
    let good = settings(&aws, Some(400));
    let of = |settings: &CloudWatchSink, environment: &dyn Fn(&str) -> Option<String>| {
        let made = CloudWatch::new(settings, Arc::new(TestClock::at(NOW)), environment);
        made.map_or_else(|failure| format!("{failure:?}"), |_| "ready".to_owned())
    };
    assert_eq!(of(&good, &environment), "ready");
    assert_eq!(
        of(&CloudWatchSink { region: Some("us-east-1".to_owned()), ..good.clone() }, &|_| None),
        "ready"
    );
    let elsewhere = CloudWatchSink { region: Some("eu/../x".to_owned()), ..good.clone() };
    let said = of(&elsewhere, &environment);
    assert!(said.starts_with("Stopped") && said.contains("`region`"), "{said}");
    assert!(of(&good, &|_| None).contains("AWS_REGION"));
}
