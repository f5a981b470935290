//! The one place that writes to the terminal.

/// Writes one line to standard error, in step with what cargo writes there.
#[expect(clippy::print_stderr, reason = "the one place that writes")]
pub(crate) fn line(text: &str) {
    eprintln!("{text}");
}
