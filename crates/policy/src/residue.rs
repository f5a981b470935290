//! What is left of a condition once agent and action are known, asked without copying a value.
//!
//! A slice has one agent and one action, so whatever of a condition depends on nothing else is evaluated when the slice
//! is first asked. What is left is mostly attributes of the context, compared with values: such a test is walked here, on
//! borrowed values, with the comparisons of Cedar's own value type. Any other condition stays an expression for Cedar's
//! evaluator. The tests hold the answers of all of them equal to those of the public authorizer.

use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy_core::ast::{
    BinaryOp, Expr, ExprKind, Literal, Name, SlotEnv, UnaryOp, Value, ValueKind, Var,
};
use cedar_policy_core::evaluator::Evaluator;
use smol_str::SmolStr;

use crate::combine::Answer;
use crate::likeness::Likeness;

/// How large a condition may be to be looked at; a larger one is left to Cedar.
const MAX_NODES: usize = 2_000;

/// What is left of a condition.
#[derive(Debug)]
pub(crate) enum Residue {
    /// Nothing: the answer is the same for every request.
    Known(Answer),
    Test(Test),
    Expression(Arc<Expr>),
}

/// A condition that is a test of borrowed values.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Constant(bool),
    Is(Term),
    Not(Box<Self>),
    And(Box<[Self; 2]>),
    Or(Box<[Self; 2]>),
    If(Box<[Self; 3]>),
    Has(Term, SmolStr),
    Like(Term, Likeness),
    Compare(Comparison, Term, Term),
}

/// A relation of two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    /// Of whole numbers, and of times.
    Less,
    AtMost,
    Decimal(Order),
    Contains,
    ContainsAll,
    ContainsAny,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Less,
    AtMost,
    More,
    AtLeast,
}

/// Where a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Term {
    Constant(Value),
    Resource,
    Context(Box<[SmolStr]>),
}

/// What requests differ in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    /// `input` and `facts`.
    pub(crate) examined: &'a BTreeMap<SmolStr, Value>,
    pub(crate) call: Option<&'a Value>,
    pub(crate) resource: &'a Value,
}

/// The condition cannot be evaluated.
#[derive(Debug, PartialEq, Eq)]
struct Failed;

impl Residue {
    /// Takes from `expression` what does not depend on the request; `known` knows agent and action.
    pub(crate) fn of(expression: Option<&Arc<Expr>>, known: &Evaluator<'_>) -> Self {
        let Some(expression) = expression else { return Self::Known(Answer::Satisfied) };
        let small = expression.subexpressions().take(MAX_NODES + 1).count() <= MAX_NODES;
        match small.then(|| Reader(known).test(expression)).flatten() {
            Some(Test::Constant(holds)) => Self::Known(Answer::of(holds)),
            Some(test) => Self::Test(test),
            None => Self::Expression(Arc::clone(expression)),
        }
    }
}

impl Test {
    pub(crate) fn answer(&self, given: Given<'_>) -> Answer {
        self.holds(given).map_or(Answer::Failed, Answer::of)
    }

    fn holds(&self, given: Given<'_>) -> Result<bool, Failed> {
        match self {
            Self::Constant(holds) => Ok(*holds),
            Self::Is(term) => truth(term.value(given)?).ok_or(Failed),
            Self::Not(test) => Ok(!test.holds(given)?),
            Self::And(both) => {
                let [left, right] = &**both;
                Ok(left.holds(given)? && right.holds(given)?)
            }
            Self::Or(either) => {
                let [left, right] = &**either;
                Ok(left.holds(given)? || right.holds(given)?)
            }
            Self::If(parts) => {
                let [test, then, otherwise] = &**parts;
                if test.holds(given)? { then.holds(given) } else { otherwise.holds(given) }
            }
            Self::Has(term, attribute) => {
                let attributes = attributes(term.value(given)?).ok_or(Failed)?;
                Ok(attributes.contains_key(attribute))
            }
            Self::Like(term, likeness) => {
                let ValueKind::Lit(Literal::String(text)) = term.value(given)?.value_kind() else {
                    return Err(Failed);
                };
                Ok(likeness.matches(text))
            }
            Self::Compare(comparison, left, right) => {
                comparison.holds(left.value(given)?, right.value(given)?)
            }
        }
    }
}

