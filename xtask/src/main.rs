//! The project's own commands: `cargo xtask test`, `vendor`, `faults`, `fuzz`, `bench` and `eval`.

mod alerts;
mod archive;
mod faults;
mod fuzz;
mod mcp;
mod measure;
mod output;
mod test;
mod web;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

commands:
  test [--profile NAME]   everything that must hold before a change is merged
                          (cargo profile: `ci` when left out; `dev` reuses what `cargo build` made)
  test --mcp [--profile NAME] [--only SECTION]... [--json]
                          real MCP servers, official clients and the conformance suite, with syndic between them:
                          clients, eras, inspector, bad-input, conformance
                          (gets them from npm and PyPI, once)
  test --archive [--profile NAME]
                          what features add: an archive and backups in S3-compatible storage, Parquet
                          (gets moto, which stands in for the storage, from PyPI, once)
  test --alerts [--profile NAME]
                          what alerts do: promtool's tests of the rules, which `test` runs too, and some delivered by
                          Debian's Prometheus and Alertmanager (unpacked once, never installed)
  test --web [--profile NAME] [--screenshots DIRECTORY]
                          the dashboard and the pages for approvers in Chromium, with axe-core, and the dashboard's types;
                          with DIRECTORY, writes the pictures of the documentation there
                          (installs chromium and npm with apt where they are missing, faketime and pngquant for pictures,
                          and gets the rest from npm, once)
  vendor [--check]        writes what the dashboard takes from npm into crates/server/web/vendor, and the API's types
  faults ledger [--rounds N] [--seconds N] [--seed N] [--first N] [--json]
                          kills a process that writes at random moments, 1000 times when left out, and reads back
                          what it acknowledged; exits 1 at the first thing that is missing, with how to repeat it
  fuzz detect [--seconds N] [--rounds N] [--seed N] [--first N]
                          scans and redacts broken texts, for a minute when left out; exits 1 at the first that
                          panics, has a span where there is none, or is not redacted to the end
  bench NAME [--json]     what something costs, beside the machine's limit: decide, load, gate, ledger, verify, search, http, approvals, audited, mcp,
                          dashboard (in Chromium, over a million events),
                          detect (--presidio: beside it too, installed from PyPI once)
  eval NAME [--json]      how well something works: agentdojo (--mcp: through a real MCP server too), anomaly, failopen, tau2,
                          detect [FILE] [--threshold 0.5] [--show] (FILE: JSONL with `text` and
                          `spans:[{start,end,type}]` in code points; without it, all sets of the repository and
                          their goals, exit 1 where one is missed)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test"] => test::run("ci"),
        ["test", "--profile", profile] => test::run(profile),
        ["test", "--mcp", "--profile", profile, sections @ ..] => mcp::run(profile, sections),
        ["test", "--mcp", sections @ ..] => mcp::run("ci", sections),
        ["test", "--archive"] => archive::run("ci"),
        ["test", "--archive", "--profile", profile] => archive::run(profile),
        ["test", "--alerts"] => alerts::run("ci"),
        ["test", "--alerts", "--profile", profile] => alerts::run(profile),
        ["test", "--web"] => web::run("ci", None),
        ["test", "--web", "--profile", profile] => web::run(profile, None),
        ["test", "--web", "--screenshots", directory] => web::run("ci", Some(directory)),
        ["test", "--web", "--profile", profile, "--screenshots", directory] => {
            web::run(profile, Some(directory))
        }
        ["vendor"] => web::vendor(false),
        ["vendor", "--check"] => web::vendor(true),
        ["faults", "ledger", faults @ ..] => faults::run(faults),
        ["fuzz", "detect", fuzz @ ..] => fuzz::run(fuzz),
        ["bench" | "eval", _, ..] => measure::run(&words),
        _ => {
            output::line(USAGE);
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::line(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
