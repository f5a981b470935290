//! `corpus/mistakes`: files with one mistake each, which say themselves what should be found, and where.
//!
//! `#~ code: hint` (in Cedar `//~`) stands at the end of the line that is wrong; each `^` after the `~` means a line
//! further up. The hint is a part of what `check` must suggest; without one, nothing is expected of it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::syndic::Place;

const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpus/mistakes");
/// Where the files of a folder go in the directory of `base`.
const TARGETS: [(&str, &str); 9] = [
    ("actions", "actions/desk.yaml"),
    ("agent", "agents/clerk.yaml"),
    ("approvers", "approvers/desk.yaml"),
    ("calendar", "calendars/desk.yaml"),
    ("invariant", "policies/invariants/own.cedar"),
    ("policy", "policies/org/own.cedar"),
    ("settings", "syndic.yaml"),
    ("team", "policies/teams/desk/own.cedar"),
    ("tests", "policies/tests/payments.yaml"),
];

struct Mistake {
    /// Such as `agent/tab`.
    name: String,
    target: &'static str,
    text: String,
    line: u64,
    code: String,
    hint: Option<String>,
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn mistakes() -> Vec<Mistake> {
    let read = |(folder, target): (&'static str, &'static str)| {
        files(&Path::new(CORPUS).join(folder)).into_iter().map(move |path| {
            let text = fs::read_to_string(&path).unwrap();
            let name = format!("{folder}/{}", path.file_stem().unwrap().to_str().unwrap());
            let mut marked = text.lines().enumerate().filter(|(_, line)| line.contains('~'));
            let (number, line) = marked.next().unwrap_or_else(|| panic!("{name} has no marker"));
            assert_eq!(marked.count(), 0, "{name} has one marker");
            let mark = line.split_once('~').unwrap().1;
            let up = mark.chars().take_while(|c| *c == '^').count();
            let mark = mark.trim_start_matches('^').trim();
            let (code, hint) = match mark.split_once(": ") {
                Some((code, hint)) => (code, Some(hint.to_owned())),
                None => (mark, None),
            };
            let (line, code) = (number as u64 + 1 - up as u64, code.to_owned());
            Mistake { name, target, line, code, hint, text }
        })
    };
    TARGETS.into_iter().flat_map(read).collect()
}

/// Makes the directory without mistakes.
fn base() -> Place {
    fn copy(from: &Path, to: &Path) {
        fs::create_dir_all(to).unwrap();
        for path in files(from) {
            let target = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &target);
            } else {
                fs::copy(&path, target).unwrap();
            }
        }
    }
    let place = Place::empty();
    copy(&Path::new(CORPUS).join("base"), &place.dir());
    place
}

/// What came of checking one mistake.
struct Found {
    shown: String,
    /// The finding it is about stands at its line.
    placed: bool,
    /// It suggests what was meant.
    mended: bool,
}

fn check(mistake: &Mistake) -> Found {
    let place = base();
    let path = place.dir().join(mistake.target);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, &mistake.text).unwrap();
    let shown = place.run(&["check"]).stdout;
    let at = format!("--> {}:{}:", mistake.target, mistake.line);
    let code = format!("[{}]", mistake.code);
    let found = shown.split("\n\n").find(|one| one.contains(&at) && one.contains(&code));
    let hint = found.and_then(|found| found.split_once("= hint: ")).map(|(_, hint)| hint);
    let mended = mistake.hint.as_ref().zip(hint).is_some_and(|(meant, hint)| hint.contains(meant));
    Found { placed: found.is_some(), mended, shown }
}

#[test]
fn every_mistake_is_found_at_its_line_and_most_with_what_was_meant() {
    let mistakes = mistakes();
    let lanes = 4;
    let found: Vec<Found> = std::thread::scope(|scope| {
        let chunks = mistakes.chunks(mistakes.len().div_ceil(lanes));
        let running: Vec<_> = chunks
            .map(|chunk| scope.spawn(|| chunk.iter().map(check).collect::<Vec<_>>()))
            .collect();
        running.into_iter().flat_map(|lane| lane.join().unwrap()).collect()
    });
    let mut shown = String::new();
    let mut wrong = Vec::new();
    for (mistake, found) in mistakes.iter().zip(&found) {
        write!(shown, "── {}\n{}\n", mistake.name, found.shown).unwrap();
        if !found.placed || (mistake.hint.is_some() && !found.mended) {
            wrong.push(format!("{}: {} at line {}", mistake.name, mistake.code, mistake.line));
        }
    }
    assert!(wrong.is_empty(), "not told as marked: {wrong:#?}\n{shown}");
    insta::assert_snapshot!(shown);
    let mended = found.iter().filter(|found| found.mended).count();
    assert!(mistakes.len() >= 60 && mended >= 50, "{mended} of {}", mistakes.len());
}

#[test]
fn the_directory_that_mistakes_are_made_in_has_none() {
    let ended = base().run(&["check"]);
    assert!(ended.stdout.ends_with("; no findings\n"), "{}", ended.stdout);
}
