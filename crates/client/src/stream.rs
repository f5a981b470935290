//! Reading server-sent events.

use reqwest::Response;
use serde::de::DeserializeOwned;
use syndic_api::{StreamRecord, StreamReset};

use crate::ClientError;

/// The most bytes an event may have; one of syndic has a few thousand.
const MOST_BYTES: usize = 1024 * 1024;

/// Records as they happen.
#[derive(Debug)]
pub struct Stream {
    at: String,
    response: Response,
    unread: Vec<u8>,
}

/// What a stream tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Streamed {
    /// A record.
    Record(Box<StreamRecord>),
    /// Records were missed; what follows begins after this one.
    Reset(StreamReset),
}

impl Stream {
    pub(crate) const fn new(at: String, response: Response) -> Self {
        Self { at, response, unread: Vec::new() }
    }

    /// Waits for what is told next; nothing where the daemon ends the stream, as it does when it stops and when the key
    /// opens nothing any more. Ask again from the last record on.
    ///
    /// # Errors
    /// When the connection breaks, or what comes is no event of syndic's.
    pub async fn next(&mut self) -> Result<Option<Streamed>, ClientError> {
        loop {
            while let Some(block) = self.block() {
                if let Some(streamed) = self.read(&block)? {
                    return Ok(Some(streamed));
                }
            }
            let chunk = self.response.chunk().await.map_err(|source| ClientError::Unreachable {
                at: self.at.clone(),
                source: source.without_url(),
            })?;
            let Some(chunk) = chunk else { return Ok(None) };
            self.unread.extend_from_slice(&chunk);
            if self.unread.len() > MOST_BYTES.saturating_add(chunk.len()) {
                return Err(self.foreign());
            }
        }
    }

    /// Takes the lines up to the next empty one.
    fn block(&mut self) -> Option<Vec<u8>> {
        let end = self.unread.windows(2).position(|pair| pair == b"\n\n")?;
        let mut block: Vec<u8> = self.unread.drain(..end + 2).collect();
        block.truncate(end);
        Some(block)
    }

    fn read(&self, block: &[u8]) -> Result<Option<Streamed>, ClientError> {
        let text = std::str::from_utf8(block).map_err(|_| self.foreign())?;
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name));
        let Some(data) = field("data: ") else { return Ok(None) };
        match field("event: ") {
            Some("record") => Ok(Some(Streamed::Record(self.json(data)?))),
            Some("reset") => Ok(Some(Streamed::Reset(self.json(data)?))),
            // A later daemon may tell more.
            Some(_) | None => Ok(None),
        }
    }

    fn json<T: DeserializeOwned>(&self, text: &str) -> Result<T, ClientError> {
        serde_json::from_str(text).map_err(|_| self.foreign())
    }

    fn foreign(&self) -> ClientError {
        ClientError::Foreign { at: self.at.clone(), status: self.response.status().as_u16() }
    }
}
