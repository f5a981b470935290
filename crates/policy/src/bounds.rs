//! How large policies may be, told before anything has to bear more.

use std::ops::Range;

use cedar_policy::Policy;
use cedar_policy_core::ast::{self, Expr, ExprKind};
use syndic_model::{Finding, Place};

use crate::finding::{Hint as _, error};
use crate::outline::{Token, tokens};

/// How many policies all files may have together.
pub(crate) const MAX_POLICIES: usize = 10_000;
/// How long the text of one policy may be, in bytes.
pub(crate) const MAX_LENGTH: usize = 64 * 1024;
/// How deeply brackets may nest.
const MAX_DEPTH: usize = 32;
/// How many operators a policy may have: a chain of them nests as deeply as it is long.
const MAX_OPERATORS: usize = 500;
/// How long a pattern of `like` may be, in characters.
const MAX_PATTERN: usize = 256;

/// Finds where each policy of a text is, up to and with its semicolon.
pub(crate) fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = None;
    for (at, token) in tokens(text) {
        let first = *start.get_or_insert(at);
        if token == Token::Sign(';') {
            pieces.push(first..at + 1);
            start = None;
        }
    }
    pieces.extend(start.map(|first| first..text.len()));
    pieces
}

/// Finds what is too large in the text of one policy.
pub(crate) fn oversized(text: &str, place: impl FnOnce() -> Place) -> Option<Finding> {
    if text.len() > MAX_LENGTH {
        let message = format!("the policy is longer than {MAX_LENGTH} bytes");
        return Some(too_large(place(), message));
    }
    let (mut depth, mut deepest, mut operators) = (0_usize, 0_usize, 0_usize);
    for (_, token) in tokens(text) {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth = depth.saturating_sub(1),
            // Each half of `&&` and `||`.
            Token::Sign('&' | '|') => operators += 1,
            Token::Sign('!' | '<' | '>' | '=' | '+' | '-' | '*' | '.' | '?') => operators += 2,
            Token::Word("if" | "has" | "in" | "is" | "like") => operators += 2,
            Token::Sign(_) | Token::Word(_) => {}
        }
        deepest = deepest.max(depth);
    }
    if deepest > MAX_DEPTH {
        let message = format!("the policy nests brackets deeper than {MAX_DEPTH}");
        return Some(too_large(place(), message));
    }
    let operators = operators / 2;
    (operators > MAX_OPERATORS).then(|| {
        too_large(
            place(),
            format!("the policy has {operators} operators, and {MAX_OPERATORS} are the most"),
        )
    })
}

fn too_large(place: Place, message: String) -> Finding {
    error("policy-too-large", place, message)
        .hint("split it: several forbids say the same as one with `||`")
}

/// Finds a pattern that would take long to compare.
pub(crate) fn long_pattern(policy: &Policy) -> bool {
    let policy: &ast::Policy = policy.as_ref();
    let long = |part: &Expr| matches!(part.expr_kind(), ExprKind::Like { pattern, .. } if pattern.len() > MAX_PATTERN);
    policy.non_scope_constraints().is_some_and(|all| all.subexpressions().any(long))
}

/// Tells of patterns longer than may be.
pub(crate) fn pattern_too_long(place: Place) -> Finding {
    let message = format!("a pattern of `like` is longer than {MAX_PATTERN} characters");
    error("policy-too-large", place, message).hint("match what it begins or ends with")
}

/// Tells of more policies than may be.
pub(crate) fn too_many(place: Place, found: usize) -> Finding {
    let message = format!("there are {found} policies, and {MAX_POLICIES} are the most");
    error("too-many-policies", place, message)
        .hint("say what several have in common once, and name agents and actions by sets")
}
