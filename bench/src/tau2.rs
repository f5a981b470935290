//! tau2-bench's expected tool calls, asked of the profiles in `examples/tau2` under the pack `baseline`.
//!
//! They are what a good agent does, so whatever is denied is a false alarm.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};
use syndic_api::SubmitAction;
use syndic_gate::{SystemClock, preview};
use syndic_model::{ActionRequest, Effect};

use crate::agentdojo::copy;
use crate::row::{Measured, print};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/tau2");
const CALLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/tau2-calls.jsonl");

/// The effects of one domain: allowed, held, denied.
type Counts = [f64; 3];

pub fn run(as_json: bool) -> anyhow::Result<()> {
    let path = std::env::var_os("TAU2_CALLS").map_or_else(|| PathBuf::from(CALLS), PathBuf::from);
    let calls = std::fs::read_to_string(&path).with_context(|| {
        format!(
            "cannot read tau2's calls from `{}`; they are not part of the repository: put `tau2-calls.jsonl` there, or name it in TAU2_CALLS",
            path.display()
        )
    })?;
    let dir = tempfile::tempdir()?;
    copy(Path::new(EXAMPLE), dir.path())?;
    let pack = syndic_governance::pack("baseline").context("the pack `baseline`")?;
    pack.add(dir.path())?;
    let checked = syndic_governance::load(dir.path());
    let governance = checked.governance.with_context(|| format!("{:#?}", checked.findings))?;
    let mut domains: BTreeMap<String, Counts> = BTreeMap::new();
    for line in calls.lines() {
        let call: Value = serde_json::from_str(line)?;
        let domain = domain(&call)?;
        let request = json!({
            "agent": format!("{domain}-assistant"),
            "action": call["tool"],
            "args": call["args"],
        });
        let wire: SubmitAction = serde_json::from_str(&request.to_string())?;
        let decided = preview(&governance, &SystemClock, &ActionRequest::try_from(wire)?);
        let column = match decided.effect {
            Effect::Allow => 0,
            Effect::Hold => 1,
            Effect::Deny => 2,
        };
        domains.entry(domain).or_default()[column] += 1.0;
        if decided.effect != Effect::Allow && !as_json {
            println!("  {:5} {request} {:?}", decided.effect.to_string(), decided.reasons());
        }
    }
    let mut all = Counts::default();
    for (domain, counts) in &domains {
        report(domain, counts, as_json);
        all.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }
    report("all", &all, as_json);
    anyhow::ensure!(all[2] == 0.0, "{} expected calls are denied", all[2]);
    Ok(())
}

/// Returns `airline` of `tau2-airline`, and `banking` of `tau2-banking_knowledge`.
fn domain(call: &Value) -> anyhow::Result<String> {
    let suite = call["suite"].as_str().context("suite")?;
    Ok(suite.trim_start_matches("tau2-").split('_').next().unwrap_or_default().to_owned())
}

fn report(case: &str, counts: &Counts, as_json: bool) {
    let figures =
        vec![("calls", counts.iter().sum()), ("allow", counts[0]), ("hold", counts[1]), ("deny", counts[2])];
    print("tau2", case, &[], &Measured { subject: "syndic", figures }, "allow", as_json);
}
