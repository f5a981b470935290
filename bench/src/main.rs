//! Benchmarks and evaluations of syndic, beside the limit of the machine in the same run.
//!
//! `cargo xtask bench NAME [--json]` and `cargo xtask eval NAME [--json]` call this.

mod agentdojo;
mod approvals;
mod decide;
mod gate;
mod http;
mod ledger;
mod peers;
mod row;
mod tau2;
mod wire;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let words: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|word| !word.starts_with("--")).collect();
    let result = match words[..] {
        ["bench", "decide"] => decide::run(json),
        ["bench", "load"] => decide::load(json),
        ["bench", "ledger"] => ledger::run(json),
        ["bench", "gate"] => gate::run(json),
        ["bench", "approvals"] => approvals::run(json),
        ["bench", "http"] => http::run(json),
        ["eval", "agentdojo"] => agentdojo::run(json),
        ["eval", "tau2"] => tau2::run(json),
        _ => {
            eprintln!(
                "usage: bench decide|load|gate|ledger|http|approvals [--json], eval agentdojo|tau2 [--json]"
            );
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
