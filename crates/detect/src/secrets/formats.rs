//! The formats of vendors' secrets, as data: one line each.
//!
//! They come from vendors' documentation and from the rules that gitleaks, betterleaks (MIT) and Kingfisher
//! (Apache-2.0) publish.

mod ai;
mod cloud;
mod code;
mod data;
mod money;
mod service;
mod talk;

use super::format::Format;

/// Every format that begins with a prefix.
pub(crate) fn all() -> impl Iterator<Item = &'static Format> {
    [
        ai::FORMATS,
        cloud::FORMATS,
        code::FORMATS,
        data::FORMATS,
        money::FORMATS,
        service::FORMATS,
        talk::FORMATS,
    ]
    .into_iter()
    .flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::check::{BASE36, BASE62, Check, crc32, digits, polymod};
    use super::super::format::{Alphabet, Format, Part};
    use super::super::in_token;
    use super::all;
    use crate::Limits;
    use crate::limits::Budget;

    /// Pseudo-random numbers (xorshift), the same in every run.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 >> 33).unwrap() % sides
        }

        fn letters(&mut self, alphabet: Alphabet, count: usize) -> String {
            let all: Vec<char> =
                (0..128u8).filter(|byte| alphabet.has(*byte)).map(char::from).collect();
            (0..count).map(|_| all[self.roll(all.len())]).collect()
        }
    }

    /// Makes up a secret from the format's own data.
    fn made_up(format: &Format, dice: &mut Dice) -> String {
        let mut body = String::new();
        for part in format.body {
            body += &match *part {
                Part::Of(alphabet, count) => dice.letters(alphabet, count.into()),
                Part::Up(alphabet, least, most) => {
                    let span = usize::from(most - least).min(9);
                    let more = dice.roll(span + 1);
                    dice.letters(alphabet, usize::from(least) + more)
                }
                Part::Lit(literal) => literal.to_owned(),
            };
        }
        match format.check {
            Check::None => {}
            Check::Crc62 => {
                body.truncate(body.len() - 6);
                let sum = digits::<6>(crc32(&[body.as_bytes()]), BASE62);
                body += str::from_utf8(&sum).unwrap();
            }
            Check::Crc36 => {
                body.truncate(body.len() - 7);
                let sum = digits::<7>(crc32(&[format.prefix.as_bytes(), body.as_bytes()]), BASE36);
                body += str::from_utf8(&sum).unwrap();
            }
            Check::Bech32 => {
                body.truncate(body.len() - 6);
                let charset = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
                let human = format.prefix.trim_end_matches('1').to_lowercase();
                let high = human.bytes().map(|byte| byte >> 5).chain([0]);
                let low = human.bytes().map(|byte| byte & 31);
                let data = body.chars().map(|c| u8::try_from(charset.find(c).unwrap()).unwrap());
                let sum = high.chain(low).chain(data).chain([0; 6]).fold(1, polymod) ^ 1;
                body.extend(
                    (0..6)
                        .map(|at| charset.as_bytes()[(sum >> (25 - 5 * at) & 31) as usize] as char),
                );
            }
            Check::Json => body =
                "UTl6VG00eFdqUmtPSEJMZGpGelFtWTJXWFZIYUROdFRuUTFTazhpIiwibiI6Im9wcyIsImlkIjoxfQ=="
                    .to_owned(),
            Check::PrivateKey => {
                body = "BSU0EgUFJJVkFURSBLRVktLS0tLQpNSUlFcEFJQkFBS0NBUUVBM3VZdHdwTEtkWmhRMWo5"
                    .to_owned();
            }
        }
        format!("{}{body}", format.prefix)
    }

    #[test]
    fn every_format_finds_what_it_describes() {
        let mut dice = Dice(0x5eed_5eed_5eed);
        for format in all() {
            for _ in 0..4 {
                let secret = made_up(format, &mut dice);
                let text = format!("{} key: {secret} .", format.near);
                let start = text.find(&secret).unwrap();
                // A run that a colon cuts early is found from the run after it.
                let cut = secret.find([':', '!', '?']).unwrap_or(secret.len());
                let end = start + secret.len();
                let token = if cut < 16 { start + cut + 1..end } else { start..start + cut };
                let mut hits = Vec::new();
                let mut budget = Budget::new(Limits::default(), text.len()).unwrap();
                in_token(text.as_bytes(), token, &mut budget, &mut hits).unwrap();
                let found = hits.iter().any(|hit| hit.span.start <= start && hit.span.end == end);
                assert!(found, "`{}` is not found in `{text}`: {hits:?}", format.name);
                let sum = matches!(format.check, Check::Crc62 | Check::Crc36 | Check::Bech32);
                assert!(
                    !sum || hits.iter().any(|hit| hit.checksum),
                    "the checksum of `{secret}` is right"
                );
            }
        }
    }

    /// The table of formats by vendor: the first word of a name.
    fn table() -> String {
        let mut vendors: BTreeMap<&str, (BTreeSet<&str>, bool)> = BTreeMap::new();
        for format in all() {
            let vendor = format.name.split('-').next().unwrap();
            let (names, checked) = vendors.entry(vendor).or_default();
            names.insert(format.name);
            *checked |= !matches!(format.check, Check::None);
        }
        let rows = vendors.into_iter().map(|(vendor, (names, checked))| {
            let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
            let checked = if checked { "yes" } else { "" };
            format!("| {vendor} | {} | {checked} |\n", names.join(", "))
        });
        format!("| Vendor | Patterns | Checked |\n|---|---|---|\n{}", rows.collect::<String>())
    }

    #[test]
    fn the_documentation_lists_every_format() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/detection-secrets.md");
        let text = std::fs::read_to_string(page).unwrap();
        let (head, rest) = text.split_once(" documentation` -->\n").unwrap();
        let (_, tail) = rest.split_once("<!-- end -->").unwrap();
        let should = format!("{head} documentation` -->\n\n{}\n<!-- end -->{tail}", table());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(page, &should).unwrap();
        }
        assert!(
            text == should || std::env::var_os("UPDATE_DOCS").is_some(),
            "run with UPDATE_DOCS=1"
        );
    }

    #[test]
    fn there_are_more_than_380_names() {
        let names: BTreeSet<&str> = all().map(|format| format.name).collect();
        assert!(names.len() > 380, "{}", names.len());
    }

    #[test]
    fn what_stands_in_for_a_secret_is_none() {
        for format in all() {
            let longest = |part: &Part| match *part {
                Part::Of(alphabet, count) | Part::Up(alphabet, count, _) => {
                    let sign = ['x', 'X', '0', 'A', 'a', '=']
                        .into_iter()
                        .find(|sign| alphabet.has(*sign as u8));
                    sign.unwrap().to_string().repeat(count.into())
                }
                Part::Lit(literal) => literal.to_owned(),
            };
            let body: String = format.body.iter().map(longest).collect();
            if body.len() < 16
                || format.body.iter().any(|part| matches!(part, Part::Lit(text) if text.len() > 4))
            {
                continue;
            }
            let text = format!("{} key: {}{body} .", format.near, format.prefix);
            assert!(format.at(text.as_bytes(), format.near.len() + 6).is_none(), "{text}");
        }
    }
}
