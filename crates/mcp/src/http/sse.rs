//! Server-sent events, as in the HTML standard, § 9.2.6: reading them from chunks, and writing them.
//!
//! An event is always written anew from what was read, so that a comment, an unknown field or an unusual line end
//! carries nothing past whoever examined the event's data.

use axum::body::Bytes;
use thiserror::Error;

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Event {
    /// The id a client resumes after.
    pub(crate) id: Option<String>,
    /// The type; `message` where there is none.
    pub(crate) name: Option<String>,
    /// How many milliseconds a client waits before it connects again.
    pub(crate) retry: Option<u64>,
    /// The data, its lines joined by a line feed; nothing where the event has none, as one that only carries an id.
    pub(crate) data: Option<Bytes>,
}

/// Says why a stream of events cannot be read any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum BadStream {
    /// An event is too large to be examined.
    #[error("an event has more than {0} bytes")]
    TooLarge(usize),
}

/// What keeps a quiet connection alive.
pub(crate) const KEEP_ALIVE: Bytes = Bytes::from_static(b":\n\n");

/// Reads events from chunks of bytes, whatever the chunks' borders.
#[derive(Debug)]
pub(crate) struct EventReader {
    most_bytes: usize,
    /// The beginning of a line whose end has not come.
    line: Vec<u8>,
    event: Event,
    data: Option<Vec<u8>>,
    /// Bytes of the event so far, its comments too.
    size: usize,
    at_start: bool,
    after_return: bool,
}

impl EventReader {
    /// Makes a reader that refuses an event of more than `most_bytes`.
    pub(crate) fn new(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            line: Vec::new(),
            event: Event::default(),
            data: None,
            size: 0,
            at_start: true,
            after_return: false,
        }
    }

    /// Reads one chunk and returns the events that it completes.
    ///
    /// # Errors
    /// When an event is too large; nothing can be read after that.
    pub(crate) fn read(&mut self, mut chunk: &[u8]) -> Result<Vec<Event>, BadStream> {
        let mut events = Vec::new();
        if self.after_return && !chunk.is_empty() {
            self.after_return = false;
            chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
        }
        while let Some(end) = chunk.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (head, tail) = chunk.split_at(end);
            chunk = match tail {
                [b'\r', b'\n', rest @ ..] | [_, rest @ ..] => rest,
                [] => tail,
            };
            self.after_return = tail == b"\r";
            self.grow(head.len())?;
            if self.line.is_empty() {
                self.end_line(head, &mut events);
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(head);
                self.end_line(&line, &mut events);
            }
        }
        self.grow(chunk.len())?;
        self.line.extend_from_slice(chunk);
        Ok(events)
    }

    fn grow(&mut self, bytes: usize) -> Result<(), BadStream> {
        self.size = self.size.saturating_add(bytes);
        if self.size > self.most_bytes {
            return Err(BadStream::TooLarge(self.most_bytes));
        }
        Ok(())
    }

    fn end_line(&mut self, line: &[u8], events: &mut Vec<Event>) {
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if self.at_start => rest,
            _ => line,
        };
        self.at_start = false;
        if line.is_empty() {
            self.size = 0;
            let data = self.data.take().map(Bytes::from);
            let event = Event { data, ..std::mem::take(&mut self.event) };
            if event != Event::default() {
                events.push(event);
            }
            return;
        }
        self.field(line);
    }

    fn field(&mut self, line: &[u8]) {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = parts.next().unwrap_or_default();
        let value = parts.next().unwrap_or_default();
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            },
            b"id" if !value.contains(&0) => self.event.id = text(value),
            b"event" => self.event.name = text(value),
            b"retry" => self.event.retry = text(value).and_then(|text| text.parse().ok()),
            // A comment, or a field that nobody knows.
            _ => {}
        }
    }
}

fn text(value: &[u8]) -> Option<String> {
    std::str::from_utf8(value).ok().map(str::to_owned)
}

impl Event {
    /// Makes an event of one message.
    pub(crate) fn message(data: Bytes) -> Self {
        Self { data: Some(data), ..Self::default() }
    }

