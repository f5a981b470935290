//! One batch after the other, against a search engine, a proxy that spoils its day, and canned answers.

use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use syndic_governance::{ElasticsearchSink, SinkAuth, SinkFormat};
use syndic_testkit::{FaultProxy, Faults, Receiver, SearchServer};

use super::client::Client;
use super::{Elasticsearch, Product, document, monthly, retention, template};
use crate::sink::{Failure, Fate, Shaped};

const OPENSEARCH: &str =
    "HTTP/1.1 200 OK\r\n\r\n{\"version\":{\"number\":\"3.8.0\",\"distribution\":\"opensearch\"}}";
const ELASTICSEARCH: &str = "HTTP/1.1 200 OK\r\n\r\n{\"version\":{\"number\":\"9.2.0\",\"build_flavor\":\"default\"},\"tagline\":\"You Know, for Search\"}";
const NOT_FOUND: &str = "HTTP/1.1 404 no\r\n\r\n{}";
const DONE: &str = "HTTP/1.1 200 OK\r\n\r\n{\"acknowledged\":true}";

fn settings(url: &str) -> ElasticsearchSink {
    ElasticsearchSink {
        url: url.to_owned(),
        index: "ai-audit".to_owned(),
        auth: None,
        ca_file: None,
        retention_days: None,
    }
}

fn native(settings: &ElasticsearchSink) -> Elasticsearch {
    Elasticsearch::new(settings, SinkFormat::Native, &|_| None).unwrap()
}

fn proxied(proxy: &FaultProxy) -> Elasticsearch {
    native(&settings(&format!("http://{}", proxy.address)))
}

/// An event of the native format, as far as this sink looks at it.
fn event(index: u64, at: &str, change: impl FnOnce(&mut Value)) -> Shaped {
    let id = format!("id-{index}");
    let mut body = json!({
        "event_id": id,
        "timestamp": at,
        "agent_name": "customer-support",
        "user_id": "user-7",
        "tool_args": {"order": "A-1"},
        "tool_result": null,
        "metadata": {"effect": "allow"},
    });
    change(&mut body);
    Shaped {
        index,
        id,
        at: at.parse().unwrap(),
        agent: "customer-support".to_owned(),
        body: body.to_string(),
    }
}

fn november(count: u64) -> Vec<Shaped> {
    (0..count).map(|index| event(index, "2026-11-23T10:00:00.123456789Z", |_| {})).collect()
}

fn stopped(failure: Failure) -> String {
    let Failure::Stopped { reason } = failure else { panic!("{failure:?} is not stopped") };
    reason
}

fn passing(failure: Failure) -> (String, Option<Duration>) {
    let Failure::Passing { reason, retry_after } = failure else {
        panic!("{failure:?} is not passing")
    };
    (reason, retry_after)
}

