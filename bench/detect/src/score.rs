//! How well findings meet what was to be found.
//!
//! A gold span counts as found when half of its characters are covered by findings of its kind. A finding is right
//! when it touches a gold span of its kind. Kinds that no gold span of the file has are counted apart, since the file
//! says nothing of them; in a document without any gold span every finding is false.

use std::collections::BTreeMap;
use std::ops::Range;

use syndic_detect::{Entity, Finding};

use crate::set::Case;

#[derive(Debug, Default)]
pub struct Score {
    pub kinds: BTreeMap<String, Kind>,
    /// Findings of kinds that the file has no gold span of.
    pub apart: BTreeMap<String, usize>,
    pub documents: Documents,
    /// Gold characters of kinds that are looked for, and those no finding covers.
    pub characters: Share,
    /// The same of all gold characters, names and addresses too.
    pub all_characters: Share,
    /// Texts that cost more than they may.
    pub refused: usize,
}

#[derive(Debug, Default, Clone, Copy)]
pub struct Kind {
    pub gold: usize,
    pub covered: usize,
    pub found: usize,
    pub right: usize,
}

#[derive(Debug, Default)]
pub struct Documents {
    /// Those with something to find, and of them those with a finding.
    pub with: Share,
    /// Those with nothing to find, and of them those with a finding.
    pub without: Share,
}

#[derive(Debug, Default, Clone, Copy)]
pub struct Share {
    pub part: usize,
    pub of: usize,
}

impl Share {
    pub fn value(self) -> f64 {
        self.part as f64 / self.of as f64
    }

    const fn add(&mut self, part: usize, of: usize) {
        self.part += part;
        self.of += of;
    }
}

impl Kind {
    pub fn precision(self) -> f64 {
        if self.found == 0 { 1.0 } else { self.right as f64 / self.found as f64 }
    }

    pub fn recall(self) -> f64 {
        if self.gold == 0 { 1.0 } else { self.covered as f64 / self.gold as f64 }
    }

    pub fn f1(self) -> f64 {
        let (precision, recall) = (self.precision(), self.recall());
        if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
    }
}

/// A kind that the scanner looks for unless told otherwise.
pub fn is_structured(kind: &str) -> bool {
    kind.parse::<Entity>().is_ok_and(|entity| entity.is_default())
}

impl Score {
    /// Begins with the kinds that the file has.
    pub fn of(cases: &[Case]) -> Self {
        let kinds = cases.iter().flat_map(|case| &case.gold).map(|gold| (gold.kind.clone(), Kind::default()));
        Self { kinds: kinds.collect(), ..Self::default() }
    }

    /// Adds a document; tells of each miss and each false finding.
    pub fn add(&mut self, case: &Case, findings: &[Finding], mut tell: impl FnMut(Mistake<'_>)) {
        for gold in &case.gold {
            let same: Vec<Range<usize>> = findings
                .iter()
                .filter(|finding| finding.entity.as_str() == gold.kind)
                .map(|finding| finding.span.clone())
                .collect();
            let any: Vec<Range<usize>> = findings.iter().map(|finding| finding.span.clone()).collect();
            let length = case.text[gold.span.clone()].chars().count();
            let covered = covered(&case.text, &gold.span, &same);
            let is_found = if gold.anywhere { !same.is_empty() } else { covered * 2 >= length && covered > 0 };
            if !gold.anywhere {
                let leaked = length - self::covered(&case.text, &gold.span, &any);
                self.all_characters.add(leaked, length);
                if is_structured(&gold.kind) {
                    self.characters.add(leaked, length);
                }
            }
            let kind = self.kinds.entry(gold.kind.clone()).or_default();
            kind.gold += 1;
            kind.covered += usize::from(is_found);
            if !is_found {
                tell(Mistake::Missed(&gold.kind, &gold.span));
            }
        }
        for finding in findings {
            let name = finding.entity.as_str();
            let is_right = case.gold.iter().any(|gold| gold.kind == name && overlaps(&gold.span, &finding.span));
            match self.kinds.get_mut(name) {
                Some(kind) => {
                    kind.found += 1;
                    kind.right += usize::from(is_right);
                }
                None => *self.apart.entry(name.to_owned()).or_default() += 1,
            }
            if !is_right {
                tell(Mistake::False(finding));
            }
        }
        let found = usize::from(!findings.is_empty());
        if case.gold.is_empty() {
            self.documents.without.add(found, 1);
        } else if case.gold.iter().any(|gold| is_structured(&gold.kind)) {
            self.documents.with.add(found, 1);
        }
    }

    /// Sums all kinds that are looked for.
    pub fn structured(&self) -> Kind {
        let mut sum = Kind::default();
        for (_, kind) in self.kinds.iter().filter(|(name, _)| is_structured(name)) {
            sum.gold += kind.gold;
            sum.covered += kind.covered;
            sum.found += kind.found;
            sum.right += kind.right;
        }
        sum
    }
}

/// What was done wrong in a document.
pub enum Mistake<'a> {
    Missed(&'a str, &'a Range<usize>),
    False(&'a Finding),
}

const fn overlaps(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

/// Counts the characters of `span` that lie in one of the others.
pub fn covered(text: &str, span: &Range<usize>, others: &[Range<usize>]) -> usize {
    let places = text[span.clone()].char_indices().map(|(at, _)| span.start + at);
    places.filter(|at| others.iter().any(|other| other.contains(at))).count()
}
