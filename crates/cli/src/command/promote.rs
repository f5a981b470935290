//! `syndic promote`

mod window;

use std::io::{self, BufRead as _, IsTerminal as _};
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use syndic_api::PromoteAgent;
use syndic_client::EventFilter;
use syndic_gate::SystemClock;
use syndic_model::{AgentId, Clock as _, Mode};

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::when::{Since, readable};
use crate::{connect, directory};

use window::Window;

/// Show what enforcing an observed agent would have stopped, have somebody sign, and switch it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic promote customer-support
  syndic promote customer-support --since 7d
  syndic promote customer-support --signed-by \"support lead\" --yes

Reads the recorded traffic of a running daemon, or of the data directory of DIR where none runs. Writes `mode: enforce`
and who signed into the agent's file in DIR, puts the signature on record, and has the files reloaded. On a terminal it
asks who signs; elsewhere it switches nothing without --signed-by and --yes. Needs an admin's key: --key-file FILE or
SYNDIC_KEY. Exits 1 when nothing was switched, or the daemon does not enforce it yet.")]
pub(crate) struct PromoteArgs {
    /// The agent
    #[arg(value_name = "AGENT")]
    agent: AgentId,
    /// From when on traffic is looked at: so long ago (`12h`, `14d`), or a time (RFC 3339)
    #[arg(long, value_name = "WHEN", default_value = "14d")]
    since: Since,
    /// Who signs: a person, by name or role
    #[arg(long, value_name = "NAME")]
    signed_by: Option<String>,
    /// Switch without asking
    #[arg(long)]
    yes: bool,
}

/// What came of it.
struct Switched {
    signed_by: String,
    record: u64,
    enforced: bool,
}

pub(crate) async fn run(args: &PromoteArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let governance = directory::load(&global.dir, out)?;
    match governance.agents.get(&args.agent).map(|profile| profile.mode) {
        Some(Mode::Observe) => {}
        Some(Mode::Enforce) => {
            let message = format!("agent `{}` is in mode `enforce` already", args.agent);
            return Err(Failure::new(message, "there is nothing to switch").into());
        }
        None => {
            let message = format!("there is no agent `{}`", args.agent);
            return Err(Failure::new(message, "`agents/` has a file for each agent").into());
        }
    }
    let since = args.since.before(SystemClock.now());
    let filter = EventFilter {
        agent: Some(args.agent.to_string()),
        since: Some(since),
        ..EventFilter::default()
    };
    let read = connect::with(global, out, async |client| window::read(client, filter, out).await);
    let window = read.await?;
    if !out.is_json() {
        show(args, since, &window, out)?;
    }
    let switched = match signature(args, out)? {
        None => None,
        Some(signed_by) => {
            let today = SystemClock.now().to_zoned(TimeZone::UTC).date();
            let path = syndic_governance::promote(&governance, &args.agent, &signed_by, today)?;
            Some(record(args, global, since, &window, signed_by, &path, out).await?)
        }
    };
    if out.is_json() {
        out.document(&body(args, since, &window, switched.as_ref()))?;
    }
    let enforced = switched.is_some_and(|switched| switched.enforced);
    Ok(if enforced { Exit::Success } else { Exit::Failure })
}

/// Asks who signs; nobody, where nobody can be asked.
fn signature(args: &PromoteArgs, out: &Output) -> anyhow::Result<Option<String>> {
    let asks = io::stdin().is_terminal() && !out.is_json();
    let signed_by = match &args.signed_by {
        Some(name) => name.clone(),
        None if asks => answer(out, "who signs (a name or a role; empty for nobody)?")?,
        None => String::new(),
    };
    let signed_by = signed_by.trim().to_owned();
    let hint = "on a terminal it asks; elsewhere add --signed-by NAME and --yes";
    if signed_by.chars().count() > 200 || signed_by.contains(char::is_control) {
        return Err(
            Failure::usage("a signature has at most 200 characters, on one line", hint).into()
        );
    }
    if signed_by.is_empty() {
        out.note(format!("nothing was switched: nobody signed; {hint}"));
        return Ok(None);
    }
    if args.yes {
        return Ok(Some(signed_by));
    }
    let question = format!("enforce what the policies say for `{}` (yes or no)?", args.agent);
    if asks && answer(out, &question)? == "yes" {
        return Ok(Some(signed_by));
    }
    out.note(format!("nothing was switched: nobody said yes; {hint}"));
    Ok(None)
}

