//! What would close a gap: a command to run, or a line of a file to write.

use jiff::SignedDuration;
use jiff::tz::TimeZone;

use crate::facts::SIX_MONTHS_DAYS;
use crate::field::{Asks, field};
use crate::{Figure, Reading, Verdict};

/// Returns the command that states something about an agent.
pub(crate) fn attest(agent: &str, about: &str) -> String {
    let value = match field(about).map(|field| field.asks) {
        None | Some(Asks::YesOrNo) => "true",
        Some(Asks::Day) => "YYYY-MM-DD",
        Some(Asks::Text) => "TEXT",
    };
    format!(
        "syndic attest --agent {agent} --field {about} --value {value} --name NAME --function FUNCTION"
    )
}

/// Returns the command that has an agent's verdicts enforced.
pub(crate) fn promote(agent: &str) -> String {
    format!("syndic promote {agent} --signed-by NAME")
}

/// Returns what would make a probe find something, or find it met; none where nothing this program has does.
pub(crate) fn of_reading(reading: &Reading, agent: &str) -> Option<String> {
    let closes = match reading.probe.as_str() {
        "LOG-01" if reading.verdict != Verdict::NotMet => return six_months(reading),
        "LOG-06" if reading.verdict != Verdict::NotMet => return None,
        "HUM-05" => format!("syndic drill override --agent {agent}"),
        "POL-03" if reading.verdict == Verdict::Unknown => {
            format!("syndic drill canary --agent {agent}")
        }
        "HUM-07" | "HUM-09" if reading.verdict != Verdict::NotMet => {
            "let an action that needs an approval be approved and run: `syndic approvals list`"
                .to_owned()
        }
        "POL-07" => format!("syndic drill canary --agent {agent}"),
        "LOG-11" | "ACC-05" => "syndic drill fail-closed".to_owned(),
        "LOG-09" => "syndic drill restore".to_owned(),
        "LOG-12" => "syndic drill export".to_owned(),
        "LOG-01" | "LOG-06" => {
            "set `audit.retention_days` to 184 or more in syndic.yaml".to_owned()
        }
        "LOG-04" | "LOG-05" => {
            "let `syndic serve` decide the agent's calls: it counts them beside the ledger"
                .to_owned()
        }
        "LOG-02" => "syndic audit verify".to_owned(),
        "LOG-07" => "name a witness under `audit.witnesses` in syndic.yaml".to_owned(),
        "POL-02" => {
            "write tests of every policy under policies/tests/ and run `syndic test`".to_owned()
        }
        "POL-06" => promote(agent),
        "POL-08" => format!("drop what is never used from `actions` in agents/{agent}.yaml"),
        "POL-09" | "OPS-01" => format!("set `limits` in agents/{agent}.yaml"),
        "IDN-01" if reading.verdict == Verdict::Unknown => {
            "let the agent act with a key of its own: `syndic keys list`".to_owned()
        }
        "IDN-01" => format!("syndic keys create --role agent --agent {agent}"),
        "HUM-08" => format!("name `approvers` in agents/{agent}.yaml"),
        "ACC-06" => format!("syndic drill limit --agent {agent}"),
        "ACC-09" => format!("syndic drill output-filter --agent {agent}"),
        "SUP-03" => "pin the tools of every MCP server: `syndic mcp pin -- COMMAND`".to_owned(),
        "INC-02" => format!("syndic drill incident --agent {agent}"),
        "INC-01" | "INC-04" => "syndic incident list".to_owned(),
        _ => return None,
    };
    Some(closes)
}

/// Says from when on the oldest record is six months old.
fn six_months(reading: &Reading) -> Option<String> {
    let Some(Figure::At(oldest)) = reading.value.get("oldest_at") else { return None };
    let from = oldest.checked_add(SignedDuration::from_hours(24 * i64::from(SIX_MONTHS_DAYS)));
    let from = from.ok()?.to_zoned(TimeZone::UTC).date();
    Some(format!("nothing to do but wait: from {from} on the agent's records go back six months"))
}