fn ids(documents: &[Value]) -> Vec<&str> {
    let mut ids: Vec<_> =
        documents.iter().map(|document| document["_id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn what_is_sent_again_is_there_once_as_it_was_first() {
    let server = SearchServer::start();
    let mut sink = native(&settings(&server.url()));
    let mut batch = november(3);
    assert_eq!(sink.send(&batch).await.unwrap(), vec![Fate::Taken; 3]);
    batch.extend(november(4).pop());
    batch[0].body = "{\"event_id\":\"forged\"}".to_owned();
    assert_eq!(sink.send(&batch).await.unwrap(), vec![Fate::Taken; 4]);
    let documents = server.documents("ai-audit-*").await;
    assert_eq!(ids(&documents), ["id-0", "id-1", "id-2", "id-3"]);
    assert!(documents.iter().all(|document| document["_source"]["event_id"] != "forged"));
    assert_eq!(sink.send(&[]).await.unwrap(), []);
}

#[tokio::test]
async fn a_month_has_its_index_by_the_events_time_and_every_index_its_mapping() {
    let server = SearchServer::start();
    let mut sink = native(&settings(&server.url()));
    let batch = [
        event(1, "2026-11-30T23:59:59.999999999Z", |_| {}),
        event(2, "2026-12-01T00:00:00Z", |_| {}),
    ];
    for _ in 0..2 {
        assert_eq!(sink.send(&batch).await.unwrap(), vec![Fate::Taken; 2]);
    }
    for (index, id) in [("ai-audit-2026.11", "id-1"), ("ai-audit-2026.12", "id-2")] {
        assert_eq!(ids(&server.documents(index).await), [id]);
        let mapping = server.get(&format!("/{index}/_mapping")).await;
        let mapping = &mapping[index]["mappings"];
        assert_eq!(mapping["dynamic"], "false");
        assert_eq!(mapping["properties"]["tool_args"]["type"], "flat_object");
        assert_eq!(mapping["properties"]["timestamp"]["type"], "date_nanos");
    }
}

#[tokio::test]
async fn arguments_are_found_by_their_own_keys_whatever_type_another_tool_gives_them() {
    let server = SearchServer::start();
    let mut sink = native(&settings(&server.url()));
    let batch = [
        event(1, "2026-11-23T10:00:00Z", |body| body["tool_args"] = json!({"limit": 5})),
        event(2, "2026-11-23T10:00:00Z", |body| body["tool_args"] = json!({"limit": "many"})),
        event(3, "2026-11-23T10:00:00Z", |body| body["tool_args"] = json!({"limit": {"of": [1]}})),
    ];
    assert_eq!(sink.send(&batch).await.unwrap(), vec![Fate::Taken; 3]);
    assert_eq!(server.documents("ai-audit-*").await.len(), 3);
    let found = server.get("/ai-audit-*/_search?q=tool_args.limit:many").await;
    assert_eq!(ids(found["hits"]["hits"].as_array().unwrap()), ["id-2"]);
}

#[tokio::test]
async fn a_busy_cluster_gets_the_same_items_again_and_a_poison_is_refused_alone() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    proxy.set(Faults { busy_every: Some(3), ..Faults::default() });
    let mut sink = proxied(&proxy);
    let mut left = november(20);
    left.push(event(20, "2026-11-23T10:00:00Z", |body| body["timestamp"] = "yesterday".into()));
    let mut refused = Vec::new();
    while !left.is_empty() {
        let fates = sink.send(&left).await.unwrap();
        assert_eq!(fates.len(), left.len());
        let told = std::mem::take(&mut left).into_iter().zip(fates);
        for (event, fate) in told {
            match fate {
                Fate::Taken => {}
                Fate::Again(_) => left.push(event),
                Fate::Refused(reason) => refused.push((event.id, reason)),
            }
        }
    }
    let [(id, reason)] = refused.try_into().unwrap();
    assert_eq!(id, "id-20");
    assert!(
        reason.starts_with("400 mapper_parsing_exception: failed to parse field [timestamp]"),
        "{reason}"
    );
    assert_eq!(server.documents("ai-audit-*").await.len(), 20);
}

#[tokio::test]
async fn what_is_stored_without_an_answer_is_sent_again_and_there_once() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let mut sink = proxied(&proxy);
    assert_eq!(sink.send(&november(1)).await.unwrap(), [Fate::Taken]);
    let at = settings(&format!("http://{}", proxy.address));
    sink.client = Client::new(&at, &|_| None, Duration::from_millis(300)).unwrap();
    proxy.set(Faults { silent: 1, ..Faults::default() });
    let (reason, _) = passing(sink.send(&november(5)).await.unwrap_err());
    assert_eq!(reason, "it did not answer in time");
    assert_eq!(server.documents("ai-audit-*").await.len(), 5);
    sink.client = Client::new(&at, &|_| None, Duration::from_secs(30)).unwrap();
    assert_eq!(sink.send(&november(5)).await.unwrap(), vec![Fate::Taken; 5]);
    assert_eq!(server.documents("ai-audit-*").await.len(), 5);
}

