//! A file of JSON lines: what is told as taken is on disk, and what a crash left is found again.

mod place;
pub(super) mod tail;

use std::collections::HashSet;
use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use syndic_governance::{FileSink, SinkFormat};
use syndic_model::Clock;
use tokio::task::JoinHandle;

use crate::sink::{Failure, Fate, Most, Shaped};
use crate::sinks::follower::Turn;

const MOST: Most = Most { events: 4_096, bytes: 4 << 20, overhead: 1 };
/// How often another may hold the file before it counts as somebody else's: who was stopped ends in a moment.
const PATIENCE: u32 = 4;

/// A sink that writes to a file.
pub(crate) struct File {
    /// Taken while it is written to on a thread that may block.
    writer: Option<Writer>,
    /// Kept where nobody waited for its end, so that the next write does.
    writing: Option<JoinHandle<Written>>,
    is_replayed: bool,
    fresh: Fresh,
    turn: Turn,
}

/// What a thread gives back; the turn ends after the writer does.
type Written = (Writer, Result<(), Failure>, Turn);

/// How a writer begins.
#[derive(Clone)]
struct Fresh {
    settings: FileSink,
    format: SinkFormat,
    data_dir: PathBuf,
    clock: Arc<dyn Clock>,
}

struct Writer {
    fresh: Fresh,
    open: Option<Open>,
    /// How often in a row another held the file.
    locked_out: u32,
    /// Events may come again that are there, and are to be there twice.
    is_replayed: bool,
}

struct Open {
    file: fs::File,
    bytes: u64,
    /// The day that the file is of.
    day: Date,
    /// What its end has: a crash may have come between writing and taking note of it. Forgotten at the first event that
    /// is not there.
    there: HashSet<String>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("path", &self.fresh.settings.path).finish_non_exhaustive()
    }
}

impl File {
    pub(crate) fn new(
        settings: &FileSink,
        format: SinkFormat,
        data_dir: &Path,
        clock: &Arc<dyn Clock>,
        turn: &Turn,
    ) -> Self {
        let (settings, data_dir) = (settings.clone(), data_dir.to_owned());
        let (clock, turn) = (Arc::clone(clock), Arc::clone(turn));
        let fresh = Fresh { settings, format, data_dir, clock };
        Self { writer: None, writing: None, is_replayed: false, fresh, turn }
    }

    #[expect(clippy::unused_self, reason = "as every sink offers it")]
    pub(crate) const fn most(&self) -> Most {
        MOST
    }

    pub(crate) async fn send(&mut self, batch: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        let mut writer = self.writer().await;
        writer.is_replayed |= std::mem::take(&mut self.is_replayed);
        let batch = batch.to_vec();
        let count = batch.len();
        let turn = Arc::clone(&self.turn);
        let writing = self.writing.insert(tokio::task::spawn_blocking(move || {
            let written = writer.write(&batch);
            (writer, written, turn)
        }));
        let done = writing.await;
        self.writing = None;
        let Ok((writer, written, _)) = done else {
            return Err(Failure::passing("writing was interrupted"));
        };
        self.writer = Some(writer);
        written.map(|()| vec![Fate::Taken; count])
    }

    /// Returns the one writer, when it has ended what nobody waited for.
    async fn writer(&mut self) -> Writer {
        if let Some(writing) = &mut self.writing {
            let done = writing.await;
            self.writing = None;
            if let Ok((mut writer, _, _)) = done {
                // What it wrote is found when the file is opened again.
                writer.open = None;
                self.writer = Some(writer);
            }
        }
        let fresh =
            || Writer { fresh: self.fresh.clone(), open: None, locked_out: 0, is_replayed: false };
        self.writer.take().unwrap_or_else(fresh)
    }

    /// Opens the file by its name again, as after somebody put it aside.
    pub(crate) fn reopen(&mut self) {
        if let Some(writer) = &mut self.writer {
            writer.open = None;
        }
    }

    pub(crate) const fn replay(&mut self) {
        self.is_replayed = true;
    }
}

impl Writer {
    /// Writes a batch and syncs it. After an error the file has none of what was written after the last sync, or it is
    /// found there at the next try.
    fn write(&mut self, batch: &[Shaped]) -> Result<(), Failure> {
        let path = self.fresh.settings.path.clone();
        let refused = |error: io::Error| {
            Failure::passing(format!("cannot write `{}`: {error}", path.display()))
        };
        if self.open.as_ref().is_some_and(|open| !open.is_at(&path)) {
            self.open = None;
        }
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.begin()?,
        };
        if self.is_replayed {
            open.there.clear();
        }
        let mut lines = String::new();
        for event in batch {
            if !open.there.is_empty() {
                if open.there.contains(&event.id) {
                    continue;
                }
                open.there.clear();
            }
            let bytes = (lines.len() + event.body.len() + 1) as u64;
            if self.fresh.is_over(&open, bytes) && (open.bytes > 0 || !lines.is_empty()) {
                open.append(&lines).map_err(refused)?;
                lines.clear();
                self.fresh.put_aside().map_err(refused)?;
                open = self.begin()?;
                open.there.clear();
            }
            lines.push_str(&event.body);
            lines.push('\n');
        }
        open.append(&lines).map_err(refused)?;
        self.open = Some(open);
        self.is_replayed = false;
        Ok(())
    }

    /// Opens the file, and gives who holds it a moment.
    fn begin(&mut self) -> Result<Open, Failure> {
        match self.fresh.open() {
            Ok(open) => {
                self.locked_out = 0;
                Ok(open)
            }
            Err(Closed::Held) => {
                self.locked_out += 1;
                let path = self.fresh.settings.path.display();
                let reason = format!(
                    "another sink or program holds `{path}`: name a file of its own in syndic.yaml"
                );
                if self.locked_out < PATIENCE {
                    return Err(Failure::passing(reason));
                }
                Err(Failure::stopped(reason))
            }
            Err(Closed::Failed(failure)) => Err(failure),
        }
    }
}

