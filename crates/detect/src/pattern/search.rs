//! Looks for users' patterns.

use std::borrow::Cow;
use std::ops::Range;

use aho_corasick::AhoCorasick;
use memchr::memmem::Finder;
use regex_automata::Input;

use super::{Checksum, Compiled};
use crate::OverBudget;
use crate::checksum;
use crate::hit::Hit;
use crate::limits::Budget;

/// How far from its literal a match may begin and end.
const REACH: usize = 256;
/// How far before a value a word of its context may stand, and how far after.
const BEFORE: usize = 64;
const AFTER: usize = 32;
/// What a word of the context adds to the score.
const CONTEXT: u8 = 10;

/// The patterns of a scanner.
#[derive(Debug)]
pub(crate) struct Patterns {
    all: Vec<Compiled>,
    literals: Literals,
    /// The pattern that each literal is of.
    owners: Vec<usize>,
}

/// Finds literals. Few are found fastest one by one.
#[derive(Debug)]
enum Literals {
    Few(Vec<Finder<'static>>),
    Many(AhoCorasick),
}

/// How many literals are few.
const FEW: usize = 8;

impl Patterns {
    pub(crate) fn new(all: Vec<Compiled>) -> Self {
        let literals = all.iter().enumerate();
        let literals = literals.flat_map(|(owner, compiled)| {
            compiled.pattern.literals.iter().map(move |literal| (owner, literal.as_str()))
        });
        let (owners, texts): (Vec<usize>, Vec<&str>) = literals.unzip();
        let one_by_one = || texts.iter().map(|text| Finder::new(text).into_owned()).collect();
        let literals = if texts.len() <= FEW {
            Literals::Few(one_by_one())
        } else {
            AhoCorasick::new(&texts).map_or_else(|_| Literals::Few(one_by_one()), Literals::Many)
        };
        Self { all, literals, owners }
    }

    /// Finds what stands in `bytes`, as a whole under `key`.
    pub(crate) fn find(
        &self,
        bytes: &[u8],
        key: Option<&str>,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let mut regions: Vec<Vec<Range<usize>>> = vec![Vec::new(); self.all.len()];
        let mut note = |literal: usize, at: usize, budget: &mut Budget| {
            budget.spend(8)?;
            let region = at.saturating_sub(REACH)..at.saturating_add(REACH).min(bytes.len());
            if let Some(regions) =
                self.owners.get(literal).and_then(|owner| regions.get_mut(*owner))
            {
                join(regions, region);
            }
            Ok(())
        };
        match &self.literals {
            Literals::Few(finders) => {
                for (literal, finder) in finders.iter().enumerate() {
                    budget.spend(bytes.len() / 16)?;
                    finder.find_iter(bytes).try_for_each(|at| note(literal, at, budget))?;
                }
            }
            Literals::Many(searcher) => {
                budget.spend(bytes.len())?;
                for found in searcher.find_overlapping_iter(bytes) {
                    note(found.pattern().as_usize(), found.start(), budget)?;
                }
            }
        }
        for (compiled, mut regions) in self.all.iter().zip(regions) {
            regions.sort_unstable_by_key(|region| region.start);
            let mut joined = Vec::with_capacity(regions.len());
            regions.into_iter().for_each(|region| join(&mut joined, region));
            for region in joined {
                compiled.find(bytes, region, key, budget, hits)?;
            }
        }
        Ok(())
    }
}

/// Adds a region, to the last one if they touch.
fn join(regions: &mut Vec<Range<usize>>, region: Range<usize>) {
    match regions.last_mut() {
        Some(last) if region.start <= last.end && region.start >= last.start => {
            last.end = last.end.max(region.end);
        }
        _ => regions.push(region),
    }
}

impl Compiled {
    /// Finds matches in a region. The expression sees twice [`REACH`] bytes at a time.
    fn find(
        &self,
        bytes: &[u8],
        region: Range<usize>,
        key: Option<&str>,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let mut from = region.start;
        while from < region.end {
            let to = region.end.min(from + 2 * REACH);
            budget.spend(to - from)?;
            match self.regex.search(&Input::new(bytes).range(from..to)) {
                Some(found) if found.end() == to && to < region.end && found.start() > from => {
                    from = found.start();
                }
                Some(found) => {
                    hits.extend(self.hit(bytes, found.range(), key));
                    budget.admit(hits.len())?;
                    from = found.end().max(found.start() + 1);
                }
                None if to == region.end => break,
                None => from = to - REACH,
            }
        }
        Ok(())
    }

    /// Judges a match.
    fn hit(&self, bytes: &[u8], found: Range<usize>, key: Option<&str>) -> Option<Hit> {
        let span = self.value_of(bytes, found)?;
        let value = bytes.get(span.clone()).filter(|value| !value.is_empty())?;
        let checksum = self.pattern.checksum != Checksum::None;
        if !self.pattern.checksum.holds(value) {
            return None;
        }
        let context = self.has_context(bytes, &span, key);
        if self.pattern.context_required && !context {
            return None;
        }
        let score = self.pattern.score.hundredths();
        let score = if context { score.saturating_add(CONTEXT).min(100) } else { score };
        let pattern = Cow::Owned(self.pattern.name.clone());
        let entity = self.pattern.entity.clone();
        Some(Hit { entity, pattern, span, score, checksum, context, evasion: None, back: 0 })
    }

    /// Returns where the group named `value` stands, or the match.
    fn value_of(&self, bytes: &[u8], found: Range<usize>) -> Option<Range<usize>> {
        let Some(group) = self.value else { return Some(found) };
        let mut groups = self.regex.create_captures();
        self.regex.search_captures(&Input::new(bytes).range(found), &mut groups);
        groups.get_group(group).map(|span| span.range())
    }

    fn has_context(&self, bytes: &[u8], value: &Range<usize>, key: Option<&str>) -> bool {
        let before = bytes.get(value.start.saturating_sub(BEFORE)..value.start);
        let after = bytes.get(value.end..bytes.len().min(value.end + AFTER));
        let places = [before, after, key.map(str::as_bytes)];
        let words = &self.pattern.context;
        places
            .into_iter()
            .flatten()
            .any(|text| words.iter().any(|word| has_word(text, word.as_bytes())))
    }
}

/// Tells whether a whole word stands in a text, in any case.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let apart = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric());
    !word.is_empty()
        && text.windows(word.len()).enumerate().any(|(at, window)| {
            window.eq_ignore_ascii_case(word)
                && apart(at.checked_sub(1).and_then(|before| text.get(before)))
                && apart(text.get(at + word.len()))
        })
}

impl Checksum {
    /// Tells whether the letters and digits of a value stand the check.
    fn holds(self, value: &[u8]) -> bool {
        let digits = || -> Vec<u8> {
            let digits = value.iter().filter(|byte| byte.is_ascii_digit());
            digits.map(|byte| byte - b'0').collect()
        };
        match self {
            Self::None => true,
            Self::Luhn => checksum::luhn(&digits()),
            Self::Mod97 => checksum::mod_97(value.iter().copied()) == 1,
            Self::Mod1110 => checksum::mod_11_10(&digits()),
            Self::Verhoeff => checksum::verhoeff(&digits()),
        }
    }
}
