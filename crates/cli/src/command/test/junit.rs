//! The results as XML in the form of `JUnit`, which CI servers read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use syndic_gate::Trial;
use syndic_model::Level;

use super::Run;

/// Writes one suite for each file; a test file that cannot be read is a case in error.
pub(super) fn report(run: &Run<'_>) -> String {
    let mut suites: BTreeMap<&str, Vec<&Trial<'_>>> = BTreeMap::new();
    for trial in &run.trials {
        suites.entry(&trial.case.place.file).or_default().push(trial);
    }
    let mut xml =
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"syndic\">\n".to_owned();
    for (file, trials) in suites {
        let failed = trials.iter().filter(|trial| !trial.mismatches.is_empty()).count();
        let _ = writeln!(
            xml,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\">",
            escape(file),
            trials.len()
        );
        for trial in trials {
            case(trial, &mut xml);
        }
        xml.push_str("  </testsuite>\n");
    }
    unreadable(run, &mut xml);
    xml.push_str("</testsuites>\n");
    xml
}

fn case(trial: &Trial<'_>, xml: &mut String) {
    let (line, _) = trial.case.place.position.unwrap_or_default();
    let (name, file) = (escape(&trial.case.name), escape(&trial.case.place.file));
    let _ = write!(
        xml,
        "    <testcase classname=\"{file}\" name=\"{name}\" file=\"{file}\" line=\"{line}\""
    );
    if trial.mismatches.is_empty() {
        xml.push_str("/>\n");
        return;
    }
    let told: Vec<_> = trial
        .mismatches
        .iter()
        .map(|miss| format!("{}: expected {}, was {}", miss.field, miss.expected, miss.actual))
        .collect();
    let reasons = trial.decided.reasons().join("\n");
    let _ = writeln!(
        xml,
        ">\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
        escape(&told.join("; ")),
        escape(&reasons)
    );
}

fn unreadable(run: &Run<'_>, xml: &mut String) {
    let errors: Vec<_> =
        run.findings.iter().filter(|finding| finding.level == Level::Error).collect();
    if errors.is_empty() {
        return;
    }
    let count = errors.len();
    let _ = writeln!(
        xml,
        "  <testsuite name=\"files\" tests=\"{count}\" failures=\"0\" errors=\"{count}\">"
    );
    for error in errors {
        let (file, message) = (escape(&error.place.file), escape(&error.to_string()));
        let _ = writeln!(
            xml,
            "    <testcase classname=\"{file}\" name=\"{}\"><error message=\"{message}\"/></testcase>",
            error.code
        );
    }
    xml.push_str("  </testsuite>\n");
}

/// Escapes text for attributes and content; characters that XML 1.0 has not are replaced.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn no_text_ends_its_place() {
        for (text, written) in [
            ("a < b && c > \"d\"", "a &lt; b &amp;&amp; c &gt; &quot;d&quot;"),
            ("one\ntwo", "one&#10;two"),
            ("\u{1b}[31m\u{0}", "\u{fffd}[31m\u{fffd}"),
            ("ünï", "ünï"),
        ] {
            assert_eq!(escape(text), written);
        }
    }
}
