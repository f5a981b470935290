//! The servers that a configuration names.

use std::path::Path;

use super::members::{Members, NotJson, elements};

/// Where in the file a server stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Section {
    /// `mcpServers` of the file.
    File,
    /// `mcpServers` of one project in the file.
    Project(String),
}

/// One server.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) name: String,
    pub(crate) section: Section,
    pub(crate) kind: Kind<'a>,
}

/// How a server is reached.
#[derive(Debug)]
pub(crate) enum Kind<'a> {
    /// It is started.
    Command(Command<'a>),
    /// It is called at an address.
    Remote(String),
    /// It is neither, for this reason.
    Unknown(&'static str),
}

/// The texts that start a server.
#[derive(Debug)]
pub(crate) struct Command<'a> {
    /// The whole entry.
    pub(crate) entry: &'a str,
    pub(crate) command: &'a str,
    /// The list, and each of its elements.
    pub(crate) args: Option<(&'a str, Vec<&'a str>)>,
}

impl Command<'_> {
    /// Returns the program and its arguments, as they are when nothing in them is a variable.
    pub(crate) fn words(&self) -> Vec<String> {
        let args = self.args.iter().flat_map(|(_, elements)| elements.iter().copied());
        std::iter::once(self.command).chain(args).map(word).collect()
    }
}

/// Reads a string, or takes the text of anything else.
pub(crate) fn word(text: &str) -> String {
    serde_json::from_str(text).unwrap_or_else(|_| text.to_owned())
}

/// Reads the servers of a configuration: those of the file, and those it has for `project`. `None` where it has no
/// place for servers at all.
pub(crate) fn read<'a>(text: &'a str, project: &Path) -> Result<Option<Vec<Entry<'a>>>, NotJson> {
    let root = Members::read(text, text)?;
    let mut sections = Vec::new();
    if let Some(servers) = root.find("mcpServers") {
        sections.push((Section::File, servers));
    }
    if let Some(projects) = root.find("projects") {
        let projects = Members::read(text, projects)?;
        let path = project.to_string_lossy();
        if let Some(own) = projects.find(&path)
            && let Some(servers) = Members::read(text, own)?.find("mcpServers")
        {
            sections.push((Section::Project(path.into_owned()), servers));
        }
    }
    if sections.is_empty() {
        return Ok(None);
    }
    let mut entries = Vec::new();
    for (section, servers) in sections {
        for (name, entry) in Members::read(text, servers)?.0 {
            entries.push(Entry { name, section: section.clone(), kind: kind(text, entry)? });
        }
    }
    Ok(Some(entries))
}

fn kind<'a>(text: &'a str, entry: &'a str) -> Result<Kind<'a>, NotJson> {
    let members = Members::read(text, entry)?;
    let Some(command) = members.find("command") else {
        let url = ["url", "serverUrl", "httpUrl"].into_iter().find_map(|name| members.find(name));
        return Ok(match url {
            Some(url) => Kind::Remote(word(url)),
            None => Kind::Unknown("it has neither `command` nor `url`"),
        });
    };
    if !command.starts_with('"') {
        return Ok(Kind::Unknown("its `command` is not a string"));
    }
    let args = match members.find("args") {
        None => None,
        Some(args) if args.starts_with('[') => Some((args, elements(text, args)?)),
        Some(_) => return Ok(Kind::Unknown("its `args` are not a list")),
    };
    Ok(Kind::Command(Command { entry, command, args }))
}
