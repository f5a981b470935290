//! `syndic audit checkpoint`

use std::fs;

use anyhow::Context as _;
use serde_json::json;
use syndic_ledger::SignedCheckpoint;

use crate::args::Global;
use crate::directory;
use crate::exit::Exit;
use crate::output::Output;

/// Prints the newest checkpoint of the data directory, cosigned where that one is as new.
pub(crate) fn run(global: &Global, out: &Output) -> anyhow::Result<Exit> {
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
    let text = cosigned.unwrap_or(text);
    if out.is_json() {
        let size = newest.checkpoint().head.size;
        let origin = &newest.checkpoint().origin;
        out.document(&json!({ "origin": origin, "size": size, "checkpoint": text }))?;
        return Ok(Exit::Success);
    }
    out.text(&text)?;
    out.note("keep it elsewhere: `syndic-verify DIR --from FILE` proves later that nothing before it was rewritten");
    Ok(Exit::Success)
}
