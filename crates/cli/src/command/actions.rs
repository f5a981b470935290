//! `syndic actions`

mod marks;
mod review;

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::{Value, json};
use syndic_api::OfferedTool;
use syndic_governance::{Import, ImportError, ImportOptions, ImportStatus, read_tools};
use syndic_model::{ActionName, Currency, ServerName};

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::mcp::{self, Started};
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};

pub(crate) use review::offered;

/// The most a file of tools may have.
const MOST_BYTES: u64 = 16 << 20;

/// Draft entries of the action catalogue, and see what waits for review
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic actions import --mcp tools.json
  syndic actions import --mcp \"npx -y @modelcontextprotocol/server-filesystem /srv/files\"
  syndic actions review --key-file auditor.key")]
pub(crate) enum ActionsCommand {
    /// Draft an entry for each tool of an MCP server
    Import(ImportArgs),
    Review(review::ReviewArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic actions import --mcp tools.json                     the result of `tools/list`, from a file
  syndic actions import --mcp \"uvx mcp-server-git\"           or from a server, asked over stdio
  syndic actions import --mcp tools.json --prefix crm        ids like crm.create_contact
  syndic actions import --mcp tools.json --stdout            print the file, write nothing
  syndic actions import --offered tickets --key-file auditor.key    what `syndic mcp` saw it offer agents

Writes actions/NAME.yaml. Capabilities and facts are guesses, each marked `review:` with its evidence. An entry that
was changed since it was drafted, or that is declared elsewhere, is left as it is; run it again when the server
changes. A server is started without any SYNDIC_ variable. Exits 0 when every tool was looked at, 1 when the server or
the file does not work, 2 when what was typed cannot be used.")]
pub(crate) struct ImportArgs {
    /// A file, not executable, with the result of `tools/list`; or one command that speaks MCP on its standard input and output
    #[arg(long, value_name = "FILE|COMMAND", required_unless_present = "offered")]
    mcp: Option<String>,
    /// A server whose tools agents were offered, as the daemon knows; ids begin with its name unless --prefix says otherwise
    #[arg(long, value_name = "SERVER", conflicts_with = "mcp")]
    offered: Option<ServerName>,
    /// The file is actions/NAME.yaml; named like the server when left out
    #[arg(long, value_name = "NAME")]
    name: Option<ActionName>,
    /// Put this and a dot before every action's id
    #[arg(long, value_name = "NAME")]
    prefix: Option<ActionName>,
    /// The currency of amounts whose currency no argument names
    #[arg(long, value_name = "CODE", default_value = "USD")]
    currency: Currency,
    /// How long a server may take
    #[arg(long, value_name = "MS", default_value_t = 30_000)]
    timeout_ms: u64,
    /// Print the file instead of writing it
    #[arg(long, conflicts_with = "json")]
    stdout: bool,
}

pub(crate) async fn run(
    command: ActionsCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    let args = match command {
        ActionsCommand::Import(args) => args,
        ActionsCommand::Review(args) => return review::run(&args, global, out).await,
    };
    if !global.dir.join("syndic.yaml").is_file() {
        let message = format!(
            "`{}` is not a governance directory: it has no syndic.yaml",
            global.dir.display()
        );
        let hint = "make one with `syndic init DIR`, or name one with --dir";
        return Err(Failure::usage(message, hint).into());
    }
    let (tools, source) = listed(&args, global, out).await?;
    let tools = read_tools(&tools).map_err(|error| {
        Failure::new(format!("`{source}`: {error}"), "see `syndic actions import --help`")
    })?;
    let server = args.offered.as_ref().map(ToString::to_string);
    let options = ImportOptions {
        name: args.name.unwrap_or_else(|| name(Some(&source))),
        prefix: args.prefix.or_else(|| server?.parse().ok()),
        currency: args.currency,
    };
    let import = syndic_governance::import(&global.dir, &tools, &options).map_err(explained)?;
    if args.stdout {
        out.text(&import.text)?;
        return Ok(Exit::Success);
    }
    if import.differs {
        import.write()?;
    }
    if out.is_json() {
        out.document(&body(&import))?;
    } else {
        show(&import, out)?;
    }
    Ok(Exit::Success)
}

/// Returns the tools, and what their server or file is called.
async fn listed(
    args: &ImportArgs,
    global: &Global,
    out: &Output,
) -> anyhow::Result<(Value, String)> {
    if let Some(server) = &args.offered {
        let tools = undeclared(server, offered(server, global, out).await?);
        return Ok((json!({ "tools": tools }), server.to_string()));
    }
    let mcp = args.mcp.as_deref().unwrap_or_default();
    let path = Path::new(mcp);
    if path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 == 0) {
        let tools = read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
        let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        return Ok((tools, stem.unwrap_or_default()));
    }
    if path.extension().is_some_and(|extension| extension == "json") && !mcp.contains(' ') {
        let message = format!("there is no file `{mcp}`");
        return Err(
            Failure::usage(message, "name a file, or a command such as \"npx server\"").into()
        );
    }
    let limit = Duration::from_millis(args.timeout_ms);
    let listed = mcp::list(Started::by_shell(mcp), limit).await?;
    Ok((listed.tools, listed.server.unwrap_or_else(|| "mcp".to_owned())))
}

/// Leaves out what other entries name already: an entry of its own would take their place.
fn undeclared(server: &ServerName, offered: Vec<OfferedTool>) -> Vec<Value> {
    let own = |tool: &OfferedTool| {
        let name = tool.definition.get("name").and_then(Value::as_str).unwrap_or_default();
        tool.action.as_ref().is_none_or(|action| *action == format!("{server}.{name}"))
    };
    offered.into_iter().filter(own).map(|tool| tool.definition).collect()
}

fn read(path: &Path) -> anyhow::Result<Value> {
    let mut text = Vec::new();
    let length = File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut text)?;
    anyhow::ensure!(u64::try_from(length)? <= MOST_BYTES, "it has more than {MOST_BYTES} bytes");
    Ok(serde_json::from_slice(&text)?)
}

