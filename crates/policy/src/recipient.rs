//! Who receives something, in one spelling.

/// Returns the recipients that a text names.
///
/// A text with an `@` is a list of addresses as mail programs read it (RFC 5322): split at commas and semicolons,
/// without display names and `mailto:`, in lower case. Any other text is one recipient, only trimmed.
pub(crate) fn recipients(text: &str) -> Vec<String> {
    if !text.contains('@') {
        return vec![text.trim().to_owned()];
    }
    let mut quoted = false;
    let parts = text.split(|c| {
        quoted ^= c == '"';
        !quoted && matches!(c, ',' | ';' | '\n' | '\r')
    });
    parts.map(address).filter(|address| !address.is_empty()).collect()
}

fn address(part: &str) -> String {
    let part = part.trim();
    let bare = part.strip_suffix('>').and_then(|part| part.rsplit_once('<'));
    let bare = bare.map_or(part, |(_, bare)| bare).trim().to_lowercase();
    let bare = bare.strip_prefix("mailto:").map(str::to_owned).unwrap_or(bare);
    // Somebody may still read an address beside `<>`: nobody at all would be known to every policy.
    if bare.is_empty() { part.to_lowercase() } else { bare }
}

/// Returns the domain of an address, and an empty text for whatever is not plainly one: no allow-list has that.
pub(crate) fn domain(recipient: &str) -> &str {
    let Some((local, domain)) = recipient.split_once('@') else { return "" };
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    if local.is_empty() || local.contains(char::is_whitespace) || !domain.chars().all(plain) {
        return "";
    }
    domain
}

#[cfg(test)]
mod tests {
    use super::{domain, recipients};

    #[test]
    fn one_recipient_has_one_spelling_and_at_most_one_domain() {
        for (text, expected) in [
            ("Ann@Corp.Test", "ann@corp.test/corp.test"),
            (" ann@corp.test. ", "ann@corp.test./corp.test"),
            ("Support <help@corp.test>", "help@corp.test/corp.test"),
            ("\"ann@corp.test\" <x@evil.test>", "x@evil.test/evil.test"),
            ("x@evil.test, ann@corp.test", "x@evil.test/evil.test ann@corp.test/corp.test"),
            ("a@b.test;c@d.test\nBcc: e@f.test", "a@b.test/b.test c@d.test/d.test bcc: e@f.test/"),
            ("\"Doe, Ann\" <ann@corp.test>", "ann@corp.test/corp.test"),
            ("\"x@evil.test, ann@corp.test", "\"x@evil.test, ann@corp.test/"),
            ("x@evil.test@corp.test", "x@evil.test@corp.test/"),
            ("mailto:Ann@corp.test?bcc=x@evil.test", "ann@corp.test?bcc=x@evil.test/"),
            ("ann@corp.test<x@evil.test>", "x@evil.test/evil.test"),
            ("x@evil.test <>", "x@evil.test <>/"),
            ("<@>, ann@corp.test <mailto:>,", "@/ ann@corp.test <mailto:>/"),
            ("@corp.test", "@corp.test/"),
            ("ann@", "ann@/"),
            ("+41 44 000 00 00", "+41 44 000 00 00/"),
            ("Berlin, Germany", "Berlin, Germany/"),
            ("", "/"),
        ] {
            let found = recipients(text);
            let found: Vec<_> = found.iter().map(|one| format!("{one}/{}", domain(one))).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
    }
}
