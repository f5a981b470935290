//! The end of a file of JSON lines, as a crash may have left it.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};

use syndic_governance::SinkFormat;

use crate::format;

/// More than what may have been written since it was last noted how far the sink has come.
pub(super) const ENOUGH: usize = 32 << 20;
const BLOCK: usize = 64 << 10;

/// Takes a line away that was not written whole, and returns how many bytes there are then. What does not look like the
/// beginning of an event is somebody else's, and is ended with a line feed.
pub(super) fn mend(file: &mut File) -> io::Result<u64> {
    let bytes = file.metadata()?.len();
    let Some(begins) = last_line(file, bytes)? else { return Ok(bytes) };
    let mut first = [0];
    file.seek(SeekFrom::Start(begins))?;
    file.read_exact(&mut first)?;
    if first == *b"{" {
        file.set_len(begins)?;
        file.sync_data()?;
        return Ok(begins);
    }
    file.write_all(b"\n")?;
    file.sync_data()?;
    Ok(bytes + 1)
}

/// Returns where the last line begins, if no line feed ends it.
fn last_line(file: &mut File, bytes: u64) -> io::Result<Option<u64>> {
    let mut end = bytes;
    while end > 0 {
        let start = end.saturating_sub(BLOCK as u64);
        let block = read(file, start, end)?;
        if let Some(at) = block.iter().rposition(|byte| *byte == b'\n') {
            let begins = start + at as u64 + 1;
            return Ok((begins < bytes).then_some(begins));
        }
        end = start;
    }
    Ok((bytes > 0).then_some(0))
}

/// Returns the ids of the events at the end of the first `bytes` of a file.
pub(super) fn ids(file: &mut File, bytes: u64, format: SinkFormat) -> io::Result<HashSet<String>> {
    let start = bytes.saturating_sub(ENOUGH as u64);
    let block = read(file, start, bytes)?;
    let mut lines = block.split(|byte| *byte == b'\n');
    if start > 0 {
        // It begins anywhere.
        lines.next();
    }
    let id = |line: &[u8]| {
        let body: serde_json::Value = serde_json::from_slice(line).ok()?;
        format::id(format, &body).map(str::to_owned)
    };
    Ok(lines.filter_map(id).collect())
}

fn read(file: &mut File, start: u64, end: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(start))?;
    let mut block = Vec::new();
    (&*file).take(end - start).read_to_end(&mut block)?;
    Ok(block)
}
