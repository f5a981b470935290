//! `syndic audit`, one file for each thing that is done with the log.

pub(crate) mod checkpoint;
pub(crate) mod compact;
mod coverage;
pub(crate) mod export;
mod filter;
pub(crate) mod hold;
pub(crate) mod list;
pub(crate) mod prove;
pub(crate) mod prune;
pub(crate) mod redact;
pub(crate) mod rotate_key;
pub(crate) mod sample;
pub(crate) mod search;
pub(crate) mod verify;

use clap::Subcommand;

use crate::args::Global;
use crate::exit::Exit;
use crate::output::Output;

/// Read what agents asked for and what was decided, and prove it
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic audit list --agent customer-support --allowed false
  syndic audit list --since 2026-08-01T00:00:00Z --limit 1000 --json
  syndic audit search refund A-1001
  syndic audit tail
  syndic audit prove 01a20846-fe00-7de1-ae00-630afa7e07e1 > proof.txt
  syndic audit verify proof.txt --vkey log.vkey
  syndic audit verify

What asks the daemon needs an auditor's or an admin's key: --key-file FILE or SYNDIC_KEY. `verify` and `checkpoint`
ask nobody.")]
pub(crate) enum AuditCommand {
    /// List events, newest first
    List(list::ListArgs),
    /// Follow events as they happen, oldest first, until stopped
    Tail(list::TailArgs),
    Search(search::SearchArgs),
    Export(export::ExportArgs),
    /// Print a proof of every record that an action has so far
    Prove(prove::ProveArgs),
    /// Verify a data directory or a proof, without asking the daemon
    Verify(verify::VerifyArgs),
    /// Draw records by a seed that the auditor chooses, each with its proof
    Sample(sample::SampleArgs),
    /// Print the newest signed checkpoint, to be kept elsewhere
    Checkpoint,
    /// Make another key that signs checkpoints; the former one signs too until the next time
    RotateKey,
    Hold(hold::HoldArgs),
    Compact(compact::CompactArgs),
    /// Erase what was recorded of a user, for good
    Redact(redact::RedactArgs),
    Prune(prune::PruneArgs),
}

pub(crate) async fn run(
    command: AuditCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    match command {
        AuditCommand::List(args) => list::list(args, global, out).await,
        AuditCommand::Tail(args) => list::tail(args, global, out).await,
        AuditCommand::Search(args) => search::run(args, global, out).await,
        AuditCommand::Export(args) => export::run(args, global, out).await,
        AuditCommand::Prove(args) => prove::run(args, global, out).await,
        AuditCommand::Verify(args) => verify::run(&args, global, out),
        AuditCommand::Sample(args) => sample::run(args, global, out).await,
        AuditCommand::Checkpoint => checkpoint::run(global, out).await,
        AuditCommand::RotateKey => rotate_key::rotate(global, out).await,
        AuditCommand::Hold(args) => hold::run(args, global, out).await,
        AuditCommand::Compact(args) => compact::run(args, global, out).await,
        AuditCommand::Redact(args) => redact::redact(args, global, out).await,
        AuditCommand::Prune(args) => prune::run(args, global, out).await,
    }
}
