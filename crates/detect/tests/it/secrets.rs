use syndic_detect::{Context, Entity, Scanner};

/// The secrets found in a text.
fn secrets(text: &str) -> Vec<&str> {
    secrets_under(None, text)
}

fn secrets_under<'t>(key: Option<&str>, text: &'t str) -> Vec<&'t str> {
    let scanner = Scanner::builder().build();
    let findings = scanner.scan(text, &Context { key, ..Context::default() }).unwrap();
    let secrets = findings.iter().filter(|finding| finding.entity == Entity::Secret);
    secrets.map(|finding| text.get(finding.span.clone()).unwrap()).collect()
}

#[test]
fn what_is_assigned_to_a_name_of_a_secret_is_one() {
    for (text, secret) in [
        ("DB_PASSWORD=Winter2435@\nDEBUG=1", "Winter2435@"),
        ("DB_PASSWORD=#wnAKsd3QYWt$RaO\n", "#wnAKsd3QYWt$RaO"),
        ("PASSWORD=hunter2", "hunter2"),
        ("password: Tr0ub4dor&3", "Tr0ub4dor"),
        ("{\"password\": \"s3cur3-Pa55\"}", "s3cur3-Pa55"),
        ("{\\\"password\\\": \\\"s3cur3-Pa55\\\"}", "s3cur3-Pa55"),
        ("API_KEY=\"9ZvqpXHcb81Sx7nBHTgq72lDaUriQYIz\"", "9ZvqpXHcb81Sx7nBHTgq72lDaUriQYIz"),
        ("clientSecret := `9ZvqpXHcb81Sx7nBHTgq`", "9ZvqpXHcb81Sx7nBHTgq"),
        ("let api_token: &'static str = \"9ZvqpXHcb81Sx7nBHTgq\";", "9ZvqpXHcb81Sx7nBHTgq"),
        ("setProperty(\"SOME_TOKEN\", \"9ZvqpXHcb81Sx7nBHTgq\")", "9ZvqpXHcb81Sx7nBHTgq"),
        ("<apiToken>9ZvqpXHcb81Sx7nBHTgq</apiToken>", "9ZvqpXHcb81Sx7nBHTgq"),
        ("Authorization: Bearer 9ZvqpXHcb81Sx7nBHTgq72lD", "9ZvqpXHcb81Sx7nBHTgq72lD"),
        ("Authorization: Basic YWRtaW46Y29ycmVjdCBob3JzZQ==", "YWRtaW46Y29ycmVjdCBob3JzZQ=="),
        ("https://x.test/?api_key=9ZvqpXHcb81Sx7nBHTgq&y=1", "9ZvqpXHcb81Sx7nBHTgq"),
        ("Server=db;Password=kV9$mq2Lx;Database=x", "kV9$mq2Lx"),
        (
            "AccountKey=q6OMMGE3A6MfFgR44gIAe7hb05JsheIpl5Rjs81q6OMMGE3A6MfFgR44gIAe7hb05JsheIpl5Rjs81Ab==;",
            "q6OMMGE3A6MfFgR44gIAe7hb05JsheIpl5Rjs81q6OMMGE3A6MfFgR44gIAe7hb05JsheIpl5Rjs81Ab==",
        ),
        ("mysql -u root --password kV9mq2Lxw", "kV9mq2Lxw"),
        ("the password is kV9mq2Lxw.", "kV9mq2Lxw"),
        ("curl -u elastic:P@ssw0rd91 https://localhost:9200", "P@ssw0rd91"),
        ("docker login -u deploy -p marble#235ZkW registry", "marble#235ZkW"),
        ("redis-cli -u redis://default:kV9mq2Lxw@cache:6379/0", "default:kV9mq2Lxw"),
        ("postgres://app:saxo#871UuN@db/x", "app:saxo#871UuN"),
        ("login: ana, password: lisbon-blue-86", "lisbon-blue-86"),
        ("{\"api_key\": \"quartz1999!\"}", "quartz1999!"),
        ("postgres://app:kV9mq2Lxw@db.internal:5432/x", "app:kV9mq2Lxw"),
        ("mongodb+srv://app:kV9mq2Lxw@c0.x.mongodb.net", "app:kV9mq2Lxw"),
    ] {
        assert_eq!(secrets(text), [secret], "in `{text}`");
    }
}

