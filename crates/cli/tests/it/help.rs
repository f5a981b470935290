use crate::syndic::Place;

#[test]
fn help_shows_every_command_with_examples() {
    insta::assert_snapshot!(Place::empty().run(&["--help"]).stdout);
}

#[test]
fn every_command_helps_with_examples() {
    let place = Place::empty();
    for command in [
        "init",
        "check",
        "test",
        "serve",
        "decide",
        "scan",
        "policy",
        "prove",
        "diff",
        "schema",
        "actions",
        "agents",
        "approvals",
        "attest",
        "checklist",
        "drill",
        "incident",
        "doctor",
        "alerts",
        "grafana",
        "explain",
        "replay",
        "learn",
        "relay",
        "mcp",
        "audit",
        "backup",
        "restore",
        "break-glass",
        "keys",
        "permit",
        "witness",
        "sign-in",
        "status",
        "demo",
        "completions",
    ] {
        let ended = place.run(&[command, "--help"]);
        assert_eq!(ended.code, Some(0), "{command}");
        assert!(ended.stdout.contains("Examples:\n  "), "{command}: {}", ended.stdout);
    }
}

#[test]
fn bad_usage_exits_2() {
    let place = Place::governed();
    for arguments in [
        &["nonsense"][..],
        &["keys", "create", "--role", "emperor"],
        &["keys", "create", "--role", "agent"],
        &["agents", "suspend", "--reason", "x"],
        &["agents", "suspend", "a", "--all", "--reason", "x"],
        &["agents", "suspend", "a b", "--reason", "x"],
        &["audit", "list", "--limit", "1001"],
        &["audit", "list", "--since", "yesterday"],
        &["actions", "import"],
        &["actions", "import", "--mcp", "nowhere.json"],
        &["actions", "import", "--mcp", "true", "--name", "a/b"],
        &["doctor", "--agent-user", "nobody at all"],
        &["explain"],
        &["alerts", "runbook", "Nothing"],
        &["alerts", "print", "--runbooks", "a page"],
        &["alerts", "print", "--runbooks", "https://a.example #"],
        &["learn", "--since", "7d"],
        &["learn", "--agent", "a b", "--since", "7d"],
        &["replay"],
        &["replay", "--since", "yesterday"],
        &["serve", "--listen", "here"],
        &["permit", "verify", "token"],
        &["witness", "key"],
        &["witness", "serve", "--dir", "w"],
        &["witness", "serve", "--dir", "w", "--log", "nonsense"],
        &["serve", "--stop", "--listen", "127.0.0.1:0"],
        &["mcp", "--agent", "a"],
        &["mcp", "pin"],
        &["mcp", "pin", "--offered", "a", "--", "server"],
        &["actions", "import", "--offered", "a", "--mcp", "b"],
        &["mcp", "--", "server"],
        &["mcp", "--agent", "a b", "--", "server"],
        &["mcp", "--agent", "a", "--server", "a b", "--", "server"],
        &["mcp", "--agent", "a", "--wait", "2h", "--", "server"],
        &["mcp", "--agent", "a", "--standalone", "--no-start", "--", "server"],
        &["mcp", "--agent", "a", "--dir", "..", "--", "server"],
        &["mcp", "--agent", "a", "--listen", "127.0.0.1:0"],
        &["mcp", "--agent", "a", "--upstream", "http://localhost/mcp", "--", "server"],
        &[
            "mcp",
            "--agent",
            "a",
            "--listen",
            "127.0.0.1:0",
            "--upstream",
            "http://localhost/mcp",
            "--",
            "server",
        ],
        &[
            "mcp",
            "--agent",
            "a",
            "--listen",
            "127.0.0.1:0",
            "--upstream",
            "http://localhost/mcp",
            "--standalone",
        ],
        &[
            "mcp",
            "--agent",
            "a",
            "--listen",
            "127.0.0.1:0",
            "--upstream",
            "http://localhost/mcp",
            "--key-file",
            "k",
        ],
    ] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(ended.stderr.starts_with("error: "), "{}", ended.stderr);
    }
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let ended = Place::empty().run(&["completions", shell]);
        assert_eq!(ended.code, Some(0));
        assert!(ended.stdout.contains("suspend"), "{shell}");
    }
}

#[test]
fn a_reader_who_leaves_is_no_error() {
    let ended = Place::empty().run_without_reader(&["completions", "zsh"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[test]
fn every_command_that_mends_governance_exists() {
    let place = Place::empty();
    let findings = include_str!("../../../gate/src/health/finding.rs");
    let named = findings.split("`syndic ").skip(1).filter_map(|rest| rest.split('`').next());
    let mut seen = 0;
    for command in named {
        let is_word = |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase());
        let mut words: Vec<_> = command.split(' ').take_while(is_word).collect();
        words.push("--help");
        assert_eq!(place.run(&words).code, Some(0), "{command}");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
}
