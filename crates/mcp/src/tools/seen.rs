//! What a server's tools were when this process first saw them.
//!
//! Where nobody pinned a server's tools, a tool is held to what it was first, whichever client it is shown to: what
//! somebody looked at this morning is not something else tonight, nor for the next client. Tools that come later are
//! no change: servers show some of them only to clients that can do something.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use syndic_api::{AgentTools, ToolBody};

use crate::json::Json;
use crate::tools::is_drifted;

/// How many tools are kept, and the longest definition that is.
const MOST: usize = 4096;
const LONGEST: usize = 256 * 1024;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    first: HashMap<String, First>,
    /// Tools and pins that people accepted.
    accepted: HashSet<(String, String)>,
    /// Pins of what was read for what is remarkable.
    read: HashSet<String>,
    /// Whether the server's tools are pinned: then that is what they are held to.
    pinned: bool,
}

#[derive(Debug)]
struct First {
    pin: String,
    definition: Value,
}

impl Seen {
    /// Takes note of what a server shows, and returns the tools that are not as they were first; they stand as changed.
    pub(super) fn judge(&self, definitions: &[Json], said: &mut AgentTools) -> HashSet<String> {
        let mut book = self.lock();
        book.pinned |= !said.vanished.is_empty() || said.tools.iter().any(is_drifted);
        if book.pinned {
            return HashSet::new();
        }
        // In the order of the offer, each its definition.
        let tools = said.tools.iter_mut().zip(definitions);
        let changed = tools.filter_map(|(tool, definition)| {
            let standing = book.judge(tool, definition)?;
            // What is never called need not be looked at.
            (tool.standing == "callable").then(|| {
                standing.clone_into(&mut tool.standing);
                tool.tool.clone()
            })
        });
        changed.collect()
    }

    /// Takes note that people accepted a tool as it is.
    pub(super) fn accept(&self, tool: &ToolBody) {
        let mut book = self.lock();
        if book.accepted.len() < MOST {
            book.accepted.insert((tool.tool.clone(), tool.pin.clone()));
        }
    }

    /// Tells whether a definition with this pin was not read before.
    pub(super) fn is_unread(&self, pin: &str) -> bool {
        let mut book = self.lock();
        book.read.len() < MOST && book.read.insert(pin.to_owned())
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// Tells how a tool stands by what it was first; nothing, where it is as it was, or people accepted it.
    fn judge(&mut self, tool: &mut ToolBody, definition: &Json) -> Option<&'static str> {
        if let Some(first) = self.first.get(&tool.tool) {
            let accepted = (tool.tool.clone(), tool.pin.clone());
            if first.pin == tool.pin || self.accepted.contains(&accepted) {
                return None;
            }
            tool.pinned = Some(first.definition.clone());
            return Some("changed");
        }
        if self.first.len() >= MOST || definition.text().len() > LONGEST {
            // What cannot be kept cannot be held to anything.
            let accepted = (tool.tool.clone(), tool.pin.clone());
            return (!self.accepted.contains(&accepted)).then_some("new");
        }
        let first = First { pin: tool.pin.clone(), definition: definition.read().ok()? };
        self.first.insert(tool.tool.clone(), first);
        None
    }
}
