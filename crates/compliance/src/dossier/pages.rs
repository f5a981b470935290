//! A dossier for people.

use super::{Dossier, DossierSection, Element, Needed, Shown, Source};
use crate::render::document::{Block, Document, Line, Row, Section, Table, anchor};
use crate::render::mark::{Mark, Tone};
use crate::render::written::{count, records, time};

/// What only a person can say, as a word in colour.
const NEEDS_A_PERSON: Mark = Mark { letter: '!', word: "needs a person", tone: Tone::Some };

/// Returns the document.
pub(super) fn document(dossier: &Dossier) -> Document {
    let title = Line::told("Technical documentation of ").tell(&dossier.agent.name);
    let lead = vec![
        Block::Facts(vec![
            ("Agent", Line::coded(&dossier.agent.id)),
            ("Made at", Line::told(&time(dossier.made_at))),
            ("Manifest", hash(&dossier.manifest)),
            ("Law as of", Line::told(&dossier.catalogue.as_of.to_string())),
        ]),
        Block::Caution(caution(dossier)),
    ];
    let mut sections = vec![open(dossier)];
    sections.extend(dossier.sections.iter().map(section));
    Document { title, lead, sections }
}

fn hash(hash: &str) -> Line {
    if hash.is_empty() { Line::new().quiet("none") } else { Line::coded(hash) }
}

fn caution(dossier: &Dossier) -> Line {
    let line = Line::told(
        "This follows Annex IV of the EU AI Act in our own words. It holds what a runtime knows and what people have \
         stated, each with its source and its day, and nothing else; it is no declaration of conformity.",
    );
    match &dossier.report {
        Some(digest) => line
            .tell(" It rests on the report with the SHA-256 ")
            .code(digest)
            .tell(", which is what is signed."),
        None => line,
    }
}

fn open(dossier: &Dossier) -> Section {
    let elements = dossier.sections.iter().map(|section| section.elements.len()).sum();
    let section = Section::new("open", "What this dossier does not hold");
    if dossier.open.is_empty() {
        return section.words("Somebody answers for every element that a runtime cannot fill.");
    }
    let links = dossier.open.iter().map(|id| Line::new().link(place(id), id));
    section.with(Block::Words(
        Line::told(&format!(
            "{} of {} need a person: ",
            dossier.open.len(),
            count(elements, "element", "elements")
        ))
        .all(links)
        .tell("."),
    ))
}

fn place(id: &str) -> String {
    anchor("element", id)
}

fn section(section: &DossierSection) -> Section {
    let (title, content) = match section.content.split_once(": ") {
        Some((title, content)) => (title, Some(content)),
        None => (section.content.as_str(), None),
    };
    let title = format!("{}. {title}", section.section);
    let mut page = Section::new(&format!("section-{}", section.section), &*title);
    page.blocks = content.map(|content| Block::Words(Line::told(content))).into_iter().collect();
    page.parts = section.elements.iter().map(element).collect();
    page
}

fn element(element: &Element) -> Section {
    let title = Line::told(&element.id).tell(": ").tell(&element.asks);
    let mut section = Section::new(&place(&element.id), title);
    if !element.shown.is_empty() {
        let table = Table {
            caption: format!("What is known of {}", element.id),
            heads: vec!["What", "What is known", "Of", "From"],
            rows: element.shown.iter().map(known).collect(),
        };
        section = section.with(Block::Table(table));
    }
    if !element.needed.is_empty() {
        section = section.with(Block::List(element.needed.iter().map(needed).collect()));
    }
    section
}

fn known(shown: &Shown) -> Row {
    let cells = vec![
        Line::told(&shown.what),
        Line::told(&shown.told),
        Line::told(&shown.on.to_string()),
        source(&shown.from),
    ];
    Row { id: None, cells }
}

fn source(source: &Source) -> Line {
    match source {
        Source::File(file) => Line::coded(file),
        Source::Report => Line::told("the report"),
        Source::Reading { probe, version, verdict, records: range } => {
            let line = Line::coded(probe).tell(" ").mark((*verdict).into());
            let line = line.down().quiet(&format!("version {version}"));
            match range {
                Some(range) => line.quiet(", ").quiet(&records(*range)),
                None => line,
            }
        }
        Source::Statement { field, by, function, document, record } => {
            let mut line = Line::told(by);
            if let Some(function) = function {
                line = line.tell(", ").tell(function);
            }
            line = line.down().code(field);
            if let Some(document) = document {
                line = line.down().quiet("document ").code(document);
            }
            match record {
                Some(record) => line.down().quiet(&format!("record {record}")),
                None => line,
            }
        }
    }
}

fn needed(needed: &Needed) -> Line {
    Line::marked(NEEDS_A_PERSON)
        .tell(" ")
        .tell(&needed.asks)
        .tell(": ")
        .tell(&needed.why)
        .down()
        .code(&needed.closes)
}
