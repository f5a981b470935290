//! The pages on which people decide, as browsers, mail programs and attackers see them.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_gate::{ApprovalFilter, ReloadBy};
use syndic_model::{ApprovalId, ApprovalStatus};
use syndic_testkit::{Answer, TestClock, TestServer};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Two support leads of whom one decides, and the finance leads of a fresh directory.
const SUPPORT: &str = "\
people:
  support-lead-1:
    name: support lead on duty
    channels: [{ email: support-lead-1@example.org }]
  support-lead-2:
    name: other support lead
    channels: [{ email: support-lead-2@example.org }]
groups:
  support-lead:
    people: [support-lead-1, support-lead-2]
    timeout: 300s
";

/// A server on which an agent waits.
struct Waiting {
    server: TestServer,
    clock: Arc<TestClock>,
    agent: String,
}

impl Waiting {
    async fn start() -> Self {
        let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
        let server = TestServer::start_with(clock.clone(), |directory| {
            std::fs::write(directory.join("approvers/support.yaml"), SUPPORT).unwrap();
        })
        .await;
        let agent = server.agent_key("customer-support").await;
        Self { server, clock, agent }
    }

    /// Asks for a refund that is held, and returns the id of the request.
    async fn refund(&self, order: &str) -> ApprovalId {
        let request = json!({"agent": "customer-support", "action": "issue_refund",
            "args": {"order_id": order, "amount": 150}});
        self.held(&self.agent, request).await
    }

    /// Asks for money to be moved, at high risk.
    async fn transaction(&self) -> ApprovalId {
        let agent = self.server.agent_key("financial-advisor").await;
        let request = json!({"agent": "financial-advisor", "action": "execute_transaction",
            "args": {"amount": 900, "recipient": "supplier@example.org"}});
        self.held(&agent, request).await
    }

    async fn held(&self, key: &str, request: Value) -> ApprovalId {
        let answer = self.server.submit(key, request).await;
        assert_eq!(answer["effect"], "hold", "{answer}");
        let action = answer["action_id"].as_str().unwrap();
        let filter = ApprovalFilter {
            status: Some(ApprovalStatus::Pending),
            limit: 1000,
            ..ApprovalFilter::default()
        };
        let waiting = self.server.gate.approvals(filter).await.unwrap().approvals;
        waiting.iter().find(|view| view.action_id.to_string() == action).unwrap().id
    }

    async fn status(&self, id: ApprovalId) -> ApprovalStatus {
        self.server.gate.approval(id).await.unwrap().status
    }

    async fn approver_key(&self, person: &str) -> String {
        self.server.key(json!({"role": "approver", "approver": person})).await
    }

    fn link(&self, id: ApprovalId, person: &str) -> String {
        self.server.gate.link_token(id, &person.parse().unwrap())
    }

    async fn get(&self, path: &str) -> Answer {
        self.server.browse("GET", path, &[], "").await
    }

    async fn sign_in(&self, person: &str) -> Browser<'_> {
        let key = self.approver_key(person).await;
        let answer = self.show_key(&key).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        Browser { server: &self.server, cookie: cookie(&answer).unwrap() }
    }

    async fn show_key(&self, key: &str) -> Answer {
        self.server.browse("POST", "/sign-in", &[FORM], &format!("key={key}&next=/approvals")).await
    }
}

/// Somebody who is signed in.
struct Browser<'a> {
    server: &'a TestServer,
    cookie: String,
}

impl Browser<'_> {
    async fn get(&self, path: &str) -> Answer {
        self.server.browse("GET", path, &[("cookie", &self.cookie)], "").await
    }

    async fn post(&self, path: &str, body: &str) -> Answer {
        self.server.browse("POST", path, &[("cookie", &self.cookie), FORM], body).await
    }

    async fn vote(&self, id: ApprovalId, vote: &str, reason: &str) -> Answer {
        let page = self.get(&format!("/approvals/{id}")).await;
        let body = format!("vote={vote}&reason={reason}&csrf={}", vote_csrf(&page));
        self.post(&format!("/approvals/{id}/vote"), &body).await
    }
}

fn cookie(answer: &Answer) -> Option<String> {
    let line = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: "))?;
    Some(line.split(';').next().unwrap().to_owned())
}

