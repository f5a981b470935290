use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::SignedDuration;
use syndic_testkit::{Receiver, TestClock};

use super::Chain;
use crate::sink::Failure;

const NOW: &str = "2026-11-23T12:00:00Z";

fn chain(clock: &Arc<TestClock>, set: &[(&str, &str)]) -> Result<Chain, Failure> {
    let set: BTreeMap<_, _> = set.iter().copied().collect();
    Chain::new("eu-central-1", Arc::<TestClock>::clone(clock) as _, &|name| {
        set.get(name).map(|value| (*value).to_owned())
    })
}

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at(NOW))
}

/// Asks for credentials, and returns the id of their key, or why there are none.
async fn id(chain: &mut Chain) -> Result<String, String> {
    match chain.credentials().await {
        Ok(credentials) => Ok(credentials.access_key_id().to_owned()),
        Err(Failure::Passing { reason, .. }) => Err(format!("passing: {reason}")),
        Err(Failure::Stopped { reason }) => Err(format!("stopped: {reason}")),
        Err(failure @ (Failure::Poisoned { .. } | Failure::TooLarge)) => panic!("{failure:?}"),
    }
}

fn role(id: &str, expires: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\n\r\n{{\"Code\":\"Success\",\"AccessKeyId\":\"{id}\",\"SecretAccessKey\":\"s3cret\",\
         \"Token\":\"t0ken\",\"Expiration\":\"{expires}\"}}"
    )
}

#[tokio::test]
async fn cloudwatch_credentials_of_the_environment_come_first_and_the_shared_file_next() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("credentials");
    let text = "[default]\naws_access_key_id=AKIDFILE\naws_secret_access_key=s3cret\n";
    std::fs::write(&file, text).unwrap();
    let file = file.to_str().unwrap();
    let keys = [("AWS_ACCESS_KEY_ID", "AKIDENV"), ("AWS_SECRET_ACCESS_KEY", "s3cret")];
    let shared = ("AWS_SHARED_CREDENTIALS_FILE", file);
    let mut first = chain(&clock(), &[keys[0], keys[1], shared]).unwrap();
    assert_eq!(id(&mut first).await.unwrap(), "AKIDENV");
    let mut next = chain(&clock(), &[shared]).unwrap();
    assert_eq!(id(&mut next).await.unwrap(), "AKIDFILE");
    let half = chain(&clock(), &[keys[0], shared]).err().unwrap();
    assert!(format!("{half:?}").contains("AWS_SECRET_ACCESS_KEY"), "{half:?}");
    let mut unknown = chain(&clock(), &[shared, ("AWS_PROFILE", "work")]).unwrap();
    let why = id(&mut unknown).await.unwrap_err();
    assert!(why.starts_with("stopped: there is no profile `work`"), "{why}");
}

#[tokio::test]
async fn cloudwatch_keys_that_are_changed_in_the_shared_file_are_used_after_five_minutes() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("credentials");
    let text = |id: &str| format!("[a]\naws_access_key_id={id}\naws_secret_access_key=s3cret\n");
    std::fs::write(&file, text("AKID1")).unwrap();
    let clock = clock();
    let set = [("AWS_SHARED_CREDENTIALS_FILE", file.to_str().unwrap()), ("AWS_PROFILE", "a")];
    let mut chain = chain(&clock, &set).unwrap();
    assert_eq!(id(&mut chain).await.unwrap(), "AKID1");
    std::fs::write(&file, text("AKID2")).unwrap();
    assert_eq!(id(&mut chain).await.unwrap(), "AKID1");
    clock.step(SignedDuration::from_mins(5));
    assert_eq!(id(&mut chain).await.unwrap(), "AKID2");
}

#[tokio::test]
async fn cloudwatch_a_pod_gets_its_role_from_sts_by_its_token() {
    let part = "HTTP/1.1 200 OK\r\n\r\n<AssumeRoleWithWebIdentityResponse><Credentials>\
                <AccessKeyId>ASIAPOD</AccessKeyId><SecretAccessKey>s3cret</SecretAccessKey>\
                <SessionToken>t0/k+en==</SessionToken><Expiration>2026-11-23T13:00:00Z</Expiration>\
                </Credentials></AssumeRoleWithWebIdentityResponse>";
    let refused =
        "HTTP/1.1 403 no\r\n\r\n<Error><Code>AccessDenied</Code><Message>x</Message></Error>";
    let mut sts = Receiver::start([part, refused, "HTTP/1.1 503 no\r\n\r\n"]).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    std::fs::write(&file, "eyJ.a.b\n").unwrap();
    let url = format!("http://{}/", sts.address);
    let set = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", file.to_str().unwrap()),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/audit"),
        ("AWS_ROLE_SESSION_NAME", "syndic"),
        ("AWS_ENDPOINT_URL_STS", &url),
    ];
    let mut first = chain(&clock(), &set).unwrap();
    let found = first.credentials().await.unwrap();
    assert_eq!((found.access_key_id(), found.session_token()), ("ASIAPOD", Some("t0/k+en==")));
    assert_eq!(
        sts.next().await.body,
        "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Faudit\
         &RoleSessionName=syndic&WebIdentityToken=eyJ.a.b"
    );
    let mut other = chain(&clock(), &set).unwrap();
    let why = id(&mut other).await.unwrap_err();
    assert!(why.starts_with("stopped: ") && why.contains("403 AccessDenied"), "{why}");
    assert!(id(&mut other).await.unwrap_err().starts_with("passing: "));
    assert!(chain(&clock(), &set[..1]).is_err(), "a token without a role");
}

