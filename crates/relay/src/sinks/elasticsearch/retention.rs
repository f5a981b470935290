//! When an index is dropped there: ILM for Elasticsearch, ISM for OpenSearch.
//!
//! An index is as old as its first event, so `retention_days` is a month more than its last one is to stay. A cluster that has neither takes events all the same, and a person is told.

use reqwest::Method;
use serde_json::{Value, json};

use super::Product;
use super::client::{Cause, Client, Content};
use crate::sink::Failure;

/// Names the policy.
pub(super) fn name(index: &str) -> String {
    format!("{index}-retention")
}

/// Puts the policy. Only what passes by itself is a failure.
pub(super) async fn put(
    client: &Client,
    product: Product,
    index: &str,
    days: u32,
) -> Result<(), Failure> {
    let name = name(index);
    let put = match product {
        Product::Elasticsearch => {
            let body = ilm(days);
            client.ask(Method::PUT, &["_ilm", "policy", &name], "", Content::Json(body)).await?
        }
        Product::OpenSearch => {
            let path = ["_plugins", "_ism", "policies", &name];
            let found = client.ask(Method::GET, &path, "", Content::None).await?;
            let body = ism(index, days);
            // A policy that is there is replaced only by who knows which one it is.
            let query = match (found.status, found.json()) {
                (200, there) => {
                    let number = |key: &str| there.get(key).and_then(Value::as_u64);
                    if age(&there) == age(&body) {
                        return Ok(());
                    }
                    match (number("_seq_no"), number("_primary_term")) {
                        (Some(seq), Some(term)) => {
                            format!("if_seq_no={seq}&if_primary_term={term}")
                        }
                        (None, _) | (_, None) => String::new(),
                    }
                }
                _ => String::new(),
            };
            client.ask(Method::PUT, &path, &query, Content::Json(body)).await?
        }
    };
    match put.status {
        200 | 201 => Ok(()),
        401 | 408 | 429 | 500..=599 => Err(put.failure("set `retention_days`")),
        status => {
            let said = match put.cause() {
                Cause::Said(said) => said,
                Cause::Unreadable => "it does not say why".to_owned(),
            };
            tracing::warn!(
                status,
                said,
                policy = name,
                "`retention_days` could not be set: nothing is dropped there until somebody sees to it"
            );
            Ok(())
        }
    }
}

/// Where an ISM policy says how old an index gets.
fn age(policy: &Value) -> Option<&Value> {
    policy.pointer("/policy/states/0/transitions/0/conditions/min_index_age")
}

fn min_age(days: u32) -> String {
    format!("{days}d")
}

/// The policy as Elasticsearch takes it.
pub(super) fn ilm(days: u32) -> Value {
    json!({"policy": {
        "_meta": {"made_by": "syndic", "retention_days": days},
        "phases": {
            "hot": {"min_age": "0ms", "actions": {}},
            "delete": {"min_age": min_age(days), "actions": {"delete": {}}},
        },
    }})
}

/// The policy as OpenSearch takes it, with the indices it is for.
pub(super) fn ism(index: &str, days: u32) -> Value {
    json!({"policy": {
        "description": format!("syndic: an index is dropped after {days} days"),
        "default_state": "kept",
        "states": [
            {
                "name": "kept",
                "actions": [],
                "transitions": [
                    {"state_name": "dropped", "conditions": {"min_index_age": min_age(days)}}
                ],
            },
            {"name": "dropped", "actions": [{"delete": {}}], "transitions": []},
        ],
        "ism_template": [{"index_patterns": [format!("{index}-*")], "priority": 200}],
    }})
}