/// Finds the token of the form that votes; the one that signs out has another.
fn vote_csrf(page: &Answer) -> String {
    let form = page.text.split("/vote\">").nth(1).unwrap_or_else(|| panic!("{}", page.text));
    let value = form.split("name=\"csrf\" value=\"").nth(1).unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a17_a_hundred_gets_and_heads_change_nothing_and_spend_no_link() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let token = waiting.link(id, "support-lead-1");
    for turn in 0..100 {
        for path in ["approve", "reject", "approvals"] {
            let path = format!("/{path}/{id}?token={token}");
            let answer = waiting.get(&path).await;
            assert_eq!(answer.status, 200, "{turn}: {}", answer.text);
            let head = waiting.server.browse("HEAD", &path, &[], "").await;
            assert_eq!((head.status, head.text.as_str()), (200, ""));
        }
    }
    for path in ["vote", "answered"] {
        waiting.get(&format!("/approvals/{id}/{path}?token={token}&vote=approve")).await;
    }
    assert_eq!(waiting.status(id).await, ApprovalStatus::Pending);
    let page = waiting.get(&format!("/approve/{id}?token={token}")).await;
    let body = format!("vote=approve&csrf={}&token={token}", vote_csrf(&page));
    let answer =
        waiting.server.browse("POST", &format!("/approvals/{id}/vote"), &[FORM], &body).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert_eq!(waiting.status(id).await, ApprovalStatus::Approved);
}

#[tokio::test]
async fn a_signed_in_approver_decides_once_and_the_agent_goes_on() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let lead = waiting.sign_in("support-lead-1").await;
    let inbox = lead.get("/approvals").await;
    assert!(inbox.text.contains("1 request waits") && inbox.text.contains(&id.to_string()));
    let page = lead.get(&format!("/approve/{id}")).await;
    for part in ["150 USD", "A-1", "medium risk", "Customer Support Agent", "approval-threshold"] {
        assert!(page.text.contains(part), "{part}: {}", page.text);
    }
    assert!(page.text.contains("value=\"approve\" required checked"), "{}", page.text);
    let answer = lead.vote(id, "approve", "").await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    assert!(
        answer.head.contains(&format!("location: /approvals/{id}/answered")),
        "{}",
        answer.head
    );
    let told = lead.get(&format!("/approvals/{id}/answered")).await;
    assert!(told.text.contains("You approved it"), "{}", told.text);
    let retry = json!({"agent": "customer-support", "action": "issue_refund",
        "args": {"order_id": "A-1", "amount": 150}});
    assert_eq!(waiting.server.submit(&waiting.agent, retry).await["allowed"], true);
    assert!(lead.get("/approvals").await.text.contains("Nothing waits"));
}

#[tokio::test]
async fn a_second_click_and_a_back_button_change_nothing() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let lead = waiting.sign_in("support-lead-1").await;
    let page = lead.get(&format!("/approvals/{id}")).await;
    let (path, csrf) = (format!("/approvals/{id}/vote"), vote_csrf(&page));
    let reject = format!("vote=reject&reason=no&csrf={csrf}");
    assert_eq!(lead.post(&path, &reject).await.status, 303);
    for body in [reject.clone(), format!("vote=approve&csrf={csrf}")] {
        let answer = lead.post(&path, &body).await;
        assert_eq!(answer.status, 409, "{}", answer.text);
        assert!(answer.text.contains("It is rejected"), "{}", answer.text);
    }
    assert_eq!(waiting.status(id).await, ApprovalStatus::Rejected);
    let page = lead.get(&format!("/approvals/{id}")).await;
    assert!(page.status == 200 && !page.text.contains("/vote\""), "{}", page.text);
}

