//! A policy's conditions, prepared for evaluation once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use cedar_policy::{Entity, EntityUid, Policy, RestrictedExpression as Expression};
use cedar_policy_core::ast::{self, Expr, ExprKind, Literal, PrincipalOrResourceConstraint};

use crate::entities::{CONSTANT, uid};
use crate::paths::Paths;

/// What is left of a policy for an agent and an action of its scope.
#[derive(Debug)]
pub(crate) struct Condition {
    /// `None` always holds.
    pub(crate) expression: Option<Arc<Expr>>,
    pub(crate) reads: Paths,
    pub(crate) constants: Constants,
}

/// Values of calls like `decimal("100.0")`, which Cedar would parse again for each request.
pub(crate) type Constants = BTreeMap<String, Expression>;

impl Condition {
    /// Prepares a policy, of whose context `reads` is read.
    pub(crate) fn new(policy: &Policy, reads: Paths) -> Self {
        let mut constants = Constants::new();
        let expression =
            expression(policy.as_ref()).map(|all| Arc::new(fold(&all, &mut constants)));
        Self { expression, reads, constants }
    }
}

/// Joins the conditions and the constraint on the resource, in Cedar's order; slices test the rest of the scope.
fn expression(policy: &ast::Policy) -> Option<Expr> {
    let resource = policy.resource_constraint();
    let conditions = policy.non_scope_constraints().cloned();
    if *resource.as_inner() == PrincipalOrResourceConstraint::Any {
        return conditions;
    }
    Some(match conditions {
        Some(conditions) => Expr::and(resource.as_expr(), conditions),
        None => resource.as_expr(),
    })
}

/// Leaves out places in the text, which evaluation would carry along, and replaces every constant by an attribute of
/// an entity that holds its value.
fn fold(expression: &Expr, constants: &mut Constants) -> Expr {
    if let Some((name, value)) = constant(expression) {
        let folded = Expr::get_attr(Expr::val(holder(&name).as_ref().clone()), "value".into());
        constants.insert(name, value);
        return folded;
    }
    let mut fold = |part: &Expr| fold(part, constants);
    match expression.expr_kind() {
        ExprKind::Lit(value) => Expr::val(value.clone()),
        ExprKind::Var(variable) => Expr::var(*variable),
        ExprKind::If { test_expr, then_expr, else_expr } => {
            Expr::ite(fold(test_expr), fold(then_expr), fold(else_expr))
        }
        ExprKind::And { left, right } => Expr::and(fold(left), fold(right)),
        ExprKind::Or { left, right } => Expr::or(fold(left), fold(right)),
        ExprKind::UnaryApp { op, arg } => Expr::unary_app(*op, fold(arg)),
        ExprKind::BinaryApp { op, arg1, arg2 } => Expr::binary_app(*op, fold(arg1), fold(arg2)),
        ExprKind::ExtensionFunctionApp { fn_name, args } => {
            Expr::call_extension_fn(fn_name.clone(), args.iter().map(fold).collect())
        }
        ExprKind::GetAttr { expr, attr } => Expr::get_attr(fold(expr), attr.clone()),
        ExprKind::HasAttr { expr, attr } => Expr::has_attr(fold(expr), attr.clone()),
        ExprKind::ExtHasAttr { expr, attrs } => Expr::extended_has_attr(fold(expr), attrs.clone()),
        ExprKind::Like { expr, pattern } => Expr::like(fold(expr), pattern.clone()),
        ExprKind::Is { expr, entity_type } => Expr::is_entity_type(fold(expr), entity_type.clone()),
        ExprKind::Set(items) => Expr::set(items.iter().map(fold)),
        ExprKind::Record(members) => Expr::record_arc(Arc::new(
            members.iter().map(|(name, member)| (name.clone(), fold(member))).collect(),
        )),
        ExprKind::Slot(_) | ExprKind::Unknown(_) => expression.clone(),
    }
}

/// Reads a call of a constructor on a text.
fn constant(expression: &Expr) -> Option<(String, Expression)> {
    let ExprKind::ExtensionFunctionApp { fn_name, args } = expression.expr_kind() else {
        return None;
    };
    let [argument] = args.as_slice() else { return None };
    let ExprKind::Lit(Literal::String(text)) = argument.expr_kind() else { return None };
    let function = fn_name.basename_as_ref().as_ref();
    let value = match function {
        "decimal" => Expression::new_decimal(text),
        "datetime" => Expression::new_datetime(text),
        "duration" => Expression::new_duration(text),
        _ => return None,
    };
    Some((format!("{function} {text}"), value))
}

fn holder(name: &str) -> EntityUid {
    uid(&CONSTANT, name)
}

/// Makes the entities that hold constants; one whose value is none has no attribute, and reading it fails as well.
pub(crate) fn constants<'a>(conditions: impl Iterator<Item = &'a Condition>) -> Vec<Entity> {
    let all: BTreeMap<&String, &Expression> =
        conditions.flat_map(|condition| &condition.constants).collect();
    let entity = |(name, value): (&String, &Expression)| {
        let uid = holder(name);
        let attributes = HashMap::from([("value".to_owned(), value.clone())]);
        Entity::new(uid.clone(), attributes, HashSet::new())
            .unwrap_or_else(|_| Entity::new_no_attrs(uid, HashSet::new()))
    };
    all.into_iter().map(entity).collect()
}
