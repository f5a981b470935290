//! `detectors/<id>.yaml`, read: what a user's own scanner looks for.

use std::str::FromStr;

use schemars::{Schema, json_schema};
use syndic_detect::{
    Builder, Checksum, Entity, Examples, Pattern, PatternError, Scanner, Score, UnknownChecksum,
};
use syndic_model::Finding;

use crate::directory::{Directory, Kind};
use crate::kinds::Kinds;
use crate::position::{At, Position, START};
use crate::report::Report;
use crate::settings::{Detection, ScoreText};
use crate::text::{Meaning, did_you_mean};
use crate::wire::{DetectorFile, ExamplesFields};
use crate::yaml;

/// A pattern, and where its expression stands.
#[derive(Debug)]
pub(crate) struct Detector {
    pattern: Pattern,
    places: Places,
}

/// Reads what is looked for beside what scanners know, before anything names it.
pub(crate) fn read_all(
    directory: &Directory,
    findings: &mut Vec<Finding>,
) -> (Kinds, Vec<(String, Detector)>) {
    let mut kinds = Kinds::default();
    let mut detectors = Vec::new();
    for (path, kind) in &directory.kinds {
        let Kind::Detector(stem) = kind else { continue };
        let mut report = Report::new(path);
        match yaml::parse(path, directory.text(path)) {
            Ok(file) => {
                let detector = read(stem, &file, &mut kinds, &mut report);
                detectors.extend(detector.map(|detector| (path.clone(), detector)));
            }
            Err(finding) => report.findings.push(finding),
        }
        findings.append(&mut report.findings);
    }
    (kinds, detectors)
}

/// Makes the scanner that looks for all that is to be looked for.
pub(crate) fn scanner(
    detection: &Detection,
    detectors: Vec<(String, Detector)>,
    findings: &mut Vec<Finding>,
) -> Scanner {
    let mut builder = detection.builder();
    for (path, detector) in detectors {
        let mut report = Report::new(&path);
        builder = add(builder, detector, &mut report);
        findings.append(&mut report.findings);
    }
    builder.build()
}

/// Reads the detector of a file and takes note of its kind.
fn read(
    stem: &str,
    file: &DetectorFile,
    kinds: &mut Kinds,
    report: &mut Report<'_>,
) -> Option<Detector> {
    let DetectorFile {
        kind,
        regex,
        literals,
        checksum,
        context,
        context_required,
        score,
        examples,
    } = file;
    let hint = "what it finds, in capitals: `type: EMPLOYEE_NUMBER`";
    let kind = report.require(kind.as_ref(), START, "type", hint);
    let hint = "a regular expression: `regex: 'EMP-[0-9]{6}'`";
    let regex = report.require(regex.as_ref(), START, "regex", hint);
    let kind = kind.and_then(|text| report.read(text));
    let checksum = checksum.as_ref().map(|text| report.read(text).map(|ChecksumName(sum)| sum));
    let score = score.as_ref().map(|text| report.read(text).map(|ScoreText(score)| score));
    let ExamplesFields { matches, misses } = examples.clone().unwrap_or_default();
    let (kind, regex) = (kind?, regex?);
    kinds.add(&kind);
    let entity = kind.entity();
    Some(Detector {
        places: Places {
            regex: regex.position,
            literals: literals.clone().unwrap_or_default(),
            matches: matches.clone().unwrap_or_default(),
            misses: misses.clone().unwrap_or_default(),
            required: context_required.as_ref().map_or(START, |required| required.position),
        },
        pattern: Pattern {
            name: stem.to_owned(),
            entity,
            regex: regex.value.clone(),
            literals: texts(literals.as_deref()),
            checksum: checksum.unwrap_or(Some(Checksum::None))?,
            context: context.clone().unwrap_or_default(),
            context_required: context_required.as_ref().is_some_and(|required| required.value),
            score: score.unwrap_or(Some(Score::BLOCK))?,
            examples: Examples {
                matches: texts(matches.as_deref()),
                misses: texts(misses.as_deref()),
            },
        },
    })
}

fn texts(texts: Option<&[At<String>]>) -> Vec<String> {
    texts.unwrap_or_default().iter().map(|text| text.value.clone()).collect()
}

/// Has a scanner look for it too; what keeps it from that is a finding.
fn add(builder: Builder, detector: Detector, report: &mut Report<'_>) -> Builder {
    let Detector { pattern, places } = detector;
    let is_custom = matches!(pattern.entity, Entity::Custom(_));
    let looking =
        if is_custom { builder.clone() } else { builder.clone().with(pattern.entity.clone()) };
    looking.pattern(pattern).unwrap_or_else(|error| {
        let (position, hint) = places.of(&error);
        report.error(position, "invalid-detector", error.to_string(), hint.map(str::to_owned));
        builder
    })
}

/// Where what may be wrong stands.
#[derive(Debug)]
struct Places {
    regex: Position,
    literals: Vec<At<String>>,
    matches: Vec<At<String>>,
    misses: Vec<At<String>>,
    required: Position,
}

impl Places {
    /// Where what an error is about stands, and what helps.
    fn of(&self, error: &PatternError) -> (Position, Option<&'static str>) {
        let at = |texts: &[At<String>], text: &String| {
            texts.iter().find(|one| one.value == *text).map_or(self.regex, |one| one.position)
        };
        match error {
            PatternError::Name(_) => {
                (START, Some("the file is `detectors/NAME.yaml`: rename it, with `-` for `_`"))
            }
            PatternError::Twice(_) | PatternError::TooMany(_) => (START, None),
            PatternError::Literal { literal, .. } => (at(&self.literals, literal), None),
            PatternError::Missed { example, .. } => (
                at(&self.matches, example),
                Some("mend the regular expression or its checksum, or take the example out"),
            ),
            PatternError::Matched { example, .. } => (at(&self.misses, example), None),
            PatternError::NoContext(_) => (self.required, None),
            PatternError::Regex { .. } | PatternError::NoLiteral(_) => (self.regex, None),
            _ => (START, None),
        }
    }
}

/// The name of a checksum.
#[derive(Debug)]
pub(crate) struct ChecksumName(Checksum);

const CHECKSUMS: [&str; 5] = ["none", "luhn", "mod97", "mod11-10", "verhoeff"];

impl FromStr for ChecksumName {
    type Err = UnknownChecksum;

    fn from_str(text: &str) -> Result<Self, UnknownChecksum> {
        text.parse().map(Self)
    }
}

impl Meaning for ChecksumName {
    const CODE: &'static str = "unknown-word";

    fn schema() -> Schema {
        json_schema!({"type": "string", "enum": CHECKSUMS})
    }

    fn hint(raw: &str) -> Option<String> {
        did_you_mean(raw, CHECKSUMS)
    }
}
