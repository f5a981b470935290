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
