//! `syndic doctor`

use std::io;

use serde_json::json;

use crate::args::Global;
use crate::directory;
use crate::doctor::{Diagnosis, Patient, Person, State, examine};
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};

/// Look for what keeps syndic from governing: files, permissions, clock, disk, ledger
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic doctor --dir governance
  syndic doctor --dir governance --agent-user agents --agent-user 2001
  syndic doctor --json

Needs neither a daemon nor a key, and changes nothing; a daemon that runs is asked too. With --key-file that file is
looked at as well. docs/doctor.md lists what is looked at. Exits 0 when nothing fails, warnings or not, 1 when something
does, 2 when what was typed cannot be used.")]
pub(crate) struct DoctorArgs {
    /// A user that agents run as, by name or number; it must reach neither policy nor credentials
    #[arg(long, value_name = "USER")]
    agent_user: Vec<Person>,
}

pub(crate) async fn run(args: &DoctorArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let checked = directory::check(&global.dir).map_err(crate::failure::Failure::into_usage)?;
    let governance = checked.governance.as_ref();
    let fallback = global.dir.join(".syndic");
    let patient = Patient {
        dir: &global.dir,
        governance,
        data_dir: governance.map_or(&fallback, |governance| &governance.settings.data_dir),
        key_file: global.key_file.as_deref(),
        agents: &args.agent_user,
    };
    let levels: Vec<_> = checked.findings.iter().map(|finding| finding.level).collect();
    let found = examine(patient, &levels).await;
    let worst = found.iter().map(|one| one.state).max().unwrap_or(State::Fine);
    if out.is_json() {
        let findings: Vec<_> = found.iter().map(Diagnosis::body).collect();
        out.document(&json!({ "ok": worst < State::Failure, "findings": findings }))?;
    } else {
        show(&found, out)?;
    }
    Ok(if worst == State::Failure { Exit::Failure } else { Exit::Success })
}

fn show(found: &[Diagnosis], out: &Output) -> io::Result<()> {
    let mut table = Table::without_header();
    for one in found {
        table.push(vec![
            Cell::new(tone(one.state), one.state.as_str()),
            Cell::from(one.id),
            Cell::from(&one.message),
            Cell::new(Tone::Quiet, &one.place),
        ]);
    }
    table.write(out)?;
    let wrong: Vec<_> = found.iter().filter(|one| one.state != State::Fine).collect();
    for one in &wrong {
        if let Some(remedy) = &one.remedy {
            let id = out.paint(tone(one.state), one.id);
            out.line(format!("\n{id}: {remedy}"))?;
        }
    }
    let count = |state| wrong.iter().filter(|one| one.state == state).count();
    let (failures, warnings) = (count(State::Failure), count(State::Warning));
    out.line(out.paint(
        Tone::Quiet,
        format!("\n{} looked at, {failures} failed, {warnings} warned of", found.len()),
    ))
}

const fn tone(state: State) -> Tone {
    match state {
        State::Fine => Tone::Good,
        State::Warning => Tone::Waiting,
        State::Failure => Tone::Bad,
    }
}
