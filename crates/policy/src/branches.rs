//! The branches of conditions, and which of them a request goes through.
//!
//! A branch is a part of a `when` or `unless` that is true or false by itself: what `&&`, `||`, `!` and `if` join. It is
//! asked only where Cedar would ask it, so that what stands behind a false `&&` was not reached.

use std::collections::BTreeMap;

use cedar_policy_core::ast::{Expr, ExprKind, Literal, SlotEnv, UnaryOp, ValueKind};
use cedar_policy_core::evaluator::Evaluator;
use cedar_policy_core::parser::Loc;
use syndic_model::{AgentId, Place, PolicyId, ToolName};

use crate::evaluate::Question;
use crate::outline::outline;
use crate::rule::Rule;
use crate::{Call, Engine, Examined, Origin};

/// A branch of a policy that is written in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The policy.
    pub policy: PolicyId,
    /// Which of its branches; the order is that of the text.
    pub number: usize,
    /// What it asks, as it is written.
    pub text: String,
    /// Where it is written.
    pub place: Place,
}

/// A branch that a request went through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// The policy.
    pub policy: PolicyId,
    /// Which of its branches, as in [`Branch::number`].
    pub number: usize,
    /// What it answered.
    pub answer: bool,
}

impl Engine {
    /// Returns the branches of all policies that are written in files.
    #[must_use]
    pub fn branches(&self) -> Vec<Branch> {
        self.slices.rules().iter().flat_map(|rule| branches(rule)).collect()
    }

    /// Tells which branches a request goes through; a branch that cannot be evaluated ends its policy.
    #[must_use]
    pub fn trace(
        &self,
        agent: &AgentId,
        examined: &Examined,
        tool: Option<&ToolName>,
        call: &Call<'_>,
    ) -> Vec<Taken> {
        let known = self.agents.get(agent).zip(self.actions.get(examined.action()));
        let Some((agent, action)) = known else { return Vec::new() };
        let question = Question { agent, action, resource: action.resource(tool), examined, call };
        let slice = self.slices.of(agent, action);
        let call = slice.reads.of_attribute("call").map(|read| self.cedar.call(call, read));
        let Ok(call) = call.transpose() else { return Vec::new() };
        let cedar = self.cedar.evaluator(&question, call.as_ref());
        let mut taken = Vec::new();
        for rule in &slice.rules {
            let Some(written) = Written::of(rule) else { continue };
            let mut walk = Walk { cedar: &cedar, answers: BTreeMap::new() };
            walk.of(written.conditions);
            let starts = written.starts();
            let numbered = starts.iter().enumerate();
            let answered = numbered.filter_map(|(number, start)| {
                let answer = *walk.answers.get(start)?;
                Some(Taken { policy: rule.marks.id.clone(), number, answer })
            });
            taken.extend(answered);
        }
        taken
    }
}

fn branches(rule: &Rule) -> Vec<Branch> {
    let Some(written) = Written::of(rule) else { return Vec::new() };
    let mut leaves = Vec::new();
    leaves_of(written.conditions, &mut leaves);
    leaves.retain(|leaf| written.is_own(start(leaf)));
    let numbered = leaves.into_iter().enumerate();
    let branch = |(number, leaf): (usize, &Expr)| Branch {
        policy: rule.marks.id.clone(),
        number,
        text: text(leaf),
        place: written.place(start(leaf)),
    };
    numbered.map(branch).collect()
}

/// A policy of a file, with what the loader added to its text.
struct Written<'a> {
    conditions: &'a Expr,
    text: String,
    place: &'a Place,
    /// Where the loader's own conditions begin and end.
    added: (usize, usize),
}

impl<'a> Written<'a> {
    fn of(rule: &'a Rule) -> Option<Self> {
        let Origin::File(place) = &rule.origin else { return None };
        let policy: &cedar_policy_core::ast::Policy = rule.policy.as_ref();
        let text = rule.policy.to_cedar()?;
        let scope = outline(&text).scope.end + 1;
        let added = (scope, scope + rule.reach.conditions().len());
        Some(Self { conditions: policy.non_scope_constraints()?, text, place, added })
    }

