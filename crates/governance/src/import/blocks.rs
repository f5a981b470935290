//! A file of drafted entries, as text: what is untouched can be told from what is somebody's work.

use sha2::{Digest as _, Sha256};

const HEAD: &str = "\
# Drafted by `syndic actions import` from the tools of an MCP server. What is marked `review:` is a guess, with its
# evidence; a server's own words about its tools are a claim. An entry is written again only while nothing in it has
# been changed since; taking the marks away once they are reviewed is such a change.
actions:
";
const MARK: &str = "  # drafted ";

/// The head, and the entries after it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct File {
    head: String,
    pub(super) blocks: Vec<Block>,
}

/// One drafted entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) action: String,
    hash: String,
    /// From the line of its id up to the next mark.
    pub(super) body: String,
}

impl Block {
    pub(super) fn new(action: &str, body: &str) -> Self {
        Self { action: action.to_owned(), hash: hash(body), body: body.trim_end().to_owned() }
    }

    pub(super) fn is_untouched(&self) -> bool {
        self.hash == hash(&self.body)
    }
}

impl File {
    pub(super) fn new() -> Self {
        Self { head: HEAD.to_owned(), blocks: Vec::new() }
    }

    /// Reads a file that an import wrote, whatever was changed in it since; `None` for any other.
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut lines = text.split_inclusive('\n').peekable();
        let mut head = String::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with(MARK)) {
            head.push_str(line);
        }
        if !head.contains("syndic actions import") {
            return None;
        }
        let mut blocks: Vec<Block> = Vec::new();
        for line in lines {
            match (line.strip_prefix(MARK), blocks.last_mut()) {
                (Some(mark), _) => {
                    let hash = mark.trim().to_owned();
                    blocks.push(Block { action: String::new(), hash, body: String::new() });
                }
                (None, Some(block)) => {
                    if block.body.is_empty() {
                        block.action = id(line);
                    }
                    block.body.push_str(line);
                }
                (None, None) => {}
            }
        }
        for block in &mut blocks {
            block.body.truncate(block.body.trim_end().len());
        }
        Some(Self { head, blocks })
    }

    pub(super) fn text(&self) -> String {
        let mut text = self.head.clone();
        if self.blocks.is_empty() && text.trim_end().ends_with("actions:") {
            return format!("{} {{}}\n", text.trim_end());
        }
        for (n, Block { hash, body, .. }) in self.blocks.iter().enumerate() {
            let gap = if n == 0 { "" } else { "\n" };
            text.push_str(&format!("{gap}{MARK}{hash}\n{}\n", body.trim_end()));
        }
        text
    }
}

/// Reads the id of an entry from its first line.
fn id(line: &str) -> String {
    let id = line.trim().split_once(':').map_or(line.trim(), |_| line.trim().trim_end_matches(':'));
    id.trim_matches('"').to_owned()
}

fn hash(body: &str) -> String {
    Sha256::digest(body.trim_end()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::{Block, File};

    #[test]
    fn what_was_touched_is_told_from_what_was_not() {
        let mut file = File::new();
        file.blocks.push(Block::new("a.b:c", "  a.b:c:\n    description: x\n"));
        file.blocks.push(Block::new("d", "  d:\n    description: y\n"));
        let text = file.text();
        assert_eq!(File::read(&text).unwrap(), file);
        for (changed, untouched) in [
            (text.clone(), [true, true]),
            (text.replace("description: x", "description: z"), [false, true]),
            (text.replace("    description: y", "    # mine\n    description: y"), [true, false]),
            (format!("{text}  mine:\n    description: z\n"), [true, false]),
            (format!("{text}\n\n"), [true, true]),
            (text.replace("# What", "# what"), [true, true]),
        ] {
            let read = File::read(&changed).unwrap();
            let found: Vec<_> = read.blocks.iter().map(Block::is_untouched).collect();
            assert_eq!(found, untouched, "{changed}");
            assert_eq!(read.blocks[0].action, "a.b:c");
        }
        assert_eq!(File::read("actions:\n  mine: {}\n"), None);
    }
}