fn answer(out: &Output, question: &str) -> io::Result<String> {
    out.note(question);
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// Puts the signature on record and has the files reloaded; tells whether the daemon enforces by now.
async fn record(
    args: &PromoteArgs,
    global: &Global,
    since: Timestamp,
    window: &Window,
    signed_by: String,
    path: &Path,
    out: &Output,
) -> anyhow::Result<Switched> {
    out.note(format!("{} says `mode: enforce`, signed by {signed_by}", path.display()));
    let wire = PromoteAgent {
        signed_by: signed_by.clone(),
        since,
        actions: window.actions,
        denied: window.denied,
        held: window.held,
    };
    let id = args.agent.as_str();
    let told = async |client: &syndic_client::Client| {
        let promoted = client.promote(id, &wire).await?;
        let reloaded = client.reload_policy(&syndic_api::ReloadPolicy::default()).await;
        if let Err(error) = &reloaded {
            out.warning(format!("the files were not reloaded: {error}"));
        }
        let enforced = client.agent(id).await?.mode == Mode::Enforce.as_str();
        Ok((promoted.record.index, enforced))
    };
    let (record, enforced) = connect::with(global, out, told).await?;
    if enforced {
        out.note(format!("`{id}` is enforced from now on; the signature is record {record}"));
    } else {
        out.warning(format!(
            "the daemon does not enforce `{id}` yet: bring the file to it, and `syndic policy reload`"
        ));
    }
    Ok(Switched { signed_by, record, enforced })
}

fn show(args: &PromoteArgs, since: Timestamp, window: &Window, out: &Output) -> io::Result<()> {
    let Window { actions, denied, held, stopped } = window;
    out.line(format!(
        "{} since {}: {actions} observed actions; enforcing would have denied {denied} and held {held}",
        args.agent,
        readable(since)
    ))?;
    if *actions == 0 {
        out.warning(
            "nothing was observed in that time, so nothing is known about what enforcing does",
        );
    }
    for ((action, policy), stopped) in stopped {
        let tone = if stopped.denied > 0 { Tone::Bad } else { Tone::Waiting };
        let counts = format!("{} denied, {} held", stopped.denied, stopped.held);
        out.line(format!("\n{} {action} by {policy}", out.paint(tone, counts)))?;
        for example in &stopped.examples {
            let reason = example.reason.as_deref().unwrap_or("the reason was erased");
            let line = format!("  {} {}  {reason}", example.at, example.event_id);
            out.line(out.paint(Tone::Quiet, line))?;
        }
    }
    if !stopped.is_empty() {
        out.line(out.paint(Tone::Quiet, "\n`syndic explain ID` tells more about each"))?;
    }
    Ok(())
}

fn body(
    args: &PromoteArgs,
    since: Timestamp,
    window: &Window,
    switched: Option<&Switched>,
) -> Value {
    let stopped = window.stopped.iter().map(|((action, policy), stopped)| {
        json!({
            "action": action, "policy": policy, "denied": stopped.denied, "held": stopped.held,
            "examples": stopped.examples,
        })
    });
    json!({
        "agent": args.agent.as_str(),
        "since": since.to_string(),
        "actions": window.actions,
        "would_deny": window.denied,
        "would_hold": window.held,
        "stopped": stopped.collect::<Vec<_>>(),
        "switched": switched.is_some(),
        "signed_by": switched.map(|switched| &switched.signed_by),
        "record": switched.map(|switched| switched.record),
        "enforced": switched.is_some_and(|switched| switched.enforced),
    })
}
