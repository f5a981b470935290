//! The paths of tiles (c2sp.org/tlog-tiles): `<level>/<n>[.p/<width>]`, and `entries/<n>[.p/<width>]` for leaves.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::tile::TILE_WIDTH;

const MOST_LEVEL: u8 = 63;

/// A tile of hashes, or a bundle of leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TilePath {
    /// The level of the hashes, 0 to 63; leaves have none.
    pub level: Option<u8>,
    /// Which of its level it is, from 0.
    pub n: u64,
    /// How many it has, 1 to 256.
    pub width: u16,
}

/// A text is no path of a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a tile's path like `0/x001/234.p/56`, or `entries/x001/234`")]
pub struct NotATile;

impl TilePath {
    /// Tells whether it can grow no more.
    #[must_use]
    pub fn is_full(&self) -> bool {
        u64::from(self.width) == TILE_WIDTH
    }
}

impl FromStr for TilePath {
    type Err = NotATile;

    fn from_str(text: &str) -> Result<Self, NotATile> {
        let (kind, rest) = text.split_once('/').ok_or(NotATile)?;
        let level = match kind {
            "entries" => None,
            level => Some(level.parse().map_err(|_| NotATile)?),
        };
        let (n, width) = match rest.split_once(".p/") {
            Some((n, width)) => (n, width.parse().map_err(|_| NotATile)?),
            None => (rest, 256),
        };
        let mut index = 0_u64;
        for group in n.split('/') {
            let digits = group.strip_prefix('x').unwrap_or(group);
            let digits: u64 = digits.parse().map_err(|_| NotATile)?;
            let shifted = index.checked_mul(1000).and_then(|index| index.checked_add(digits));
            index = shifted.ok_or(NotATile)?;
        }
        let path = Self { level, n: index, width };
        // There is one way to write each, or what is kept of them by path would be kept twice.
        let is_one = (1..=256).contains(&width) && level.is_none_or(|level| level <= MOST_LEVEL);
        if is_one && path.to_string() == text { Ok(path) } else { Err(NotATile) }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Some(level) => write!(f, "{level}/")?,
            None => f.write_str("entries/")?,
        }
        let mut groups = vec![self.n % 1000];
        let mut rest = self.n / 1000;
        while rest > 0 {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        for (place, group) in groups.iter().enumerate().rev() {
            if place > 0 { write!(f, "x{group:03}/")? } else { write!(f, "{group:03}")? }
        }
        if self.is_full() { Ok(()) } else { write!(f, ".p/{}", self.width) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::TilePath;

    proptest! {
        #[test]
        fn a_path_is_read_back_and_another_library_writes_it_so(level in 0_u8..63, n in any::<u64>(), width in 1_u16..=256) {
            let path = TilePath { level: Some(level), n, width };
            assert_eq!(path.to_string().parse(), Ok(path));
            let theirs = tlog_tiles::Tile::new(8, level, n, u32::from(width), false).path();
            // Theirs says the height of its tiles too.
            assert_eq!(theirs, format!("tile/8/{path}"));
            let leaves = TilePath { level: None, ..path };
            assert_eq!(leaves.to_string().parse(), Ok(leaves));
        }
    }

    #[test]
    fn there_is_one_way_to_write_a_path() {
        for text in ["0/000", "0/x001/x234/067", "63/000.p/255", "entries/999.p/1"] {
            assert_eq!(text.parse::<TilePath>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "0",
            "0/",
            "0/0",
            "00/000",
            "64/000",
            "-1/000",
            "+1/000",
            "0/1000",
            "0/x000/001",
            "0/001/x002",
            "0/001/002",
            "0/x001",
            "0/x001/",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/257",
            "0/000.p/01",
            "0/000.p",
            "0/000.p/",
            "0/000.p/1/2",
            "0/000/",
            "0//000",
            "entries/",
            "Entries/000",
            "0/xxx001/000",
            "0/x18446744073709551616/000",
            "0/x999/x999/x999/x999/x999/x999/x999/999",
            "0/٠٠٠",
        ] {
            assert!(text.parse::<TilePath>().is_err(), "{text}");
        }
    }
}
