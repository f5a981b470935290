//! Where a report and what its evidence gives again are not the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

/// The most differences that are named.
pub const MAX_DIFFERENCES: usize = 100;

/// Members that are not compared: they are verified, not computed.
const VERIFIED: [&str; 2] = ["signature", "proofs"];

/// Members that the others follow from: where these differ, others do too.
const CAUSES: [&str; 8] =
    ["agent", "catalogue", "high_risk", "log", "policy", "readings", "roles", "statements"];

/// Members that name an element of a list, best first.
const NAMES: [&str; 6] = ["probe", "id", "field", "name", "index", "kind"];

/// One place where two reports are not the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where: members and elements from the outside in, such as `readings/LOG-01/value/age_days/count`. An element of a
    /// list is named by what identifies it, or else by its place.
    pub path: String,
    /// What the report says; none where it leaves it out.
    pub claimed: Option<Value>,
    /// What the evidence gives; none where it gives nothing.
    pub recomputed: Option<Value>,
}

/// All places where two reports are not the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// How many there are.
    pub count: u64,
    /// The first [`MAX_DIFFERENCES`] of them.
    pub first: Vec<Difference>,
}

/// Compares a report with what its evidence gives again, field by field. The signature and the proofs are left out.
#[must_use]
pub fn differences(claimed: &Value, recomputed: &Value) -> Differences {
    let mut found = Differences::default();
    found.compare("", Some(claimed), Some(recomputed));
    found
}

impl Differences {
    fn compare(&mut self, path: &str, claimed: Option<&Value>, recomputed: Option<&Value>) {
        match (claimed, recomputed) {
            (claimed, recomputed) if claimed == recomputed => {}
            (Some(Value::Object(left)), Some(Value::Object(right))) => {
                let keys: BTreeSet<_> = left.keys().chain(right.keys()).collect();
                let mut keys: Vec<_> = keys.into_iter().collect();
                if path.is_empty() {
                    keys.sort_by_key(|key| !CAUSES.contains(&key.as_str()));
                }
                for key in keys {
                    if !(path.is_empty() && VERIFIED.contains(&key.as_str())) {
                        self.compare(&join(path, key), left.get(key), right.get(key));
                    }
                }
            }
            (Some(Value::Array(left)), Some(Value::Array(right))) => self.lists(path, left, right),
            (claimed, recomputed) => {
                self.count += 1;
                if self.first.len() < MAX_DIFFERENCES {
                    self.first.push(Difference {
                        path: path.to_owned(),
                        claimed: claimed.cloned(),
                        recomputed: recomputed.cloned(),
                    });
                }
            }
        }
    }

    fn lists(&mut self, path: &str, left: &[Value], right: &[Value]) {
        if let (Some(named), Some(others)) = (by_name(left), by_name(right)) {
            let names: BTreeSet<_> = named.keys().chain(others.keys()).collect();
            let before = self.count;
            for name in names {
                let (claimed, recomputed) = (named.get(name), others.get(name));
                self.compare(&join(path, name), claimed.copied(), recomputed.copied());
            }
            if self.count == before {
                self.order(path, &named_in_order(left), &named_in_order(right));
            }
        } else {
            for place in 0..left.len().max(right.len()) {
                let place_path = join(path, &place.to_string());
                self.compare(&place_path, left.get(place), right.get(place));
            }
        }
    }

    /// The same elements in another order.
    fn order(&mut self, path: &str, left: &[Value], right: &[Value]) {
        for (place, (claimed, recomputed)) in left.iter().zip(right).enumerate() {
            self.compare(&join(path, &place.to_string()), Some(claimed), Some(recomputed));
        }
    }
}

fn join(path: &str, part: &str) -> String {
    if path.is_empty() { part.to_owned() } else { format!("{path}/{part}") }
}

/// Returns the elements of a list by what names each; none where one has no name or two have the same.
fn by_name(list: &[Value]) -> Option<BTreeMap<String, &Value>> {
    let named: BTreeMap<_, _> =
        list.iter().map(|element| Some((name(element)?, element))).collect::<Option<_>>()?;
    (named.len() == list.len()).then_some(named)
}

fn named_in_order(list: &[Value]) -> Vec<Value> {
    list.iter().filter_map(name).map(Value::String).collect()
}

/// Returns what names an element.
fn name(element: &Value) -> Option<String> {
    let members = element.as_object()?;
    NAMES.iter().find_map(|key| match members.get(*key)? {
        Value::String(name) => Some(name.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    })
}
