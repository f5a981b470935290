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

    /// Returns the two letters.
    #[must_use]
    pub const fn letters(self) -> [u8; 2] {
        self.0
    }
}

/// The end of what one party sent, against values split over messages. Holds at most [`Tail::LENGTH`] bytes.
#[derive(Debug, Clone, Default)]
pub struct Tail {
    pub(crate) text: String,
}

impl Tail {
    /// How many bytes it holds at most.
    pub const LENGTH: usize = 256;

    /// Takes note of what was sent.
    pub fn push(&mut self, text: &str) {
        let from = text.floor_char_boundary(text.len().saturating_sub(Self::LENGTH));
        self.text.push_str(text.get(from..).unwrap_or_default());
        let cut = self.text.ceil_char_boundary(self.text.len().saturating_sub(Self::LENGTH));
        self.text.drain(..cut);
    }
}
