//! Reading lines by the page: as many as fit, in one buffer, none of them copied.

use std::fmt;
use std::io::{self, Read};

use memchr::{memchr, memrchr};

/// How much is read at once.
const PAGE: usize = 256 * 1024;
/// The longest line: a few bytes of a damaged frame can stand for any number.
const MOST_LINE_BYTES: usize = 64 << 20;

/// The lines of a file, a page at a time.
pub(crate) struct Pages {
    reader: Box<dyn Read>,
    buffer: Vec<u8>,
    /// How many bytes were given away.
    given: usize,
    /// How many bytes were read.
    filled: usize,
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").finish_non_exhaustive()
    }
}

impl Pages {
    pub(crate) fn new(reader: impl Read + 'static) -> Self {
        Self { reader: Box::new(reader), buffer: vec![0; PAGE], given: 0, filled: 0 }
    }

    /// Returns the lines that come next, whole ones; of a line that is too long its beginning, and at last what is
    /// after the last line feed. Nothing at the end.
    pub(crate) fn next(&mut self) -> io::Result<&[u8]> {
        self.buffer.copy_within(self.given..self.filled, 0);
        self.filled -= self.given;
        self.given = 0;
        let end = loop {
            if self.filled == MOST_LINE_BYTES {
                break self.filled;
            }
            if self.filled == self.buffer.len() {
                self.buffer.resize(MOST_LINE_BYTES.min(self.filled * 2), 0);
            }
            let free = self.buffer.get_mut(self.filled..).unwrap_or_default();
            let read = match self.reader.read(free) {
                Ok(0) => break self.filled,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let fresh = self.filled;
            self.filled += read;
            let fresh = self.buffer.get(fresh..self.filled).unwrap_or_default();
            if let Some(last) = memrchr(b'\n', fresh) {
                break self.filled - fresh.len() + last + 1;
            }
        };
        self.given = end;
        Ok(self.buffer.get(..end).unwrap_or_default())
    }
}

/// Returns the lines of a page, each with its line feed, which the last may lack.
pub(crate) fn lines(page: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = page;
    std::iter::from_fn(move || {
        let end = memchr(b'\n', rest).map_or(rest.len(), |feed| feed + 1);
        rest.split_off(..end).filter(|line| !line.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use std::io::{self, BufRead as _, BufReader, Read};

    use super::{PAGE, Pages, lines};

    /// Gives what it has in pieces of these lengths, in turn.
    struct Pieces(Vec<u8>, usize, Vec<usize>);

    impl Read for Pieces {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let most = self.2[self.1 % self.2.len()].min(into.len()).min(self.0.len());
            self.1 += 1;
            into[..most].copy_from_slice(&self.0[..most]);
            self.0.drain(..most);
            Ok(most)
        }
    }

    fn check(text: &[u8], pieces: &[usize]) {
        let mut one_by_one = Vec::new();
        let mut reader = BufReader::new(text);
        loop {
            let mut line = Vec::new();
            if reader.read_until(b'\n', &mut line).unwrap() == 0 {
                break;
            }
            one_by_one.push(line);
        }
        let mut pages = Pages::new(Pieces(text.to_vec(), 0, pieces.to_vec()));
        let mut found = Vec::new();
        loop {
            let page = pages.next().unwrap();
            if page.is_empty() {
                break;
            }
            found.extend(lines(page).map(<[u8]>::to_vec));
        }
        assert!(found == one_by_one, "{} lines of {}", found.len(), one_by_one.len());
    }

    #[test]
    fn the_lines_of_all_pages_are_those_of_the_file() {
        let long = [vec![b'x'; 3 * PAGE], b"\nshort\n".to_vec()].concat();
        let many: Vec<u8> =
            (0..2000_usize).flat_map(|n| [vec![b'y'; n % 700], vec![b'\n']].concat()).collect();
        for text in
            [&b""[..], b"\n", b"a", b"a\n", b"a\n\nb", &long, &many, &many[..many.len() - 1]]
        {
            for pieces in [&[1_000_000][..], &[1, 4096, 70_000], &[PAGE - 1, 2]] {
                check(text, pieces);
            }
        }
    }
}
