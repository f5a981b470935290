//! Catalogue entries drafted from the tools of an MCP server.
//!
//! What is guessed is marked `review:` with its evidence. Each entry carries a hash of its own text: one that was
//! touched since is somebody's work and is never written again.

mod blocks;
mod emit;
mod facts;
mod guess;
mod tool;

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use syndic_model::{ActionName, Currency, Level};
use syndic_policy::{Engine, Sources};
use tempfile::NamedTempFile;
use thiserror::Error;

use self::blocks::{Block, File};
pub(crate) use self::emit::flow;
use self::guess::Draft;
pub(crate) use self::guess::Draft as Drafted;
pub use self::tool::{McpTool, NotTools, read_tools};
use crate::catalogue::Catalogue;
use crate::directory::Directory;
use crate::kinds::Kinds;
use crate::report::Report;
use crate::{load, yaml};

/// How drafts are made.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// The file is `actions/<name>.yaml`.
    pub name: ActionName,
    /// Put before every action's id, with a dot.
    pub prefix: Option<ActionName>,
    /// The currency of amounts that come without one.
    pub currency: Currency,
}

/// What an import comes to; nothing is written yet.
#[derive(Debug)]
pub struct Import {
    /// The file.
    pub path: PathBuf,
    /// Its whole text.
    pub text: String,
    /// Whether that differs from what is there.
    pub differs: bool,
    /// One for each tool.
    pub entries: Vec<Imported>,
    /// Entries of earlier imports whose tools are no longer offered; they are left.
    pub gone: Vec<String>,
}

/// What became of one tool.
#[derive(Debug)]
pub struct Imported {
    /// The action's id.
    pub action: String,
    /// The tool's name, as the server says it.
    pub tool: String,
    /// What became of it.
    pub status: ImportStatus,
    /// The guessed capabilities.
    pub capabilities: Vec<&'static str>,
    /// How many guesses wait for review.
    pub reviews: usize,
}

/// See [`Imported::status`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportStatus {
    /// Its entry is new.
    New,
    /// Its entry was untouched, and the tool changed.
    Refreshed,
    /// Its entry is already so.
    Unchanged,
    /// Somebody changed its entry, or wrote one: it is left, for this reason.
    Left(String),
}

/// Why nothing can be imported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The file cannot be read or written.
    #[error("cannot use `{}`", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is not one of ours.
    #[error("`{}` was not written by an import", .0.display())]
    Foreign(PathBuf),
    /// The file as a whole would not load.
    #[error("the file would not load: {0}")]
    Unloadable(String),
}

/// Drafts entries for `tools` beside those that are in `dir`.
///
/// # Errors
/// When the file that would hold them is not one of ours, or would not load.
pub fn import(
    dir: &Path,
    tools: &[McpTool],
    options: &ImportOptions,
) -> Result<Import, ImportError> {
    let relative = format!("actions/{}.yaml", options.name);
    let path = dir.join(&relative);
    let before = match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(ImportError::File { path, source }),
    };
    let mut file = match &before {
        Some(text) => File::read(text).ok_or_else(|| ImportError::Foreign(path.clone()))?,
        None => File::new(),
    };
    let elsewhere = declared(dir);
    let mut entries = Vec::new();
    let mut offered = Vec::new();
    for tool in tools {
        let draft = sound(tool, options);
        let status = place(&mut file, &draft, &elsewhere, &offered);
        offered.push(draft.action.clone());
        entries.push(Imported {
            action: draft.action,
            tool: tool.name.clone(),
            status,
            capabilities: draft.capabilities.iter().map(|capability| capability.as_str()).collect(),
            reviews: draft.reviews,
        });
    }
    let gone = file.blocks.iter().map(|block| block.action.clone());
    let gone = gone.filter(|action| !offered.contains(action)).collect();
    let text = file.text();
    if let Some(fault) = fault(&text) {
        return Err(ImportError::Unloadable(fault));
    }
    let differs = before.as_deref() != Some(&text);
    Ok(Import { path, text, differs, entries, gone })
}

impl Import {
    /// Writes the file, whole or not at all.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self) -> Result<(), ImportError> {
        let refused = |source| ImportError::File { path: self.path.clone(), source };
        let folder = self.path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(refused)?;
        let mut draft = NamedTempFile::new_in(folder).map_err(refused)?;
        draft.write_all(self.text.as_bytes()).map_err(refused)?;
        let readable = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        draft.as_file().set_permissions(readable).map_err(refused)?;
        draft.persist(&self.path).map_err(|error| refused(error.error))?;
        Ok(())
    }
}

/// Puts a draft where its entry is, unless that is somebody's work.
fn place(
    file: &mut File,
    draft: &Draft,
    elsewhere: &BTreeMap<String, String>,
    offered: &[String],
) -> ImportStatus {
    if offered.contains(&draft.action) {
        return ImportStatus::Left("another tool has the same id; import with --prefix".to_owned());
    }
    let own = file.blocks.iter_mut().find(|block| block.action == draft.action);
    match own {
        Some(block) if !block.is_untouched() => {
            ImportStatus::Left("it was changed since it was drafted".to_owned())
        }
        Some(block) if block.body == draft.body.trim_end() => ImportStatus::Unchanged,
        Some(block) => {
            *block = Block::new(&draft.action, &draft.body);
            ImportStatus::Refreshed
        }
        None => match elsewhere.get(&draft.action) {
            Some(place) => ImportStatus::Left(format!("it is declared at {place}")),
            None => {
                file.blocks.push(Block::new(&draft.action, &draft.body));
                ImportStatus::New
            }
        },
    }
}

/// Returns every action that is declared, with its place.
fn declared(dir: &Path) -> BTreeMap<String, String> {
    let directory = Directory::read(dir);
    let catalogue = load::read_catalogue(&directory, &Kinds::default(), &mut Vec::new());
    let places = catalogue.places.iter();
    places.map(|(name, place)| (name.to_string(), place.to_string())).collect()
}

/// Drafts an entry that loads: where the server's schema does not, any object is taken, and that is said.
fn sound(tool: &McpTool, options: &ImportOptions) -> Draft {
    let draft = guess::draft(tool, options, None);
    match fault(&format!("actions:\n{}", draft.body)) {
        None => draft,
        Some(fault) => guess::draft(tool, options, Some(&fault)),
    }
}

/// Drafts the entry of one tool.
pub(crate) fn drafted(tool: &McpTool, options: &ImportOptions) -> Drafted {
    sound(tool, options)
}

/// Says why a file of entries would not load.
fn fault(text: &str) -> Option<String> {
    let path = "actions/imported.yaml";
    if text.lines().all(|line| {
        line.trim().is_empty() || line.trim() == "actions: {}" || line.trim_start().starts_with('#')
    }) {
        return None;
    }
    let file = match yaml::parse(path, text) {
        Ok(file) => file,
        Err(finding) => return Some(finding.message),
    };
    let mut catalogue = Catalogue::new();
    let mut report = Report::new(path);
    catalogue.read(&file, &Kinds::default(), &mut report);
    let sources = Sources {
        agents: &BTreeMap::new(),
        catalogue: &catalogue.entries,
        calendars: &std::collections::BTreeSet::new(),
        groups: None,
        pii: &std::collections::BTreeSet::new(),
        files: &[],
    };
    let mut findings = report.findings;
    findings.extend(Engine::load(&sources).findings);
    let error = findings.into_iter().find(|finding| finding.level == Level::Error);
    error.map(|finding| finding.message)
}