#[tokio::test]
async fn a_form_that_is_not_from_a_page_of_ones_own_changes_nothing() {
    let waiting = Waiting::start().await;
    let (id, other) = (waiting.refund("A-1").await, waiting.refund("A-2").await);
    let lead = waiting.sign_in("support-lead-1").await;
    let second = waiting.sign_in("support-lead-2").await;
    let own = vote_csrf(&lead.get(&format!("/approvals/{id}")).await);
    let of_other_request = vote_csrf(&lead.get(&format!("/approvals/{other}")).await);
    let of_other_person = vote_csrf(&second.get(&format!("/approvals/{id}")).await);
    let path = format!("/approvals/{id}/vote");
    let long = format!("{own}0");
    for csrf in ["", "00000000000000000000000000000000", &of_other_request, &of_other_person, &long]
    {
        let answer = lead.post(&path, &format!("vote=approve&csrf={csrf}")).await;
        assert_eq!(answer.status, 403, "{csrf}: {}", answer.text);
    }
    assert_eq!(lead.post(&path, "vote=approve").await.status, 403);
    assert_eq!(lead.post(&path, "%%%").await.status, 403);
    let body = format!("vote=approve&csrf={own}");
    for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let headers = [("cookie", lead.cookie.as_str()), FORM, header];
        assert_eq!(waiting.server.browse("POST", &path, &headers, &body).await.status, 403);
    }
    let nobody = waiting.server.browse("POST", &path, &[FORM], &body).await;
    assert!(nobody.status == 403 && nobody.text.contains("signed out"), "{}", nobody.text);
    assert_eq!(waiting.status(id).await, ApprovalStatus::Pending);
    let headers = [
        ("cookie", lead.cookie.as_str()),
        FORM,
        ("sec-fetch-site", "same-origin"),
        ("origin", "null"),
    ];
    assert_eq!(waiting.server.browse("POST", &path, &headers, &body).await.status, 303);
}

#[tokio::test]
async fn a18_a_token_opens_its_own_request_for_its_own_person_and_nothing_else() {
    let waiting = Waiting::start().await;
    let (id, other) = (waiting.refund("A-1").await, waiting.refund("A-2").await);
    let token = waiting.link(id, "support-lead-1");
    let mac = token.rsplit('.').next().unwrap();
    let unknown = "019a2b3c-d5e6-7f80-9123-456789000000".parse().unwrap();
    let other_digit = if token.ends_with('0') { '1' } else { '0' };
    let mut forged = token.clone();
    forged.pop();
    forged.push(other_digit);
    for (request, token) in [
        (id, String::new()),
        (id, forged),
        (id, format!("support-lead-2.{mac}")),
        (id, waiting.link(other, "support-lead-1")),
        (other, token.clone()),
        (unknown, token.clone()),
        (unknown, waiting.link(unknown, "support-lead-1")),
    ] {
        let answer = waiting.get(&format!("/approve/{request}?token={token}")).await;
        assert_eq!(answer.status, 403, "{token}: {}", answer.text);
        assert!(answer.text.contains("This link opens nothing"), "{}", answer.text);
    }
    // One who is not asked, and one whom no file knows.
    for person in ["finance-lead-1", "nobody"] {
        let token = waiting.link(id, person);
        let answer = waiting.get(&format!("/approve/{id}?token={token}")).await;
        assert_eq!(answer.status, 403, "{}", answer.text);
        assert!(!answer.text.contains("A-1"), "{}", answer.text);
    }
}

#[tokio::test]
async fn a_link_ends_with_its_request() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let token = waiting.link(id, "support-lead-1");
    let page = waiting.get(&format!("/approve/{id}?token={token}")).await;
    let body = format!("vote=approve&csrf={}&token={token}", vote_csrf(&page));
    waiting.clock.step(SignedDuration::from_secs(301));
    for path in ["approve", "approvals"] {
        let late = waiting.get(&format!("/{path}/{id}?token={token}")).await;
        assert_eq!(late.status, 410, "{}", late.text);
        assert!(
            late.text.contains("Its time is over") && !late.text.contains("A-1"),
            "{}",
            late.text
        );
    }
    let vote =
        waiting.server.browse("POST", &format!("/approvals/{id}/vote"), &[FORM], &body).await;
    assert_eq!(vote.status, 409, "{}", vote.text);
    let lead = waiting.sign_in("support-lead-1").await;
    let page = lead.get(&format!("/approvals/{id}")).await;
    assert!(
        page.text.contains("not answered in time") && !page.text.contains("/vote\""),
        "{}",
        page.text
    );
}

