//! What is known about a text beside its words.

/// What is known about a text beside its words. The default knows nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// The key or field the text stands under, as in `customer_ssn`: as good as a word right before a value.
    pub key: Option<&'a str>,
    /// Where numbers without a country are taken to be of.
    pub region: Option<Region>,
    /// The end of what the same party sent before.
    pub tail: Option<&'a Tail>,
}

/// A country, by its two letters (ISO 3166-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region([u8; 2]);

impl Region {
    /// Makes a region of two letters, in either case.
    #[must_use]
    pub const fn new(code: &str) -> Option<Self> {
        match code.as_bytes() {
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Some(Self([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// Tells whether a country or territory has these letters.
    #[must_use]
    pub fn is_known(&self) -> bool {
        REGIONS.split(' ').any(|known| known.as_bytes() == self.0)
    }

    /// Returns the two letters.
    #[must_use]
    pub const fn letters(self) -> [u8; 2] {
        self.0
    }
}

/// The countries and territories of ISO 3166-1, and Kosovo.
const REGIONS: &str = "\
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
    BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE \
    EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM \
    HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC \
    LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW \
    SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO \
    TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

/// The end of what one party sent, against values split over messages. Holds at most [`Tail::LENGTH`] bytes.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    text: String,
    /// Where in it each message begins.
    starts: Vec<usize>,
}

impl Tail {
    /// How many bytes it holds at most.
    pub const LENGTH: usize = 256;

    /// Takes note of what was sent.
    pub fn push(&mut self, text: &str) {
        let text = text.trim();
        let from = text.floor_char_boundary(text.len().saturating_sub(Self::LENGTH));
        let text = text.get(from..).unwrap_or_default();
        if text.is_empty() {
            return;
        }
        self.starts.push(self.text.len());
        self.text.push_str(text);
        let cut = self.text.ceil_char_boundary(self.text.len().saturating_sub(Self::LENGTH));
        self.text.drain(..cut);
        let gone = self.starts.partition_point(|start| *start <= cut);
        // Of the message that is cut, the rest stays.
        self.starts.drain(..gone.saturating_sub(1));
        self.starts.iter_mut().for_each(|start| *start = start.saturating_sub(cut));
    }

    /// Returns how many messages it holds something of.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.starts.len()
    }

    /// Returns what it holds of each message, the earliest first.
    pub(crate) fn parts(&self) -> impl Iterator<Item = &str> {
        let ends = self.starts.iter().skip(1).copied().chain(std::iter::once(self.text.len()));
        let spans = self.starts.iter().copied().zip(ends);
        spans.map(|(start, end)| self.text.get(start..end).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::{Region, Tail};

    #[test]
    fn letters_of_no_country_are_known_to_be_none() {
        let is_known = |code| Region::new(code).is_some_and(|region| region.is_known());
        assert!(["de", "US", "AD", "ZW", "XK", "GB"].into_iter().all(is_known));
        assert!(!["XX", "UK", "ZZ", "D ", "D"].into_iter().any(is_known));
    }

    #[test]
    fn a_tail_holds_the_end_and_knows_where_messages_begin() {
        let mut tail = Tail::default();
        for text in [&"a".repeat(200), " bcd ", "", &"é".repeat(40)] {
            tail.push(text);
        }
        let parts: Vec<_> = tail.parts().map(|part| part.chars().count()).collect();
        assert_eq!((parts, tail.messages()), (vec![173, 3, 40], 3));
        tail.push(&"e".repeat(1000));
        assert_eq!(tail.parts().map(str::len).collect::<Vec<_>>(), [256]);
        tail.push("f");
        assert_eq!(tail.parts().map(str::len).collect::<Vec<_>>(), [255, 1]);
    }
}
