//! `syndic mcp install` and `syndic mcp uninstall`

mod edit;
mod show;

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use syndic_model::AgentId;
use tempfile::NamedTempFile;

use crate::args::Global;
use crate::directory;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::mcp_config::{Client, Entry, NotJson, Wrapper, apply, holds_wrapped, read};
use crate::output::Output;
use crate::visible::visible;
use edit::{Done, Edited, install, uninstall};

/// Put `syndic mcp` in front of the servers that a client starts
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic mcp install claude-code --agent customer-support --dir governance --dry-run
  syndic mcp install cursor filesystem --agent customer-support --dir governance
  syndic mcp install claude-desktop --agent customer-support --dir governance --key-file ~/.config/syndic/support.key
  syndic mcp uninstall cursor

Edits .mcp.json of this directory, or ~/.claude.json with what it has for this directory (claude-code);
claude_desktop_config.json (claude-desktop); .cursor/mcp.json of this directory, or of the user (cursor). What is not
changed keeps its bytes; the file as it was is kept beside it, as FILE.syndic-backup. Servers that are
wrapped already are left. Exits 1 when there is no configuration or no server in it, or a server had to be left as it
was; 2 when what was typed cannot be used.")]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    which: Which,
    /// The agent that acts through these servers
    #[arg(long, value_name = "ID")]
    agent: AgentId,
}

/// Take `syndic mcp` away from in front of the servers of a client
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic mcp uninstall claude-code
  syndic mcp uninstall cursor filesystem --dry-run
  syndic mcp uninstall claude-code --config /srv/project/.mcp.json

Puts every server's own command back; a file that nobody edited meanwhile is byte for byte what it was.")]
pub(crate) struct UninstallArgs {
    #[command(flatten)]
    which: Which,
}

