//! Messages as lines.

use std::io;

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{mpsc, watch};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;
/// How much of a line that is too long is kept, to tell which request it was.
const KEPT: usize = 4096;

/// Reads lines.
#[derive(Debug)]
pub(super) struct Frames<R> {
    from: R,
    buffer: BytesMut,
    searched: usize,
    longest: usize,
}

/// One line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// A line, without its end.
    Line(Bytes),
    /// A line that is too long and was passed over, but for its beginning and its end.
    TooLong(Bytes, Bytes),
}

impl<R: AsyncRead + Unpin> Frames<R> {
    pub(super) fn new(from: R, longest: usize) -> Self {
        Self { from, buffer: BytesMut::new(), searched: 0, longest }
    }

    /// Reads the next line that is not blank; nothing, at the end of the input. What stands there without an end of
    /// line is a line too.
    pub(super) async fn next(&mut self) -> io::Result<Option<Frame>> {
        loop {
            if let Some(line) = self.line() {
                if line.iter().all(u8::is_ascii_whitespace) {
                    continue;
                }
                let short = line.len() <= self.longest;
                return Ok(Some(if short { Frame::Line(line) } else { cut(&line) }));
            }
            if self.buffer.len() > self.longest {
                return self.pass_over().await.map(Some);
            }
            self.buffer.reserve(CHUNK);
            if self.from.read_buf(&mut self.buffer).await? == 0 {
                let rest = plain(self.buffer.split().freeze());
                self.searched = 0;
                let blank = rest.iter().all(u8::is_ascii_whitespace);
                return Ok((!blank).then_some(Frame::Line(rest)));
            }
        }
    }

    fn line(&mut self) -> Option<Bytes> {
        let fresh = self.buffer.get(self.searched..).unwrap_or_default();
        let Some(found) = memchr::memchr(b'\n', fresh) else {
            self.searched = self.buffer.len();
            return None;
        };
        let line = self.buffer.split_to(self.searched + found).freeze();
        self.buffer.advance(1);
        self.searched = 0;
        Some(plain(line))
    }

    /// Passes over the rest of a line that is too long.
    async fn pass_over(&mut self) -> io::Result<Frame> {
        let start = Bytes::copy_from_slice(self.buffer.get(..KEPT).unwrap_or(&self.buffer));
        let mut end = Vec::new();
        keep_end(&mut end, &self.buffer);
        // The large buffer goes.
        self.buffer = BytesMut::new();
        self.searched = 0;
        loop {
            self.buffer.reserve(CHUNK);
            let ended = self.from.read_buf(&mut self.buffer).await? == 0;
            let found = memchr::memchr(b'\n', &self.buffer);
            let rest = self.buffer.split_to(found.unwrap_or(self.buffer.len()));
            keep_end(&mut end, &rest);
            if found.is_some() {
                self.buffer.advance(1);
            }
            if ended || found.is_some() {
                return Ok(Frame::TooLong(start, end.into()));
            }
        }
    }
}

fn cut(line: &[u8]) -> Frame {
    let mut end = Vec::new();
    keep_end(&mut end, line);
    Frame::TooLong(Bytes::copy_from_slice(line.get(..KEPT).unwrap_or(line)), end.into())
}

/// Keeps the end of what was kept and what follows.
fn keep_end(kept: &mut Vec<u8>, more: &[u8]) {
    kept.extend_from_slice(more.get(more.len().saturating_sub(KEPT)..).unwrap_or_default());
    kept.drain(..kept.len().saturating_sub(KEPT));
}

/// Takes a carriage return from a line's end, and makes spaces of others: outside of strings, where alone JSON has
/// them, they mean nothing, but some readers would see the end of a line, and another message after it.
fn plain(mut line: Bytes) -> Bytes {
    if line.last() == Some(&b'\r') {
        line.truncate(line.len() - 1);
    }
    if memchr::memchr(b'\r', &line).is_none() {
        return line;
    }
    line.iter().map(|&byte| if byte == b'\r' { b' ' } else { byte }).collect()
}

/// Writes messages as lines, until nobody sends any or nobody reads them; once it is `over`, what was sent before.
pub(super) async fn write(
    mut to: impl AsyncWrite + Unpin,
    mut messages: mpsc::Receiver<Bytes>,
    mut over: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut line = Vec::new();
    let mut closed = false;
    loop {
        let message = tokio::select! {
            biased;
            message = messages.recv() => message,
            _ = over.wait_for(|over| *over), if !closed => {
                closed = true;
                messages.close();
                continue;
            }
        };
        let Some(message) = message else { return to.shutdown().await };
        line.clear();
        line.reserve(message.len() + 1);
        line.extend_from_slice(&message);
        line.push(b'\n');
        to.write_all(&line).await?;
        to.flush().await?;
        if line.capacity() > CHUNK {
            line = Vec::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Frame, Frames};

    async fn read(text: &[u8], longest: usize) -> Vec<Frame> {
        let mut frames = Frames::new(text, longest);
        let mut all = Vec::new();
        while let Some(frame) = frames.next().await.unwrap() {
            all.push(frame);
        }
        all
    }

    fn line(text: &'static [u8]) -> Frame {
        Frame::Line(text.into())
    }

    #[tokio::test]
    async fn a_line_is_a_message_and_blank_ones_are_none() {
        assert_eq!(
            read(b"{}\n\r\n  \n{\"a\":1}\r\nlast", 100).await,
            [line(b"{}"), line(b"{\"a\":1}"), line(b"last")]
        );
        assert_eq!(read(b"", 100).await, []);
    }

    #[tokio::test]
    async fn a_carriage_return_within_a_message_hides_no_other_message() {
        assert_eq!(read(b"{\"a\":\r{\"b\":1}\r}\r\n", 100).await, [line(b"{\"a\": {\"b\":1} }")]);
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_passed_over_and_the_next_one_read() {
        let text = [&vec![b'x'; 199_997][..], b"end\n{}\n"].concat();
        let frames = read(&text, 100_000).await;
        let Frame::TooLong(start, end) = &frames[0] else { panic!("{frames:?}") };
        assert_eq!((start.len(), &end[4090..]), (4096, &b"xxxend"[..]));
        assert_eq!(frames[1], line(b"{}"));
        assert!(matches!(read(&text, 200_000).await[0], Frame::Line(_)));
    }
}