    /// Tells whether somebody wrote it, and not the loader.
    const fn is_own(&self, start: usize) -> bool {
        start >= self.added.1
    }

    fn starts(&self) -> Vec<usize> {
        let mut leaves = Vec::new();
        leaves_of(self.conditions, &mut leaves);
        leaves.into_iter().map(start).filter(|start| self.is_own(*start)).collect()
    }

    fn place(&self, start: usize) -> Place {
        let head = self.text.get(..self.added.0).unwrap_or_default();
        let before = self.text.get(self.added.1..start).unwrap_or_default();
        let before = format!("{head}{before}");
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let (line, column) = self.place.position.unwrap_or((1, 1));
        let lines = number(before.matches('\n').count());
        let in_line = number(before.rsplit('\n').next().unwrap_or_default().chars().count());
        let column = if lines == 0 { column + in_line } else { in_line + 1 };
        Place { file: self.place.file.clone(), position: Some((line + lines, column)) }
    }
}

/// Evaluates as Cedar does, and remembers what each branch answered.
struct Walk<'a> {
    cedar: &'a Evaluator<'a>,
    answers: BTreeMap<usize, bool>,
}

impl Walk<'_> {
    fn of(&mut self, expression: &Expr) -> Option<bool> {
        match Joined::of(expression) {
            Joined::And(left, right) => {
                if self.of(left)? {
                    self.of(right)
                } else {
                    Some(false)
                }
            }
            Joined::Or(left, right) => {
                if self.of(left)? {
                    Some(true)
                } else {
                    self.of(right)
                }
            }
            Joined::Not(of) => self.of(of).map(|answer| !answer),
            Joined::If(test, then, or) => {
                if self.of(test)? {
                    self.of(then)
                } else {
                    self.of(or)
                }
            }
            Joined::Constant(answer) => Some(answer),
            Joined::Leaf => {
                let found = self.cedar.interpret(expression, &SlotEnv::new()).ok()?;
                let ValueKind::Lit(Literal::Bool(answer)) = found.value_kind() else { return None };
                self.answers.insert(start(expression), *answer);
                Some(*answer)
            }
        }
    }
}

/// How a condition is made of others.
enum Joined<'a> {
    And(&'a Expr, &'a Expr),
    Or(&'a Expr, &'a Expr),
    Not(&'a Expr),
    If(&'a Expr, &'a Expr, &'a Expr),
    Constant(bool),
    Leaf,
}

impl<'a> Joined<'a> {
    fn of(expression: &'a Expr) -> Self {
        let kind = expression.expr_kind();
        if let ExprKind::And { left, right } = kind {
            Self::And(left, right)
        } else if let ExprKind::Or { left, right } = kind {
            Self::Or(left, right)
        } else if let ExprKind::If { test_expr, then_expr, else_expr } = kind {
            Self::If(test_expr, then_expr, else_expr)
        } else if let ExprKind::Lit(Literal::Bool(answer)) = kind {
            Self::Constant(*answer)
        } else if let ExprKind::UnaryApp { op: UnaryOp::Not, arg } = kind
            && ["!", "unless"].iter().any(|sign| text(expression).starts_with(sign))
        {
            Self::Not(arg)
        } else {
            // Cedar reads `a != b` as the negation of `a == b`: it is one branch, as it is written.
            Self::Leaf
        }
    }
}

fn leaves_of<'a>(expression: &'a Expr, leaves: &mut Vec<&'a Expr>) {
    match Joined::of(expression) {
        Joined::And(left, right) | Joined::Or(left, right) => {
            leaves_of(left, leaves);
            leaves_of(right, leaves);
        }
        Joined::Not(of) => leaves_of(of, leaves),
        Joined::If(test, then, or) => {
            for part in [test, then, or] {
                leaves_of(part, leaves);
            }
        }
        Joined::Constant(_) => {}
        Joined::Leaf => leaves.push(expression),
    }
}

fn start(expression: &Expr) -> usize {
    expression.source_loc().map_or(0, Loc::start)
}

/// Returns the text of an expression on one line.
fn text(expression: &Expr) -> String {
    let written = expression.source_loc().and_then(Loc::snippet);
    let written = written.map_or_else(|| expression.to_string(), str::to_owned);
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}
