//! `syndic audit rotate-key`

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::Output;

pub(crate) async fn rotate(global: &Global, out: &Output) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| {
        let rotated = client.rotate_log_key().await?;
        if out.is_json() {
            return Ok(out.document(&rotated)?);
        }
        out.line(&rotated.to)?;
        out.note(format!("recorded as record {}", rotated.record.index));
        out.note("give auditors and witnesses this key; the former one signs too until the next rotation");
        Ok(())
    })
    .await?;
    Ok(Exit::Success)
}
