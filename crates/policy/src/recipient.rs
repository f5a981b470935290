//! Who receives something, in one spelling.

/// Returns the recipients that a text names.
///
/// A text with an `@` is a list of addresses (RFC 5322): split at commas, semicolons and ends of lines outside quotes,
/// without plain display names and `mailto:`, in lower case. Mail programs differ in what they make of anything less
/// plain, so such an address stays whole: no allow-list has it. Any other text is one recipient, only trimmed.
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
    let part = part.trim().to_lowercase();
    let named = part.strip_suffix('>').and_then(|part| part.split_once('<'));
    let plain = match named {
        Some((name, bare)) if is_display_name(name.trim()) => bare.trim(),
        Some(_) => return part,
        None => part.strip_prefix("mailto:").unwrap_or(&part),
    };
    if domain(plain).is_empty() { part } else { plain.to_owned() }
}

/// Tells whether no mail program can find an address in a text before `<`.
fn is_display_name(text: &str) -> bool {
    let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    match quoted {
        Some(inside) => !inside.contains(['"', '\\']),
        None => !text.contains(['@', '<', '>', '(', ')', '[', ']', ':', '"', '\\']),
    }
}

/// Returns the domain of an address, and an empty text for whatever is not plainly one: no allow-list has that.
pub(crate) fn domain(recipient: &str) -> &str {
    let Some((local, domain)) = recipient.split_once('@') else { return "" };
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    // The characters of an atom, and those of other scripts.
    let atom = |c: char| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let plain = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    if local.is_empty() || !local.chars().all(atom) || !domain.chars().all(plain) {
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
            ("x@evil.test <>", "x@evil.test <>/"),
            ("<@>, ann@corp.test <mailto:>,", "<@>/ ann@corp.test <mailto:>/"),
            ("mailto:Ann@corp.test?bcc=x@evil.test", "mailto:ann@corp.test?bcc=x@evil.test/"),
            ("ann@corp.test<x@evil.test>", "ann@corp.test<x@evil.test>/"),
            ("x@evil.test <ann@corp.test>", "x@evil.test <ann@corp.test>/"),
            ("\"x\" <x@evil.test> <ann@corp.test>", "\"x\" <x@evil.test> <ann@corp.test>/"),
            ("<x@evil.test><ann@corp.test>,", "<x@evil.test><ann@corp.test>/"),
            ("x@evil.test(<ann@corp.test>", "x@evil.test(<ann@corp.test>/"),
            (":x@evil.test<ann@corp.test>,", ":x@evil.test<ann@corp.test>/"),
            ("\"a\\\"@\" <ann@corp.test>", "\"a\\\"@\" <ann@corp.test>/"),
            ("<x@corp.test", "<x@corp.test/"),
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
