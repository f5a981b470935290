//! Where an action belongs in a trace, and what a trace is told about it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    ActionName, AgentId, ApprovalId, Effect, EventId, MessageCode, Mode, PolicyId, RiskLevel,
    SessionId, ToolName,
};

/// The longest state of a trace that is passed on (W3C Trace Context §3.3.1.5).
const MOST_STATE_BYTES: usize = 512;
const SAMPLED: u8 = 1;

/// The caller's place in a trace: what W3C Trace Context puts into `traceparent` and `tracestate`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceParent {
    /// Never all zeros.
    pub trace: [u8; 16],
    /// The caller's span; never all zeros.
    pub span: [u8; 8],
    /// The flags, of which only `sampled` has a meaning here.
    pub flags: u8,
    /// What vendors told each other, as it came.
    pub state: Option<String>,
}

/// A text is no `traceparent`; a new trace begins in its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a `traceparent`: `00-`, 32 hex digits, `-`, 16 hex digits, `-`, 2 hex digits")]
pub struct TraceParentError;

impl TraceParent {
    /// Tells whether the caller records its spans.
    #[must_use]
    pub const fn is_sampled(&self) -> bool {
        self.flags & SAMPLED != 0
    }

    /// Returns the same place with the state of a trace; one that is too long or is no header's text is left out.
    #[must_use]
    pub fn with_state(self, state: &str) -> Self {
        let plain = |b: u8| b.is_ascii_graphic() || matches!(b, b' ' | b'\t');
        let fits = (1..=MOST_STATE_BYTES).contains(&state.len()) && state.bytes().all(plain);
        Self { state: fits.then(|| state.to_owned()), ..self }
    }
}

impl FromStr for TraceParent {
    type Err = TraceParentError;

    fn from_str(text: &str) -> Result<Self, TraceParentError> {
        let mut fields = text.splitn(5, '-');
        let mut field = || fields.next().ok_or(TraceParentError);
        let [version] = bytes(field()?)?;
        let (trace, span, [flags]) = (bytes(field()?)?, bytes(field()?)?, bytes(field()?)?);
        let more = fields.next().is_some();
        // A later version may say more after what is known; this one may not.
        if version == 0xff || version == 0 && more || trace == [0; 16] || span == [0; 8] {
            return Err(TraceParentError);
        }
        Ok(Self { trace, span, flags, state: None })
    }
}

/// Reads exactly `N` bytes in small hex digits.
fn bytes<const N: usize>(text: &str) -> Result<[u8; N], TraceParentError> {
    let mut read = [0; N];
    let digits = text.as_bytes().chunks_exact(2);
    if text.len() != 2 * N {
        return Err(TraceParentError);
    }
    for (byte, pair) in read.iter_mut().zip(digits) {
        let [high, low] = *pair else { return Err(TraceParentError) };
        *byte = digit(high)? << 4 | digit(low)?;
    }
    Ok(read)
}

const fn digit(letter: u8) -> Result<u8, TraceParentError> {
    match letter {
        b'0'..=b'9' => Ok(letter - b'0'),
        b'a'..=b'f' => Ok(letter - b'a' + 10),
        _ => Err(TraceParentError),
    }
}

/// What a trace is told about one action: never its arguments, its result, whom it is for, or words about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActionSpan {
    /// The trace.
    pub trace: [u8; 16],
    /// This span.
    pub span: [u8; 8],
    /// The caller's place, where it named one.
    pub parent: Option<TraceParent>,
    /// When it was asked for, by the host's clock.
    pub begun: Timestamp,
    /// How long the answer took.
    pub took: Duration,
    /// Who asked.
    pub agent: AgentId,
    /// What people call the agent; `None` for an unknown one.
    pub agent_name: Option<String>,
    /// Which version it claims to be.
    pub agent_version: Option<String>,
    /// What for.
    pub action: ActionName,
    /// Whether the catalogue has the action.
    pub is_known: bool,
    /// Through which tool.
    pub tool: Option<ToolName>,
    /// In which session.
    pub session: Option<SessionId>,
    /// The model it claims to run on.
    pub model: Option<String>,
    /// What was answered, or the code of why there was no answer.
    pub answered: Result<SpanAnswer, &'static str>,
}

/// What a trace is told about an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanAnswer {
    /// The action's id, also the id of its audit event.
    pub event: EventId,
    /// The verdict.
    pub effect: Effect,
    /// Whether the action may run.
    pub allowed: bool,
    /// Whether verdicts are enforced for the agent.
    pub mode: Mode,
    /// The agent's risk; `None` for an unknown agent.
    pub risk_level: Option<RiskLevel>,
    /// The governance directory it was decided on.
    pub revision: String,
    /// The code of what a model may be told.
    pub code: MessageCode,
    /// The policies that stand in the way, each once.
    pub policies: Vec<PolicyId>,
    /// Position in the ledger.
    pub record: Option<u64>,
    /// The request for approval that it waits for, or that allowed it.
    pub approval: Option<ApprovalId>,
    /// The answer repeats an earlier one.
    pub replayed: bool,
}

/// Writes bytes in small hex digits, as ids of traces are written.
#[derive(Debug, Clone, Copy)]
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Hex, TraceParent};

    const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    #[test]
    fn a_parent_is_read_as_it_was_written() {
        let parent: TraceParent = PARENT.parse().unwrap();
        assert_eq!(Hex(&parent.trace).to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(Hex(&parent.span).to_string(), "00f067aa0ba902b7");
        assert!(parent.is_sampled());
        assert!(!PARENT.replace("-01", "-02").parse::<TraceParent>().unwrap().is_sampled());
    }

    #[test]
    fn a_later_version_may_say_more_and_this_one_may_not() {
        let later = PARENT.replacen("00", "01", 1);
        assert!(later.parse::<TraceParent>().is_ok());
        assert!(format!("{later}-more-and-more").parse::<TraceParent>().is_ok());
        assert!(format!("{later}more").parse::<TraceParent>().is_err());
        assert!(format!("{PARENT}-more").parse::<TraceParent>().is_err());
    }

    #[test]
    fn what_is_malformed_is_no_parent() {
        for text in [
            "",
            "00",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47366-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47\u{e9}-00f067aa0ba902b7-01",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        ] {
            assert!(text.parse::<TraceParent>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_state_is_passed_on_where_it_is_a_headers_text_of_ordinary_length() {
        let parent = || PARENT.parse::<TraceParent>().unwrap();
        let state = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE";
        assert_eq!(parent().with_state(state).state.as_deref(), Some(state));
        for state in ["", "a=\u{1}", "a=ü", &format!("a={}", "b".repeat(512))] {
            assert_eq!(parent().with_state(state).state, None, "{state:?}");
        }
    }
}
