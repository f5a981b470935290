//! The end of a file of JSON lines, as a crash may have left it.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use syndic_governance::SinkFormat;

use crate::format;

/// More than what may have been written since it was last noted how far the sink has come.
pub(super) const ENOUGH: usize = 32 << 20;
const BLOCK: usize = 64 << 10;

/// Takes a line away that was not written whole, and returns how many bytes there are then; `None` where the end is
/// somebody else's, which stays as it is.
pub(super) fn mend(file: &mut File) -> io::Result<Option<u64>> {
    let bytes = file.metadata()?.len();
    let begins = last_line(file, bytes)?.unwrap_or(bytes);
    if begins > 0 && !ends_with_event(file, begins)? {
        return Ok(None);
    }
    if begins == bytes {
        return Ok(Some(bytes));
    }
    let start = read(file, begins, bytes.min(begins + BLOCK as u64))?;
    if !format::is_beginning(&start) {
        return Ok(None);
    }
    file.set_len(begins)?;
    file.sync_data()?;
    Ok(Some(begins))
}

/// Tells whether the first `bytes` of a file end with a whole event.
fn ends_with_event(file: &mut File, bytes: u64) -> io::Result<bool> {
    // Without its line feed.
    let end = bytes - 1;
    let begins = last_line(file, end)?.unwrap_or(end);
    if end - begins > ENOUGH as u64 {
        return Ok(false);
    }
    let line = read(file, begins, end)?;
    let body: Option<serde_json::Value> = serde_json::from_slice(&line).ok();
    Ok(body.is_some_and(|body| format::is_event(&body)))
}

/// Returns where the last line of the first `bytes` begins, if no line feed ends it.
pub(in crate::sinks) fn last_line(file: &mut File, bytes: u64) -> io::Result<Option<u64>> {
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

#[cfg(test)]
mod tests {
    use std::fs::{self, OpenOptions};

    use super::mend;

    #[test]
    fn only_a_line_of_its_own_that_was_not_written_whole_is_taken_away() {
        const EVENT: &str = "{\"event_id\":\"0198c0de-0000-7000-8000-000000000001\"}\n";
        let torn = format!("{EVENT}{{\"event_id\":\"0198");
        let short = format!("{EVENT}{{\"ev");
        let other = "{\"a\":1}\n{\"event_id\":\"0198";
        let foreign = format!("{EVENT}{{\"my\":\"note\"");
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("audit.jsonl");
        for (text, left) in [
            ("", Some("")),
            (EVENT, Some(EVENT)),
            (&torn, Some(EVENT)),
            (&short, Some(EVENT)),
            ("{\"event_id\":\"01", Some("")),
            ("{\"my\":\"only config\"}", None),
            ("{\"my\":\"only config\"}\n", None),
            ("[1]", None),
            ("some notes\n", None),
            ("\n", None),
            (other, None),
            (&foreign, None),
        ] {
            fs::write(&path, text).unwrap();
            let mut file = OpenOptions::new().read(true).append(true).open(&path).unwrap();
            let mended = mend(&mut file).unwrap();
            assert_eq!(mended, left.map(|left| left.len() as u64), "{text:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), left.unwrap_or(text));
        }
    }
}
