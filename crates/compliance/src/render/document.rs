//! What Markdown and the page both show, before either writes it in its own way.

use super::mark::Mark;
use super::told::tell;

/// A document for people.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// Its first heading.
    pub(crate) title: Line,
    /// What stands before the first section.
    pub(crate) lead: Vec<Block>,
    pub(crate) sections: Vec<Section>,
}

/// A heading, and what stands below.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// What addresses within the document end with.
    pub(crate) id: String,
    pub(crate) title: Line,
    pub(crate) blocks: Vec<Block>,
    /// Sections within it; these hold no further ones.
    pub(crate) parts: Vec<Self>,
}

/// What stands below a heading.
#[derive(Debug, Clone)]
pub(crate) enum Block {
    Words(Line),
    /// Words that must not be overlooked.
    Caution(Line),
    /// Words that are larger than others.
    Figure(Line),
    List(Vec<Line>),
    Facts(Vec<(&'static str, Line)>),
    Table(Table),
    /// What can be typed as it is.
    Command(String),
}

/// A table whose first column names its rows.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    /// What it shows, for those who do not see it as a whole.
    pub(crate) caption: String,
    pub(crate) heads: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
}

/// A row of a table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// What addresses within the document end with, where any lead here.
    pub(crate) id: Option<String>,
    pub(crate) cells: Vec<Line>,
}

/// A line of text, of pieces that look different.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line(Vec<Piece>);

/// A piece of a line. No text in it has a new line or a character that cannot be seen.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Text(String),
    Quiet(String),
    Strong(String),
    Code(String),
    Mark(Mark),
    /// To a place in the document.
    Link {
        to: String,
        text: String,
    },
    Break,
}

impl Section {
    pub(crate) fn new(id: &str, title: impl Into<Line>) -> Self {
        let title = title.into();
        Self { id: id.to_owned(), title, blocks: Vec::new(), parts: Vec::new() }
    }

    pub(crate) fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    pub(crate) fn words(self, words: &str) -> Self {
        self.with(Block::Words(Line::told(words)))
    }

    /// Adds a table, or says in its place why there is none.
    pub(crate) fn table(self, table: Table, empty: &str) -> Self {
        if table.rows.is_empty() { self.words(empty) } else { self.with(Block::Table(table)) }
    }
}

impl Line {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Returns a line of text that somebody else wrote.
    pub(crate) fn told(text: &str) -> Self {
        Self::new().tell(text)
    }

    pub(crate) fn marked(mark: Mark) -> Self {
        Self::new().mark(mark)
    }

    pub(crate) fn coded(code: &str) -> Self {
        Self::new().code(code)
    }

    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds text that somebody else wrote. What stands between backticks is code, and a new line is one.
    pub(crate) fn tell(mut self, text: &str) -> Self {
        self.0.extend(tell(text));
        self
    }

    /// Adds words that are less important than others.
    pub(crate) fn quiet(self, text: &str) -> Self {
        self.one(text, Piece::Quiet)
    }

    pub(crate) fn strong(self, text: &str) -> Self {
        self.one(text, Piece::Strong)
    }

    pub(crate) fn code(self, text: &str) -> Self {
        self.one(text, Piece::Code)
    }

    pub(crate) fn link(self, to: String, text: &str) -> Self {
        self.one(text, |text| Piece::Link { to, text })
    }

    pub(crate) fn mark(mut self, mark: Mark) -> Self {
        self.0.push(Piece::Mark(mark));
        self
    }

    /// Ends the line, if there is something on it.
    pub(crate) fn down(mut self) -> Self {
        if !self.0.is_empty() {
            self.0.push(Piece::Break);
        }
        self
    }

    pub(crate) fn add(mut self, line: Self) -> Self {
        self.0.extend(line.0);
        self
    }

    /// Adds several with commas between.
    pub(crate) fn all(mut self, lines: impl IntoIterator<Item = Self>) -> Self {
        for (at, line) in lines.into_iter().enumerate() {
            if at > 0 {
                self.0.push(Piece::Text(", ".to_owned()));
            }
            self = self.add(line);
        }
        self
    }

    fn one(mut self, text: &str, piece: impl FnOnce(String) -> Piece) -> Self {
        self.0.push(piece(super::told::one_line(text)));
        self
    }
}

impl From<&str> for Line {
    fn from(text: &str) -> Self {
        Self::told(text)
    }
}

/// Returns what an address within a document ends with: letters, digits and hyphens alone.
pub(crate) fn anchor(kind: &str, id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    format!("{kind}-{}", id.chars().map(plain).collect::<String>())
}
