//! The walk through a document.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use super::columns::Columns;
use super::lexer::{Lexer, Token};
use super::nested::{NESTED, is_nested};
use super::pieces::{Piece, Pieces};
use super::place::{Place, Step};
use super::text::unescaped;
use super::{JsonError, number, text};
use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Context, Finding, Findings, OverBudget, Scanner};

/// Shorter numbers are nobody's.
const NUMBER: usize = 6;
/// In how many strings what was sent before is continued.
const CONTINUED: usize = 16;

/// A walk through a document, and what it found so far.
pub(super) struct Walk<'a> {
    scanner: &'a Scanner,
    context: &'a Context<'a>,
    budget: Budget,
    findings: Vec<Finding>,
    strings: usize,
}

/// An open container: where we are in it, and the short values that came last.
struct Frame<'a> {
    step: Step<'a>,
    pieces: Pieces<'a>,
    /// Of an array, what its objects hold.
    columns: Columns<'a>,
    /// What it holds is more than what is in the pieces.
    is_more: bool,
}

impl<'a> Frame<'a> {
    /// One in `around` that begins with `step`.
    fn new(step: Step<'a>, around: Option<&Self>) -> Self {
        let pieces = Pieces::after(around.map(|frame| &frame.pieces));
        Self { step, pieces, columns: Columns::default(), is_more: false }
    }
}

/// A text of a document, and what is around it.
struct Inside<'a> {
    place: Place<'a>,
    /// The pointer of the string that it is, if it is one.
    pointer: &'a str,
    key: Option<&'a str>,
    depth: usize,
}

impl<'a> Walk<'a> {
    pub(super) const fn new(
        scanner: &'a Scanner,
        context: &'a Context<'a>,
        budget: Budget,
    ) -> Self {
        Self { scanner, context, budget, findings: Vec::new(), strings: 0 }
    }

    /// Finds what a document holds.
    pub(super) fn document(mut self, json: &str) -> Result<Findings, JsonError> {
        if u32::try_from(json.len()).is_err() {
            return Err(OverBudget::Bytes(u32::MAX as usize).into());
        }
        let place = Place { view: None, base: 0, around: None };
        self.inside(json, &Inside { place, pointer: "", key: self.context.key, depth: 0 })?;
        let mut findings = self.findings;
        findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
        // What was found in pieces is told only where nothing else was.
        let mut end = 0;
        findings.retain(|finding| {
            let free = finding.span.start >= end;
            end = end.max(finding.span.end);
            free
        });
        Ok(Findings(findings))
    }

    /// Finds what the tokens of a document, or of one in a string, hold.
    fn inside(&mut self, json: &str, inside: &Inside<'_>) -> Result<(), JsonError> {
        let mut lexer = Lexer::new(json);
        let mut open: Vec<Frame<'_>> = Vec::new();
        while let Some(token) = lexer.next()? {
            match token {
                Token::ObjectStart => {
                    let frame = Frame::new(Step::Object(""), open.last());
                    open.push(frame);
                }
                Token::ArrayStart => {
                    let frame = Frame::new(Step::Array(0), open.last());
                    open.push(frame);
                }
                Token::ObjectEnd | Token::ArrayEnd => {
                    self.ended(&mut open, inside)?;
                }
                Token::Key(span) => {
                    let key = json.get(span.clone()).unwrap_or_default();
                    let above = open.len().saturating_sub(1);
                    if let Some(frame) = open.last_mut() {
                        frame.step = Step::Object(key);
                    }
                    let name = nearest(open.get(..above).unwrap_or_default(), inside.key);
                    self.string(json, span, name.as_deref(), &open, inside)?;
                }
                Token::String(span) => {
                    let before = self.findings.len();
                    let name = nearest(&open, inside.key);
                    self.string(json, span.clone(), name.as_deref(), &open, inside)?;
                    let found = self.findings.len() > before;
                    self.passed(&mut open, json, inside, Some((span, found)))?;
                }
                Token::Number(span) => {
                    let before = self.findings.len();
                    let name = nearest(&open, inside.key);
                    self.number(json, span.clone(), name.as_deref(), &open, inside)?;
                    let found = self.findings.len() > before;
                    self.passed(&mut open, json, inside, Some((span, found)))?;
                }
                Token::Word => self.passed(&mut open, json, inside, None)?,
            }
        }
        Ok(())
    }

