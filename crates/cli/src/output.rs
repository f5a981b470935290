//! The one place that writes to the terminal.

use std::fmt::Display;
use std::io::{self, IsTerminal as _, Write as _};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::wrap::wrap;

/// What is narrower is not fitted into.
const LEAST_COLUMNS: u16 = 40;

/// How something is meant, and so how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Strong,
    Quiet,
    Good,
    Bad,
    Waiting,
}

/// Where answers go.
#[derive(Debug)]
pub(crate) struct Output {
    json: bool,
    colour: bool,
    error_colour: bool,
}

impl Output {
    /// Colours only a terminal, and only when `NO_COLOR` is not set.
    pub(crate) fn new(json: bool) -> Self {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            json,
            colour: wanted && io::stdout().is_terminal(),
            error_colour: wanted && io::stderr().is_terminal(),
        }
    }

    /// Tells whether answers are JSON.
    pub(crate) const fn is_json(&self) -> bool {
        self.json
    }

    /// Tells whether a person reads the answer, and no file or program does.
    pub(crate) fn is_terminal() -> bool {
        io::stdout().is_terminal()
    }

    /// Returns how many columns there are for the answer; none where it does not go to a terminal.
    pub(crate) fn columns() -> Option<usize> {
        let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
        (size.ws_col > 0).then(|| size.ws_col.max(LEAST_COLUMNS).into())
    }

    /// Tells whether the answer may be coloured.
    pub(crate) const fn colours(&self) -> bool {
        self.colour
    }

    /// Tells whether what goes to standard error may be coloured.
    pub(crate) const fn colours_errors(&self) -> bool {
        self.error_colour
    }

    /// Writes a line of the answer.
    pub(crate) fn line(&self, text: impl Display) -> io::Result<()> {
        writeln!(io::stdout().lock(), "{text}")
    }

    /// Writes text of the answer so far in, on as many lines as a terminal needs for it; those after the first stand
    /// further in by `hang`.
    pub(crate) fn folded(
        &self,
        indent: usize,
        hang: usize,
        tone: Tone,
        text: &str,
    ) -> io::Result<()> {
        let room = Self::columns().unwrap_or(usize::MAX).saturating_sub(indent + hang);
        for (number, line) in wrap(text, room).into_iter().enumerate() {
            let indent = indent + if number == 0 { 0 } else { hang };
            self.line(format!("{:indent$}{}", "", self.paint(tone, line)))?;
        }
        Ok(())
    }

    /// Writes text of the answer as it is.
    pub(crate) fn text(&self, text: &str) -> io::Result<()> {
        io::stdout().lock().write_all(text.as_bytes())
    }

    /// Writes a JSON document, over several lines.
    pub(crate) fn document(&self, value: &impl Serialize) -> io::Result<()> {
        self.line(serde_json::to_string_pretty(value)?)
    }

    /// Writes a JSON document on one line, for a stream of them.
    pub(crate) fn json_line(&self, value: &impl Serialize) -> io::Result<()> {
        self.line(serde_json::to_string(value)?)
    }

    /// Colours part of the answer.
    pub(crate) fn paint(&self, tone: Tone, text: impl Display) -> String {
        painted(self.colour, tone, text)
    }

    /// Writes a line beside the answer, to standard error.
    pub(crate) fn note(&self, text: impl Display) {
        tell(&format!("{text}\n"));
    }

    /// Tells what was written to a file, where the answer went: programs as JSON, a person beside the answer.
    pub(crate) fn wrote(&self, document: &impl Serialize, text: impl Display) -> io::Result<()> {
        if self.json {
            return self.document(document);
        }
        self.note(text);
        Ok(())
    }

    /// Writes a warning beside the answer.
    pub(crate) fn warning(&self, text: impl Display) {
        self.note(format!("{}: {text}", painted(self.error_colour, Tone::Waiting, "warning")));
    }

    /// Shows what a long command is at, in place; only a terminal sees it. Nothing takes it away.
    pub(crate) fn progress(&self, text: impl Display) {
        if io::stderr().is_terminal() {
            tell(&format!("\r\x1b[K{text}"));
        }
    }

    /// Asks a person at the terminal, on the line where they answer.
    pub(crate) fn question(&self, text: impl Display) {
        tell(&text.to_string());
    }

    /// Rings the terminal's bell, if there is one.
    pub(crate) fn ring(&self) {
        if io::stderr().is_terminal() {
            tell("\x07");
        }
    }

    /// Writes an error, its causes and what to do about it.
    pub(crate) fn error(&self, error: &anyhow::Error, hint: Option<&str>) {
        let mut text = format!("{}: {error:#}\n", painted(self.error_colour, Tone::Bad, "error"));
        if let Some(hint) = hint {
            let label = painted(self.error_colour, Tone::Waiting, "hint");
            text.push_str(&format!("{label}: {hint}\n"));
        }
        tell(&text);
    }
}

/// Standard error is the last resort: when it is closed there is nowhere left to say so.
fn tell(text: &str) {
    drop(io::stderr().lock().write_all(text.as_bytes()));
}

fn painted(colour: bool, tone: Tone, text: impl Display) -> String {
    let style = style(tone);
    if colour && !style.is_plain() { format!("{style}{text}{style:#}") } else { text.to_string() }
}

fn style(tone: Tone) -> Style {
    match tone {
        Tone::Plain => Style::new(),
        Tone::Strong => Style::new().bold(),
        Tone::Quiet => Style::new().dimmed(),
        Tone::Good => AnsiColor::Green.on_default(),
        Tone::Bad => AnsiColor::Red.on_default().bold(),
        Tone::Waiting => AnsiColor::Yellow.on_default(),
    }
}
