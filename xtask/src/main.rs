//! The project's own commands: `cargo xtask test`.

mod output;
mod test;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

commands:
  test [--profile NAME]   everything that must hold before a change is merged
                          (cargo profile: `ci` when left out; `dev` reuses what `cargo build` made)";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["test"] => test::run("ci"),
        ["test", "--profile", profile] => test::run(profile),
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
