//! `syndic audit checkpoint`

use std::fs;

use anyhow::Context as _;
use serde_json::json;
use syndic_ledger::{Checkpoint, SignedCheckpoint};

use crate::args::Global;
use crate::connect;
use crate::directory;
use crate::exit::Exit;
use crate::output::Output;

/// Prints the newest checkpoint: of a remote daemon, or of the data directory, cosigned where that one is as new.
pub(crate) async fn run(global: &Global, out: &Output) -> anyhow::Result<Exit> {
    if global.url.is_some() {
        let text = connect::with(global, out, async |client| Ok(client.log_checkpoint().await?));
        return print(&text.await?, out);
    }
    directory::known(&global.dir)?;
    let data_dir = syndic_governance::data_dir(&global.dir);
    let path = data_dir.join("checkpoint");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("cannot read `{}`: nothing was signed yet", path.display()))?;
    let newest = SignedCheckpoint::parse(text.as_bytes())?;
    let cosigned = fs::read_to_string(data_dir.join("cosigned")).ok();
    let cosigned = cosigned.filter(|text| {
        SignedCheckpoint::parse(text.as_bytes())
            .is_ok_and(|cosigned| cosigned.checkpoint() == newest.checkpoint())
    });
    print(&cosigned.unwrap_or(text), out)
}

fn print(text: &str, out: &Output) -> anyhow::Result<Exit> {
    if out.is_json() {
        let signed = SignedCheckpoint::parse(text.as_bytes())?;
        let Checkpoint { origin, head } = signed.checkpoint();
        out.document(&json!({ "origin": origin, "size": head.size, "checkpoint": text }))?;
        return Ok(Exit::Success);
    }
    out.text(text)?;
    out.note("keep it elsewhere: `syndic-verify DIR --from FILE` proves later that nothing before it was rewritten");
    Ok(Exit::Success)
}
