//! A file of JSON lines: what is told as taken is on disk, and what a crash left is found again.

mod tail;

use std::collections::HashSet;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use syndic_governance::{FileSink, SinkFormat};
use syndic_model::Clock;

use crate::sink::{Failure, Fate, Most, Shaped};
use crate::sinks::follower::Turn;

const MOST: Most = Most { events: 4_096, bytes: 4 << 20, overhead: 1 };

/// A sink that writes to a file.
pub(crate) struct File {
    /// Taken while it is written to on a thread that may block.
    writer: Option<Writer>,
    fresh: Fresh,
    turn: Turn,
}

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
        Self { writer: None, fresh: Fresh { settings, format, data_dir, clock }, turn }
    }

    #[expect(clippy::unused_self, reason = "as every sink offers it")]
    pub(crate) const fn most(&self) -> Most {
        MOST
    }

    pub(crate) async fn send(&mut self, batch: &[Shaped]) -> Result<Vec<Fate>, Failure> {
        let mut writer = self.writer();
        let batch = batch.to_vec();
        let count = batch.len();
        let turn = Arc::clone(&self.turn);
        let written = tokio::task::spawn_blocking(move || {
            let written = writer.write(&batch);
            drop(turn);
            (writer, written)
        });
        let Ok((writer, written)) = written.await else {
            return Err(Failure::passing("writing was interrupted"));
        };
        self.writer = Some(writer);
        written.map(|()| vec![Fate::Taken; count])
    }

    /// Opens the file by its name again, as after somebody put it aside.
    pub(crate) fn reopen(&mut self) {
        if let Some(writer) = &mut self.writer {
            writer.open = None;
        }
    }

    pub(crate) fn replay(&mut self) {
        let mut writer = self.writer();
        writer.is_replayed = true;
        self.writer = Some(writer);
    }

    fn writer(&mut self) -> Writer {
        let fresh = || Writer { fresh: self.fresh.clone(), open: None, is_replayed: false };
        self.writer.take().unwrap_or_else(fresh)
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
            None => self.fresh.open()?,
        };
        if std::mem::take(&mut self.is_replayed) {
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
                open = self.fresh.open()?;
                open.there.clear();
            }
            lines.push_str(&event.body);
            lines.push('\n');
        }
        open.append(&lines).map_err(refused)?;
        self.open = Some(open);
        Ok(())
    }
}

impl Fresh {
    /// Opens the file to append, and mends its end.
    fn open(&self) -> Result<Open, Failure> {
        let path = &self.settings.path;
        let refused = |error: io::Error| {
            Failure::passing(format!("cannot open `{}`: {error}", path.display()))
        };
        if let Some(directory) = path.parent() {
            DirBuilder::new().recursive(true).mode(0o750).create(directory).map_err(refused)?;
            self.keep_out(directory)?;
        }
        let mut options = OpenOptions::new();
        let mut file =
            options.mode(0o640).create(true).append(true).read(true).open(path).map_err(refused)?;
        let metadata = file.metadata().map_err(refused)?;
        if !metadata.is_file() {
            return Err(Failure::stopped(format!("`{}` is no file", path.display())));
        }
        if let Ok(real) = fs::canonicalize(path) {
            self.keep_out(&real)?;
        }
        let bytes = tail::mend(&mut file).map_err(refused)?;
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

    /// Refuses what leads into the data directory by links.
    fn keep_out(&self, place: &Path) -> Result<(), Failure> {
        let real = fs::canonicalize(place)
            .and_then(|place| Ok((place, fs::canonicalize(&self.data_dir)?)));
        match real {
            Ok((place, data_dir)) if place.starts_with(&data_dir) => {
                let shown = place.display();
                Err(Failure::stopped(format!(
                    "`{shown}` is inside the data directory: name a file elsewhere in syndic.yaml"
                )))
            }
            Ok(_) | Err(_) => Ok(()),
        }
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