#[tokio::test]
async fn a_request_that_is_not_taken_says_whether_and_when_it_is_worth_another() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let mut sink = proxied(&proxy);
    for status in [408, 429, 500, 502, 503, 504] {
        proxy.set(Faults { whole: Some(status), retry_after: Some(7), ..Faults::default() });
        let (reason, after) = passing(sink.send(&november(1)).await.unwrap_err());
        assert!(reason.starts_with(&format!("it answered {status}: es_rejected")), "{reason}");
        assert_eq!(after, Some(Duration::from_secs(7)), "{status}");
    }
    for (status, expected) in [
        (401, "it does not know who asks (401); mend the credentials"),
        (403, "who asks may not tell what it is (`cluster:monitor/main`) (403)"),
        (302, "it answered 302, another address; write that into `url`"),
    ] {
        proxy.set(Faults { whole: Some(status), ..Faults::default() });
        let reason = stopped(sink.send(&november(1)).await.unwrap_err());
        assert!(reason.starts_with(expected), "{reason}");
    }
    proxy.set(Faults::default());
    assert_eq!(sink.send(&november(1)).await.unwrap(), [Fate::Taken]);
    proxy.set(Faults { whole: Some(403), ..Faults::default() });
    let reason = stopped(sink.send(&november(1)).await.unwrap_err());
    assert!(reason.contains("may not write (`create_doc`, `create_index`)"), "{reason}");
    proxy.set(Faults { most_bytes: Some(2_000), ..Faults::default() });
    assert_eq!(sink.send(&november(20)).await.unwrap_err(), Failure::TooLarge);
    assert_eq!(sink.send(&november(4)).await.unwrap(), vec![Fate::Taken; 4]);
}

/// What a sink says when `_bulk` about two events is answered so.
async fn answered(answer: &'static str) -> Result<Vec<Fate>, Failure> {
    let receiver = Receiver::start([OPENSEARCH, NOT_FOUND, DONE, answer]).await;
    native(&settings(&format!("http://{}", receiver.address))).send(&november(2)).await
}

#[tokio::test]
async fn what_no_bulk_answers_is_worth_another_try_and_loses_no_event() {
    for answer in [
        "HTTP/1.1 200 OK\r\n\r\n<html>maintenance</html>",
        "HTTP/1.1 200 OK\r\n\r\n{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]}",
        "HTTP/1.1 200 OK\r\n\r\n{\"errors\":false}",
        "HTTP/1.1 200 OK\r\n\r\n{\"errors\":false,\"items\":[{\"create\":{\"status\":201}},{\"delete\":{\"status\":200}}]}",
        "HTTP/1.1 200 OK\r\n\r\n{\"errors\":false,\"items\":[{\"create\":{\"status\":201}},{\"create\":{\"status\":400}}]}",
        "HTTP/1.1 204 no\r\n\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port",
    ] {
        passing(answered(answer).await.unwrap_err());
    }
    let poisoned = answered("HTTP/1.1 400 no\r\n\r\n{\"error\":{\"type\":\"parse_exception\",\"reason\":\"line 3\"},\"status\":400}").await;
    let reason = "the whole request was refused: parse_exception: line 3".to_owned();
    assert_eq!(poisoned, Err(Failure::Poisoned { reason }));
}

#[tokio::test]
async fn what_is_no_events_fault_makes_no_dead_letter() {
    let second = |status: u16, kind: &str| {
        let answer = json!({"errors": true, "items": [
            {"create": {"status": 201}},
            {"create": {"status": status, "error": {"type": kind, "reason": "so it is"}}},
        ]});
        &*format!("HTTP/1.1 200 OK\r\n\r\n{answer}").leak()
    };
    for (status, kind) in [
        (404, "index_not_found_exception"),
        (403, "security_exception"),
        (400, "validation_exception"),
        (400, "index_closed_exception"),
    ] {
        let reason = stopped(answered(second(status, kind)).await.unwrap_err());
        assert_eq!(reason, format!("it takes nothing into the index: {kind}: so it is"));
    }
    for (status, kind) in [
        (429, "circuit_breaking_exception"),
        (503, "unavailable_shards_exception"),
        (403, "cluster_block_exception"),
    ] {
        let why = format!("it did not take an event: {status} {kind}: so it is");
        let again = Fate::Again(Failure::passing(why));
        assert_eq!(answered(second(status, kind)).await.unwrap(), [Fate::Taken, again]);
    }
    let refused = Fate::Refused("400 document_parsing_exception: so it is".to_owned());
    assert_eq!(
        answered(second(400, "document_parsing_exception")).await.unwrap(),
        [Fate::Taken, refused]
    );
}

fn secret(name: &str) -> Option<String> {
    match name {
        "TOKEN" => Some("to-ken\n".to_owned()),
        "KEY" => Some("a2V5OnNlY3JldA==".to_owned()),
        "PASSWORD" => Some("pass word".to_owned()),
        "INJECTED" => Some("token\r\nX-Admin: 1".to_owned()),
        "EMPTY" => Some(" ".to_owned()),
        _ => None,
    }
}

