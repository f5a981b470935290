//! `syndic audit prove`

use serde_json::json;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::Output;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  syndic audit prove 01a20846-fe00-7de1-ae00-630afa7e07e1 > proof.txt

The proof is text: each record exactly as it stands in the log, followed by a proof of it (c2sp.org/tlog-proof). Whoever
has the log's verifier key checks it with `syndic-verify proof.txt --vkey KEY`, with no server. It shows what is in the
log, not that the log has nothing else.")]
pub(crate) struct ProveArgs {
    /// The action's id, which is its event's
    #[arg(value_name = "EVENT_ID")]
    id: String,
}

pub(crate) async fn run(args: ProveArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| {
        let proof = client.proof(&args.id).await?;
        if out.is_json() {
            return Ok(out.document(&json!({ "proof": proof }))?);
        }
        Ok(out.text(&proof)?)
    })
    .await?;
    Ok(Exit::Success)
}
