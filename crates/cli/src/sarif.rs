//! Findings as SARIF 2.1.0, the format in which code scanners report (OASIS).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use syndic_model::{Finding, Level};

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Makes a log of one run; paths are relative to the governance directory, `GOVERNANCE`.
pub(crate) fn log(findings: &[Finding]) -> Value {
    let codes: BTreeSet<_> = findings.iter().map(|finding| finding.code).collect();
    let rules: Vec<_> = codes.into_iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<_> = findings.iter().map(result).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "syndic",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(finding: &Finding) -> Value {
    let level = match finding.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    };
    let text = match &finding.hint {
        Some(hint) => format!("{}. Hint: {hint}", finding.message),
        None => finding.message.clone(),
    };
    let mut location = json!({
        "artifactLocation": { "uri": uri(&finding.place.file), "uriBaseId": "GOVERNANCE" }
    });
    if let (Some((line, column)), Some(fields)) = (finding.place.position, location.as_object_mut())
    {
        let region = json!({ "startLine": line, "startColumn": column });
        fields.insert("region".to_owned(), region);
    }
    json!({
        "ruleId": finding.code,
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": location }],
    })
}

/// Writes a path as a relative reference (RFC 3986): what is not unreserved is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_path_is_a_reference() {
        assert_eq!(super::uri("agents/a b:ü.yaml"), "agents/a%20b%3A%C3%BC.yaml");
    }
}
