//! Everybody who watches records as they happen: how many, how fast, and how they end.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use axum::body::Bytes;
use jiff::Timestamp;
use syndic_api::{StreamRecord, StreamReset};
use syndic_gate::{Gate, Happened, KeyStatus, Share, Tail, Told};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::{Interval, MissedTickBehavior, interval, sleep, timeout};

use crate::auth::Watcher;
use crate::connection::Connection;

/// The most who watch at once.
pub(crate) const MOST: usize = 1024;
/// How long who does not read what is sent is waited for.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often something is sent where nothing happens, so that both ends see that the other is there.
const ALIVE_EVERY: Duration = Duration::from_secs(15);
/// How soon a browser whose connection broke tries again.
const RETRY_MS: u32 = 2000;
/// How many pieces wait for the connection at most.
const AHEAD: usize = 4;
const CLOSE_WITHIN: Duration = Duration::from_secs(5);

/// Everybody who watches.
#[derive(Debug)]
pub(crate) struct Streams {
    places: Arc<Semaphore>,
    closing: watch::Sender<bool>,
    /// How many streams there ever were.
    begun: AtomicU64,
}

impl Default for Streams {
    fn default() -> Self {
        let places = Arc::new(Semaphore::new(MOST));
        Self { places, closing: watch::Sender::new(false), begun: AtomicU64::new(0) }
    }
}

impl Streams {
    /// Takes a place; nothing where all are taken, or the server is about to stop.
    pub(crate) fn place(&self) -> Option<OwnedSemaphorePermit> {
        if *self.closing.borrow() {
            return None;
        }
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// Tells how many watch.
    pub(crate) fn count(&self) -> usize {
        MOST.saturating_sub(self.places.available_permits())
    }

    /// Ends every stream, and waits until nothing of them is left.
    pub(crate) async fn close(&self) {
        self.closing.send_replace(true);
        let all = u32::try_from(MOST).unwrap_or(u32::MAX);
        if timeout(CLOSE_WITHIN, self.places.acquire_many(all)).await.is_err() {
            tracing::warn!("some streams were still busy at shutdown");
        }
    }

    /// Lets somebody watch; what they are sent comes out of the returned end, and ends with it.
    pub(crate) fn begin(
        self: &Arc<Self>,
        place: OwnedSemaphorePermit,
        gate: &Arc<Gate>,
        tail: Tail,
        by: Watcher,
        connection: Arc<Connection>,
    ) -> mpsc::Receiver<Bytes> {
        let (sent, body) = mpsc::channel(AHEAD);
        let mut alive = interval(ALIVE_EVERY);
        alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        alive.reset();
        let stream = Stream {
            streams: Arc::clone(self),
            gate: Arc::downgrade(gate),
            closing: self.closing.subscribe(),
            tail,
            by,
            connection,
            sent,
            alive,
            is_underway: false,
            nth: self.begun.fetch_add(1, Ordering::Relaxed),
            _place: place,
        };
        drop(tokio::spawn(stream.run()));
        body
    }
}

/// One who watches.
struct Stream {
    streams: Arc<Streams>,
    gate: Weak<Gate>,
    closing: watch::Receiver<bool>,
    tail: Tail,
    by: Watcher,
    connection: Arc<Connection>,
    sent: mpsc::Sender<Bytes>,
    alive: Interval,
    /// They were told something, so that what they miss from now on is their own slowness.
    is_underway: bool,
    nth: u64,
    /// INVARIANT: given back once nothing of the gate is held any more.
    _place: OwnedSemaphorePermit,
}

/// Why somebody is sent nothing more.
enum Ended {
    /// They went away, may not read any more, or the server stops.
    Over,
    /// They do not read as fast as records come.
    Slow,
}

impl Stream {
    async fn run(mut self) {
        let ended = self.send_all().await;
        if let Ended::Slow = ended {
            self.connection.hang_up();
            if let Some(gate) = self.gate.upgrade() {
                gate.stream_dropped();
            }
        }
    }

    /// Sends what happens until the stream ends, and says why it does.
    async fn send_all(&mut self) -> Ended {
        let mut sent = self.send(begin(self.tail.next_index())).await;
        while sent.is_ok() {
            sent = tokio::select! {
                told = self.tail.next() => match self.tell(told).await {
                    Ok(()) => self.pause().await,
                    Err(ended) => Err(ended),
                },
                _ = self.alive.tick() => match self.may_read() {
                    Ok(()) => self.send(alive(self.tail.next_index())).await,
                    Err(ended) => Err(ended),
                },
                _ = self.closing.changed() => Err(Ended::Over),
                () = self.sent.closed() => Err(Ended::Over),
            };
        }
        sent.err().unwrap_or(Ended::Over)
    }