#[test]
fn code_and_stand_ins_are_not_secrets() {
    for text in [
        "password = get_password()",
        "password: String,",
        "password = os.environ[\"DB_PASSWORD\"]",
        "const token = process.env.API_TOKEN;",
        "PASSWORD=${DB_PASSWORD}",
        "password: $PASSWORD",
        "password: <your-password>",
        "password: {{ .Values.password }}",
        "api_key = \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"",
        "api_key = \"YOUR_API_KEY_HERE_1234567890\"",
        "secret_key = \"1234567890abcdef1234567890abcdef\"",
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
        "checksum = \"9cd0981ba5bd9f1a8b1f5d2ee2c92d3d7e5a0b3f8a0c6c62b15e1e3c9d4f6a7b\"",
        "integrity sha512-9ZvqpXHcb81Sx7nBHTgq72lDaUriQYIz9ZvqpXHcb81Sx7nBHTgq72lDaUriQYIz==",
        "commit 9cd0981ba5bd9f1a8b1f5d2ee2c92d3d7e5a0b3f",
        "id: 0736f5ef-7e88-499a-80cc-90c85d2a5180",
        "public_key = \"9ZvqpXHcb81Sx7nBHTgq72lDaUriQYIz\"",
        "max_tokens: 4096",
        "ssh -p 2222 host",
        "mkdir -p src/a1/b2",
        "http://localhost:8080#user@x",
        "encryptedCredential: \"eyJWZXJzaW9uIj...\"",
        "https://user:password@example.com/",
        "https://${USER}:${PASS}@example.com/",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----",
        "-----BEGIN PRIVATE KEY-----\nanything\n-----END PRIVATE KEY-----",
        "let access = self.keys.accessor(index);",
        "password_hash = \"$2b$12$9ZvqpXHcb81Sx7nBHTgq72lDaUriQYIz\"",
    ] {
        assert_eq!(secrets(text), [""; 0], "in `{text}`");
    }
}

#[test]
fn a_key_says_what_a_whole_value_is() {
    assert_eq!(secrets_under(Some("db_password"), "kV9mq2Lxw"), ["kV9mq2Lxw"]);
    assert_eq!(secrets_under(Some("note"), "kV9mq2Lxw"), [""; 0]);
}

#[test]
fn the_key_of_a_json_member_is_as_good_as_an_assignment() {
    let document = r#"{"db": {"password": "kV9mq2Lxw"}, "note": "kV9mq2Lxw", "env": "API_KEY=9ZvqpXHcb81Sx7nBHTgq\nX=1"}"#;
    let json: Box<serde_json::value::RawValue> = serde_json::from_str(document).unwrap();
    let findings = Scanner::builder().build().scan_json(&json, &Context::default()).unwrap();
    let found: Vec<&str> = findings.iter().map(|f| document.get(f.span.clone()).unwrap()).collect();
    assert_eq!(found, ["kV9mq2Lxw", "9ZvqpXHcb81Sx7nBHTgq"]);
}

#[test]
fn a_private_key_is_found_whole_and_cut_off() {
    let body = "MIIEpQIBAAKCAQEAn6O8li9SX4m98LLYtPKSzEmQ\nBZD7Loh9P13f4yQ92EF3yxR5MsXFu9PRsrYQA7";
    let (begin, end) =
        (["-----BEGIN RSA ", "PRIVATE KEY-----"].concat(), "-----END RSA PRIVATE KEY-----");
    let whole = format!("{begin}\n{body}\n{end}");
    assert_eq!(secrets(&format!("key:\n{whole}\nmore")), [whole.as_str()]);
    let escaped = whole.replace('\n', "\\n");
    assert_eq!(secrets(&escaped), [escaped.as_str()]);
    let cut = format!("{begin}\n{body}");
    assert_eq!(secrets(&cut), [cut.as_str()]);
    assert_eq!(secrets(&format!("{cut}\nand so on, the rest is lost")), [cut.as_str()]);
    assert_eq!(
        secrets(&format!("{begin} is how a key begins, and prose of many words follows")),
        [""; 0]
    );
}

#[test]
fn a_json_web_token_is_one_only_with_a_header() {
    let token = [
        "eyJhbGciOiJIUzI1NiJ9",
        "eyJzdWIiOiI0NTAzODQwNDczIn0",
        "b3srWf3Vj84C9qR3Ub3srWf3Vj84C9qR3U",
    ];
    let text = token.join(".");
    assert_eq!(secrets(&text), [text.as_str()]);
    assert_eq!(secrets(&text.replace("hbGci", "zbGci")), [""; 0]);
}

#[test]
fn webhooks_are_secret_as_whole_urls() {
    let slack =
        ["https://hooks.slack.com/", "services/T0AB12CD3/B0AB12CD3/9ZvqpXHcb81Sx7nBHTgq72lD"]
            .concat();
    let discord = [
        "https://discord.com/api/",
        "webhooks/123456789012345678/9ZvqpXHcb81Sx7nBHTgq72lDaUriQYIz9ZvqpXHcb81Sx7nBHTgq72lDaUriQYIz",
    ]
    .concat();
    for url in [slack, discord] {
        assert_eq!(secrets(&format!("post to {url} now")), [url.as_str()]);
    }
}