#[tokio::test]
async fn credentials_are_sent_and_never_told() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let bearer = |name: &str| SinkAuth::Bearer { token_env: name.to_owned() };
    let basic = |name: &str| SinkAuth::Basic {
        username: name.to_owned(),
        password_env: "PASSWORD".to_owned(),
    };
    let url = format!("http://{}", proxy.address);
    let with = |auth| ElasticsearchSink { auth: Some(auth), ..settings(&url) };
    let api_key = SinkAuth::ApiKey { key_env: "KEY".to_owned() };
    for (auth, header, secrets) in [
        (bearer("TOKEN"), "Bearer to-ken", "to-ken"),
        (api_key, "ApiKey a2V5OnNlY3JldA==", "a2V5OnNlY3JldA=="),
        (basic("relay"), "Basic cmVsYXk6cGFzcyB3b3Jk", "cmVsYXk6cGFzcyB3b3Jk"),
    ] {
        let mut sink = Elasticsearch::new(&with(auth), SinkFormat::Native, &secret).unwrap();
        proxy.set(Faults { authorization: Some(header.to_owned()), ..Faults::default() });
        assert_eq!(sink.send(&november(1)).await.unwrap(), [Fate::Taken], "{header}");
        // This one answers with what it was asked with.
        proxy.set(Faults { authorization: Some("Bearer other".to_owned()), ..Faults::default() });
        let reason = stopped(sink.send(&november(1)).await.unwrap_err());
        assert!(reason.contains("(401)") && !reason.contains(secrets), "{reason}");
    }
    for (auth, expected) in [
        (bearer("NOWHERE"), "the environment variable `NOWHERE` is not set; it has the secret"),
        (bearer("EMPTY"), "the environment variable `EMPTY` is not set; it has the secret"),
        (
            bearer("INJECTED"),
            "what the environment variable `INJECTED` has cannot stand in a header",
        ),
        (basic("a:b"), "`username` has a colon in it, which HTTP does not allow"),
    ] {
        let made = Elasticsearch::new(&with(auth), SinkFormat::Native, &secret);
        assert_eq!(stopped(made.err().unwrap()), expected);
    }
    for url in ["search.example.org", "ftp://a", "http://u:p@a", "https://"] {
        let made = Elasticsearch::new(&settings(url), SinkFormat::Native, &secret);
        let reason = stopped(made.err().unwrap());
        assert!(reason.starts_with("`url`") && !reason.contains("u:p"), "{reason}");
    }
}

#[tokio::test]
async fn a_certificate_is_trusted_that_ca_file_names_and_no_other() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start_tls(server.address).await;
    let directory = tempfile::tempdir().unwrap();
    let ca_file = directory.path().join("ca.pem");
    std::fs::write(&ca_file, &proxy.certificate).unwrap();
    let at = settings(&format!("https://localhost:{}", proxy.address.port()));
    let reason = stopped(native(&at).send(&november(1)).await.unwrap_err());
    assert!(reason.starts_with("its certificate is not trusted: "), "{reason}");
    assert!(reason.ends_with("name who signed it in `ca_file`"), "{reason}");
    assert_eq!(proxy.passed(), []);
    let trusting = ElasticsearchSink { ca_file: Some(ca_file.clone()), ..at };
    assert_eq!(native(&trusting).send(&november(1)).await.unwrap(), [Fate::Taken]);
    // The certificate is for a name, and this is an address.
    let other = ElasticsearchSink { url: format!("https://{}", proxy.address), ..trusting.clone() };
    stopped(native(&other).send(&november(1)).await.unwrap_err());
    for (pem, why) in [
        ("", "there is no certificate in it, in PEM"),
        ("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", ""),
    ] {
        std::fs::write(&ca_file, pem).unwrap();
        let made = Elasticsearch::new(&trusting, SinkFormat::Native, &|_| None);
        let reason = stopped(made.err().unwrap());
        assert!(reason.contains("ca_file") && reason.ends_with(why), "{reason}");
    }
}

#[tokio::test]
async fn a_sink_that_is_down_may_be_up_again() {
    let down = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut sink = native(&settings(&format!("http://{down}")));
    let (reason, _) = passing(sink.send(&november(1)).await.unwrap_err());
    assert!(reason.starts_with("it cannot be reached: "), "{reason}");
}