    /// Writes the event as it goes over the wire.
    pub(crate) fn to_bytes(&self) -> Bytes {
        let data = self.data.as_deref().unwrap_or_default();
        let mut out = Vec::with_capacity(data.len() + 64);
        for (field, value) in [("event", &self.name), ("id", &self.id)] {
            if let Some(value) = value {
                push(&mut out, field, value.as_bytes());
            }
        }
        if let Some(retry) = self.retry {
            push(&mut out, "retry", retry.to_string().as_bytes());
        }
        if self.data.is_some() {
            // Outside of strings, where line ends are escaped, JSON does not care which white space it has.
            for line in data.split(|byte| matches!(byte, b'\n' | b'\r')) {
                push(&mut out, "data", line);
            }
        }
        out.push(b'\n');
        out.into()
    }
}

fn push(out: &mut Vec<u8>, field: &str, value: &[u8]) {
    out.extend_from_slice(field.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BadStream, Event, EventReader};

    fn read(bytes: &[u8]) -> Vec<Event> {
        EventReader::new(1 << 20).read(bytes).unwrap()
    }

    fn written(bytes: &[u8]) -> String {
        let events = read(bytes);
        let bytes: Vec<u8> = events.iter().flat_map(|event| event.to_bytes().to_vec()).collect();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn an_event_is_written_as_it_was_read() {
        for stream in [
            "data: {\"id\":1}\n\n",
            "event: message\nid: 7\ndata: {}\n\n",
            "id: primed\nretry: 500\ndata: \n\n",
            "id: 1\n\n",
            "data: a\ndata: b\n\n",
        ] {
            assert_eq!(written(stream.as_bytes()), stream);
        }
    }

    #[test]
    fn whatever_is_not_data_is_dropped() {
        for (stream, left) in [
            (": a comment\ndata: {}\n\n", "data: {}\n\n"),
            ("secret: x\ndata:{}\n\n", "data: {}\n\n"),
            (": a comment\n\n", ""),
            ("\n\n\n", ""),
            ("id: a\0b\ndata: {}\n\n", "data: {}\n\n"),
            ("retry: soon\ndata: {}\n\n", "data: {}\n\n"),
            ("data: never ended\n", ""),
            ("\u{feff}data: {}\n\n", "data: {}\n\n"),
        ] {
            assert_eq!(written(stream.as_bytes()), left, "{stream:?}");
        }
    }

    #[test]
    fn every_line_end_ends_a_line() {
        for stream in
            ["data: a\r\rdata: b\r\r", "data: a\r\n\r\ndata: b\r\n\r\n", "data: a\n\ndata: b\n\n"]
        {
            let data: Vec<_> =
                read(stream.as_bytes()).into_iter().map(|event| event.data).collect();
            assert_eq!(data, [Some("a".into()), Some("b".into())], "{stream:?}");
        }
    }

    #[test]
    fn a_line_end_in_a_message_does_not_end_the_event() {
        let event = Event::message("{\r\n\"a\":\r1}".into());
        let read = read(&event.to_bytes());
        assert_eq!(read.len(), 1);
        let value: serde_json::Value =
            serde_json::from_slice(read[0].data.as_deref().unwrap()).unwrap();
        assert_eq!(value, serde_json::json!({"a": 1}));
    }

    #[test]
    fn an_event_that_is_too_large_ends_the_stream() {
        let mut reader = EventReader::new(16);
        assert_eq!(reader.read(b"data: 12\n\ndata: 34\n\n").map(|events| events.len()), Ok(2));
        assert_eq!(reader.read(b"data: 5678901"), Ok(vec![]));
        assert_eq!(reader.read(b"23456789"), Err(BadStream::TooLarge(16)));
        assert_eq!(
            EventReader::new(16).read(b": a comment without an end"),
            Err(BadStream::TooLarge(16))
        );
    }

    proptest! {
        #[test]
        fn the_borders_of_chunks_do_not_matter(
            stream in "(data: ?[a-z]{0,3}|id: [0-9]|event: x|: c|)?((\r\n|\r|\n)(data: ?[a-z]{0,3}|id: [0-9]|retry: 5|: c|)){0,12}",
            cuts in proptest::collection::vec(0_usize..200, 0..6),
        ) {
            let bytes = stream.as_bytes();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.sort_unstable();
            cuts.push(bytes.len());
            let mut reader = EventReader::new(1 << 20);
            let mut events = Vec::new();
            let mut from = 0;
            for cut in cuts {
                events.extend(reader.read(&bytes[from..cut]).unwrap());
                from = cut;
            }
            prop_assert_eq!(events, read(bytes));
        }
    }
}