impl Comparison {
    fn holds(self, left: &Value, right: &Value) -> Result<bool, Failed> {
        use ValueKind::{ExtensionValue, Lit, Set};
        match (self, left.value_kind(), right.value_kind()) {
            (Self::Equal, left, right) => Ok(left == right),
            (Self::Contains, Set(set), _) => Ok(set.contains(right)),
            (Self::ContainsAll, Set(set), Set(others)) => Ok(others.is_subset(set)),
            (Self::ContainsAny, Set(set), Set(others)) => Ok(!set.is_disjoint(others)),
            (Self::Less, Lit(Literal::Long(left)), Lit(Literal::Long(right))) => Ok(left < right),
            (Self::AtMost, Lit(Literal::Long(left)), Lit(Literal::Long(right))) => {
                Ok(left <= right)
            }
            // Decimals are compared by methods, and what is compared by operators is no decimal.
            (Self::Less | Self::AtMost, ExtensionValue(left), ExtensionValue(right))
                if left.typename() == right.typename() && !is_decimal(&left.typename()) =>
            {
                Ok(if self == Self::Less { left < right } else { left <= right })
            }
            (Self::Decimal(order), ExtensionValue(left), ExtensionValue(right))
                if is_decimal(&left.typename()) && is_decimal(&right.typename()) =>
            {
                Ok(match order {
                    Order::Less => left < right,
                    Order::AtMost => left <= right,
                    Order::More => left > right,
                    Order::AtLeast => left >= right,
                })
            }
            _ => Err(Failed),
        }
    }
}

fn is_decimal(name: &Name) -> bool {
    name.basename_as_ref().as_ref() == "decimal"
}

impl Term {
    fn value<'a>(&'a self, given: Given<'a>) -> Result<&'a Value, Failed> {
        let path = match self {
            Self::Constant(value) => return Ok(value),
            Self::Resource => return Ok(given.resource),
            Self::Context(path) => path,
        };
        let (first, rest) = path.split_first().ok_or(Failed)?;
        let root = match first.as_str() {
            "call" => given.call,
            _ => given.examined.get(first),
        };
        rest.iter().try_fold(root.ok_or(Failed)?, |value, attribute| {
            attributes(value).and_then(|attributes| attributes.get(attribute)).ok_or(Failed)
        })
    }
}

/// Reads expressions for one agent and one action; `None` is left to Cedar.
struct Reader<'a>(&'a Evaluator<'a>);

