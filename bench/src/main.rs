//! Benchmarks and evaluations of syndic, beside the limit of the machine in the same run.
//!
//! `cargo xtask bench NAME [--json]` and `cargo xtask eval NAME [--json]` call this.

mod agentdojo;
mod approvals;
mod audited;
mod comply;
mod daemon;
mod dashboard;
mod decide;
mod events;
mod gate;
mod http;
mod ledger;
mod mcp;
mod peers;
mod relay;
mod row;
mod search;
mod tau2;
mod verify;
mod wire;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let words: Vec<&str> =
        arguments.iter().map(String::as_str).filter(|word| !word.starts_with("--")).collect();
    if arguments.first().is_some_and(|word| word == "bare") {
        let command: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
        return ended(mcp::bare(&command));
    }
    let result = match words[..] {
        ["bench", "decide"] => decide::run(json),
        ["bench", "load"] => decide::load(json),
        ["bench", "ledger"] => ledger::run(json),
        ["bench", "search", ref words @ ..] => search::run(words, json),
        ["bench", "verify"] => verify::run(json),
        ["bench", "gate"] => gate::run(json),
        ["bench", "comply", ref words @ ..] => comply::run(words, json),
        ["bench", "audited"] => audited::run(json),
        ["bench", "relay"] => relay::run(json),
        ["bench", "approvals"] => approvals::run(json),
        ["bench", "dashboard", syndic, driver] => {
            dashboard::run(&dashboard::Parts { syndic: Path::new(syndic), driver: Path::new(driver) }, json)
        }
        ["bench", "http"] => http::run(json),
        ["bench", "mcp", ref parts @ ..] => mcp::run(parts, json),
        ["eval", "agentdojo"] => agentdojo::run(None, json),
        ["eval", "agentdojo", syndic, python, kit] => agentdojo::run(Some(&agentdojo::Mcp { syndic, python, kit }), json),
        ["eval", "tau2"] => tau2::run(json),
        _ => {
            eprintln!(
                "usage: bench decide|load|gate|ledger|verify|search|http|approvals|audited|comply|dashboard|relay|mcp [--json], eval agentdojo|tau2 [--json]"
            );
            return ExitCode::from(2);
        }
    };
    ended(result)
}

fn ended(result: anyhow::Result<()>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
