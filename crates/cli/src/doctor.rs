//! What `syndic doctor` looks at: the machine, who can reach what governs, and what is on record.

mod access;
mod approvals;
mod components;
mod files;
mod keys;
mod machine;
mod records;
mod tools;
mod witnesses;

use std::path::Path;

use serde_json::{Value, json};
use syndic_governance::Governance;
use syndic_model::Level;

pub(crate) use access::Person;

/// How one thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Fine,
    Warning,
    Failure,
}

/// One thing that was looked at.
#[derive(Debug)]
pub(crate) struct Diagnosis {
    /// A stable id.
    pub(crate) id: &'static str,
    pub(crate) state: State,
    /// The file, directory or program it is about.
    pub(crate) place: String,
    pub(crate) message: String,
    pub(crate) remedy: Option<String>,
}

/// What is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patient<'a> {
    pub(crate) dir: &'a Path,
    /// Absent where the files do not load.
    pub(crate) governance: Option<&'a Governance>,
    pub(crate) data_dir: &'a Path,
    pub(crate) key_file: Option<&'a Path>,
    /// As whom agents run.
    pub(crate) agents: &'a [Person],
}

impl State {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warning => "warning",
            Self::Failure => "failure",
        }
    }
}

impl Diagnosis {
    #[expect(clippy::needless_pass_by_value, reason = "what shows a path is made where it is told")]
    fn fine(id: &'static str, place: impl ToString, message: impl Into<String>) -> Self {
        let (place, message) = (place.to_string(), message.into());
        Self { id, state: State::Fine, place, message, remedy: None }
    }

    fn warning(
        id: &'static str,
        place: impl ToString,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        let remedy = Some(remedy.into());
        Self { state: State::Warning, remedy, ..Self::fine(id, place, message) }
    }

    fn failure(
        id: &'static str,
        place: impl ToString,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { state: State::Failure, ..Self::warning(id, place, message, remedy) }
    }

    pub(crate) fn body(&self) -> Value {
        json!({
            "id": self.id,
            "state": self.state.as_str(),
            "place": self.place,
            "message": self.message,
            "remedy": self.remedy,
        })
    }
}

/// Looks at everything; nothing is changed, and what is tried is taken away again.
pub(crate) async fn examine(patient: Patient<'_>, findings: &[Level]) -> Vec<Diagnosis> {
    let mut found = vec![governance(&patient, findings)];
    found.push(records::canary(&patient));
    found.push(machine::solver().await);
    found.extend(machine::clock(&patient));
    found.extend(files::permissions(&patient));
    found.extend(files::reach(&patient));
    found.extend(approvals::approvals(&patient));
    found.extend(approvals::sinks(&patient));
    found.extend(machine::disk(&patient));
    found.push(records::daemon(&patient).await);
    found.extend(components::components(&patient).await);
    found.extend(keys::keys(&patient).await);
    found.extend(tools::tools(&patient).await);
    found.extend(witnesses::witnesses(&patient).await);
    found.push(records::ledger(&patient));
    found
}

fn governance(patient: &Patient<'_>, findings: &[Level]) -> Diagnosis {
    const ID: &str = "governance";
    let place = patient.dir.display();
    let check = format!("`syndic check --dir {place}` tells them");
    let warnings = findings.iter().filter(|level| **level == Level::Warning).count();
    match patient.governance {
        None => Diagnosis::failure(ID, &place, "the files have errors and do not load", check),
        Some(_) if warnings > 0 => Diagnosis::warning(
            ID,
            &place,
            format!("the files load with {warnings} warnings"),
            check,
        ),
        Some(governance) => {
            let message = format!(
                "{} agents, {} actions, revision {}",
                governance.agents.len(),
                governance.catalogue.len(),
                governance.revision
            );
            Diagnosis::fine(ID, &place, message)
        }
    }
}