/// Why a file is not open.
enum Closed {
    Held,
    Failed(Failure),
}

impl From<Failure> for Closed {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Fresh {
    /// Opens the file to append, and mends its end.
    fn open(&self) -> Result<Open, Closed> {
        let path = &self.settings.path;
        let refused = |error: io::Error| {
            Failure::passing(format!("cannot open `{}`: {error}", path.display()))
        };
        place::prepare(path, &self.data_dir)?;
        let mut options = OpenOptions::new();
        let mut file =
            options.mode(0o640).create(true).append(true).read(true).open(path).map_err(refused)?;
        let metadata = file.metadata().map_err(refused)?;
        if !metadata.is_file() {
            return Err(Failure::stopped(format!("`{}` is no file", path.display())).into());
        }
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Closed::Held),
            // Some file systems have no locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(refused(error).into()),
        }
        let Some(bytes) = tail::mend(&mut file).map_err(refused)? else {
            return Err(Failure::stopped(format!(
                "`{}` ends with something that is no event: name another file in syndic.yaml, or \
                 move it away",
                path.display()
            ))
            .into());
        };
        let mut there = tail::ids(&mut file, bytes, self.format).map_err(refused)?;
        if bytes < tail::ENOUGH as u64
            && let Some(last) = self.aside().map_err(refused)?.last()
        {
            let mut last = fs::File::open(last).map_err(refused)?;
            let length = last.metadata().map_err(refused)?.len();
            there.extend(tail::ids(&mut last, length, self.format).map_err(refused)?);
        }
        let today = day(self.clock.now());
        let written = metadata.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        let day = written.filter(|_| bytes > 0).map_or(today, day);
        Ok(Open { file, bytes, day, there })
    }

    /// Tells whether a file is to be put aside before so many bytes more.
    fn is_over(&self, open: &Open, bytes: u64) -> bool {
        let full = self.settings.rotate_bytes.is_some_and(|most| open.bytes + bytes > most);
        let old = self.settings.rotate_daily && day(self.clock.now()) > open.day;
        full || old
    }

    /// Gives the file a name of its own, and removes the oldest that are too many.
    fn put_aside(&self) -> io::Result<()> {
        let at = self.clock.now().to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
        let name = |nth: u32| self.beside(&format!("{at}-{nth:04}"));
        let free = (0..10_000).map(name).find(|path| !path.exists());
        let free = free.ok_or_else(|| io::Error::other("no name is left to put it aside"))?;
        fs::rename(&self.settings.path, free)?;
        if let Some(keep) = self.settings.keep {
            let aside = self.aside()?;
            let many = aside.len().saturating_sub(usize::try_from(keep).unwrap_or(usize::MAX));
            aside.iter().take(many).try_for_each(fs::remove_file)?;
        }
        match self.settings.path.parent() {
            Some(directory) => fs::File::open(directory)?.sync_all(),
            None => Ok(()),
        }
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        let mut path = self.settings.path.clone().into_os_string();
        path.push(".");
        path.push(suffix);
        path.into()
    }

    /// Lists what was put aside, oldest first.
    fn aside(&self) -> io::Result<Vec<PathBuf>> {
        let path = &self.settings.path;
        let (Some(directory), Some(name)) = (path.parent(), path.file_name()) else {
            return Ok(Vec::new());
        };
        let mut prefix = name.to_string_lossy().into_owned();
        prefix.push('.');
        let mut aside = Vec::new();
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.strip_prefix(&prefix).is_some_and(is_time) {
                aside.push(entry.path());
            }
        }
        aside.sort();
        Ok(aside)
    }
}

/// Tells whether a suffix is one of `put_aside`.
fn is_time(suffix: &str) -> bool {
    suffix.len() == "20261122T120000Z-0000".len()
        && suffix.bytes().enumerate().all(|(at, byte)| match at {
            8 => byte == b'T',
            15 => byte == b'Z',
            16 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

impl Open {
    /// Tells whether the file still has its name.
    fn is_at(&self, path: &Path) -> bool {
        let (open, named) = (self.file.metadata(), fs::metadata(path));
        let same = open.and_then(|open| {
            let named = named?;
            Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
        });
        same.unwrap_or(false)
    }

    fn append(&mut self, lines: &str) -> io::Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let written = self.file.write_all(lines.as_bytes()).and_then(|()| self.file.sync_data());
        if let Err(error) = written {
            // Half a batch is worth nothing: what cannot be taken back is mended when the file is opened again.
            drop(self.file.set_len(self.bytes));
            return Err(error);
        }
        self.bytes += lines.len() as u64;
        Ok(())
    }
}

fn day(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests;
