//! The schema as the solver gets it: of what was done over time only what somebody reads, since every attribute of the
//! context costs it time.

use std::collections::BTreeSet;

use syndic_model::{Counter, MAX_LIMITS, Scope};

/// The counters below `context.call.usage` that policies name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named {
    /// All, for all that is known.
    All,
    /// The first steps of their paths.
    Only(BTreeSet<String>),
}

impl Named {
    /// Finds them in the text of policies.
    pub(crate) fn by<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = BTreeSet::new();
        for (text, at) in texts
            .into_iter()
            .flat_map(|text| text.match_indices("usage").map(move |(at, _)| (text, at)))
        {
            let after = text.get(at + "usage".len()..).unwrap_or_default();
            let name = after.strip_prefix('.').map(|path| {
                let end = path.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
                path.get(..end.unwrap_or(path.len())).unwrap_or_default()
            });
            match name.filter(|name| is_counter(name)) {
                Some(name) => names.insert(name.to_owned()),
                None => return Self::All,
            };
        }
        Self::Only(names)
    }

    /// Returns these and `others`, whose limits may have numbers above any of a profile.
    pub(crate) fn and(self, others: Self) -> Self {
        match (self, others) {
            (Self::Only(these), Self::Only(others)) => {
                let moved = others.iter().filter_map(|name| match name.parse() {
                    Ok(Counter::Limit(number)) => {
                        Some(Counter::Limit(number + MAX_LIMITS).to_string())
                    }
                    Ok(Counter::Rolling(..)) | Err(_) => None,
                });
                let moved: Vec<_> = moved.collect();
                Self::Only(these.into_iter().chain(others).chain(moved).collect())
            }
            _ => Self::All,
        }
    }

    fn lines(&self) -> Vec<String> {
        let all = || {
            let limits = (1..=2 * MAX_LIMITS).map(|number| Counter::Limit(number).to_string());
            limits.chain(Scope::ALL.iter().map(ToString::to_string)).collect()
        };
        let names = match self {
            Self::All => all(),
            Self::Only(names) => names.clone(),
        };
        let kind = |name: &str| if name.parse::<Scope>().is_ok() { "Windows" } else { "Used" };
        names.iter().map(|name| format!("    {name}: {},\n", kind(name))).collect()
    }
}

fn is_counter(name: &str) -> bool {
    name.parse::<Scope>().is_ok() || matches!(name.parse(), Ok(Counter::Limit(_)))
}

/// Leaves in a generated schema only the counters that are `named`.
pub(crate) fn narrowed(schema: &str, named: &Named) -> String {
    const START: &str = "type Usage = {\n";
    let Some((before, rest)) = schema.split_once(START) else { return schema.to_owned() };
    let Some((_, after)) = rest.split_once("};") else { return schema.to_owned() };
    format!("{before}{START}{}}};{after}", named.lines().concat())
}

#[cfg(test)]
mod tests {
    use super::{Named, narrowed};

    #[test]
    fn a_schema_keeps_the_counters_that_are_named() {
        let schema = "type Usage = {\n    agent: Windows,\n    limit_1: Used,\n};\nrest";
        for (texts, expected) in [
            (vec!["forbid(principal, action, resource);"], ""),
            (
                vec!["context.call.usage.limit_1.calls > 2 {usage.limit_1.calls}"],
                "    limit_1: Used,\n",
            ),
            (
                vec!["a.usage.agent.day", "b.usage.limit_2"],
                "    agent: Windows,\n    limit_2: Used,\n",
            ),
        ] {
            let found = narrowed(schema, &Named::by(texts));
            assert_eq!(found, format!("type Usage = {{\n{expected}}};\nrest"));
        }
        for text in ["context.call.usage == x", "context.call[\"usage\"].agent", "call has usage.x"]
        {
            assert_eq!(Named::by([text]), Named::All, "{text}");
        }
        let both = Named::by(["usage.agent"]).and(Named::by(["usage.limit_1"]));
        assert_eq!(both, Named::Only(["agent", "limit_1", "limit_17"].map(str::to_owned).into()));
    }
}