/// Makes a file's name of what a server calls itself.
fn name(server: Option<&str>) -> ActionName {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = server.unwrap_or("mcp").chars().take(60).map(plain).collect();
    #[expect(clippy::expect_used, reason = "a literal of the name alphabet")]
    name.trim_matches('-').parse().unwrap_or_else(|_| "mcp".parse().expect("a name"))
}

fn explained(error: ImportError) -> anyhow::Error {
    match error {
        ImportError::Foreign(_) => {
            Failure::new(error.to_string(), "name another file with --name; nothing was written")
                .into()
        }
        ImportError::Unloadable(_) => Failure::new(
            error.to_string(),
            "nothing was written; mend what you changed in it, or name another file with --name",
        )
        .into(),
        ImportError::File { .. } => error.into(),
    }
}

fn show(import: &Import, out: &Output) -> io::Result<()> {
    let mut table = Table::new(&["action", "entry", "guessed", "to review", ""]);
    for entry in &import.entries {
        let left = matches!(entry.status, ImportStatus::Left(_));
        let reviews = if left { String::new() } else { entry.reviews.to_string() };
        table.push(vec![
            Cell::from(&entry.action),
            Cell::new(tone(&entry.status), word(&entry.status)),
            Cell::from(if left { String::new() } else { entry.capabilities.join(", ") }),
            Cell::from(reviews),
            Cell::new(Tone::Quiet, reason(&entry.status)),
        ]);
    }
    table.write(out)?;
    for action in &import.gone {
        out.line(format!("`{action}` is no longer offered; its entry is left"))?;
    }
    let path = import.path.display();
    out.line(if import.differs {
        format!("\nWrote {path}. Look at what is marked `review:`, then: syndic check")
    } else {
        format!("\n{path} is as it was.")
    })
}

fn body(import: &Import) -> Value {
    let entries = import.entries.iter().map(|entry| {
        json!({
            "action": entry.action,
            "tool": entry.tool,
            "status": word(&entry.status),
            "reason": reason(&entry.status),
            "capabilities": entry.capabilities,
            "reviews": entry.reviews,
        })
    });
    json!({
        "file": import.path,
        "written": import.differs,
        "entries": entries.collect::<Vec<_>>(),
        "gone": import.gone,
    })
}

const fn word(status: &ImportStatus) -> &'static str {
    match status {
        ImportStatus::New => "new",
        ImportStatus::Refreshed => "refreshed",
        ImportStatus::Unchanged => "unchanged",
        ImportStatus::Left(_) => "left",
    }
}

fn reason(status: &ImportStatus) -> &str {
    if let ImportStatus::Left(reason) = status { reason } else { "" }
}

const fn tone(status: &ImportStatus) -> Tone {
    match status {
        ImportStatus::New | ImportStatus::Refreshed => Tone::Good,
        ImportStatus::Unchanged => Tone::Quiet,
        ImportStatus::Left(_) => Tone::Waiting,
    }
}
