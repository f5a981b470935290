//! `syndic incident`

mod show;

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use jiff::Timestamp;
use serde_json::json;
use syndic_api::{CloseIncident, IncidentBundle, OpenIncident, SetCorrective, UpdateIncident};
use syndic_client::Client;
use syndic_model::AgentId;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::when::readable;

use show::{list, show};

/// Keep what is on record of something that went wrong, and the times by which it must be reported
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic incident open --agent customer-support --class serious --title 'refunds to the wrong accounts'
  syndic incident update ID --note 'the vendor was told' --reported 2026-11-24T09:00:00Z --authority 'market surveillance'
  syndic incident update ID --note 'a limit is missing' --corrective limit-refunds --due 2026-12-01T00:00:00Z
  syndic incident update ID --note 'a limit is there' --corrective limit-refunds --done
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
    /// Show one: by when it must be reported, what is to be done, what was reported, and what is on record
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
    /// Another class; what had to be reported in the former ones still has
    #[arg(long, value_name = "CLASS")]
    class: Option<String>,
    /// When it was reported (RFC 3339); it counts under the laws of the class that the incident is in
    #[arg(long, value_name = "TIME")]
    reported: Option<Timestamp>,
    /// To whom
    #[arg(long, value_name = "NAME", requires = "reported")]
    authority: Option<String>,
    /// Something to be done about it, by a name
    #[arg(long, value_name = "NAME")]
    corrective: Option<String>,
    /// Until when it is to be done (RFC 3339); as before where it is left out
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
            let closed = client.close_incident(&id, &CloseIncident { summary }).await?;
            show(&closed, out)?;
            for clock in closed.clocks.iter().filter(|clock| clock.reported.is_none()) {
                out.warning(format!(
                    "closed, and no report is on record that {} asks for by {} ({})",
                    clock.basis,
                    readable(clock.due),
                    clock.class
                ));
            }
        }
        IncidentCommand::List => list(&client.incidents().await?, out)?,
        IncidentCommand::Show { id } => show(&client.incident(&id).await?, out)?,
        IncidentCommand::Export { id, out: to } => {
            let bundle = client.incident_bundle(&id).await?;
            let written = write(&bundle, &to);
            written.with_context(|| format!("cannot write `{}`", to.display()))?;
            let (told, proofs) = (bundle.timeline.len(), bundle.proofs.len());
            out.wrote(
                &json!({"directory": to, "records": told, "proofs": proofs}),
                format!("{told} records, {proofs} proofs in {}", to.display()),
            )?;
        }
    }
    Ok(())
}

impl UpdateArgs {
    fn update(self) -> UpdateIncident {
        let (due, done) = (self.due, self.done);
        UpdateIncident {
            note: self.note,
            class: self.class,
            reported: self.reported,
            authority: self.authority,
            corrective: self.corrective.map(|name| SetCorrective { name, due, done }),
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
