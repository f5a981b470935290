//! `cargo xtask test`: everything that must hold before a change is merged.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::{alerts, mcp, output, web};

/// One check: what it is called, and the command that repeats it.
struct Step {
    name: &'static str,
    command: Vec<String>,
    environment: &'static [(&'static str, &'static str)],
}

/// Runs every step in order and stops at the first that fails.
pub(crate) fn run(profile: &str) -> anyhow::Result<()> {
    if !runs("node", &["--version"]) {
        install("nodejs", "node, which runs the permit example")?;
    }
    if !runs("cvc5", &["--version"]) {
        install("cvc5", "cvc5, the solver of `syndic prove` and `syndic diff`")?;
    }
    let nextest = runs("cargo", &["nextest", "--version"]);
    if !nextest {
        output::line("note: cargo-nextest is missing, `cargo test` runs the tests instead");
    }
    let started = Instant::now();
    for step in steps(profile, nextest) {
        step.run()?;
    }
    alerts::check()?;
    mcp::smoke(profile)?;
    web::smoke(profile)?;
    output::line(&format!("all checks passed in {}", seconds(started.elapsed())));
    Ok(())
}

/// Every step builds with the same profile, so clippy and rustdoc share one set of dependencies, tests another.
fn steps(profile: &str, nextest: bool) -> Vec<Step> {
    let tests = if nextest {
        format!("cargo nextest run --workspace --cargo-profile {profile}")
    } else {
        format!("cargo test --workspace --lib --bins --tests --profile {profile}")
    };
    vec![
        Step::new("format", "cargo fmt --all --check"),
        Step::new(
            "clippy",
            &format!("cargo clippy --workspace --all-targets --profile {profile} -- -D warnings"),
        ),
        Step::new("tests", &tests),
        Step::new("doc tests", &format!("cargo test --workspace --doc --profile {profile}")),
        Step {
            environment: &[("RUSTDOCFLAGS", "-D warnings")],
            ..Step::new(
                "docs",
                &format!(
                    "cargo doc --workspace --no-deps --document-private-items --profile {profile}"
                ),
            )
        },
    ]
}

impl Step {
    fn new(name: &'static str, command: &str) -> Self {
        let command = command.split(' ').map(str::to_owned).collect();
        Self { name, command, environment: &[] }
    }

    fn run(&self) -> anyhow::Result<()> {
        output::line(&format!("── {}: {self}", self.name));
        let (program, arguments) = self.command.split_first().context("a step has no command")?;
        let started = Instant::now();
        let status = Command::new(program)
            .args(arguments)
            .envs(self.environment.iter().copied())
            .status()
            .with_context(|| format!("cannot run `{self}`"))?;
        if !status.success() {
            bail!("{} failed; repeat it with\n  {self}", self.name);
        }
        output::line(&format!("   {} passed in {}\n", self.name, seconds(started.elapsed())));
        Ok(())
    }
}

/// Writes the command as it can be pasted into a shell.
impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (name, value) in self.environment {
            write!(f, "{name}='{value}' ")?;
        }
        f.write_str(&self.command.join(" "))
    }
}

/// Installs a Debian package that a test needs.
pub(crate) fn install(package: &str, why: &str) -> anyhow::Result<()> {
    output::line(&format!("installing {package}: the tests need {why}"));
    for arguments in [["update", "--quiet"].as_slice(), &["install", "--yes", "--quiet", package]] {
        let status = Command::new("apt-get").args(arguments).stdout(Stdio::null()).status();
        if !status.is_ok_and(|status| status.success()) {
            bail!("cannot install {package}; install {why} and repeat the command");
        }
    }
    Ok(())
}

pub(crate) fn runs(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

fn seconds(elapsed: Duration) -> String {
    format!("{:.1} s", elapsed.as_secs_f64())
}
