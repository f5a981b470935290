//! What a scanner found in what an action would send.

use std::collections::BTreeSet;

/// What a scanner found in what an action would send: `call.pii`, `call.secrets` and `call.obfuscated`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detected {
    /// The kinds of personal data, such as `EMAIL_ADDRESS`.
    pub pii: BTreeSet<String>,
    /// The secrets, by the names of their formats.
    pub secrets: BTreeSet<String>,
    /// Some of it was disguised.
    pub obfuscated: bool,
    /// How, by the names of disguises: no policy sees it.
    pub disguises: BTreeSet<String>,
    /// The earlier actions that a part of it was sent with: no policy sees it.
    pub began_in: BTreeSet<String>,
}

/// `call.detected`, which came before `call.pii`: what it says of which kind.
const LABELLED: [(&str, &str); 4] = [
    ("email", "EMAIL_ADDRESS"),
    ("iban", "IBAN_CODE"),
    ("payment_card", "CREDIT_CARD"),
    ("us_ssn", "US_SSN"),
];

impl Detected {
    /// Reads the labels of `call.detected`; others are left out.
    #[must_use]
    pub fn of_labels<'a>(labels: impl IntoIterator<Item = &'a str>) -> Self {
        let kind = |label| LABELLED.iter().find(|(known, _)| *known == label);
        let kinds = labels.into_iter().filter_map(kind);
        Self { pii: kinds.map(|(_, kind)| (*kind).to_owned()).collect(), ..Self::default() }
    }

    /// Returns the labels of `call.detected`.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &'static str> + '_ {
        let found = LABELLED.iter().filter(|(_, kind)| self.pii.contains(*kind));
        found.map(|(label, _)| *label)
    }

    /// Adds what was found elsewhere.
    pub fn absorb(&mut self, other: Self) {
        self.pii.extend(other.pii);
        self.secrets.extend(other.secrets);
        self.obfuscated |= other.obfuscated;
        self.disguises.extend(other.disguises);
        self.began_in.extend(other.began_in);
    }

    /// Tells whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