#[tokio::test]
async fn a_cluster_without_retention_takes_events_all_the_same() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let at = settings(&format!("http://{}", proxy.address));
    let mut sink = native(&ElasticsearchSink { retention_days: Some(365), ..at });
    assert_eq!(sink.send(&november(1)).await.unwrap(), [Fate::Taken]);
    assert_eq!(sink.send(&november(2)).await.unwrap(), vec![Fate::Taken; 2]);
    let passed = proxy.passed();
    let asked: Vec<_> = passed.iter().map(|one| (&*one.method, &*one.path, one.status)).collect();
    let bulk = (
        "POST",
        "/_bulk?filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason",
        200,
    );
    assert_eq!(
        asked,
        [
            ("GET", "/", 200),
            ("GET", "/_plugins/_ism/policies/ai-audit-retention", 400),
            ("PUT", "/_plugins/_ism/policies/ai-audit-retention", 400),
            ("GET", "/_index_template/ai-audit", 404),
            ("PUT", "/_index_template/ai-audit", 200),
            bulk,
            bulk,
        ]
    );
}

#[tokio::test]
async fn a_template_is_put_again_when_it_says_something_else_and_left_when_it_is_not_ours() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let puts = || proxy.passed().iter().filter(|one| one.method == "PUT").count();
    let at = settings(&format!("http://{}", proxy.address));
    for (format, expected) in [
        (SinkFormat::Native, 1),
        (SinkFormat::Native, 1),
        (SinkFormat::Ocsf, 2),
        (SinkFormat::Otel, 3),
    ] {
        let mut sink = Elasticsearch::new(&at, format, &|_| None).unwrap();
        assert_eq!(sink.send(&november(1)).await.unwrap(), [Fate::Taken]);
        assert_eq!(puts(), expected, "{format:?}");
    }
    let theirs = ElasticsearchSink { index: "theirs".to_owned(), ..at };
    let receiver = Receiver::start([
        OPENSEARCH,
        "HTTP/1.1 200 OK\r\n\r\n{\"index_templates\":[{\"name\":\"theirs\",\"index_template\":{\"_meta\":{\"made_by\":\"search team\"}}}]}",
        "HTTP/1.1 200 OK\r\n\r\n{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]}",
    ])
    .await;
    let mut sink =
        native(&ElasticsearchSink { url: format!("http://{}", receiver.address), ..theirs });
    assert_eq!(sink.send(&november(1)).await.unwrap(), [Fate::Taken]);
}

#[tokio::test]
async fn elasticsearch_itself_is_given_its_own_mapping_and_lifecycle() {
    let taken =
        "HTTP/1.1 200 OK\r\n\r\n{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]}";
    let mut receiver = Receiver::start([ELASTICSEARCH, DONE, NOT_FOUND, DONE, taken]).await;
    let at = settings(&format!("http://{}/search", receiver.address));
    let mut sink = native(&ElasticsearchSink { retention_days: Some(190), ..at });
    assert_eq!(sink.send(&november(1)).await.unwrap(), [Fate::Taken]);
    assert_eq!(receiver.next().await.path, "/search");
    let lifecycle = receiver.next().await;
    assert_eq!(lifecycle.path, "/search/_ilm/policy/ai-audit-retention");
    assert_eq!(lifecycle.json(), retention::ilm(190));
    drop(receiver.next().await);
    let put = receiver.next().await;
    assert_eq!(put.path, "/search/_index_template/ai-audit");
    let expected =
        template::body(Product::Elasticsearch, "ai-audit", SinkFormat::Native, Some(190));
    assert_eq!(put.json(), expected);
    let bulk = receiver.next().await;
    assert_eq!(bulk.headers["content-encoding"], "gzip");
    assert_eq!(bulk.headers["content-type"], "application/x-ndjson");
}

