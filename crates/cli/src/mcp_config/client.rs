//! Clients, and where each keeps its configuration.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

/// A program that starts MCP servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Client {
    /// `.mcp.json` of the project, else `~/.claude.json`
    ClaudeCode,
    /// `claude_desktop_config.json` of the user
    ClaudeDesktop,
    /// `.cursor/mcp.json` of the project, else of the user
    Cursor,
}

impl Client {
    /// Returns the files that may hold its configuration, the nearest first.
    pub(crate) fn places(self, project: &Path, home: &Path) -> Vec<PathBuf> {
        match self {
            Self::ClaudeCode => vec![project.join(".mcp.json"), home.join(".claude.json")],
            Self::ClaudeDesktop => {
                let folder = if cfg!(target_os = "macos") {
                    "Library/Application Support/Claude"
                } else {
                    ".config/Claude"
                };
                vec![home.join(folder).join("claude_desktop_config.json")]
            }
            Self::Cursor => vec![project.join(".cursor/mcp.json"), home.join(".cursor/mcp.json")],
        }
    }

    /// Returns what makes it read its configuration again.
    pub(crate) const fn restart(self) -> &'static str {
        match self {
            Self::ClaudeCode => "start Claude Code again, and approve the server where it asks",
            Self::ClaudeDesktop => "quit Claude Desktop and start it again",
            Self::Cursor => "reload the servers in Cursor's settings, or start it again",
        }
    }
}