    /// Goes on after a value, which may be a piece of one.
    fn passed<'t>(
        &mut self,
        open: &mut [Frame<'t>],
        json: &'t str,
        inside: &Inside<'_>,
        value: Option<(Range<usize>, bool)>,
    ) -> Result<(), JsonError> {
        let Some(frame) = open.last_mut() else { return Ok(()) };
        let raw = value.as_ref().and_then(|(span, _)| json.get(span.clone()));
        let piece = raw.filter(|raw| raw.len() <= Pieces::LONGEST);
        let full = match (piece, value) {
            (Some(raw), Some((span, found))) => {
                frame.pieces.push(&unescaped(raw), Piece::new(span, frame.step, found))
            }
            _ => true,
        };
        self.went_on(open, full, inside)
    }

    /// Goes on after a value; what came up to it is joined, if it is `full`.
    fn went_on(
        &mut self,
        open: &mut [Frame<'_>],
        full: bool,
        inside: &Inside<'_>,
    ) -> Result<(), JsonError> {
        let Some((last, above)) = open.split_last_mut() else { return Ok(()) };
        if full {
            last.is_more = true;
            let pieces = std::mem::take(&mut last.pieces);
            self.join(&pieces, nearest(above, inside.key).as_deref(), above, inside)?;
        }
        if let Step::Array(index) = &mut last.step {
            *index += 1;
        }
        Ok(())
    }

    /// Goes on after a container, whose few short values may be pieces of what is in the one around it.
    fn ended(&mut self, open: &mut Vec<Frame<'_>>, inside: &Inside<'_>) -> Result<(), JsonError> {
        let Some(Frame { pieces, columns, is_more, .. }) = open.pop() else { return Ok(()) };
        let before = self.findings.len();
        for (key, column) in columns.into_columns() {
            self.join(&column, Some(key), open, inside)?;
        }
        self.join(&pieces, nearest(open, inside.key).as_deref(), open, inside)?;
        let whole = !is_more && self.findings.len() == before;
        let full = open.last_mut().is_some_and(|around| {
            if whole && matches!(around.step, Step::Array(_)) {
                around.columns.add(&pieces, around.step);
            }
            !whole || around.pieces.take(&pieces, around.step)
        });
        self.went_on(open, full, inside)
    }

    /// Searches the short values that followed each other as one.
    fn join(
        &mut self,
        pieces: &Pieces<'_>,
        key: Option<&str>,
        above: &[Frame<'_>],
        inside: &Inside<'_>,
    ) -> Result<(), JsonError> {
        if !pieces.promising() {
            return Ok(());
        }
        let context = Context { key, tail: None, ..*self.context };
        for pieces in std::iter::once(pieces).chain(&pieces.spaced()) {
            let mut hits = Vec::new();
            let text = pieces.text().as_bytes();
            self.budget.spend(text.len())?;
            self.scanner.scan_view(text, &context, &mut self.budget, &mut hits)?;
            let before = self.findings.len();
            for hit in crate::overlap::settle(hits) {
                self.split(&hit, pieces.of(&hit), above, inside)?;
            }
            if self.findings.len() > before {
                break;
            }
        }
        Ok(())
    }

    /// Tells of each piece of a hit.
    fn split(
        &mut self,
        hit: &Hit,
        pieces: &[Piece<'_>],
        above: &[Frame<'_>],
        inside: &Inside<'_>,
    ) -> Result<(), OverBudget> {
        for piece in pieces {
            let mut pointer = inside.pointer.to_owned();
            if inside.depth == 0 {
                above.iter().for_each(|frame| frame.step.append(&mut pointer));
                piece.steps().for_each(|step| step.append(&mut pointer));
            }
            let hit = Hit {
                span: inside.place.of(piece.span.clone()),
                score: hit.score.saturating_sub(if hit.checksum { 0 } else { 10 }),
                evasion: Some(crate::Evasion::Split),
                ..hit.clone()
            };
            self.found(hit, pointer.into())?;
        }
        Ok(())
    }

    fn found(&mut self, hit: Hit, pointer: Arc<str>) -> Result<(), OverBudget> {
        self.findings.push(Finding { path: Some(pointer), ..hit.finding() });
        self.budget.admit(self.findings.len())
    }

    /// Finds what a number is.
    fn number(
        &mut self,
        json: &str,
        span: Range<usize>,
        key: Option<&str>,
        open: &[Frame<'_>],
        inside: &Inside<'_>,
    ) -> Result<(), JsonError> {
        let text = json.get(span.clone()).unwrap_or_default();
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.len() < NUMBER {
            return Ok(());
        }
        let base = span.end - digits.len();
        let context = Context { key, tail: None, ..*self.context };
        let mut hits = Vec::new();
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let place = Place { view: None, base, around: Some(&inside.place) };
            self.scanner.scan_view(digits.as_bytes(), &context, &mut self.budget, &mut hits)?;
            return Ok(self.tell(crate::overlap::settle(hits), &place, open, inside)?);
        }
        let Some(view) = number::whole(digits) else { return Ok(()) };
        let place = Place { view: Some(&view), base, around: Some(&inside.place) };
        self.scanner.scan_view(view.bytes(), &context, &mut self.budget, &mut hits)?;
        let mut hits = crate::overlap::settle(hits);
        hits.iter_mut().for_each(|hit| {
            hit.evasion = view.unit(hit.span.clone()).and_then(|unit| unit.marks.evasion());
        });
        Ok(self.tell(hits, &place, open, inside)?)
    }

    /// Finds what a string holds.
    fn string(
        &mut self,
        json: &str,
        span: Range<usize>,
        key: Option<&str>,
        open: &[Frame<'_>],
        inside: &Inside<'_>,
    ) -> Result<(), JsonError> {
        let raw = json.get(span.clone()).unwrap_or_default();
        self.strings += 1;
        let tail = self.context.tail.filter(|_| self.strings <= CONTINUED);
        let context = Context { key, tail, ..*self.context };
        if !raw.contains('\\') {
            let place = Place { view: None, base: span.start, around: Some(&inside.place) };
            return self.text(raw, &place, &context, open, inside);
        }
        text::parts(raw, |view, last| {
            self.budget.spend(view.len())?;
            let place = Place { view: Some(view), base: span.start, around: Some(&inside.place) };
            let text = std::str::from_utf8(view.bytes()).unwrap_or_default();
            if last {
                return self.text(text, &place, &context, open, inside);
            }
            // What a part cuts is whole in the next.
            let mut hits = self.scanner.hits(text, &context, &mut self.budget)?;
            hits.retain(|hit| hit.span.end < text.len());
            Ok(self.tell(hits, &place, open, inside)?)
        })
    }

    /// Finds what a string without its escapes holds, as JSON if it is.
    fn text(
        &mut self,
        text: &str,
        place: &Place<'_>,
        context: &Context<'_>,
        open: &[Frame<'_>],
        inside: &Inside<'_>,
    ) -> Result<(), JsonError> {
        let nested = inside.depth < NESTED && is_nested(text);
        if nested {
            let pointer = pointer(open, inside);
            let key = context.key;
            let depth = inside.depth + 1;
            return self.inside(text, &Inside { place: *place, pointer: &pointer, key, depth });
        }
        let hits = self.scanner.hits(text, context, &mut self.budget)?;
        Ok(self.tell(hits, place, open, inside)?)
    }

    fn tell(
        &mut self,
        hits: Vec<Hit>,
        place: &Place<'_>,
        open: &[Frame<'_>],
        inside: &Inside<'_>,
    ) -> Result<(), OverBudget> {
        let Some(pointer) = (!hits.is_empty()).then(|| Arc::<str>::from(pointer(open, inside)))
        else {
            return Ok(());
        };
        for hit in hits {
            let span = place.of(hit.span.clone());
            self.found(Hit { span, ..hit }, Arc::clone(&pointer))?;
        }
        Ok(())
    }
}

/// Returns where we are, as a pointer; within a string, where that is.
fn pointer(open: &[Frame<'_>], inside: &Inside<'_>) -> String {
    let mut pointer = inside.pointer.to_owned();
    if inside.depth == 0 {
        open.iter().for_each(|frame| frame.step.append(&mut pointer));
    }
    pointer
}

/// Returns the nearest key around what is in `open`.
fn nearest<'k>(open: &'k [Frame<'_>], key: Option<&'k str>) -> Option<Cow<'k, str>> {
    open.iter().rev().find_map(|frame| frame.step.key()).or(key.map(Cow::Borrowed))
}
