//! Switching an agent's file to `enforce`, and leaving the rest of it as it is.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;

use jiff::civil::Date;
use syndic_model::{AgentId, Level, Mode};
use thiserror::Error;

use crate::{Governance, load_kept};

/// Says why an agent's file was not switched; it is as it was.
#[derive(Debug, Error)]
pub enum PromoteError {
    /// No such agent.
    #[error("there is no agent `{0}`; `agents/` has a file for each agent")]
    UnknownAgent(AgentId),
    /// Nothing to do.
    #[error("agent `{0}` is in mode `enforce` already")]
    Enforced(AgentId),
    /// The file says it in a way that this does not change.
    #[error(
        "cannot switch `{0}`: write `mode: enforce` there by hand, then `syndic policy reload`"
    )]
    Unclear(String),
    /// The file cannot be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The profile.
        path: PathBuf,
        /// What the file system said.
        #[source]
        source: io::Error,
    },
}

/// Writes `mode: enforce` and who signed into an agent's file, takes `observing_since` out, and returns the file.
/// Comments and everything else stay as they are. The file is replaced as a whole, and only with one that loads.
///
/// # Errors
/// When the agent is not observed, or its file cannot be switched or written.
pub fn promote(
    governance: &Governance,
    agent: &AgentId,
    signed_by: &str,
    on: Date,
) -> Result<PathBuf, PromoteError> {
    let profile = governance.agents.get(agent);
    let profile = profile.ok_or_else(|| PromoteError::UnknownAgent(agent.clone()))?;
    if profile.mode == Mode::Enforce {
        return Err(PromoteError::Enforced(agent.clone()));
    }
    let name = format!("agents/{agent}.yaml");
    let unclear = || PromoteError::Unclear(name.clone());
    let text = governance.texts.get(&name).ok_or_else(unclear)?;
    let switched = switch(text, signed_by, on).ok_or_else(unclear)?;
    let mut files = governance.texts.clone();
    files.insert(name.clone(), switched.clone());
    let checked = load_kept(&governance.dir, files);
    let sound = checked.findings.iter().all(|finding| finding.level != Level::Error);
    let after = checked.governance.as_ref().and_then(|after| after.agents.get(agent));
    let mut wanted = profile.clone();
    wanted.mode = Mode::Enforce;
    if !sound || after != Some(&wanted) {
        return Err(unclear());
    }
    let path = governance.dir.join(&name);
    write(&path, &switched).map_err(|source| PromoteError::Write { path: path.clone(), source })?;
    Ok(path)
}

/// Replaces a file as a whole, with the permissions it has.
fn write(path: &PathBuf, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    // Not `.yaml`: who reads the folder now reads the old file.
    let temporary = path.with_extension("yaml.new");
    let mut file = File::create(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.set_permissions(fs::metadata(&path)?.permissions())?;
    file.sync_all()?;
    fs::rename(&temporary, &path)
}

/// Changes the lines that say it; `None` where there is not one place to say it.
fn switch(text: &str, signed_by: &str, on: Date) -> Option<String> {
    let signature = serde_json::to_string(signed_by).ok()?;
    let enforced =
        format!("promoted: # by `syndic promote`\n  signed_by: {signature}\n  on: {on}\n");
    let key =
        |line: &str, key: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':'));
    let has_mode = text.lines().any(|line| key(line, "mode"));
    let mut switched = String::with_capacity(text.len() + enforced.len());
    let mut said = 0;
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        // The lines of a former signature go with it.
        inside = inside && (line.starts_with([' ', '\t']));
        if inside || key(line, "promoted") {
            inside = true;
            continue;
        }
        if key(line, "observing_since") {
            continue;
        }
        let here = if has_mode { "mode" } else { "risk_level" };
        if !key(line, here) {
            switched.push_str(line);
            continue;
        }
        said += 1;
        if has_mode {
            let (before, after) = line.split_once("observe")?;
            switched.push_str(&format!("{before}enforce{after}"));
        } else {
            switched.push_str(line);
        }
        if !switched.ends_with('\n') {
            switched.push('\n');
        }
        if !has_mode {
            switched.push_str("mode: enforce\n");
        }
        switched.push_str(&enforced);
    }
    (said == 1).then_some(switched)
}

#[cfg(test)]
mod tests {
    use super::switch;

    #[test]
    fn what_is_not_about_the_mode_stays_as_it_is() {
        let on = "2026-11-22".parse().unwrap();
        let signed =
            "promoted: # by `syndic promote`\n  signed_by: \"head: desk\"\n  on: 2026-11-22\n";
        for (before, after) in [
            (
                "# An agent.\nmode: observe # observe: look on\nobserving_since: 2026-11-10\nname:   A # as it is\n",
                format!(
                    "# An agent.\nmode: enforce # observe: look on\n{signed}name:   A # as it is\n"
                ),
            ),
            ("mode: \"observe\"", format!("mode: \"enforce\"\n{signed}")),
            (
                "risk_level: low\nname: A\n",
                format!("risk_level: low\nmode: enforce\n{signed}name: A\n"),
            ),
            (
                "promoted:\n  signed_by: x\n  on: 2026-01-01\nmode: observe\nname: A\n",
                format!("mode: enforce\n{signed}name: A\n"),
            ),
        ] {
            assert_eq!(switch(before, "head: desk", on).as_ref(), Some(&after), "{before}");
        }
        assert_eq!(switch("{mode: observe, name: A}", "x", on), None);
        assert_eq!(switch("mode: *same\n", "x", on), None);
    }
}
