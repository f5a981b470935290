//! Twelve ways in which another engine lets an action through, and what syndic says to each.

use anyhow::bail;
use serde_json::json;
use syndic_testkit::FailOpen;

pub fn run(as_json: bool) -> anyhow::Result<()> {
    let mut open = 0;
    for case in FailOpen::all() {
        let answered = case.ask();
        open += usize::from(!answered.closed);
        let verdict = if answered.closed { "pass" } else { "FAIL" };
        if as_json {
            let row = json!({
                "eval": "failopen",
                "case": case.case,
                "peer": case.peer,
                "syndic": answered.answer,
                "pass": answered.closed,
            });
            println!("{row}");
        } else {
            println!("{verdict}  {}\n      peer    {}\n      syndic  {}", case.case, case.peer, answered.answer);
        }
    }
    if open > 0 {
        bail!("{open} of the cases are let through, or refused for another reason than is written");
    }
    Ok(())
}