#[tokio::test]
async fn an_ism_policy_is_replaced_by_who_read_it_and_only_when_it_says_something_else() {
    let there = |days: u32| {
        let mut policy = retention::ism("ai-audit", days);
        policy["_seq_no"] = 4.into();
        policy["_primary_term"] = 2.into();
        &*format!("HTTP/1.1 200 OK\r\n\r\n{policy}").leak()
    };
    let taken =
        "HTTP/1.1 200 OK\r\n\r\n{\"errors\":false,\"items\":[{\"create\":{\"status\":201}}]}";
    let other = [OPENSEARCH, there(90), DONE, NOT_FOUND, DONE, taken];
    let same = [OPENSEARCH, there(365), NOT_FOUND, DONE, taken];
    for (answers, third) in [
        (
            other.to_vec(),
            "/_plugins/_ism/policies/ai-audit-retention?if_seq_no=4&if_primary_term=2",
        ),
        (same.to_vec(), "/_index_template/ai-audit"),
    ] {
        let mut receiver = Receiver::start(answers).await;
        let at = settings(&format!("http://{}", receiver.address));
        let mut sink = native(&ElasticsearchSink { retention_days: Some(365), ..at });
        assert_eq!(sink.send(&november(1)).await.unwrap(), [Fate::Taken]);
        drop((receiver.next().await, receiver.next().await));
        assert_eq!(receiver.next().await.path, third);
    }
}

#[tokio::test]
async fn what_is_erased_takes_the_place_of_what_was_there() {
    let server = SearchServer::start();
    let mut sink = native(&settings(&server.url()));
    assert_eq!(sink.send(&november(2)).await.unwrap(), vec![Fate::Taken; 2]);
    let erased = [event(0, "2026-11-23T10:00:00.123456789Z", |body| {
        body["user_id"] = Value::Null;
        body["tool_args"] = Value::Null;
    })];
    assert_eq!(sink.erase(&erased).await.unwrap(), [Fate::Taken]);
    let documents = server.documents("ai-audit-*").await;
    assert_eq!(ids(&documents), ["id-0", "id-1"]);
    let left = documents.iter().filter(|document| document["_source"]["user_id"] == "user-7");
    assert_eq!(left.count(), 1);
}

/// What an agent can write that an index cannot take.
fn unfit() -> Vec<(&'static str, Value)> {
    let deep = (0..31).fold(json!(1), |inner, _| json!({"in": inner}));
    vec![
        ("a text", json!("done")),
        ("a list", json!([1, "two", {"three": null}])),
        ("a number", json!(7)),
        ("true", json!(true)),
        ("a long text", json!({"text": "ß".repeat(40_000), "short": 1})),
        (
            "a long number",
            serde_json::from_str(&format!("{{\"n\":{}}}", "9".repeat(40_000))).unwrap(),
        ),
        ("a long key", json!({"k".repeat(40_000): 1})),
        ("no key", json!({"": 1})),
        ("a key with a NUL", json!({"a\0b": 1, "c": {"d\0": 2}})),
        ("many levels", json!({"deep": deep, "flat": 1})),
        ("a long text in a list", json!(["x".repeat(40_000)])),
    ]
}

#[tokio::test]
async fn no_event_is_refused_for_what_an_agent_wrote_into_it() {
    let server = SearchServer::start();
    let mut sink = native(&settings(&server.url()));
    let batch: Vec<_> = (0..)
        .zip(unfit())
        .map(|(index, (_, value))| {
            event(index, "2026-11-23T10:00:00Z", |body| {
                body["tool_args"] = value.clone();
                body["tool_result"] = value.clone();
                body["metadata"]["more"] = value;
            })
        })
        .collect();
    assert_eq!(sink.send(&batch).await.unwrap(), vec![Fate::Taken; batch.len()]);
    assert_eq!(server.documents("ai-audit-*").await.len(), batch.len());
}

#[test]
fn what_does_not_fit_is_set_aside_and_the_rest_stays_where_it_was() {
    let fitted = |value: Value| -> Value {
        let event = event(1, "2026-11-23T10:00:00Z", |body| body["tool_args"] = value);
        serde_json::from_str(&document::fitting(SinkFormat::Native, &event)).unwrap()
    };
    for (name, value) in unfit() {
        let document = fitted(value.clone());
        assert!(document["tool_args"].is_object() || document["tool_args"].is_null(), "{name}");
        let aside = document["unindexed"].get("tool_args");
        let all = match (&document["tool_args"], aside) {
            (Value::Null, Some(aside)) => aside.clone(),
            (Value::Object(kept), Some(Value::Object(aside))) => {
                let mut all = kept.clone();
                all.extend(aside.clone());
                Value::Object(all)
            }
            (kept, None) => kept["value"].clone(),
            (kept, aside) => panic!("{name}: {kept} and {aside:?}"),
        };
        assert_eq!(all, value, "{name}");
    }
    let document = fitted(json!({"text": "x".repeat(40_000), "order": "A-1"}));
    assert_eq!(document["tool_args"], json!({"order": "A-1"}));
    let plain = event(1, "2026-11-23T10:00:00Z", |_| {});
    assert_eq!(document::fitting(SinkFormat::Native, &plain), plain.body);
}

