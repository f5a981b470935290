//! The one place that writes to the terminal.

use std::io::{IsTerminal as _, Write as _};

/// Writes one line to standard error, in step with what cargo writes there.
#[expect(clippy::print_stderr, reason = "the one place that writes")]
pub(crate) fn line(text: &str) {
    eprintln!("{text}");
}

/// Writes where something has come to over what stood there before; nothing where nobody looks.
#[expect(clippy::print_stderr, reason = "the one place that writes")]
pub(crate) fn progress(text: &str) {
    if std::io::stderr().is_terminal() {
        eprint!("\r\x1b[K{text}");
        drop(std::io::stderr().flush());
    }
}

/// Writes what was asked for, for a program to read.
#[expect(clippy::print_stdout, reason = "the one place that writes")]
pub(crate) fn document(text: &str) {
    println!("{text}");
}
