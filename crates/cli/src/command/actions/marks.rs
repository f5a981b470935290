//! Marks that say that something in an entry was guessed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// An entry of the catalogue with guesses in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Marked {
    /// Within the governance directory.
    pub(super) file: PathBuf,
    pub(super) action: String,
    /// The line of its first mark.
    pub(super) line: usize,
    /// What each mark says.
    pub(super) marks: Vec<String>,
}

/// Looks through `actions/*.yaml` for entries that still have `# review:` in them.
pub(super) fn marked(dir: &Path) -> io::Result<Vec<Marked>> {
    let folder = dir.join("actions");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        names.push(Path::new("actions").join(entry?.file_name()));
    }
    names.retain(|name| name.extension().is_some_and(|ending| ending == "yaml"));
    names.sort();
    let mut found = Vec::new();
    for name in names {
        found.extend(marks(&name, &fs::read_to_string(dir.join(&name))?));
    }
    Ok(found)
}

fn marks(file: &Path, text: &str) -> Vec<Marked> {
    let mut found: Vec<Marked> = Vec::new();
    let mut action = "";
    for (at, line) in text.lines().enumerate() {
        if let Some(id) = id(line) {
            action = id;
        }
        let Some((_, mark)) = line.split_once("# review:").filter(|_| !action.is_empty()) else {
            continue;
        };
        let mark = mark.trim().to_owned();
        match found.last_mut().filter(|last| last.action == action) {
            Some(last) => last.marks.push(mark),
            None => found.push(Marked {
                file: file.to_owned(),
                action: action.to_owned(),
                line: at + 1,
                marks: vec![mark],
            }),
        }
    }
    found
}

/// Reads the id of an entry: a key two blanks in.
fn id(line: &str) -> Option<&str> {
    let key = line.strip_prefix("  ").filter(|key| !key.starts_with([' ', '#', '-']))?;
    let id = key.split(':').next().filter(|_| key.contains(':'))?;
    Some(id.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::marks;

    #[test]
    fn every_guess_is_found_at_its_entry() {
        let text = "\
# review: of no entry
actions:
  # drafted 12
  mail.send:
    # review: writes, since it is called `send`
    capabilities: [send_external_message] # review: and this
  \"read\":
    description: Reads.
  last:
    facts: # review: an amount
";
        let found = marks(Path::new("actions/mail.yaml"), text);
        let told: Vec<_> =
            found.iter().map(|one| (one.action.as_str(), one.line, one.marks.len())).collect();
        assert_eq!(told, [("mail.send", 5, 2), ("last", 10, 1)]);
        assert_eq!(found[0].marks[0], "writes, since it is called `send`");
    }
}