#[tokio::test]
async fn at_high_risk_a_link_leads_to_sign_in_and_shows_nothing() {
    let waiting = Waiting::start().await;
    let id = waiting.transaction().await;
    let token = waiting.link(id, "finance-lead-1");
    let answer = waiting.get(&format!("/approve/{id}?token={token}")).await;
    assert_eq!(answer.status, 403, "{}", answer.text);
    assert!(
        answer.text.contains("Sign in to see") && !answer.text.contains("supplier"),
        "{}",
        answer.text
    );
    assert!(answer.text.contains(&format!("/sign-in?next=/approve/{id}")), "{}", answer.text);
    let lead = waiting.sign_in("finance-lead-1").await;
    let refused = lead.vote(id, "approve", "").await;
    assert_eq!(refused.status, 422, "{}", refused.text);
    assert!(refused.text.contains("say why you approve"), "{}", refused.text);
    assert_eq!(lead.vote(id, "approve", "invoice+checked").await.status, 303);
    assert_eq!(waiting.status(id).await, ApprovalStatus::Approved);
}

#[tokio::test]
async fn what_is_missing_is_said_and_what_was_typed_is_kept() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let lead = waiting.sign_in("support-lead-1").await;
    let answer = lead.vote(id, "reject", "+").await;
    assert!(
        answer.status == 422 && answer.text.contains("Say why you reject it"),
        "{}",
        answer.text
    );
    assert!(answer.text.contains("value=\"reject\" required checked"), "{}", answer.text);
    let answer = lead.vote(id, "", "because+%3Cb%3E").await;
    assert!(answer.status == 422 && answer.text.contains("because &lt;b&gt;"), "{}", answer.text);
    let answer = lead.vote(id, "reject", &"x".repeat(5000)).await;
    assert!(answer.status == 422 && answer.text.contains("too long"), "{}", answer.status);
    assert_eq!(waiting.status(id).await, ApprovalStatus::Pending);
}

#[tokio::test]
async fn approver_keys_alone_sign_in() {
    let waiting = Waiting::start().await;
    let auditor = waiting.server.key(json!({"role": "auditor"})).await;
    for key in [waiting.agent.as_str(), &waiting.server.admin, &auditor, "", "syndic_0_0"] {
        let answer = waiting.show_key(key).await;
        assert_eq!((answer.status, cookie(&answer)), (403, None), "{}", answer.text);
    }
    let key = waiting.approver_key("support-lead-1").await;
    for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let body = format!("key={key}");
        let answer = waiting.server.browse("POST", "/sign-in", &[FORM, header], &body).await;
        assert_eq!((answer.status, cookie(&answer)), (403, None));
    }
    let answer = waiting.show_key(&key).await;
    assert_eq!(answer.status, 303);
    for part in ["set-cookie: syndic=", "httponly", "samesite=lax", "max-age=28800", "path=/"] {
        assert!(answer.head.contains(part), "{part}: {}", answer.head);
    }
    assert!(!answer.text.contains(&key) && !answer.head.contains(key.rsplit('_').next().unwrap()));
}

#[tokio::test]
async fn too_many_wrong_keys_are_told_so_and_a_right_one_still_opens() {
    let waiting = Waiting::start().await;
    let key = waiting.approver_key("support-lead-1").await;
    for _ in 0..10 {
        assert_eq!(waiting.show_key("wrong").await.status, 403);
    }
    assert_eq!(waiting.show_key("wrong").await.status, 429);
    assert_eq!(waiting.show_key(&key).await.status, 303);
    waiting.clock.step(SignedDuration::from_secs(61));
    assert_eq!(waiting.show_key("wrong").await.status, 403);
}

#[tokio::test]
async fn a_session_ends_with_its_time_and_its_key() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let key = waiting.approver_key("support-lead-1").await;
    let cookie = cookie(&waiting.show_key(&key).await).unwrap();
    let lead = Browser { server: &waiting.server, cookie };
    assert_eq!(lead.get("/approvals").await.status, 200);
    let page = lead.get(&format!("/approvals/{id}")).await;
    let body = format!("vote=approve&csrf={}", vote_csrf(&page));
    let key_id = key.split('_').nth(1).unwrap();
    let revoked = waiting
        .server
        .send("DELETE", &format!("/v1/keys/{key_id}"), &waiting.server.admin, "")
        .await;
    assert_eq!(revoked.status, 204);
    let answer = lead.get("/approvals").await;
    assert!(answer.status == 303 && answer.head.contains("location: /sign-in"), "{}", answer.head);
    assert_eq!(lead.post(&format!("/approvals/{id}/vote"), &body).await.status, 403);
    assert_eq!(waiting.status(id).await, ApprovalStatus::Pending);
    let lead = waiting.sign_in("support-lead-2").await;
    waiting.clock.step(SignedDuration::from_hours(8));
    assert_eq!(lead.get("/approvals").await.status, 303);
}

