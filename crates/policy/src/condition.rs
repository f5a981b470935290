//! A policy's conditions, prepared for evaluation once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use cedar_policy::{Entity, EntityUid, Policy, RestrictedExpression as Expression};
use cedar_policy_core::ast::{Expr, PrincipalOrResourceConstraint};
use serde_json::{Value, json};

use crate::paths::Paths;

/// The type of the entities that hold constants; no schema declares it, so no policy can name it.
const CONSTANT: &str = "Syndic::Constant";

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
    /// Prepares a policy by way of its JSON form, which has no source locations to carry through evaluation.
    pub(crate) fn new(policy: &Policy) -> Self {
        let mut constants = Constants::new();
        let prepared = policy.to_json().ok().and_then(|mut json| {
            let conditions = json.get_mut("conditions")?;
            let reads = Paths::of(conditions);
            fold(conditions, &mut constants);
            Some((Policy::from_json(None, json).ok()?, reads))
        });
        match prepared {
            Some((policy, reads)) => Self { expression: expression(&policy), reads, constants },
            None => Self {
                expression: expression(policy),
                reads: Paths::Whole,
                constants: Constants::new(),
            },
        }
    }
}

/// Joins the conditions and the constraint on the resource, in Cedar's order; slices test the rest of the scope.
fn expression(policy: &Policy) -> Option<Arc<Expr>> {
    let policy: &cedar_policy_core::ast::Policy = policy.as_ref();
    let resource = policy.resource_constraint();
    let conditions = policy.non_scope_constraints_arc().cloned();
    if *resource.as_inner() == PrincipalOrResourceConstraint::Any {
        return conditions;
    }
    Some(Arc::new(match conditions {
        Some(conditions) => Expr::and(resource.as_expr(), Expr::clone(&conditions)),
        None => resource.as_expr(),
    }))
}

/// Replaces every constant by an attribute of an entity that holds its value.
fn fold(node: &mut Value, constants: &mut Constants) {
    if let Some((name, value)) = constant(node) {
        *node = json!({".": {
            "left": {"Value": {"__entity": {"type": CONSTANT, "id": name}}}, "attr": "value",
        }});
        constants.insert(name, value);
        return;
    }
    match node {
        Value::Object(members) => members.values_mut().for_each(|node| fold(node, constants)),
        Value::Array(items) => items.iter_mut().for_each(|node| fold(node, constants)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Reads a call of a constructor on a text; only a call is an object with one member that is a list of values.
fn constant(node: &Value) -> Option<(String, Expression)> {
    let members = node.as_object().filter(|members| members.len() == 1)?;
    let (function, arguments) = members.iter().next()?;
    let [argument] = arguments.as_array()?.as_slice() else { return None };
    let text = argument.as_object().filter(|members| members.len() == 1)?.get("Value")?.as_str()?;
    let value = match function.as_str() {
        "decimal" => Expression::new_decimal(text),
        "datetime" => Expression::new_datetime(text),
        "duration" => Expression::new_duration(text),
        _ => return None,
    };
    Some((format!("{function} {text}"), value))
}

/// Makes the entities that hold constants; one whose value is none has no attribute, and reading it fails as well.
pub(crate) fn constants<'a>(
    conditions: impl Iterator<Item = &'a Condition>,
) -> Result<Vec<Entity>, String> {
    let all: BTreeMap<&String, &Expression> =
        conditions.flat_map(|condition| &condition.constants).collect();
    let kind: cedar_policy::EntityTypeName =
        CONSTANT.parse().map_err(|fault| format!("{fault}"))?;
    let entity = |(name, value): (&String, &Expression)| {
        let uid = EntityUid::from_type_name_and_id(kind.clone(), cedar_policy::EntityId::new(name));
        let attributes = HashMap::from([("value".to_owned(), value.clone())]);
        Entity::new(uid.clone(), attributes, HashSet::new())
            .unwrap_or_else(|_| Entity::new_no_attrs(uid, HashSet::new()))
    };
    Ok(all.into_iter().map(entity).collect())
}
