use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::syndic::Place;

/// A server of the revisions with `initialize`: two pages, a question of its own in between, and its environment.
const SERVER: &str = r#"#!/bin/sh
echo $$ > "$0.pid"
say() { printf '%s\n' "$1"; }
read -r _initialize
say '{"jsonrpc":"2.0","id":1,"result":{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"Tickets & Co","version":"1"}}}'
read -r _initialized
read -r _list
say '{"jsonrpc":"2.0","method":"notifications/message","params":{}}'
say '{"jsonrpc":"2.0","id":"p","method":"ping"}'
read -r pong
say '{"jsonrpc":"2.0","id":2,"result":{"tools":[{"name":"get_ticket","description":"'"$(env | grep -c SYNDIC_)"'"}],"nextCursor":"2"}}'
read -r list
case "$list" in *'"cursor":"2"'*) ;; *) exit 1 ;; esac
say '{"jsonrpc":"2.0","id":3,"result":{"tools":[{"name":"close_ticket","inputSchema":{"type":"object"}}]}}'
read -r _end
"#;

/// A server of the revisions without.
const STATELESS: &str = r#"#!/bin/sh
read -r _initialize
printf '%s\n' '{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no such method"}}'
read -r list
case "$list" in *io.modelcontextprotocol/protocolVersion*) ;; *) exit 1 ;; esac
printf '%s\n' '{"jsonrpc":"2.0","id":2,"result":{"resultType":"complete","tools":[{"name":"get_ticket"}]}}'
"#;

fn server(place: &Place, script: &str) -> String {
    let path = place.path("server.sh");
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn tools_of_a_server_become_entries_that_check_takes() {
    let place = Place::governed();
    let server = server(&place, SERVER);
    let arguments = ["actions", "import", "--json", "--mcp", &server];
    let ended = place.run_with_variable(&arguments, ("SYNDIC_KEY", "syndic_secret"));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    let entries = told["entries"].as_array().unwrap();
    let found: Vec<_> = entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(found, ["get_ticket", "close_ticket"]);
    let text = std::fs::read_to_string(place.dir().join("actions/tickets---co.yaml")).unwrap();
    assert!(text.contains("description: \"0\""), "the server saw a variable of ours: {text}");
    assert_eq!(place.run(&["check"]).code, Some(0));
    let id = std::fs::read_to_string(format!("{server}.pid")).unwrap();
    assert!(!std::path::Path::new("/proc").join(id.trim()).exists(), "the server still runs");
}

#[test]
fn a_server_without_sessions_is_asked_too() {
    let place = Place::governed();
    let server = server(&place, STATELESS);
    let ended = place.run(&["actions", "import", "--stdout", "--mcp", &server]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.contains("\n  get_ticket:\n"), "{}", ended.stdout);
    assert!(!place.dir().join("actions/mcp.yaml").exists());
}

#[test]
fn a_server_that_misbehaves_is_ended_and_nothing_is_written() {
    let place = Place::governed();
    for (script, why) in [
        ("exec sleep 600", "did not list its tools within 300ms"),
        ("exec cat", "refuses `tools/list`: this client answers nothing"),
        ("exit 0", "the MCP server"),
        ("read -r x; echo hello; read -r y", "not JSON"),
        ("read -r x; exec tr '\\0' x < /dev/zero", "says more than"),
        (
            "read -r x; echo '{\"id\":1,\"result\":{}}'; read -r i; read -r l; echo '{\"id\":2,\"error\":{\"message\":\"no\"}}'",
            "refuses `tools/list`: no",
        ),
    ] {
        let server = server(&place, &format!("#!/bin/sh\n{script}\n"));
        let limit = if why.contains("300ms") { "300" } else { "30000" };
        let ended = place.run(&["actions", "import", "--timeout-ms", limit, "--mcp", &server]);
        assert_eq!(ended.code, Some(1), "{script}: {}", ended.stdout);
        assert!(ended.stderr.contains(why), "{script}: {}", ended.stderr);
    }
    assert_eq!(std::fs::read_dir(place.dir().join("actions")).unwrap().count(), 3);
}