#[derive(Debug, clap::Args)]
struct Which {
    /// The client whose configuration is edited
    #[arg(value_enum)]
    client: Client,
    /// Only these servers; all when left out
    #[arg(value_name = "SERVER")]
    servers: Vec<String>,
    /// Edit this file instead
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Show what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn run_install(
    args: &InstallArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    let wrapper = wrapper(args, global, out)?;
    edit(&args.which, out, |text, entries| install(text, entries, &wrapper))
}

pub(crate) fn run_uninstall(args: &UninstallArgs, out: &Output) -> anyhow::Result<Exit> {
    edit(&args.which, out, uninstall)
}

fn edit(
    which: &Which,
    out: &Output,
    edit: impl FnOnce(&str, &[Entry<'_>]) -> Edited,
) -> anyhow::Result<Exit> {
    let path = which.file()?;
    let shown = path.display();
    let text = fs::read_to_string(&path).with_context(|| format!("cannot read `{shown}`"))?;
    let project = fs::canonicalize(".")?;
    let entries = read(&text, &project).map_err(|error| not_json(&path, &error))?;
    let entries = chosen(entries.unwrap_or_default(), &which.servers, &path)?;
    let Edited { servers, splices } = edit(&text, &entries);
    let changed = apply(&text, splices);
    let differs = changed != text;
    // What is written must be read again as what was meant.
    read(&changed, &project).map_err(|error| not_json(&path, &error))?;
    let mut backup = None;
    if differs && !which.dry_run {
        backup = keep(&path, &text)?;
        write(&path, &changed).with_context(|| format!("cannot write `{shown}`"))?;
        if backup.is_none() {
            forget(&path, &changed);
        }
    }
    let written = differs && !which.dry_run;
    let told =
        show::Told { path: &path, backup, written, dry_run: which.dry_run, servers: &servers };
    show::show(&told, which.client, out)?;
    none_left(&servers)?;
    Ok(Exit::Success)
}

/// Whoever reads the exit code alone must not think that a server is governed, or free, when it is not.
fn none_left(servers: &[edit::Server]) -> Result<(), Failure> {
    let left = servers.iter().filter(|server| matches!(server.done, Done::Left(_)));
    let left: Vec<_> = left.map(|server| format!("`{}`", visible(&server.name))).collect();
    if left.is_empty() {
        return Ok(());
    }
    let message = format!("left as it was: {}", left.join(", "));
    Err(Failure::new(message, "mend what is told of each, then run this again"))
}

impl Which {
    /// Returns the file to edit, with symbolic links followed.
    fn file(&self) -> anyhow::Result<PathBuf> {
        if let Some(path) = &self.config {
            return fs::canonicalize(path)
                .with_context(|| format!("cannot read `{}`", path.display()));
        }
        let home = std::env::home_dir().unwrap_or_default();
        let places = self.client.places(Path::new("."), &home);
        if let Some(path) = places.iter().find(|path| path.is_file()) {
            return Ok(fs::canonicalize(path)?);
        }
        let looked = places.iter().map(|path| format!("`{}`", path.display())).collect::<Vec<_>>();
        let message = format!("there is no configuration: looked for {}", looked.join(" and "));
        Err(Failure::new(message, "name it with --config, or add a server in the client first")
            .into())
    }
}

fn wrapper(args: &InstallArgs, global: &Global, out: &Output) -> anyhow::Result<Wrapper> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    let mut words = vec!["mcp".to_owned(), "--agent".to_owned(), args.agent.to_string()];
    match &global.url {
        Some(url) => words.extend(["--url".to_owned(), url.clone()]),
        None => {
            registered(&args.agent, &global.dir, out)?;
            words.extend(["--dir".to_owned(), absolute(&global.dir)?]);
        }
    }
    if let Some(key_file) = &global.key_file {
        words.extend(["--key-file".to_owned(), absolute(key_file)?]);
    }
    Ok(Wrapper { program: text(&program)?, args: words })
}

/// An agent that nobody registered may do nothing, which is a poor first impression.
fn registered(agent: &AgentId, dir: &Path, out: &Output) -> anyhow::Result<()> {
    let governance = directory::load(dir, out)?;
    if governance.agents.contains_key(agent) {
        return Ok(());
    }
    let known: Vec<_> = governance.agents.keys().map(|id| format!("`{id}`")).collect();
    let message = format!("there is no agent `{agent}` in `{}`", dir.display());
    let hint = format!("there are {}; `syndic agents new {agent}` drafts one", known.join(", "));
    Err(Failure::usage(message, hint).into())
}

fn absolute(path: &Path) -> anyhow::Result<String> {
    let found = fs::canonicalize(path);
    text(&found.with_context(|| format!("there is no `{}`", path.display()))?)
}

fn text(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.with_context(|| format!("`{}` cannot be written as JSON", path.display()))
}

fn not_json(path: &Path, error: &NotJson) -> Failure {
    Failure::new(
        format!("`{}`: {error}", path.display()),
        "nothing was changed; only plain JSON is edited, without comments, and with each name once",
    )
}

fn chosen<'a>(
    entries: Vec<Entry<'a>>,
    named: &[String],
    path: &Path,
) -> Result<Vec<Entry<'a>>, Failure> {
    let known: Vec<_> = entries.iter().map(|entry| entry.name.clone()).collect();
    if known.is_empty() {
        let message = format!("`{}` names no server in `mcpServers`", path.display());
        return Err(Failure::new(
            message,
            "add one in the client first, or name another file with --config",
        ));
    }
    if let Some(missing) = named.iter().find(|name| !known.contains(name)) {
        let message = format!("`{}` has no server `{missing}`", path.display());
        return Err(Failure::usage(message, format!("it has {}", known.join(", "))));
    }
    let wanted = |entry: &Entry<'_>| named.is_empty() || named.contains(&entry.name);
    Ok(entries.into_iter().filter(wanted).collect())
}

fn backup_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".syndic-backup");
    name.into()
}

/// Keeps the file as it was before anything in it was wrapped.
fn keep(path: &Path, text: &str) -> anyhow::Result<Option<PathBuf>> {
    if holds_wrapped(text) {
        return Ok(None);
    }
    let backup = backup_of(path);
    copy_mode(path, &backup, text)
        .with_context(|| format!("cannot write `{}`", backup.display()))?;
    Ok(Some(backup))
}

/// A backup of what stands there again is of no use.
fn forget(path: &Path, text: &str) {
    let backup = backup_of(path);
    if fs::read_to_string(&backup).is_ok_and(|kept| kept == text) {
        drop(fs::remove_file(backup));
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    copy_mode(path, path, text)
}

/// Replaces `target` as a whole by `text`, with the rights of `path`: a configuration may hold secrets.
fn copy_mode(path: &Path, target: &Path, text: &str) -> io::Result<()> {
    let parent = target.parent().unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(parent)?;
    file.write_all(text.as_bytes())?;
    file.as_file().set_permissions(path.metadata()?.permissions())?;
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}
