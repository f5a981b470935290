//! What a server is called where nobody names it.

use std::path::Path;

/// Programs that run what another word of their command line names.
const RUNNERS: [&str; 17] = [
    "npx", "bunx", "uvx", "pipx", "pnpm", "yarn", "npm", "node", "python", "python3", "deno",
    "bun", "docker", "podman", "uv", "env", "sh",
];
/// Words with which a runner is told to run something.
const VERBS: [&str; 5] = ["dlx", "exec", "run", "tool", "x"];
const ENDINGS: [&str; 6] = [".js", ".mjs", ".cjs", ".ts", ".py", ".sh"];
const MOST: usize = 64;

/// Derives a name from a command: the package or program it runs, without scope, folder and version.
pub(crate) fn server_name(command: &[String]) -> String {
    let program = command.first().map_or("", |program| base(program));
    let run = if RUNNERS.contains(&program) { run_by(command) } else { None };
    plain(run.unwrap_or(program))
}

/// Makes a valid name of any text.
pub(crate) fn plain(text: &str) -> String {
    let plain = |c: char| match c {
        'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '.' => c.to_ascii_lowercase(),
        _ => '-',
    };
    let name: String = text.chars().take(MOST).map(plain).collect();
    match name.trim_matches(['-', '.']) {
        "" => "mcp".to_owned(),
        name => name.to_owned(),
    }
}

fn run_by(command: &[String]) -> Option<&str> {
    let words = command.iter().skip(1).map(String::as_str);
    words
        .filter(|word| !word.starts_with('-') && !word.contains('='))
        .find(|word| !VERBS.contains(word))
        .map(package)
}

/// Takes `filesystem` from `@scope/filesystem@1.2`, `registry/filesystem:1.2` or `dist/filesystem.js`.
fn package(word: &str) -> &str {
    let name = base(word);
    let name = name.split(['@', ':', '[']).next().unwrap_or(name);
    ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(name)
}

fn base(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::server_name;

    #[test]
    fn a_server_is_called_like_what_is_run() {
        for (command, name) in [
            ("npx -y @modelcontextprotocol/server-filesystem@2026.8.31 /data", "server-filesystem"),
            ("/usr/bin/npx --yes server-memory", "server-memory"),
            ("uvx mcp-server-git --repository .", "mcp-server-git"),
            ("uv tool run mcp-server-time", "mcp-server-time"),
            ("python3 -m mcp_server_fetch", "mcp_server_fetch"),
            ("node dist/Tickets.js --port 1", "tickets"),
            ("docker run -i --rm ghcr.io/github/github-mcp-server:1.2", "github-mcp-server"),
            ("env A=b /opt/crm", "crm"),
            ("/opt/tickets/bin/tickets-mcp", "tickets-mcp"),
            ("./a b", "a"),
            ("npx", "npx"),
            ("größe", "gr--e"),
            ("---", "mcp"),
            ("", "mcp"),
        ] {
            let words: Vec<_> = command.split(' ').map(str::to_owned).collect();
            assert_eq!(server_name(&words), name, "{command}");
        }
        assert_eq!(server_name(&["x".repeat(80)]).len(), 64);
        assert_eq!(server_name(&[]), "mcp");
    }
}