    async fn tell(&mut self, told: Told) -> Result<(), Ended> {
        self.may_read()?;
        match told {
            Told::Happened(shares) => {
                self.is_underway = true;
                let pieces: Vec<Bytes> =
                    shares.iter().flat_map(|share: &Share| share.written(write)).collect();
                if pieces.is_empty() {
                    return Ok(());
                }
                self.alive.reset();
                if pieces.len() > AHEAD {
                    return self.send(pieces.concat()).await;
                }
                for piece in pieces {
                    self.send(piece).await?;
                }
                Ok(())
            }
            Told::Missed(_) if self.is_underway => Err(Ended::Slow),
            Told::Missed(next) => {
                self.is_underway = true;
                self.send(reset(next)).await
            }
            Told::Ended => Err(Ended::Over),
        }
    }

    async fn send(&self, text: impl Into<Bytes>) -> Result<(), Ended> {
        match timeout(PATIENCE, self.sent.send(text.into())).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Ended::Over),
            Err(_) => Err(Ended::Slow),
        }
    }

    /// Ends the stream of a key that opens nothing any more, or of a browser that is signed in no more.
    fn may_read(&self) -> Result<(), Ended> {
        let gate = self.gate.upgrade().ok_or(Ended::Over)?;
        let key = gate.key(&self.by.key).ok_or(Ended::Over)?;
        let is_over = |until: Timestamp| until <= gate.now();
        if key.status == KeyStatus::Active && !self.by.until.is_some_and(is_over) {
            return Ok(());
        }
        Err(Ended::Over)
    }

    /// Rests a little after something was sent: the more watch, the longer, so that all of them together take no
    /// noticeable part of the machine, and not all at the same time.
    async fn pause(&mut self) -> Result<(), Ended> {
        let count = u64::try_from(self.streams.count()).unwrap_or(u64::MAX);
        let half = 25 + count / 5 * 2;
        let apart = self.nth.wrapping_mul(17) % half;
        tokio::select! {
            () = sleep(Duration::from_millis(half + apart)) => Ok(()),
            _ = self.closing.changed() => Err(Ended::Over),
        }
    }
}

/// Writes a record as an event; its index is what a browser asks to go on after.
fn write(happened: &Happened, text: &mut Vec<u8>) {
    text.extend_from_slice(event(happened.index, "record", &record(happened)).as_bytes());
}

/// Shows a record as people watch it.
pub(crate) fn record(happened: &Happened) -> StreamRecord {
    let told = |field: &Option<Arc<str>>| field.as_deref().map(str::to_owned);
    StreamRecord {
        index: happened.index,
        at: happened.at,
        kind: happened.kind.to_owned(),
        agent: told(&happened.agent),
        action: told(&happened.action),
        event_id: told(&happened.event_id),
        effect: told(&happened.effect),
        approval_id: told(&happened.approval_id),
        policy: told(&happened.policy),
        status: told(&happened.status),
        reason: told(&happened.reason),
    }
}

fn event(index: u64, kind: &str, data: &impl serde::Serialize) -> String {
    // Plain structs of text and numbers always have JSON, of one line.
    let data = serde_json::to_string(data).unwrap_or_default();
    format!("id: {index}\nevent: {kind}\ndata: {data}\n\n")
}

/// Says after which record the stream begins, so that a browser that loses it before anything happens goes on there.
fn begin(next: u64) -> String {
    format!("retry: {RETRY_MS}\n{}\n", id(next))
}

/// Says that the server is there, and how far it has come where nothing passes the filter.
fn alive(next: u64) -> String {
    format!(":\n{}\n", id(next))
}

fn reset(next: u64) -> String {
    let index = next.saturating_sub(1);
    event(index, "reset", &StreamReset { index })
}

/// An id without an event: browsers keep it, and tell nobody.
fn id(next: u64) -> String {
    next.checked_sub(1).map(|last| format!("id: {last}\n")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use syndic_gate::Happened;

    use super::{alive, begin, reset, write};

    #[test]
    fn a_record_is_one_event_whatever_is_in_it() {
        let happened = Happened {
            index: 7,
            kind: "agent_suspended",
            agent: Some("*".into()),
            reason: Some("two\nlines\r\n\ndata: {}".into()),
            ..Happened::default()
        };
        let mut text = Vec::new();
        write(&happened, &mut text);
        let text = String::from_utf8(text).unwrap();
        assert_eq!(
            text,
            "id: 7\nevent: record\ndata: {\"index\":7,\"at\":\"1970-01-01T00:00:00Z\",\
             \"kind\":\"agent_suspended\",\"agent\":\"*\",\
             \"reason\":\"two\\nlines\\r\\n\\ndata: {}\"}\n\n"
        );
    }

    #[test]
    fn a_stream_says_where_it_is_without_an_event() {
        assert_eq!(begin(4), "retry: 2000\nid: 3\n\n");
        assert_eq!(begin(0), "retry: 2000\n\n");
        assert_eq!(alive(4), ":\nid: 3\n\n");
        assert_eq!(reset(4), "id: 3\nevent: reset\ndata: {\"index\":3}\n\n");
    }
}