#[tokio::test]
async fn a_changed_cookie_opens_nothing() {
    let waiting = Waiting::start().await;
    let lead = waiting.sign_in("support-lead-1").await;
    let (said, mac) = lead.cookie.rsplit_once('.').unwrap();
    let longer = format!("{}9.{mac}", said);
    for cookie in [longer.as_str(), said, "syndic=", "syndic=.", &format!("{0}; {0}", lead.cookie)]
    {
        let answer = waiting.server.browse("GET", "/approvals", &[("cookie", cookie)], "").await;
        assert_eq!(answer.status, 303, "{cookie}");
    }
}

#[tokio::test]
async fn signing_out_takes_the_cookie_away_and_no_other_site_does_it() {
    let waiting = Waiting::start().await;
    let lead = waiting.sign_in("support-lead-1").await;
    assert_eq!(lead.post("/sign-out", "csrf=0").await.status, 403);
    let page = lead.get("/approvals").await;
    let csrf = page.text.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let answer = lead.post("/sign-out", &format!("csrf={csrf}")).await;
    assert!(answer.status == 303 && answer.head.contains("max-age=0"), "{}", answer.head);
}

#[tokio::test]
async fn nobody_who_is_not_signed_in_learns_which_requests_there_are() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let unknown = "019a2b3c-d5e6-7f80-9123-456789000000";
    for id in [id.to_string().as_str(), unknown] {
        for path in ["approve", "reject", "approvals"] {
            let answer = waiting.get(&format!("/{path}/{id}")).await;
            assert_eq!((answer.status, answer.text.as_str()), (303, ""));
            assert!(answer.head.contains(&format!("location: /sign-in?next=/{path}/{id}")));
        }
    }
    for path in ["/approvals", "/approvals/history", "/approve/x", "/approvals/%0d%0a"] {
        assert_eq!(waiting.get(path).await.status, 303, "{path}");
    }
    let lead = waiting.sign_in("support-lead-1").await;
    assert_eq!(lead.get(&format!("/approvals/{unknown}")).await.status, 404);
    assert_eq!(lead.get("/approve/x").await.status, 404);
}

#[tokio::test]
async fn signing_in_leads_back_to_the_request_and_to_no_other_site() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let key = waiting.approver_key("support-lead-1").await;
    let page = waiting.get(&format!("/sign-in?next=/approve/{id}")).await;
    assert!(page.text.contains(&format!("value=\"/approve/{id}\"")), "{}", page.text);
    for (next, leads_to) in [
        (format!("/approve/{id}"), format!("/approve/{id}")),
        ("//evil.example".to_owned(), "/approvals".to_owned()),
        ("https://evil.example/".to_owned(), "/approvals".to_owned()),
        ("/approvals%0d%0aset-cookie:x".to_owned(), "/approvals".to_owned()),
    ] {
        let body = format!("key={key}&next={next}");
        let answer = waiting.server.browse("POST", "/sign-in", &[FORM], &body).await;
        assert!(answer.head.contains(&format!("location: {leads_to}\r\n")), "{}", answer.head);
    }
}

