//! A recorded action, changed in one thing, to see what policies would have said then.

use std::collections::BTreeSet;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;
use serde_json::value::RawValue;
use syndic_model::{
    Arguments, CatalogueEntry, Decimal, EnforcementGrade, Fact, Pointer, Step, ToolName,
};

use crate::found::RecordedFound;
use crate::recorded::Recorded;

/// One thing that might have been otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// This amount.
    Amount(Decimal),
    /// So many people affected.
    AffectedPeople(u64),
    /// These recipients.
    Recipients(BTreeSet<String>),
    /// Content in which nothing is detected.
    PlainContent(BTreeSet<String>),
    /// Asked then.
    At(Timestamp),
    /// Asked then, when what was used before is no longer counted.
    Rested(Timestamp),
    /// Through this tool.
    Tool(ToolName),
    /// Nobody is stopped.
    Resumed,
    /// The agent asks for itself.
    Alone,
    /// On this path.
    Grade(EnforcementGrade),
}

impl Change {
    /// Makes the change; `None` where the action has nothing of the kind.
    pub(crate) fn apply(
        &self,
        recorded: &Recorded,
        entry: Option<&CatalogueEntry>,
    ) -> Option<Recorded> {
        let mut changed = recorded.clone();
        let call = &mut changed.context.call;
        match self {
            Self::At(now) | Self::Rested(now) => call.now = *now,
            Self::Resumed => call.suspended.clear(),
            Self::Grade(grade) => grade.to_string().clone_into(&mut call.grade),
            Self::Alone => {
                changed.context.chain.clear();
                changed.context.broken_chain = None;
            }
            Self::Tool(tool) => changed.request.tool = Some(tool.clone()),
            Self::Amount(_)
            | Self::AffectedPeople(_)
            | Self::Recipients(_)
            | Self::PlainContent(_) => {
                let mut args = recorded.request.args.value().ok()?.clone();
                let edited = pointers(self.fact()?, entry?)
                    .map(|pointer| self.edit(&mut args, pointer.steps()))
                    .fold(false, |any, edited| any | edited);
                if !edited {
                    return None;
                }
                if let Self::PlainContent(_) = self {
                    changed.context.call.split = RecordedFound::default();
                }
                let raw = RawValue::from_string(args.to_string()).ok()?;
                changed.request.args = Arguments::parse(&raw).ok()?;
            }
        }
        Some(changed)
    }

    const fn fact(&self) -> Option<Fact> {
        match self {
            Self::Amount(_) => Some(Fact::Amount),
            Self::AffectedPeople(_) => Some(Fact::AffectedPeople),
            Self::Recipients(_) => Some(Fact::Recipients),
            Self::PlainContent(_) => Some(Fact::Content),
            Self::At(_)
            | Self::Rested(_)
            | Self::Tool(_)
            | Self::Resumed
            | Self::Alone
            | Self::Grade(_) => None,
        }
    }

    /// Edits what `steps` find below `value`; tells whether there was anything.
    fn edit(&self, value: &mut Value, steps: &[Step]) -> bool {
        let Some((step, rest)) = steps.split_first() else { return self.put(value) };
        match (step, value) {
            (Step::Each, Value::Array(items)) => {
                if let (true, Self::Recipients(kept)) = (rest.is_empty(), self) {
                    items.retain(|item| item.as_str().is_none_or(|item| kept.contains(item)));
                    return true;
                }
                items.iter_mut().fold(false, |any, item| self.edit(item, rest) | any)
            }
            (Step::Key(key), Value::Object(members)) => {
                members.get_mut(key).is_some_and(|member| self.edit(member, rest))
            }
            (Step::Key(key), Value::Array(items)) => {
                let item = key.parse::<usize>().ok().and_then(|index| items.get_mut(index));
                item.is_some_and(|item| self.edit(item, rest))
            }
            _ => false,
        }
    }

    fn put(&self, value: &mut Value) -> bool {
        let number = match self {
            Self::Amount(amount) => amount.to_string(),
            Self::AffectedPeople(count) => count.to_string(),
            Self::PlainContent(_) => {
                *value = Value::from("plain");
                return true;
            }
            Self::Recipients(_)
            | Self::At(_)
            | Self::Rested(_)
            | Self::Tool(_)
            | Self::Resumed
            | Self::Alone
            | Self::Grade(_) => return false,
        };
        let put = if value.is_string() {
            Some(Value::from(number))
        } else {
            serde_json::from_str(&number).ok()
        };
        put.map(|put| *value = put).is_some()
    }
}

fn pointers(fact: Fact, entry: &CatalogueEntry) -> impl Iterator<Item = &Pointer> {
    entry.facts.get(&fact).into_iter().flat_map(|source| &source.pointers)
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Amount(amount) => write!(f, "an amount of at most {amount}"),
            Self::AffectedPeople(count) => write!(f, "at most {count} people affected"),
            Self::Recipients(kept) => match kept.iter().next() {
                Some(first) if kept.len() == 1 => write!(f, "`{first}` as the only recipient"),
                Some(_) if kept.len() <= 5 => {
                    let kept: Vec<_> = kept.iter().map(|name| format!("`{name}`")).collect();
                    write!(f, "only the recipients {}", kept.join(", "))
                }
                _ => write!(f, "{} of its recipients", kept.len()),
            },
            Self::PlainContent(labels) if labels.is_empty() => f.write_str("other content"),
            Self::PlainContent(labels) => {
                let labels: Vec<_> = labels.iter().map(String::as_str).collect();
                write!(f, "content without {}", labels.join(", "))
            }
            Self::At(now) => write!(f, "asking at {}", now.strftime("%A %Y-%m-%d %H:%M UTC")),
            Self::Rested(now) => {
                let now = now.strftime("%A %Y-%m-%d %H:%M UTC");
                write!(f, "asking at {now}, when what was used until then no longer counts")
            }
            Self::Tool(tool) => write!(f, "the tool `{tool}`"),
            Self::Resumed => f.write_str("the suspension lifted (`syndic agents resume`)"),
            Self::Alone => f.write_str("the agent asking for itself, not for another"),
            Self::Grade(grade) => write!(f, "a path of the grade `{grade}`"),
        }
    }
}
