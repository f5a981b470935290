//! `cargo xtask test --alerts`: the alerts and the dashboard in a real Prometheus and Alertmanager.
//!
//! Both are Debian's, unpacked once into the target directory: nothing is installed, and no service is started.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::mcp::{build, does, root, target};
use crate::output;
use crate::test::{install, runs};

const PACKAGES: [&str; 2] = ["prometheus", "prometheus-alertmanager"];
const PROGRAMS: [&str; 3] = ["promtool", "prometheus", "prometheus-alertmanager"];

/// Checks rules and dashboard with promtool, then has an alert delivered.
pub(crate) fn run(profile: &str) -> anyhow::Result<()> {
    check()?;
    let syndic = build(profile)?;
    output::line("── alerts: from an agent's action to a webhook");
    let root = root()?;
    if !runs("node", &["--version"]) {
        install("nodejs", "node, which takes the alert")?;
    }
    does(Command::new("node").arg(root.join("xtask/alerts/drive.mjs")).args([
        &syndic,
        &programs()?,
        root,
    ]))
}

/// Checks rules and dashboard with promtool, and runs the tests of the rules.
pub(crate) fn check() -> anyhow::Result<()> {
    output::line("── alerts: promtool");
    let promtool = match runs("promtool", &["--version"]) {
        true => PathBuf::from("promtool"),
        false => programs()?.join("promtool"),
    };
    let monitoring = root()?.join("monitoring");
    quietly(Command::new(&promtool).args(["check", "rules"]).args([
        monitoring.join("ai-governance.yaml"),
        as_rules(&monitoring.join("grafana.json"))?,
    ]))?;
    let mut tests: Vec<PathBuf> = std::fs::read_dir(monitoring.join("tests"))
        .context("cannot read monitoring/tests")?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    tests.sort();
    quietly(Command::new(&promtool).args(["test", "rules"]).args(&tests))?;
    output::line(&format!("   {} files of tests passed\n", tests.len()));
    Ok(())
}

/// Returns the directory in which the programs are, and gets them where they are not there yet.
fn programs() -> anyhow::Result<PathBuf> {
    let directory = target()?.join("monitoring");
    let programs = directory.join("usr/bin");
    if PROGRAMS.iter().all(|name| programs.join(name).exists()) {
        return Ok(programs);
    }
    output::line(&format!("getting {} into {}", PACKAGES.join(" and "), directory.display()));
    std::fs::create_dir_all(&directory).context("cannot make the directory")?;
    if !download(&directory) {
        // Where nothing is known of packages yet, as in a fresh container.
        let known = runs("apt-get", &["update", "--quiet"]) && download(&directory);
        if !known {
            bail!("cannot get {} from Debian; the tests of alerts need them", PACKAGES.join(", "));
        }
    }
    for entry in std::fs::read_dir(&directory)? {
        let package = entry?.path();
        if package.extension().is_some_and(|extension| extension == "deb") {
            does(Command::new("dpkg").arg("-x").args([&package, &directory]))?;
            std::fs::remove_file(&package)?;
        }
    }
    Ok(programs)
}

fn download(into: &Path) -> bool {
    let mut command = Command::new("apt-get");
    command.args(["download", "--quiet"]).args(PACKAGES).current_dir(into);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|it| it.success())
}

/// Writes every expression of the dashboard as a recording rule, so that promtool reads it.
fn as_rules(dashboard: &Path) -> anyhow::Result<PathBuf> {
    let text = std::fs::read_to_string(dashboard).context("cannot read the dashboard")?;
    let dashboard = serde_json::from_str(&text).context("the dashboard is no JSON")?;
    let mut expressions = BTreeSet::new();
    collect(&dashboard, &mut expressions);
    let rules: Vec<Value> = expressions
        .iter()
        .enumerate()
        .map(|(at, expr)| serde_json::json!({ "record": format!("dashboard:{at}"), "expr": expr }))
        .collect();
    let rules = serde_json::json!({ "groups": [{ "name": "dashboard", "rules": rules }] });
    let path = target()?.join("monitoring/dashboard.rules.json");
    std::fs::write(&path, rules.to_string()).context("cannot write the dashboard's rules")?;
    Ok(path)
}

fn collect(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(expression)) = fields.get("expr") {
                into.insert(without_variables(expression));
            }
            fields.values().for_each(|field| collect(field, into));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Puts a value where Grafana does.
fn without_variables(expression: &str) -> String {
    ["$__rate_interval", "$__interval", "$__range"]
        .iter()
        .fold(expression.to_owned(), |text, variable| text.replace(variable, "5m"))
        .replace("$job", ".+")
        .replace("$agent", ".*")
}

/// Runs a command of which only a failure is worth reading.
fn quietly(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().context("cannot start promtool")?;
    if !output.status.success() {
        bail!(
            "promtool found mistakes:\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(())
}