#[tokio::test]
async fn a19_arguments_are_shown_whole_and_never_as_markup() {
    let waiting = Waiting::start().await;
    let lead = waiting.sign_in("support-lead-1").await;
    let order = "A".repeat(1_000_000);
    let id = waiting.refund(&order).await;
    let page = lead.get(&format!("/approvals/{id}")).await;
    assert!(page.status == 200 && page.text.contains(&order), "{} bytes", page.text.len());
    let id = waiting.refund("<script>alert(1)</script>\"'&\u{202e}\u{200b}p\u{430}ypal").await;
    let page = lead.get(&format!("/approvals/{id}")).await.text;
    assert!(!page.contains("<script") && !page.contains('\u{202e}') && !page.contains('\u{200b}'));
    for part in
        ["&lt;script&gt;", "U+202E", "right-to-left override", "zero width space", "Look twice"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
}

#[tokio::test]
async fn who_is_removed_while_it_waits_decides_nothing() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let lead = waiting.sign_in("support-lead-1").await;
    let page = lead.get(&format!("/approvals/{id}")).await;
    let body = format!("vote=approve&csrf={}", vote_csrf(&page));
    let token = waiting.link(id, "support-lead-1");
    let file = waiting.server.directory().join("approvers/support.yaml");
    std::fs::write(file, SUPPORT.replace("[support-lead-1, support-lead-2]", "[support-lead-2]"))
        .unwrap();
    waiting.server.gate.reload(&ReloadBy::Watch, None).await.unwrap();
    let answer = lead.post(&format!("/approvals/{id}/vote"), &body).await;
    assert!(answer.status == 403 && answer.text.contains("You are not asked"), "{}", answer.text);
    let page = lead.get(&format!("/approvals/{id}")).await;
    assert!(page.text.contains("in no group that is asked"), "{}", page.text);
    assert_eq!(waiting.get(&format!("/approve/{id}?token={token}")).await.status, 403);
    assert_eq!(waiting.status(id).await, ApprovalStatus::Pending);
    assert!(lead.get("/approvals").await.text.contains("Others are asked"));
}

#[tokio::test]
async fn who_is_no_approver_any_more_is_signed_out_and_signs_in_no_more() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let key = waiting.approver_key("support-lead-1").await;
    let lead = waiting.sign_in("support-lead-1").await;
    let other = waiting.sign_in("support-lead-2").await;
    let people = "people:\n  support-lead-2: { name: other support lead }\ngroups:\n  support-lead:\n    \
                  people: [support-lead-2]\n";
    std::fs::write(waiting.server.directory().join("approvers/support.yaml"), people).unwrap();
    waiting.server.gate.reload(&ReloadBy::Watch, None).await.unwrap();
    for path in
        ["/approvals".to_owned(), "/approvals/history".to_owned(), format!("/approvals/{id}")]
    {
        let answer = lead.get(&path).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text);
        assert!(answer.head.contains("location: /sign-in"), "{path}: {}", answer.head);
        assert_eq!(other.get(&path).await.status, 200, "{path}");
    }
    let answer = waiting.show_key(&key).await;
    assert!(answer.status == 403 && cookie(&answer).is_none(), "{}", answer.head);
    assert!(answer.text.contains("no approver any more"), "{}", answer.text);
}

#[tokio::test]
async fn a_link_that_shows_nothing_is_no_look() {
    let waiting = Waiting::start().await;
    let (refund, transaction) = (waiting.refund("A-1").await, waiting.transaction().await);
    let late = waiting.refund("A-2").await;
    for (id, person) in [(refund, "finance-lead-1"), (transaction, "finance-lead-1")] {
        let path = format!("/approve/{id}?token={}", waiting.link(id, person));
        assert_eq!(waiting.get(&path).await.status, 403);
    }
    waiting.clock.step(SignedDuration::from_secs(301));
    let path = format!("/approve/{late}?token={}", waiting.link(late, "support-lead-1"));
    assert_eq!(waiting.get(&path).await.status, 410);
    for id in [refund, transaction, late] {
        let trail = waiting.server.gate.approval_details(id).await.unwrap().trail;
        assert!(!trail.iter().any(|noted| noted.what.contains("looked")), "{trail:?}");
    }
}

#[tokio::test]
async fn the_inbox_shows_first_what_this_person_may_answer() {
    let waiting = Waiting::start().await;
    let refund = waiting.refund("A-1").await.to_string();
    let transaction = waiting.transaction().await.to_string();
    for (person, first, second) in
        [("support-lead-1", &refund, &transaction), ("finance-lead-1", &transaction, &refund)]
    {
        let page = waiting.sign_in(person).await.get("/approvals").await.text;
        assert!(page.contains("2 requests wait"), "{page}");
        assert!(page.find(first.as_str()).unwrap() < page.find(second.as_str()).unwrap(), "{page}");
    }
}

