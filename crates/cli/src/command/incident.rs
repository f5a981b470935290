//! `syndic incident`

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use jiff::Timestamp;
use syndic_api::{
    CloseIncident, CorrectiveBody, IncidentBody, IncidentBundle, Incidents, OpenIncident,
    UpdateIncident,
};
use syndic_client::Client;
use syndic_model::AgentId;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;

/// Keep what is on record of something that went wrong, and the times by which it must be reported
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic incident open --agent customer-support --class serious --title 'refunds to the wrong accounts'
  syndic incident update ID --note 'the vendor was told' --reported 2026-11-24T09:00:00Z --authority 'market surveillance'
  syndic incident update ID --note 'policy is changed' --corrective limit-refunds --due 2026-12-01T00:00:00Z
  syndic incident list
  syndic incident export ID --out incident-4711
  syndic incident close ID --summary 'a limit was missing; it is there now'

Opening holds the agent's records from being dropped and erased; name nobody in what is recorded. The times are those of
the laws that syndic knows, counted from when somebody came to know; whether a duty binds is for you to say.
Needs an admin's key, reading an auditor's or an admin's: --key-file FILE or SYNDIC_KEY.")]
pub(crate) enum IncidentCommand {
    /// Open an incident, and hold the agent's records
    Open(OpenArgs),
    /// Record what more is known, that it was reported, or what is to be done
    Update(UpdateArgs),
    /// Record that it is over; its records stay held until the hold is released
    Close {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
        /// What it was, and what was done
        #[arg(long, value_name = "TEXT")]
        summary: String,
    },
    /// List every incident, newest first
    List,
    /// Show one with its times and updates
    Show {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
    },
    /// Write it to a directory with all that happened to the agent, and proofs of it
    Export {
        /// Its id
        #[arg(value_name = "ID")]
        id: String,
        /// The directory, which is made
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct OpenArgs {
    /// The agent
    #[arg(long, value_name = "ID")]
    agent: AgentId,
    /// `serious`, `death`, `widespread`, `personal_data` or `other`
    #[arg(long, value_name = "CLASS")]
    class: String,
    /// What happened; name nobody
    #[arg(long, value_name = "TEXT")]
    title: String,
    /// When somebody came to know (RFC 3339); now if left out
    #[arg(long, value_name = "TIME")]
    aware: Option<Timestamp>,
    /// From when on records are held (RFC 3339); thirty days before that if left out
    #[arg(long, value_name = "TIME")]
    since: Option<Timestamp>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct UpdateArgs {
    /// Its id
    #[arg(value_name = "ID")]
    id: String,
    /// What is known; name nobody
    #[arg(long, value_name = "TEXT")]
    note: String,
    /// Another class
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// When it was reported (RFC 3339)
    #[arg(long, value_name = "TIME")]
    reported: Option<Timestamp>,
    /// To whom
    #[arg(long, value_name = "NAME", requires = "reported")]
    authority: Option<String>,
    /// Something to be done about it, by a name
    #[arg(long, value_name = "NAME", requires = "due")]
    corrective: Option<String>,
    /// Until when it is to be done (RFC 3339)
    #[arg(long, value_name = "TIME", requires = "corrective")]
    due: Option<Timestamp>,
    /// It is done
    #[arg(long, requires = "corrective")]
    done: bool,
}

pub(crate) async fn run(
    command: IncidentCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    if let IncidentCommand::Export { out: to, .. } = &command
        && to.exists()
    {
        let message = format!("`{}` is there already", to.display());
        return Err(Failure::usage(message, "name a directory that is not").into());
    }
    connect::with(global, out, async |client| ask(command, client, out).await).await?;
    Ok(Exit::Success)
}

async fn ask(command: IncidentCommand, client: &Client, out: &Output) -> anyhow::Result<()> {
    match command {
        IncidentCommand::Open(OpenArgs { agent, class, title, aware, since }) => {
            let open = OpenIncident { agent: agent.to_string(), class, title, aware, since };
            show(&client.open_incident(&open).await?, out)?;
        }
        IncidentCommand::Update(args) => {
            let id = args.id.clone();
            show(&client.update_incident(&id, &args.update()).await?, out)?;
        }
        IncidentCommand::Close { id, summary } => {
            show(&client.close_incident(&id, &CloseIncident { summary }).await?, out)?;
        }
        IncidentCommand::List => list(&client.incidents().await?, out)?,
        IncidentCommand::Show { id } => show(&client.incident(&id).await?, out)?,
        IncidentCommand::Export { id, out: to } => {
            let bundle = client.incident_bundle(&id).await?;
            let written = write(&bundle, &to);
            written.with_context(|| format!("cannot write `{}`", to.display()))?;
            let (told, proofs) = (bundle.timeline.len(), bundle.proofs.len());
            out.note(format!("{told} records, {proofs} proofs in {}", to.display()));
        }
    }
    Ok(())
}

impl UpdateArgs {
    fn update(self) -> UpdateIncident {
        let corrective = self.corrective.zip(self.due);
        let done = self.done;
        UpdateIncident {
            note: self.note,
            class: self.class,
            reported: self.reported,
            authority: self.authority,
            corrective: corrective.map(|(name, due)| CorrectiveBody { name, due, done }),
        }
    }
}

/// Writes a directory that says all of it by itself.
fn write(bundle: &IncidentBundle, to: &Path) -> io::Result<()> {
    let proofs = to.join("proofs");
    std::fs::create_dir_all(&proofs)?;
    std::fs::write(to.join("incident.json"), serde_json::to_string_pretty(&bundle.incident)?)?;
    let timeline = bundle.timeline.iter().map(serde_json::to_string);
    let timeline = timeline.collect::<Result<Vec<_>, _>>()?;
    std::fs::write(to.join("timeline.jsonl"), lines(&timeline))?;
    std::fs::write(to.join("checkpoint"), &bundle.checkpoint)?;
    std::fs::write(to.join("log.vkey"), lines(&bundle.keys))?;
    for proof in &bundle.proofs {
        std::fs::write(proofs.join(format!("{}.proof", proof.index)), &proof.proof)?;
    }
    Ok(())
}

fn lines(lines: &[String]) -> String {
    lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

fn list(all: &Incidents, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(all);
    }
    if all.incidents.is_empty() {
        return out.line("none");
    }
    let mut table =
        Table::new(&["id", "agent", "class", "aware (UTC)", "state", "first due (UTC)", "title"]);
    for incident in &all.incidents {
        let (tone, state) = state(incident);
        let due = incident.clocks.first().map_or_else(|| "-".to_owned(), |one| readable(one.due));
        table.push(vec![
            Cell::from(&incident.id),
            Cell::from(&incident.agent),
            Cell::from(&incident.class),
            Cell::from(readable(incident.aware)),
            Cell::new(tone, state),
            Cell::from(due),
            Cell::from(&incident.title),
        ]);
    }
    table.write(out)
}

fn state(incident: &IncidentBody) -> (Tone, &'static str) {
    let late = incident.clocks.iter().any(|clock| clock.state == "late");
    let reported = incident.updates.iter().any(|update| update.reported.is_some());
    match (incident.closed.is_some(), late, reported) {
        (true, ..) => (Tone::Quiet, "closed"),
        (false, true, _) => (Tone::Bad, "late"),
        (false, false, true) => (Tone::Good, "reported"),
        (false, false, false) => (Tone::Waiting, "open"),
    }
}

fn show(incident: &IncidentBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(incident);
    }
    let (tone, state) = state(incident);
    let IncidentBody { id, agent, class, title, .. } = incident;
    out.line(format!("{id} {}: {class} incident of {agent}: {title}", out.paint(tone, state)))?;
    let (since, hold) = (readable(incident.since), &incident.hold);
    out.line(format!("records from {since} UTC on are held by {hold}"))?;
    for update in &incident.updates {
        let reported = update.reported.map(|at| {
            let authority = update.authority.as_deref().unwrap_or("somebody");
            format!(" (reported to {authority} at {} UTC)", readable(at))
        });
        let (at, note) = (readable(update.at), &update.note);
        out.line(format!("{at} UTC  {note}{}", reported.unwrap_or_default()))?;
    }
    if let Some(closed) = &incident.closed {
        out.line(format!("{} UTC  closed: {}", readable(closed.at), closed.summary))?;
    }
    if incident.clocks.is_empty() {
        return Ok(());
    }
    let mut table = Table::new(&["due (UTC)", "state", "by", "only where"]);
    for clock in &incident.clocks {
        let tone = match clock.state.as_str() {
            "met" => Tone::Good,
            "late" => Tone::Bad,
            _ => Tone::Waiting,
        };
        table.push(vec![
            Cell::from(readable(clock.due)),
            Cell::new(tone, &clock.state),
            Cell::from(format!("{} ({})", clock.basis, clock.control)),
            Cell::from(clock.only_where.clone().unwrap_or_else(|| "-".to_owned())),
        ]);
    }
    table.write(out)
}
