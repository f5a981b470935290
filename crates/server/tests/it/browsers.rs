//! Browsers that sign in, and what others make them do.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_client::Client;
use syndic_testkit::{Answer, TestClock, TestServer};

const JSON: (&str, &str) = ("content-type", "application/json");
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const STOP: &str = "/v1/agents/customer-support/suspend";

struct Rig {
    server: TestServer,
    clock: Arc<TestClock>,
}

impl Rig {
    async fn start() -> Self {
        let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
        Self { server: TestServer::start(clock.clone()).await, clock }
    }

    async fn key(&self, role: &str) -> String {
        let request = match role {
            "approver" => json!({"role": role, "approver": "support-lead-1"}),
            "agent" => json!({"role": role, "agent": "customer-support"}),
            _ => json!({"role": role}),
        };
        self.server.key(request).await
    }

    async fn show(&self, shown: Value) -> Answer {
        self.server.browse("POST", "/v1/session", &[JSON, OWN], &shown.to_string()).await
    }

    /// Signs in by a key, and returns the cookie.
    async fn sign_in(&self, key: &str) -> String {
        let answer = self.show(json!({"key": key})).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        cookie(&answer)
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.server.browse("GET", path, &[("cookie", cookie)], "").await
    }

    async fn stop(&self, headers: &[(&str, &str)]) -> Answer {
        self.server.browse("POST", STOP, headers, r#"{"reason":"a drill"}"#).await
    }

    async fn code(&self, key: &str) -> Value {
        let answer = self.server.send("POST", "/v1/session/codes", key, "{}").await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }
}

fn cookie(answer: &Answer) -> String {
    let line = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    line.split(';').next().unwrap().to_owned()
}

fn code_of(answer: &Answer) -> String {
    let kind = answer.json()["type"].as_str().unwrap_or_default().to_owned();
    format!("{} {}", answer.status, kind.rsplit(':').next().unwrap_or_default())
}

#[tokio::test]
async fn a_browser_may_do_what_the_key_may_by_which_it_is_signed_in() {
    let rig = Rig::start().await;
    for (role, may, status, stop, keys) in [
        ("approver", json!(["vote", "break-glass"]), 403, 403, 403),
        ("auditor", json!(["read"]), 200, 403, 200),
        ("admin", Value::Null, 200, 200, 200),
    ] {
        let key = rig.key(role).await;
        let cookie = rig.sign_in(&key).await;
        let session = rig.get("/v1/session", &cookie).await.json();
        assert_eq!(
            (&session["role"], &session["expires_at"]),
            (&json!(role), &json!("2026-11-23T20:00:00Z"))
        );
        assert_eq!(session["key"].as_str(), key.split('_').nth(1));
        assert!(may.is_null() || session["may"] == may, "{session}");
        assert_eq!(rig.get("/v1/status", &cookie).await.status, status, "{role}");
        assert_eq!(rig.get("/v1/keys", &cookie).await.status, keys, "{role}");
        let headers = [JSON, OWN, ("cookie", &cookie)];
        assert_eq!(rig.stop(&headers).await.status, stop, "{role}");
    }
}

#[tokio::test]
async fn the_pages_and_the_api_share_a_session() {
    let rig = Rig::start().await;
    let cookie = rig.sign_in(&rig.key("approver").await).await;
    assert_eq!(rig.get("/approvals", &cookie).await.status, 200);
    let session = rig.get("/v1/session", &cookie).await.json();
    assert_eq!(
        (&session["role"], &session["person"]),
        (&json!("approver"), &json!("support-lead-1"))
    );
    let agent = rig.key("agent").await;
    let held = rig
        .server
        .submit(
            &agent,
            json!({"agent": "customer-support", "action": "issue_refund",
        "args": {"order_id": "A-1", "amount": 150}}),
        )
        .await;
    let path = format!("/v1/approvals/{}/votes", held["approval"]["id"].as_str().unwrap());
    let headers = [JSON, OWN, ("cookie", &cookie)];
    let voted = rig.server.browse("POST", &path, &headers, r#"{"vote":"approve"}"#).await;
    assert_eq!(voted.status, 201, "{}", voted.text);
    assert_eq!(voted.json()["votes"][0]["method"], "session", "{}", voted.text);
    // The dashboard's session is none of an approver's.
    let cookie = rig.sign_in(&rig.server.admin).await;
    assert_eq!(rig.get("/approvals", &cookie).await.status, 303);
}

#[tokio::test]
async fn another_site_changes_nothing() {
    let rig = Rig::start().await;
    let cookie = rig.sign_in(&rig.server.admin).await;
    let cookie = ("cookie", cookie.as_str());
    let here = format!("http://{}", rig.server.address);
    for (headers, told) in [
        (&[JSON, cookie][..], "403 foreign-origin"),
        (&[JSON, cookie, ("origin", "null")], "403 foreign-origin"),
        (&[JSON, cookie, ("origin", "https://evil.example")], "403 foreign-origin"),
        (&[JSON, cookie, ("sec-fetch-site", "cross-site")], "403 foreign-origin"),
        (&[JSON, cookie, ("sec-fetch-site", "same-site")], "403 foreign-origin"),
        (&[JSON, cookie, ("sec-fetch-site", "none")], "403 foreign-origin"),
        (
            &[JSON, cookie, ("sec-fetch-site", "cross-site"), ("origin", &here)],
            "403 foreign-origin",
        ),
        (&[cookie, OWN], "415 not-json"),
        (&[cookie, OWN, ("content-type", "text/plain")], "415 not-json"),
        (&[cookie, OWN, ("content-type", "application/x-www-form-urlencoded")], "415 not-json"),
        (&[JSON, OWN], "401 no-key"),
        (&[JSON, cookie, ("origin", &here)], "200 "),
        (&[JSON, cookie, OWN], "200 "),
    ] {
        assert_eq!(code_of(&rig.stop(headers).await), told, "{headers:?}");
    }
    // Nor does it watch, beside by a link that somebody follows.
    for (headers, told) in [
        (&[cookie][..], "200 "),
        (
            &[cookie, ("sec-fetch-site", "same-site"), ("sec-fetch-mode", "no-cors")],
            "403 foreign-origin",
        ),
        (
            &[cookie, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "cors")],
            "403 foreign-origin",
        ),
        (&[cookie, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")], "200 "),
        (&[cookie, OWN, ("sec-fetch-mode", "cors")], "200 "),
    ] {
        let answer = rig.server.browse("GET", "/v1/status", headers, "").await;
        assert_eq!(code_of(&answer), told, "{headers:?}");
    }
    // Nor does it sign anybody in or out.
    let key = json!({"key": rig.server.admin}).to_string();
    for (method, body) in [("POST", key.as_str()), ("DELETE", "")] {
        let headers = [JSON, cookie, ("sec-fetch-site", "cross-site")];
        let answer = rig.server.browse(method, "/v1/session", &headers, body).await;
        assert_eq!(code_of(&answer), "403 foreign-origin", "{method}");
        assert!(!answer.head.contains("set-cookie"));
    }
}

#[tokio::test]
async fn a_session_ends_with_its_key_its_time_and_by_itself() {
    let rig = Rig::start().await;
    let auditor = rig.key("auditor").await;
    let cookie = rig.sign_in(&auditor).await;
    let out = rig.server.browse("DELETE", "/v1/session", &[OWN, ("cookie", &cookie)], "").await;
    assert_eq!(out.status, 204);
    assert!(out.head.contains("max-age=0"), "{}", out.head);
    assert_eq!(rig.get("/v1/status", &cookie).await.status, 200);
    let path = format!("/v1/keys/{}", auditor.split('_').nth(1).unwrap());
    assert_eq!(rig.server.send("DELETE", &path, &rig.server.admin, "").await.status, 204);
    for path in ["/v1/status", "/v1/session", "/v1/stream"] {
        assert_eq!(code_of(&rig.get(path, &cookie).await), "401 no-key", "{path}");
    }
    let cookie = rig.sign_in(&rig.server.admin).await;
    rig.clock.step(SignedDuration::from_hours(8));
    assert_eq!(rig.get("/v1/status", &cookie).await.status, 401);
}

#[tokio::test]
async fn a_forged_cookie_opens_nothing() {
    let rig = Rig::start().await;
    let cookie = rig.sign_in(&rig.key("auditor").await).await;
    let (name, value) = cookie.split_once('=').unwrap();
    let admin = rig.server.admin.split('_').nth(1).unwrap();
    let mine = value.split('.').next().unwrap();
    for forged in [
        format!("{name}={}", value.replace(mine, admin)),
        format!("{name}={admin}.99999999999.0"),
        format!("{name}={}", value.to_uppercase()),
        format!("{name}={value}; {name}={value}"),
        format!("{name}={}", "x".repeat(4096)),
        format!("{name}="),
        format!("__Host-{name}={value}"),
    ] {
        assert_eq!(rig.get("/v1/status", &forged).await.status, 401, "{forged:.60}");
    }
    assert_eq!(rig.get("/v1/status", &cookie).await.status, 200);
}

#[tokio::test]
async fn a_key_in_the_header_goes_before_a_cookie() {
    let rig = Rig::start().await;
    let cookie = rig.sign_in(&rig.server.admin).await;
    let auditor = format!("Bearer {}", rig.key("auditor").await);
    let headers = [("authorization", auditor.as_str()), ("cookie", &cookie)];
    let session = rig.server.browse("GET", "/v1/session", &headers, "").await.json();
    assert_eq!(session["role"], "auditor");
    let headers = [("authorization", "Bearer syndic_no_no"), ("cookie", &cookie)];
    assert_eq!(rig.server.browse("GET", "/v1/session", &headers, "").await.status, 401);
}

#[tokio::test]
async fn a_code_signs_in_once_as_the_key_that_asked() {
    let rig = Rig::start().await;
    let auditor = rig.key("auditor").await;
    let made = rig.code(&auditor).await;
    let code = made["code"].as_str().unwrap();
    let url = format!("http://{}/#code={code}", rig.server.address);
    assert_eq!(made["url"].as_str(), Some(url.as_str()));
    assert_eq!(made["expires_at"], "2026-11-23T12:10:00Z");
    let answer = rig.show(json!({"code": code.to_lowercase()})).await;
    assert_eq!((answer.status, &answer.json()["role"]), (200, &json!("auditor")));
    assert_eq!(rig.get("/v1/status", &cookie(&answer)).await.status, 200);
    assert_eq!(code_of(&rig.show(json!({"code": code})).await), "401 wrong-code");
    let late = rig.code(&auditor).await;
    rig.clock.step(SignedDuration::from_mins(10));
    assert_eq!(code_of(&rig.show(json!({"code": late["code"]})).await), "401 wrong-code");
    // A code is worth no more than its key.
    let made = rig.code(&auditor).await;
    let path = format!("/v1/keys/{}", auditor.split('_').nth(1).unwrap());
    rig.server.send("DELETE", &path, &rig.server.admin, "").await;
    assert_eq!(code_of(&rig.show(json!({"code": made["code"]})).await), "401 wrong-code");
}

#[tokio::test]
async fn only_a_person_with_a_key_makes_a_code() {
    let rig = Rig::start().await;
    let agent = rig.key("agent").await;
    let refused = rig.server.send("POST", "/v1/session/codes", &agent, "{}").await;
    assert_eq!(code_of(&refused), "403 wrong-role");
    assert_eq!(code_of(&rig.show(json!({"key": agent})).await), "403 wrong-role");
    let cookie = rig.sign_in(&rig.server.admin).await;
    let headers = [JSON, OWN, ("cookie", &cookie)];
    let refused = rig.server.browse("POST", "/v1/session/codes", &headers, "{}").await;
    assert_eq!(code_of(&refused), "403 wrong-role");
    // Whoever is on the local socket without a key is an agent and nothing more.
    let socket = rig.server.directory().join(".syndic/syndic.sock");
    let local = Client::unix(&socket, None).unwrap();
    assert!(local.sign_in_code().await.is_err());
    let session = local.session().await.unwrap();
    assert_eq!((session.role.as_str(), session.expires_at), ("agent", None));
}

#[tokio::test]
async fn guessing_codes_is_hopeless_and_shuts_no_key_out() {
    let rig = Rig::start().await;
    let made = rig.code(&rig.server.admin).await;
    let mut told = Vec::new();
    for guess in 0..14 {
        told.push(code_of(&rig.show(json!({"code": format!("ZZZZ-{guess:04}")})).await));
    }
    assert_eq!(told.iter().filter(|told| *told == "401 wrong-code").count(), 10, "{told:?}");
    assert_eq!(told.last().unwrap(), "429 too-many-attempts");
    // Not even the right one is compared any more, but a key is.
    assert_eq!(code_of(&rig.show(json!({"code": made["code"]})).await), "429 too-many-attempts");
    rig.sign_in(&rig.server.admin).await;
    rig.clock.step(SignedDuration::from_secs(61));
    assert_eq!(rig.show(json!({"code": made["code"]})).await.status, 200);
}

#[tokio::test]
async fn what_shows_nothing_or_too_much_is_refused() {
    let rig = Rig::start().await;
    for (body, told) in [
        ("{}", "422 bad-request"),
        (r#"{"key":"a","code":"b"}"#, "422 bad-request"),
        (r#"{"key":1}"#, "422 bad-request"),
        (r#"{"password":"a"}"#, "422 bad-request"),
        ("[]", "422 bad-request"),
        ("", "400 not-json"),
        (r#"{"key":""}"#, "401 unknown-key"),
        (r#"{"code":""}"#, "401 wrong-code"),
    ] {
        let answer = rig.server.browse("POST", "/v1/session", &[JSON, OWN], body).await;
        assert_eq!(code_of(&answer), told, "{body}");
    }
    let form = ("content-type", "application/x-www-form-urlencoded");
    let body = format!("key={}", rig.server.admin);
    let answer = rig.server.browse("POST", "/v1/session", &[form], &body).await;
    assert_eq!(code_of(&answer), "415 not-json");
}

#[tokio::test]
async fn the_dashboard_is_one_page_under_a_strict_policy() {
    let rig = Rig::start().await;
    let page = rig.get("/", "").await;
    assert_eq!(page.status, 200);
    for header in [
        "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         img-src 'self' data:; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'\r\n",
        "content-type: text/html; charset=utf-8\r\n",
        "cache-control: no-cache\r\n",
        "x-content-type-options: nosniff\r\n",
        "referrer-policy: no-referrer\r\n",
    ] {
        assert!(page.head.contains(header), "{header} {}", page.head);
    }
    assert!(!page.text.contains("<style") && !page.text.contains("onclick"), "{}", page.text);
    let etag = page.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let known = rig.server.browse("GET", "/", &[("if-none-match", etag)], "").await;
    assert_eq!((known.status, known.text.as_str()), (304, ""));
    let small = rig.server.browse("GET", "/", &[("accept-encoding", "gzip")], "").await;
    assert!(small.head.contains("content-encoding: gzip\r\n"), "{}", small.head);
    for (path, to) in [
        ("/agents", "/#/agents"),
        ("/agents/customer-support?from=mail", "/#/agents/customer-support?from=mail"),
        ("/policies/revisions/abc", "/#/policies/revisions/abc"),
        ("/compliance", "/#/compliance"),
    ] {
        let answer = rig.get(path, "").await;
        assert!(
            answer.status == 303 && answer.head.contains(&format!("location: {to}\r\n")),
            "{}",
            answer.head
        );
    }
    let person = [("accept", "text/html,application/xhtml+xml")];
    let nowhere = rig.server.browse("GET", "/nowhere", &person, "").await;
    assert!(nowhere.head.contains("location: /#/nowhere\r\n"), "{}", nowhere.head);
    for path in [
        "/assets/x/../../Cargo.toml",
        "/assets/0000/index.html",
        "/assets/source/..%2fCargo.toml",
        "/index.html",
    ] {
        assert_eq!(rig.get(path, "").await.status, 404, "{path}");
    }
    assert_eq!(rig.server.browse("POST", "/", &[], "").await.status, 405);
}