#[test]
fn an_otel_record_gets_a_time_that_an_index_understands() {
    let mut record = event(1, "2026-11-23T10:00:00.123456789Z", |_| {});
    record.body = "{\"timeUnixNano\":\"1\"}".to_owned();
    assert_eq!(
        document::fitting(SinkFormat::Otel, &record),
        "{\"@timestamp\":\"2026-11-23T10:00:00.123456789Z\",\"timeUnixNano\":\"1\"}"
    );
}

#[test]
fn a_month_is_one_of_utc() {
    for (at, index) in [
        ("2026-12-01T00:30:00+01:00", "a-2026.11"),
        ("2026-11-30T23:59:59.999999999Z", "a-2026.11"),
        ("2026-12-01T00:00:00Z", "a-2026.12"),
        ("0999-01-01T00:00:00Z", "a-0999.01"),
    ] {
        assert_eq!(monthly("a", at.parse().unwrap()), index);
    }
}

#[test]
fn a_product_is_known_by_what_it_says_of_itself() {
    for (root, product) in [
        (
            json!({"version": {"number": "3.8.0", "distribution": "opensearch"}}),
            Some(Product::OpenSearch),
        ),
        (
            json!({"version": {"number": "9.2.0", "build_flavor": "serverless"}}),
            Some(Product::Elasticsearch),
        ),
        (json!({"version": "2.1"}), None),
        (json!({"hello": "world"}), None),
        (Value::Null, None),
    ] {
        assert_eq!(Product::of(&root), product, "{root}");
    }
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/elasticsearch").join(name)
}

#[test]
fn what_is_put_into_a_cluster_holds_still() {
    let mut bodies = vec![
        ("ilm.json".to_owned(), retention::ilm(365)),
        ("ism.json".to_owned(), retention::ism("ai-audit", 365)),
    ];
    for (product, name) in
        [(Product::Elasticsearch, "elasticsearch"), (Product::OpenSearch, "opensearch")]
    {
        for (format, of) in
            [(SinkFormat::Native, "native"), (SinkFormat::Ocsf, "ocsf"), (SinkFormat::Otel, "otel")]
        {
            let body = template::body(product, "ai-audit", format, Some(365));
            bodies.push((format!("template-{of}-{name}.json"), body));
        }
    }
    for (name, body) in bodies {
        let shown = format!("{}\n", serde_json::to_string_pretty(&body).unwrap());
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(golden("")).unwrap();
            std::fs::write(golden(&name), &shown).unwrap();
        }
        assert_eq!(shown, std::fs::read_to_string(golden(&name)).unwrap(), "{name}");
    }
}

/// Holds what an index can take at most against what is left to be indexed.
fn assert_fits(value: &Value, at: usize, levels: usize) {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => assert!(at + text.len() <= 32_766),
        Value::Array(values) => values.iter().for_each(|value| assert_fits(value, at, levels + 1)),
        Value::Object(members) => {
            assert!(levels <= 20);
            for (key, value) in members {
                assert!(!key.is_empty() && !key.contains('\0'));
                assert_fits(value, at + key.len() + 1, levels + 1);
            }
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof!["[\\x00-\\x20a]{0,3}", "x{31990,32010}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<u64>().prop_map(Value::from),
        text.clone().prop_map(Value::from)
    ];
    leaf.prop_recursive(24, 40, 3, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map(text.clone(), inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_an_agent_writes_what_is_indexed_fits(args in any_json(), more in any_json()) {
        let event = event(1, "2026-11-23T10:00:00Z", |body| {
            body["tool_args"] = args;
            body["metadata"]["more"] = more;
        });
        let document: Value = serde_json::from_str(&document::fitting(SinkFormat::Native, &event)).unwrap();
        for field in ["tool_args", "tool_result", "metadata"] {
            prop_assert!(document[field].is_object() || document[field].is_null());
            assert_fits(&document[field], field.len(), 1);
        }
    }
}