#[tokio::test]
async fn the_inbox_has_pages() {
    let waiting = Waiting::start().await;
    for order in 0..60 {
        waiting.refund(&format!("A-{order}")).await;
    }
    let lead = waiting.sign_in("support-lead-1").await;
    let rows = |page: &Answer| page.text.matches("class=\"row\"").count();
    let first = lead.get("/approvals").await;
    assert!(first.text.contains("60 requests wait") && first.text.contains("/approvals?from=50"));
    assert_eq!(rows(&first), 50);
    assert_eq!(rows(&lead.get("/approvals?from=50").await), 10);
    for from in ["99999999999999999999", "-1", "x", "18446744073709551615"] {
        assert_eq!(lead.get(&format!("/approvals?from={from}")).await.status, 200, "{from}");
    }
}

#[tokio::test]
async fn the_history_is_filtered() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let lead = waiting.sign_in("support-lead-1").await;
    assert_eq!(lead.vote(id, "reject", "no").await.status, 303);
    let waits = waiting.refund("A-2").await;
    for (query, rejected, pending) in [
        ("", true, true),
        ("?status=rejected", true, false),
        ("?status=pending", false, true),
        ("?agent=customer-support&action=issue_refund", true, true),
        ("?agent=knowledge-base", false, false),
        ("?since=2026-11-24", false, false),
        ("?agent=%3Cscript%3E&since=x&after=y", true, true),
    ] {
        let page = lead.get(&format!("/approvals/history{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(page.text.contains(&id.to_string()), rejected, "{query}: {}", page.text);
        assert_eq!(page.text.contains(&waits.to_string()), pending, "{query}: {}", page.text);
        assert!(!page.text.contains("<script"));
    }
}

#[tokio::test]
async fn pages_carry_no_script_load_nothing_from_elsewhere_and_are_not_kept() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let lead = waiting.sign_in("support-lead-1").await;
    for path in
        ["/approvals", "/approvals/history", "/sign-in", &format!("/approve/{id}"), "/approve/x"]
    {
        let page = lead.get(path).await;
        for header in [
            "content-security-policy: default-src 'none'; style-src 'self'; form-action 'self'; \
             frame-ancestors 'none'; base-uri 'none'",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff",
            "cache-control: no-store",
            "content-type: text/html; charset=utf-8",
        ] {
            assert!(page.head.contains(header), "{path} {header}\n{}", page.head);
        }
        for forbidden in ["<script", " style=", " onclick", "http://", "https://"] {
            assert!(!page.text.contains(forbidden), "{path} {forbidden}\n{}", page.text);
        }
        let sheet = page.text.split("href=\"/assets/").nth(1).unwrap().split('"').next().unwrap();
        let sheet = waiting.get(&format!("/assets/{sheet}")).await;
        assert_eq!(sheet.status, 200);
        assert!(sheet.head.contains("max-age=31536000, immutable"), "{}", sheet.head);
    }
}

#[tokio::test]
async fn a_first_look_is_recorded_once_and_a_prefetch_is_none() {
    let waiting = Waiting::start().await;
    let id = waiting.refund("A-1").await;
    let path = format!("/approve/{id}?token={}", waiting.link(id, "support-lead-1"));
    let prefetch = [("sec-purpose", "prefetch;prerender")];
    assert_eq!(waiting.server.browse("GET", &path, &prefetch, "").await.status, 200);
    assert_eq!(waiting.server.browse("HEAD", &path, &[], "").await.status, 200);
    let looked = async || {
        let lead = waiting.sign_in("support-lead-2").await;
        lead.get(&format!("/approvals/{id}")).await.text.matches("support-lead-1 looked").count()
    };
    assert_eq!(looked().await, 0);
    for _ in 0..3 {
        waiting.get(&path).await;
    }
    assert_eq!(looked().await, 1);
}

#[tokio::test]
async fn behind_https_the_cookie_says_so() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start_with(clock, |directory| {
        let path = directory.join("syndic.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let public = "  public_url: https://syndic.example.org";
        std::fs::write(path, text.replace("  # public_url: https://syndic.example.org", public))
            .unwrap();
    })
    .await;
    let key = server.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
    let answer = server.browse("POST", "/sign-in", &[FORM], &format!("key={key}")).await;
    assert!(answer.head.contains("set-cookie: __host-syndic="), "{}", answer.head);
    assert!(answer.head.contains("; secure"), "{}", answer.head);
}
