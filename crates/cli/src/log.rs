//! What this process does, for who looks after it.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::background::Log;

/// Logs to standard error, in colour where that is a terminal.
pub(crate) fn to_stderr() {
    let colour = io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    start(colour, io::stderr);
}

/// Logs to a file.
pub(crate) fn to(log: Log) {
    start(false, log);
}

fn start(colour: bool, writer: impl for<'a> MakeWriter<'a> + Send + Sync + 'static) {
    let filter = EnvFilter::try_from_env("SYNDIC_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colour).with_writer(writer).init();
}
