//! Who comes in.

use serde_json::json;
use syndic_mcp::Daemon;

use super::rig::{Rig, initialize, refund, seen};

#[tokio::test]
async fn without_a_key_nobody_comes_in() {
    let mut rig = Rig::plain().await;
    for header in
        [None, Some("Basic c3luZGlj"), Some("Bearer vendor-token"), Some("Bearer syndic_00_00")]
    {
        let mut request = rig.client.post(rig.url()).body(initialize());
        request = request.header("content-type", "application/json");
        if let Some(header) = header {
            request = request.header("authorization", header);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401, "{header:?}");
        let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
        let place = format!("http://{}/.well-known/oauth-protected-resource/mcp", rig.address);
        assert_eq!(challenge, format!("Bearer resource_metadata=\"{place}\""));
        let (_, said) = seen(response).await;
        assert!(
            said["error"]["message"].as_str().unwrap().contains("syndic keys create"),
            "{said}"
        );
        let (status, resource) = seen(rig.client.get(place).send().await.unwrap()).await;
        assert_eq!((status, &resource["resource"]), (200, &json!(rig.url())));
    }
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn a_key_that_is_not_this_agents_is_told_whose_proxy_it_is() {
    let mut rig = Rig::plain().await;
    let other = rig.daemon.agent_key("knowledge-base").await;
    let approver = rig.daemon.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
    for key in [other, approver, rig.daemon.admin.clone()] {
        let (status, said) = seen(rig.post_as(&key, initialize()).send().await.unwrap()).await;
        assert_eq!(status, 403, "{said}");
        let message = said["error"]["message"].as_str().unwrap();
        assert!(message.contains("this proxy is for agent `customer-support`"), "{message}");
        assert!(!message.contains(&key));
    }
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn a_revoked_key_decides_nothing_more() {
    let mut rig = Rig::plain().await;
    assert_eq!(rig.say(refund(1)).await.0, 200);
    rig.server.next().await;
    let id = rig.key.split('_').nth(1).unwrap();
    let path = format!("/v1/keys/{id}");
    assert_eq!(rig.daemon.send("DELETE", &path, &rig.daemon.admin, "").await.status, 204);
    let (_, said) = rig.say(refund(2)).await;
    assert!(said.to_string().contains("revoked"), "{said}");
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn where_nobody_decides_nobody_comes_in() {
    let mut rig = Rig::plain().await;
    let Rig { daemon, .. } = &rig;
    let unreachable = format!("http://{}", daemon.address);
    let client = syndic_client::Client::tcp(
        &unreachable.replace(&daemon.address.port().to_string(), "1"),
        None,
    );
    let settings = syndic_mcp::Settings::new("customer-support", "desk");
    let http = syndic_mcp::http::HttpSettings {
        listen: "127.0.0.1:0".parse().unwrap(),
        behind_proxy: false,
        allow_hosts: vec![],
        allow_origins: vec![],
        upstream: syndic_mcp::http::UpstreamSettings {
            url: format!("http://{}/mcp", rig.server.address),
            header_file: None,
            ca: None,
        },
    };
    let bound =
        syndic_mcp::http::bind(settings, http, Daemon::elsewhere(client.unwrap())).await.unwrap();
    let url = bound.endpoint();
    let running = tokio::spawn(bound.run(std::future::pending()));
    let request = rig.client.post(url).bearer_auth(&rig.key).body(refund(1));
    let (status, said) =
        seen(request.header("content-type", "application/json").send().await.unwrap()).await;
    running.abort();
    assert_eq!(status, 503);
    assert!(said["error"]["message"].as_str().unwrap().contains("syndic serve"), "{said}");
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn pages_of_others_and_names_of_others_are_refused() {
    let mut rig = Rig::with(
        |_, http| http.allow_origins.push("https://app.example.com".to_owned()),
        super::rig::plain,
    )
    .await;
    for (name, value, status) in [
        ("origin", "http://evil.example.com", 403),
        ("origin", "null", 403),
        ("host", "evil.example.com", 403),
        ("origin", "https://app.example.com", 200),
        ("origin", "http://localhost:6274", 200),
        ("host", "localhost", 200),
    ] {
        let response = rig.post(refund(1)).header(name, value).send().await.unwrap();
        assert_eq!(response.status(), status, "{name}: {value}");
        match status {
            200 => {
                rig.server.next().await;
                let allowed = response.headers().get("access-control-allow-origin");
                assert_eq!(allowed.is_some(), name == "origin");
            }
            _ => assert!(rig.server.heard_nothing()),
        }
    }
    let preflight = rig
        .client
        .request(reqwest::Method::OPTIONS, rig.url())
        .header("origin", "https://app.example.com")
        .header("access-control-request-headers", "authorization,mcp-method")
        .send()
        .await
        .unwrap();
    assert_eq!(preflight.status(), 204);
    assert_eq!(preflight.headers()["access-control-allow-headers"], "authorization,mcp-method");
}

#[tokio::test]
async fn an_address_of_the_network_wants_something_in_front_that_ends_tls() {
    use syndic_mcp::http::{HttpSettings, UpstreamSettings, bind};
    let client =
        || Daemon::elsewhere(syndic_client::Client::tcp("http://127.0.0.1:1", None).unwrap());
    let upstream =
        |url: &str| UpstreamSettings { url: url.to_owned(), header_file: None, ca: None };
    let http = |listen: &str, url: &str| HttpSettings {
        listen: listen.parse().unwrap(),
        behind_proxy: false,
        allow_hosts: vec![],
        allow_origins: vec![],
        upstream: upstream(url),
    };
    for (listen, url, says) in [
        ("0.0.0.0:0", "http://127.0.0.1:1/mcp", "pass --behind-proxy"),
        ("127.0.0.1:0", "127.0.0.1/mcp", "is not an http or https URL"),
        ("127.0.0.1:0", "ftp://host/mcp", "is not an http or https URL"),
        ("127.0.0.1:0", "https://me:secret@host/mcp", "--upstream-header-file"),
    ] {
        let settings = syndic_mcp::Settings::new("customer-support", "desk");
        let error = bind(settings, http(listen, url), client()).await.unwrap_err().to_string();
        assert!(error.contains(says) && !error.contains("secret"), "{error}");
    }
    let mut bad = http("127.0.0.1:0", "https://127.0.0.1:1/mcp");
    let empty = tempfile::NamedTempFile::new().unwrap();
    bad.upstream.ca = Some(empty.path().to_owned());
    let settings = syndic_mcp::Settings::new("customer-support", "desk");
    let error = bind(settings, bad, client()).await.unwrap_err().to_string();
    assert!(error.contains("it holds none in PEM form"), "{error}");
}
