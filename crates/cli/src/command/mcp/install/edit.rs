//! What becomes of each server of a configuration.

use std::collections::BTreeSet;

use crate::mcp_config::{
    Entry, Kind, Section, Splice, Wrapper, difference, is_wrapped, unwrap, wrap,
};
use crate::server_name::plain;

/// What happened to a configuration.
#[derive(Debug)]
pub(super) struct Edited {
    pub(super) servers: Vec<Server>,
    pub(super) splices: Vec<Splice>,
}

/// What happened to a server.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) name: String,
    pub(super) section: Section,
    pub(super) done: Done,
    /// Its command line, before and after.
    pub(super) before: Vec<String>,
    pub(super) after: Vec<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Done {
    Wrapped,
    Unwrapped,
    /// `syndic mcp` stands in front of it, told the same.
    Already,
    /// Nothing stands in front of it.
    Bare,
    /// It is called at an address, which nobody starts.
    Remote(String),
    /// It is not as it was wished, for this reason.
    Left(String),
}

/// Puts `syndic mcp` in front of every server that is started.
pub(super) fn install(text: &str, entries: &[Entry<'_>], wrapper: &Wrapper) -> Edited {
    let mut taken = BTreeSet::new();
    each(entries, |entry, command| {
        if is_wrapped(command) {
            let done = difference(command, wrapper).map_or(Done::Already, |difference| {
                Done::Left(format!("it is wrapped with {difference}; uninstall it first"))
            });
            return (done, None);
        }
        let wrapper = wrapper.for_server(&unused(&plain(&entry.name), &mut taken));
        (Done::Wrapped, Some((wrapper.around(&command.words()), wrap(text, command, &wrapper))))
    })
}

/// Takes it away.
pub(super) fn uninstall(text: &str, entries: &[Entry<'_>]) -> Edited {
    let mut edited = each(entries, |_, command| {
        if !is_wrapped(command) {
            return (Done::Bare, None);
        }
        let words = command.words();
        let own = words.iter().skip_while(|word| *word != "--").skip(1).cloned().collect();
        match unwrap(text, command) {
            Some(splices) => (Done::Unwrapped, Some((own, splices))),
            None => {
                let why = "it was put there by hand, without a command behind `--`";
                (Done::Left(why.to_owned()), None)
            }
        }
    });
    for (server, entry) in edited.servers.iter_mut().zip(entries) {
        if !matches!(entry.kind, Kind::Command(_)) {
            server.done = Done::Bare;
        }
    }
    edited
}

type Change = Option<(Vec<String>, Vec<Splice>)>;

fn each(
    entries: &[Entry<'_>],
    mut change: impl FnMut(&Entry<'_>, &crate::mcp_config::Command<'_>) -> (Done, Change),
) -> Edited {
    let mut edited = Edited { servers: Vec::new(), splices: Vec::new() };
    for entry in entries {
        let (name, section) = (entry.name.clone(), entry.section.clone());
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let done = match &entry.kind {
            Kind::Remote(url) => Done::Remote(url.clone()),
            Kind::Unknown(why) => Done::Left((*why).to_owned()),
            Kind::Command(command) => {
                before = command.words();
                let (done, changed) = change(entry, command);
                if let Some((words, splices)) = changed {
                    after = words;
                    edited.splices.extend(splices);
                }
                done
            }
        };
        edited.servers.push(Server { name, section, done, before, after });
    }
    edited
}

/// Gives each server of one configuration a name of its own.
fn unused(name: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|number| format!("{}-{number}", name.get(..60).unwrap_or(name)));
    let name = std::iter::once(name.to_owned()).chain(numbered).find(|name| !taken.contains(name));
    let name = name.unwrap_or_default();
    taken.insert(name.clone());
    name
}