#[test]
fn a_secret_is_found_behind_escapes_and_in_urls() {
    let token = ["dop_v1_", "4eeffca8f0a594f413daff0744a21bb8", "ffa6eba9142bd866a2b29a0cb08ddd4e"]
        .concat();
    for text in [
        format!("x\\n{token}\\n"),
        format!("https://x.test/{token}"),
        format!("DO_TOKEN={token}"),
        format!("a%3D{token}&b"),
        format!("({token})"),
        format!("--token={token}"),
    ] {
        assert_eq!(secrets(&text), [token.as_str()], "in `{text}`");
    }
    assert_eq!(secrets(&format!("ab{token}")), [""; 0], "inside a word");
    assert_eq!(secrets(&format!("{token}ab")), [""; 0], "before a word");
}

#[test]
fn a_token_with_a_wrong_checksum_is_less_sure() {
    let scanner = Scanner::builder().build();
    let score = |text: &str| {
        let findings = scanner.scan(text, &Context::default()).unwrap();
        findings.iter().map(|f| (f.evidence.checksum, f.score.hundredths())).next()
    };
    let right = ["ghp_", "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ", "0mLq17"].concat();
    assert_eq!(score(&right), Some((true, 99)));
    assert_eq!(score(&right.replace("mLq17", "mLq18")), Some((false, 60)));
}

#[test]
fn the_data_of_a_kubernetes_secret_is_secret() {
    let text = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: x\ndata:\n  a: c3VwZXJzZWNyZXQ=\n  b: |\n    bW9yZXNlY3JldHM=\n---\nkind: ConfigMap\ndata:\n  c: bm90aGluZ2hlcmU=\n";
    assert_eq!(secrets(text), ["c3VwZXJzZWNyZXQ=", "bW9yZXNlY3JldHM="]);
    assert_eq!(secrets(&text.replace("kind: Secret", "kind: SealedSecret")), [""; 0]);
}

#[test]
fn a_value_that_begins_like_a_format_and_is_cut_is_none() {
    assert_eq!(secrets("token = \"glpat-9Zvqp7X3\""), [""; 0]);
}

#[test]
fn hostile_text_is_neither_slow_nor_a_panic() {
    for piece in [
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\nAAAA",
        "password=",
        "password: '",
        "token=\"",
        "https://a:b",
        "sk-ant-api03-",
        "eyJhbGciOiJIUzI1NiJ9.",
        "ghp_ghp_",
        "kind: Secret\ndata:\n",
        "passw passw ",
        "a=b:",
        "AKIA",
        "\\n\\n%3D%3D",
    ] {
        let text = piece.repeat(200_000 / piece.len());
        let _findings = Scanner::builder().build().scan(&text, &Context::default());
        let _cut = secrets_of(text.get(1..).unwrap());
    }
}

/// The secrets found in a text, or none if it costs too much.
fn secrets_of(text: &str) -> usize {
    Scanner::builder().build().scan(text, &Context::default()).map_or(0, |found| found.len())
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_panic(
        pieces in proptest::collection::vec("(password|token|api_key|kind: Secret|://|-----BEGIN |PRIVATE KEY-----|eyJ|sk-|[=:'\"`\\\\,>| \n]|.{0,3}|[A-Za-z0-9+/_.~-]{0,40})", 0..24)
    ) {
        let text = pieces.concat();
        let scanner = Scanner::builder().build();
        let found = scanner.scan(&text, &Context { key: Some("password"), ..Context::default() }).unwrap();
        for finding in found.iter() {
            proptest::prop_assert!(text.get(finding.span.clone()).is_some_and(|cut| !cut.is_empty()));
        }
    }
}

#[test]
fn every_secret_that_is_found_has_a_name_that_is_told() {
    let names: std::collections::BTreeSet<&str> = syndic_detect::secret_names().collect();
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/detect/messages.jsonl");
    let scanner = Scanner::builder().build();
    let mut found = 0;
    for line in std::fs::read_to_string(corpus).unwrap().lines() {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = message["text"].as_str().unwrap();
        for finding in scanner.scan(text, &Context::default()).unwrap().iter() {
            if finding.entity.is_secret() {
                found += 1;
                assert!(names.contains(&*finding.evidence.pattern), "{}", finding.evidence.pattern);
            }
        }
    }
    assert!(found > 30, "{found}");
}