impl Reader<'_> {
    fn test(&self, expression: &Expr) -> Option<Test> {
        if let Some(value) = self.constant(expression) {
            return truth(&value).map(Test::Constant);
        }
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "whatever else there is, is left to Cedar"
        )]
        match expression.expr_kind() {
            ExprKind::And { left, right } => match (self.test(left)?, right) {
                (Test::Constant(true), right) => self.test(right),
                (Test::Constant(false), _) => Some(Test::Constant(false)),
                (left, right) => match self.test(right)? {
                    Test::Constant(true) => Some(left),
                    right => Some(Test::And(Box::new([left, right]))),
                },
            },
            ExprKind::Or { left, right } => match (self.test(left)?, right) {
                (Test::Constant(false), right) => self.test(right),
                (Test::Constant(true), _) => Some(Test::Constant(true)),
                (left, right) => match self.test(right)? {
                    Test::Constant(false) => Some(left),
                    right => Some(Test::Or(Box::new([left, right]))),
                },
            },
            ExprKind::If { test_expr, then_expr, else_expr } => match self.test(test_expr)? {
                Test::Constant(true) => self.test(then_expr),
                Test::Constant(false) => self.test(else_expr),
                test => {
                    let parts = [test, self.test(then_expr)?, self.test(else_expr)?];
                    Some(Test::If(Box::new(parts)))
                }
            },
            ExprKind::UnaryApp { op: UnaryOp::Not, arg } => match self.test(arg)? {
                Test::Constant(holds) => Some(Test::Constant(!holds)),
                test => Some(Test::Not(Box::new(test))),
            },
            ExprKind::BinaryApp { op, arg1, arg2 } => {
                Some(Test::Compare(comparison(*op)?, self.term(arg1)?, self.term(arg2)?))
            }
            ExprKind::ExtensionFunctionApp { fn_name, args } => {
                let [left, right] = args.as_slice() else { return None };
                let order = order(fn_name.basename_as_ref().as_ref())?;
                let comparison = Comparison::Decimal(order);
                Some(Test::Compare(comparison, self.term(left)?, self.term(right)?))
            }
            ExprKind::HasAttr { expr, attr } => match self.term(expr)? {
                term @ Term::Context(_) => Some(Test::Has(term, attr.clone())),
                Term::Constant(_) | Term::Resource => None,
            },
            ExprKind::Like { expr, pattern } => {
                Some(Test::Like(self.term(expr)?, Likeness::of(pattern)))
            }
            ExprKind::GetAttr { .. } => self.term(expression).map(Test::Is),
            _ => None,
        }
    }

    fn term(&self, expression: &Expr) -> Option<Term> {
        if let Some(value) = self.constant(expression) {
            return Some(Term::Constant(value));
        }
        if matches!(expression.expr_kind(), ExprKind::Var(Var::Resource)) {
            return Some(Term::Resource);
        }
        let mut path = Vec::new();
        let mut at = expression;
        while let ExprKind::GetAttr { expr, attr } = at.expr_kind() {
            path.push(attr.clone());
            at = expr;
        }
        path.reverse();
        let inside = matches!(at.expr_kind(), ExprKind::Var(Var::Context)) && !path.is_empty();
        inside.then(|| Term::Context(path.into()))
    }

    /// Evaluates what depends on no request; what fails is left to fail each time.
    fn constant(&self, expression: &Expr) -> Option<Value> {
        let varies = |part: &Expr| {
            matches!(
                part.expr_kind(),
                ExprKind::Var(Var::Context | Var::Resource)
                    | ExprKind::Slot(_)
                    | ExprKind::Unknown(_)
            )
        };
        if expression.subexpressions().any(varies) {
            return None;
        }
        self.0.interpret(expression, &SlotEnv::new()).ok()
    }
}

fn truth(value: &Value) -> Option<bool> {
    if let ValueKind::Lit(Literal::Bool(holds)) = value.value_kind() { Some(*holds) } else { None }
}

fn attributes(value: &Value) -> Option<&BTreeMap<SmolStr, Value>> {
    if let ValueKind::Record(attributes) = value.value_kind() { Some(attributes) } else { None }
}

const fn comparison(operator: BinaryOp) -> Option<Comparison> {
    match operator {
        BinaryOp::Eq => Some(Comparison::Equal),
        BinaryOp::Less => Some(Comparison::Less),
        BinaryOp::LessEq => Some(Comparison::AtMost),
        BinaryOp::Contains => Some(Comparison::Contains),
        BinaryOp::ContainsAll => Some(Comparison::ContainsAll),
        BinaryOp::ContainsAny => Some(Comparison::ContainsAny),
        BinaryOp::In
        | BinaryOp::Add
        | BinaryOp::Sub
        | BinaryOp::Mul
        | BinaryOp::GetTag
        | BinaryOp::HasTag => None,
    }
}

fn order(function: &str) -> Option<Order> {
    match function {
        "lessThan" => Some(Order::Less),
        "lessThanOrEqual" => Some(Order::AtMost),
        "greaterThan" => Some(Order::More),
        "greaterThanOrEqual" => Some(Order::AtLeast),
        _ => None,
    }
}
