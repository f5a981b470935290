//! How a limit is reached: with which action, and how often it is asked for until nothing more is within the limit.

use serde_json::{Map, Number, Value, json};
use syndic_model::{
    ActionRequest, CatalogueEntry, Decimal, Fact, FactSource, Period, Pointer, Step,
};

use super::Bound;
use crate::Gate;
use crate::drill::DrillError;
use crate::drill::probe::{DRILL, caller, request, requests};
use crate::limits::LimitMeasure;

/// How often an amount is halved until one is allowed.
const HALVINGS: u32 = 12;

/// See the module.
#[derive(Debug)]
pub(super) struct Way {
    request: ActionRequest,
    /// Over what the limit counts.
    per: Period,
    /// How many are within the limit.
    pub(super) within: u64,
    /// What each outcome says that it cost.
    pub(super) tokens: Option<u64>,
    /// Where the recipient stands, another of each action.
    recipients: Option<Pointer>,
}

/// Finds an action that is allowed and that a limit counts.
pub(super) async fn way(gate: &Gate, bound: &Bound) -> Result<Option<Way>, DrillError> {
    let governance = gate.governance();
    for request in requests(&governance, &bound.agent) {
        let entry = governance.catalogue.get(&request.action);
        let counted = entry.filter(|entry| bound.limit.counts(&entry.name, &entry.capabilities));
        for way in counted.into_iter().flat_map(|entry| ways(bound, &request, entry)) {
            let rehearsed = ActionRequest { dry_run: true, ..way.at(0) };
            if gate.submit(&caller(&bound.agent), rehearsed).await?.allowed {
                return Ok(Some(way));
            }
        }
    }
    Ok(None)
}

fn ways(bound: &Bound, plain: &ActionRequest, entry: &CatalogueEntry) -> Vec<Way> {
    let request = ActionRequest { dry_run: false, ..plain.clone() };
    let (per, plain) = (bound.limit.per, request.clone());
    let way = |within| Way { request: plain.clone(), per, within, tokens: None, recipients: None };
    match bound.measure {
        LimitMeasure::Calls => vec![way(bound.count())],
        LimitMeasure::Tokens => vec![Way { tokens: Some(bound.count()), ..way(1) }],
        LimitMeasure::Recipients => {
            let place = entry.facts.get(&Fact::Recipients).and_then(place).cloned();
            let recipients =
                place.map(|place| Way { recipients: Some(place), ..way(bound.count()) });
            recipients.into_iter().collect()
        }
        LimitMeasure::Amount(currency) => {
            let Some(place) = entry.facts.get(&Fact::Amount).and_then(place) else {
                return Vec::new();
            };
            let currency_place = entry.facts.get(&Fact::Currency).and_then(self::place);
            let amounts = (0..HALVINGS).filter_map(|times| part(bound.most, times));
            let ways = amounts.filter_map(|(amount, within)| {
                let number: Number = amount.to_string().parse().ok()?;
                let mut changed = with(&request, place, &Value::Number(number))?;
                if let Some(place) = currency_place {
                    changed = with(&changed, place, &json!(currency.to_string()))?;
                }
                Some(Way { request: changed, ..way(within) })
            });
            ways.collect()
        }
    }
}

impl Way {
    /// Returns the request that comes after as many others: in another session and of another user, unless the limit
    /// counts those apart.
    pub(super) fn at(&self, index: u64) -> ActionRequest {
        let recipient = || json!(format!("{DRILL}-{index}@example.invalid"));
        let to = |place| with(&self.request, place, &recipient());
        let request = self.recipients.as_ref().and_then(to);
        let request = request.unwrap_or_else(|| self.request.clone());
        let named =
            |apart| if self.per == apart { DRILL.to_owned() } else { format!("{DRILL}-{index}") };
        ActionRequest {
            session_id: named(Period::Session).parse().ok(),
            user_id: Some(named(Period::User)),
            ..request
        }
    }
}

/// Halves an amount so many times, and says how many of that are within the whole; whole units where there are any.
fn part(whole: Decimal, times: u32) -> Option<(Decimal, u64)> {
    let halved = whole.ten_thousandths().checked_shr(times)?;
    let amount = if halved >= 10_000 { halved - halved % 10_000 } else { halved };
    let within = whole.ten_thousandths().checked_div(amount)?;
    Some((Decimal::from_ten_thousandths(amount)?, u64::try_from(within).ok()?))
}

/// Returns the one place in the arguments that a fact is read from.
fn place(source: &FactSource) -> Option<&Pointer> {
    source.pointers.first()
}

/// Returns a request with something else at a place of its arguments.
fn with(plain: &ActionRequest, place: &Pointer, value: &Value) -> Option<ActionRequest> {
    let mut args: Value = serde_json::from_str(plain.args.raw()).ok()?;
    put(&mut args, place.steps(), value)?;
    let changed = request(&plain.agent, plain.action.clone(), &args)?;
    Some(ActionRequest { args: changed.args, ..plain.clone() })
}

fn put(root: &mut Value, steps: &[Step], value: &Value) -> Option<()> {
    let Some((step, rest)) = steps.split_first() else {
        *root = value.clone();
        return Some(());
    };
    match step {
        Step::Key(key) => {
            if !root.is_object() {
                *root = Value::Object(Map::new());
            }
            put(root.as_object_mut()?.entry(key.clone()).or_insert(Value::Null), rest, value)
        }
        Step::Each => {
            let mut item = root.as_array_mut().and_then(Vec::pop).unwrap_or_default();
            put(&mut item, rest, value)?;
            *root = Value::Array(vec![item]);
            Some(())
        }
    }
}
