//! Editing what MCP clients are told.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::syndic::{Ended, Place};

const CONFIG: &str = r#"{
  "mcpServers": {
    "Files & more": {
      "command": "npx",
      "args": [
        "-y",
        "@modelcontextprotocol/server-filesystem",
        "/data"
      ],
      "env": {"TOKEN": "secret"}
    },
    "clock": {"command": "/opt/clock"},
    "issues": {"type": "http", "url": "https://mcp.example.com/mcp"}
  },
  "other": [1.50, "as it is"]
}
"#;

struct Project(Place);

impl Project {
    fn new(config: &str) -> Self {
        let place = Place::governed();
        std::fs::write(place.dir().join(".mcp.json"), config).unwrap();
        Self(place)
    }

    fn install(&self, more: &[&str]) -> Ended {
        let arguments = ["mcp", "install", "claude-code", "--agent", "customer-support"];
        self.0.run(&[&arguments, more].concat())
    }

    fn told(&self, more: &[&str]) -> Value {
        let ended = self.install(&[more, &["--json"]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        serde_json::from_str(&ended.stdout).unwrap()
    }

    fn uninstall(&self, more: &[&str]) -> Ended {
        self.0.run(&[&["mcp", "uninstall", "claude-code"], more].concat())
    }

    fn config(&self) -> String {
        std::fs::read_to_string(self.0.dir().join(".mcp.json")).unwrap()
    }

    fn has_backup(&self) -> bool {
        self.0.dir().join(".mcp.json.syndic-backup").exists()
    }
}

fn statuses(told: &Value) -> Vec<&str> {
    let servers = told["servers"].as_array().unwrap();
    servers.iter().map(|server| server["status"].as_str().unwrap()).collect()
}

#[test]
fn servers_are_wrapped_once_and_put_back_byte_for_byte() {
    let project = Project::new(CONFIG);
    let path = project.0.dir().join(".mcp.json");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    let told = project.told(&[]);
    assert_eq!(statuses(&told), ["wrapped", "wrapped", "remote"]);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let config: Value = serde_json::from_str(&project.config()).unwrap();
    let server = &config["mcpServers"]["Files & more"];
    assert_eq!(server["command"], env!("CARGO_BIN_EXE_syndic"));
    assert_eq!(server["env"]["TOKEN"], "secret");
    let args: Vec<_> =
        server["args"].as_array().unwrap().iter().map(|arg| arg.as_str().unwrap()).collect();
    let dir = project.0.dir().canonicalize().unwrap();
    let expected = ["mcp", "--agent", "customer-support", "--dir", dir.to_str().unwrap()];
    assert_eq!(args[..5], expected);
    let expected = [
        "--server",
        "files---more",
        "--",
        "npx",
        "-y",
        "@modelcontextprotocol/server-filesystem",
        "/data",
    ];
    assert_eq!(args[5..], expected);

    let once = project.config();
    assert_eq!(statuses(&project.told(&[])), ["already-wrapped", "already-wrapped", "remote"]);
    assert_eq!(project.config(), once);
    assert!(project.has_backup());
    assert_eq!(project.uninstall(&[]).code, Some(0));
    assert_eq!(project.config(), CONFIG);
    assert!(!project.has_backup(), "it would be the same file twice");
}

#[test]
fn a_dry_run_shows_what_would_change_and_changes_nothing() {
    let project = Project::new(CONFIG);
    let ended = project.install(&["--dry-run", "clock"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("    - /opt/clock\n    + "), "{}", ended.stdout);
    assert!(ended.stdout.contains(" --server clock -- /opt/clock\n"), "{}", ended.stdout);
    assert!(ended.stdout.contains("Nothing was written"), "{}", ended.stdout);
    assert_eq!((project.config().as_str(), project.has_backup()), (CONFIG, false));
}

#[test]
fn only_the_named_servers_are_touched() {
    let project = Project::new(CONFIG);
    assert_eq!(statuses(&project.told(&["clock"])), ["wrapped"]);
    assert_eq!(statuses(&project.told(&[])), ["wrapped", "already-wrapped", "remote"]);
    assert_eq!(project.uninstall(&["Files & more", "clock"]).code, Some(0));
    assert_eq!(project.config(), CONFIG);
}

#[test]
fn a_second_install_wraps_nothing_twice_whatever_the_program_is_called() {
    let project = Project::new(CONFIG);
    project.told(&["clock"]);
    let renamed = project.config().replace(env!("CARGO_BIN_EXE_syndic"), "/opt/syndic-next");
    std::fs::write(project.0.dir().join(".mcp.json"), renamed).unwrap();
    assert_eq!(statuses(&project.told(&[])), ["wrapped", "already-wrapped", "remote"]);
    let backup = std::fs::read_to_string(project.0.dir().join(".mcp.json.syndic-backup"));
    assert_eq!(backup.unwrap(), CONFIG, "the original");
    assert_eq!(project.uninstall(&[]).code, Some(0));
    assert_eq!(project.config(), CONFIG);
}

#[test]
fn a_server_that_is_wrapped_for_another_agent_is_told_and_exits_1() {
    let project = Project::new(CONFIG);
    project.told(&["clock"]);
    let command = ["mcp", "install", "claude-code", "--agent", "knowledge-base"];
    let ended = project.0.run(&command);
    assert_eq!(ended.code, Some(1));
    let told = "it is wrapped with `--agent customer-support`, not `--agent knowledge-base`; uninstall it first";
    assert!(ended.stdout.contains(told), "{}", ended.stdout);
    assert!(ended.stderr.contains("left as it was: `clock`"), "{}", ended.stderr);
    let config = project.config();
    assert_eq!(config.matches("knowledge-base").count(), 1, "the others are done: {config}");
}

#[test]
fn a_server_that_cannot_be_wrapped_is_told_and_exits_1_with_the_others_done() {
    let config = r#"{"mcpServers": {
  "null": {"command": "npx", "args": null},
  "list": {"command": ["npx"]},
  "fine": {"command": "npx"}
}}"#;
    let project = Project::new(config);
    let ended = project.install(&[]);
    assert_eq!(ended.code, Some(1));
    for told in ["its `args` are not a list", "its `command` is not a string"] {
        assert!(ended.stdout.contains(told), "{}", ended.stdout);
    }
    assert!(ended.stderr.contains("left as it was: `null`, `list`"), "{}", ended.stderr);
    assert!(project.config().contains("\"fine\", \"--\", \"npx\"]"), "{}", project.config());
    assert_eq!(project.uninstall(&[]).code, Some(0));
    assert_eq!(project.config(), config);
}

#[test]
fn a_remote_server_is_left_with_a_word_on_what_to_do() {
    let ended = Project::new(CONFIG).install(&["issues"]);
    assert!(
        ended.stdout.contains("is remote, and left: https://mcp.example.com/mcp"),
        "{}",
        ended.stdout
    );
    assert!(ended.stdout.contains("--upstream https://mcp.example.com/mcp"), "{}", ended.stdout);
}

#[test]
fn what_cannot_be_edited_is_told_at_its_place_and_left() {
    for (config, code, told) in [
        ("{\n  // servers\n}", 1, "line 2, column 3"),
        ("{\"mcpServers\": {\"a\": {}, \"a\": {}}}", 1, "`a` stands twice"),
        ("{\"mcpServers\": []}", 1, "line 1, column 16"),
        ("{\"mcpServers\": {}}", 1, "names no server"),
        ("{}", 1, "names no server"),
    ] {
        let project = Project::new(config);
        for ended in [project.install(&[]), project.uninstall(&[])] {
            assert_eq!(ended.code, Some(code), "{config}: {}", ended.stdout);
            assert!(ended.stderr.contains(told), "{config}: {}", ended.stderr);
        }
        assert_eq!((project.config().as_str(), project.has_backup()), (config, false));
    }
}

#[test]
fn mistakes_in_what_was_typed_exit_2() {
    let project = Project::new(CONFIG);
    assert_eq!(project.install(&["nobody"]).code, Some(2));
    let unknown = ["mcp", "install", "claude-code", "--agent", "customer-suport"];
    let ended = project.0.run(&unknown);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("`customer-support`"), "{}", ended.stderr);
    assert_eq!(project.0.run(&["mcp", "install", "claude-code"]).code, Some(2));
    assert_eq!(project.config(), CONFIG);
}

#[test]
fn without_a_configuration_the_places_are_named() {
    let place = Place::governed();
    let command = ["mcp", "install", "cursor", "--agent", "customer-support"];
    let home = place.path("home");
    let ended = place.run_with_variable(&command, ("HOME", home.to_str().unwrap()));
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("./.cursor/mcp.json` and `"), "{}", ended.stderr);
}
