//! Whether a name may matter at all, told by three letters in a row while it is read.

use super::{keyed, name};
use crate::bytes::{before, is_name};

/// Three letters in a row that a name has which promises a secret or names a vendor: a bit for each.
static TRIPLES: [u64; 512] = {
    let mut triples = [0; 512];
    let mut rest = name::STEMS;
    while let [[a, b, c], tail @ ..] = rest {
        mark(&mut triples, *a, *b, *c);
        rest = tail;
    }
    let mut vendor = 0;
    while let Some([a, b, c]) = keyed::beginning(vendor) {
        mark(&mut triples, a, b, c);
        vendor += 1;
    }
    mark(&mut triples, b'k', b'i', b'n');
    triples
};

#[expect(clippy::indexing_slicing, reason = "fifteen bits")]
const fn mark(triples: &mut [u64; 512], a: u8, b: u8, c: u8) {
    let place = (a as usize & 31) << 10 | (b as usize & 31) << 5 | (c as usize & 31);
    triples[place >> 6] |= 1 << (place & 63);
}

/// Returns where the name that ends at `end` begins, and whether it may be `kind`, promise a secret or name a vendor.
pub(super) fn name_before(bytes: &[u8], end: usize) -> (usize, bool) {
    let window = bytes.get(end.saturating_sub(name::LONGEST)..end).unwrap_or_default();
    let (mut three, mut tells) = (0_u32, 0);
    let length = window.iter().rev().position(|byte| {
        let goes_on = is_name(*byte);
        if goes_on {
            three = three >> 5 | (u32::from(*byte) & 31) << 10;
            tells |= TRIPLES.get(three as usize >> 6).copied().unwrap_or(0) >> (three & 63);
        }
        !goes_on
    });
    let length = length.unwrap_or(window.len());
    let short =
        || before(bytes, end) | 32 == b'w' && length > 1 && before(bytes, end - 1) | 32 == b'p';
    (end - length, tells & 1 == 1 || short())
}

#[cfg(test)]
mod tests {
    use super::super::{keyed, name};
    use super::name_before;

    #[test]
    fn a_name_that_matters_tells() {
        let text = "kind password db_pw PW clientSecret CRED x-auth tok token Bearer pword PWD psw apikey jwt_ SAS \
                    datadog_id my-datadog MyHubspot co_api_key order_id name total x kin ki k";
        for word in text.split_ascii_whitespace() {
            let line = format!("  {word}");
            let (start, tells) = name_before(line.as_bytes(), line.len());
            assert_eq!(start, 2, "{word}");
            let name = word.as_bytes();
            let matters = name == b"kind" || name::may_have_kind(name) || keyed::may_begin(name);
            assert!(tells || !matters, "{word}");
        }
        assert!(!name_before(b"order_id", 8).1);
    }

    proptest::proptest! {
        #[test]
        fn whatever_matters_tells(key in "[a-zA-Z_.0-9-]{0,4}(pass|sec|Cred|AUTH|tok|key|jwt|sas|pw|Bea|twi|bo|aws|)[a-zA-Z_.0-9-]{0,8}") {
            let key = key.as_bytes();
            let matters = name::may_have_kind(key) || keyed::may_begin(key);
            proptest::prop_assert!(name_before(key, key.len()).1 || !matters);
        }
    }
}
