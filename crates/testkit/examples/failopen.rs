//! Twelve ways in which another engine lets an action through, and what syndic says to each.
//!
//! `cargo xtask eval failopen [--json]` calls this; a release build would tell nothing more.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an evaluation prints its rows")]

use std::process::ExitCode;

use serde_json::json;
use syndic_testkit::FailOpen;

fn main() -> ExitCode {
    let as_json = std::env::args().any(|argument| argument == "--json");
    let mut open = 0;
    for case in FailOpen::all() {
        let answered = case.ask();
        open += usize::from(!answered.closed);
        let verdict = if answered.closed { "pass" } else { "FAIL" };
        if as_json {
            let row = json!({
                "bench": "failopen",
                "subject": "syndic",
                "case": case.case,
                "peer": case.peer,
                "answer": answered.answer,
                "pass": answered.closed,
            });
            println!("{row}");
        } else {
            println!("{verdict}  {}", case.case);
            println!("      peer    {}\n      syndic  {}", case.peer, answered.answer);
        }
    }
    if open > 0 {
        eprintln!("{open} cases are let through, or refused for another reason than is written");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
