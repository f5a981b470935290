//! The literals that a regular expression needs.

use regex_syntax::hir::literal::{ExtractKind, Extractor, Seq};
use regex_syntax::hir::{Hir, HirKind};

/// The most literals of one pattern.
const MOST: usize = 64;

/// Returns literals of which one is part of every match, the longest ones there are; `None` if there are none of two
/// bytes or more.
pub(super) fn required(regex: &str) -> Option<Vec<String>> {
    let hir = parser().parse(regex).ok()?;
    let best = places(&hir)
        .into_iter()
        .filter_map(|place| begins(&place))
        .max_by_key(|literals| worth(literals))?;
    Some(best)
}

/// Reads expressions as they are compiled.
pub(super) fn parser() -> regex_syntax::Parser {
    regex_syntax::ParserBuilder::new().utf8(false).nest_limit(64).build()
}

/// Longer is better, and fewer are.
fn worth(literals: &[String]) -> (usize, usize) {
    let shortest = literals.iter().map(String::len).min().unwrap_or(0);
    (shortest, MOST.saturating_sub(literals.len()))
}

/// The expression from each of its pieces on.
fn places(hir: &Hir) -> Vec<Hir> {
    match hir.kind() {
        HirKind::Concat(pieces) => {
            let from = |at: usize| pieces.get(at..).map(|rest| Hir::concat(rest.to_vec()));
            let inner = pieces.iter().flat_map(places);
            (0..pieces.len()).filter_map(from).chain(inner).collect()
        }
        HirKind::Capture(group) => places(&group.sub),
        HirKind::Repetition(repetition) if repetition.min > 0 => {
            let mut all = places(&repetition.sub);
            all.push(hir.clone());
            all
        }
        HirKind::Empty
        | HirKind::Literal(_)
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Alternation(_) => vec![hir.clone()],
    }
}

/// Returns the literals that an expression begins with, if they are few and not too short.
fn begins(hir: &Hir) -> Option<Vec<String>> {
    let mut sequence: Seq = Extractor::new()
        .kind(ExtractKind::Prefix)
        .limit_total(MOST)
        .limit_literal_len(32)
        .extract(hir);
    sequence.minimize_by_preference();
    let literals = sequence.literals()?;
    let text =
        |bytes: &[u8]| str::from_utf8(bytes).ok().filter(|text| text.len() >= 2).map(str::to_owned);
    let all: Option<Vec<String>> =
        literals.iter().map(|literal| text(literal.as_bytes())).collect();
    all.filter(|all| (1..=MOST).contains(&all.len()))
}