#[tokio::test]
async fn cloudwatch_a_container_gets_its_role_by_its_token() {
    let mut service = Receiver::start(["HTTP/1.1 400 no\r\n\r\n"]).await;
    service.then(&role("ASIATASK", "2026-11-23T18:00:00Z"));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("token");
    let url = format!("http://{}/role", service.address);
    let set = [
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", url.as_str()),
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file.to_str().unwrap()),
    ];
    let mut chain = chain(&clock(), &set).unwrap();
    for wrong in ["a\r\nX-Evil: 1", "a\nb"] {
        std::fs::write(&file, wrong).unwrap();
        assert!(id(&mut chain).await.unwrap_err().contains("one line"));
    }
    std::fs::write(&file, "Bearer x\n").unwrap();
    assert!(id(&mut chain).await.unwrap_err().starts_with("stopped: "));
    assert_eq!(id(&mut chain).await.unwrap(), "ASIATASK");
    for _ in 0..2 {
        let asked = service.next().await;
        assert_eq!(
            (asked.path.as_str(), asked.headers["authorization"].as_str()),
            ("/role", "Bearer x")
        );
    }
    assert!(service.arrived().is_none());
}

#[tokio::test]
async fn cloudwatch_a_machine_gets_its_role_and_the_next_before_it_expires() {
    let text = |body: &str| format!("HTTP/1.1 200 OK\r\n\r\n{body}");
    let mut machine = Receiver::start([]).await;
    let tell = |id: &str, expires: &str| {
        machine.then(&text("metadata-token"));
        machine.then(&text("audit-role\n"));
        machine.then(&role(id, expires));
    };
    tell("ASIA1", "2026-11-23T12:30:00Z");
    let url = format!("http://{}", machine.address);
    let clock = clock();
    let mut chain = chain(&clock, &[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)]).unwrap();
    for _ in 0..2 {
        assert_eq!(id(&mut chain).await.unwrap(), "ASIA1");
    }
    clock.step(SignedDuration::from_mins(25));
    machine.then("HTTP/1.1 503 no\r\n\r\n");
    assert_eq!(id(&mut chain).await.unwrap(), "ASIA1", "they are good for 5 minutes more");
    tell("ASIA2", "2026-11-23T13:30:00Z");
    assert_eq!(id(&mut chain).await.unwrap(), "ASIA2");
    let mut asked = Vec::new();
    while let Some(request) = machine.arrived() {
        let token = request.headers.get("x-aws-ec2-metadata-token").cloned();
        asked.push((request.path, token));
    }
    let paths: Vec<_> = asked.iter().map(|(path, _)| path.as_str()).collect();
    let roles = "/latest/meta-data/iam/security-credentials/";
    let role = format!("{roles}audit-role");
    let once = ["/latest/api/token", roles, &role];
    assert_eq!(paths, [once.as_slice(), &once[..1], &once].concat());
    assert_eq!(asked[1].1.as_deref(), Some("metadata-token"));
    clock.step(SignedDuration::from_hours(2));
    machine.then("HTTP/1.1 404 no\r\n\r\n");
    assert!(id(&mut chain).await.unwrap_err().starts_with("passing: "), "they were there before");
}

#[tokio::test]
async fn cloudwatch_without_credentials_anywhere_it_is_said_where_they_are_looked_for() {
    let mut chain = chain(&clock(), &[("AWS_EC2_METADATA_DISABLED", "true")]).unwrap();
    let why = id(&mut chain).await.unwrap_err();
    assert!(why.starts_with("stopped: there are no AWS credentials"), "{why}");
}

#[tokio::test]
async fn cloudwatch_old_credentials_that_are_refused_are_looked_for_again_and_new_ones_are_wrong() {
    let keys = [("AWS_ACCESS_KEY_ID", "AKID"), ("AWS_SECRET_ACCESS_KEY", "s3cret")];
    let mut chain = chain(&clock(), &keys).unwrap();
    let failure = |chain: &mut Chain| format!("{:?}", chain.refused("AWS answered 400"));
    id(&mut chain).await.unwrap();
    id(&mut chain).await.unwrap();
    assert!(failure(&mut chain).starts_with("Passing"));
    id(&mut chain).await.unwrap();
    let stopped = failure(&mut chain);
    assert!(stopped.starts_with("Stopped") && stopped.contains("the environment"), "{stopped}");
    assert!(!stopped.contains("s3cret"));
}
