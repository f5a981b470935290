//! Where the conditions of a policy say something, found in Cedar's own tree, which keeps offsets.

use cedar_policy::Policy;
use cedar_policy_core::ast::{BinaryOp, Expr, ExprKind, Literal, UnaryOp, Var};
use cedar_policy_core::parser::Loc;

/// A comparison of something that has a name with a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Compared<'a> {
    /// From the variable on: `["context", "call", "environment"]`.
    pub(crate) path: Vec<&'a str>,
    pub(crate) text: &'a str,
    /// The offset of the text.
    pub(crate) at: usize,
}

/// Returns the offset of the first `has` that asks for a fact.
pub(crate) fn presence(policy: &Policy) -> Option<usize> {
    let in_facts =
        |part: &Expr| matches!(part.expr_kind(), ExprKind::GetAttr { attr, .. } if attr == "facts");
    let asks = |of: &Expr, first: &str| first == "facts" || of.subexpressions().any(in_facts);
    let mut all = conditions(policy)?.subexpressions();
    start(all.find(|expression| {
        if let ExprKind::HasAttr { expr, attr } = expression.expr_kind() {
            asks(expr, attr)
        } else if let ExprKind::ExtHasAttr { expr, attrs } = expression.expr_kind() {
            asks(expr, attrs.first())
        } else {
            false
        }
    })?)
}

/// Returns the offset of the first sum, difference or product that could be too large: Cedar counts in 64 bits.
pub(crate) fn arithmetic(policy: &Policy) -> Option<usize> {
    let mut all = conditions(policy)?.subexpressions();
    start(all.find(|expression| {
        if let ExprKind::BinaryApp { op, arg1, arg2 } = expression.expr_kind() {
            let counts = matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul);
            counts && !(is_literal(arg1) && is_literal(arg2))
        } else if let ExprKind::UnaryApp { op: UnaryOp::Neg, arg } = expression.expr_kind() {
            !is_literal(arg)
        } else if let ExprKind::ExtensionFunctionApp { fn_name, .. } = expression.expr_kind() {
            matches!(fn_name.to_string().as_str(), "offset" | "durationSince")
        } else {
            false
        }
    })?)
}

/// Returns every comparison with a text: `==`, `!=`, and asking whether a set contains it.
pub(crate) fn comparisons(policy: &Policy) -> Vec<Compared<'_>> {
    let mut found = Vec::new();
    for expression in conditions(policy).into_iter().flat_map(Expr::subexpressions) {
        let ExprKind::BinaryApp { op, arg1, arg2 } = expression.expr_kind() else { continue };
        let asked = matches!(
            op,
            BinaryOp::Eq | BinaryOp::Contains | BinaryOp::ContainsAny | BinaryOp::ContainsAll
        );
        if asked && let Some(path) = path(arg1) {
            compare(&path, arg2, &mut found);
        } else if asked && let Some(path) = path(arg2) {
            compare(&path, arg1, &mut found);
        }
    }
    found
}

fn compare<'a>(path: &[&'a str], with: &'a Expr, found: &mut Vec<Compared<'a>>) {
    if let ExprKind::Lit(Literal::String(text)) = with.expr_kind() {
        let at = start(with).unwrap_or_default();
        found.push(Compared { path: path.to_vec(), text, at });
    } else if let ExprKind::Set(items) = with.expr_kind() {
        items.iter().for_each(|item| compare(path, item, found));
    }
}

fn path(expression: &Expr) -> Option<Vec<&str>> {
    if let ExprKind::Var(variable) = expression.expr_kind() {
        return Some(vec![name(*variable)]);
    }
    let ExprKind::GetAttr { expr, attr } = expression.expr_kind() else { return None };
    let mut path = path(expr)?;
    path.push(attr);
    Some(path)
}

const fn name(variable: Var) -> &'static str {
    match variable {
        Var::Principal => "principal",
        Var::Action => "action",
        Var::Resource => "resource",
        Var::Context => "context",
    }
}

fn conditions(policy: &Policy) -> Option<&Expr> {
    let policy: &cedar_policy_core::ast::Policy = policy.as_ref();
    policy.non_scope_constraints()
}

fn is_literal(expression: &Expr) -> bool {
    matches!(expression.expr_kind(), ExprKind::Lit(_))
}

fn start(expression: &Expr) -> Option<usize> {
    expression.source_loc().map(Loc::start)
}
