//! What the body of a message claims, as far as headers repeat it.

use std::sync::Arc;

use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::agree::{Claimed, Demanded, Disagreement, VERSION, agree, is_stateless};
use super::mirrors::Mirrored;
use crate::Json;

/// What the body of a message claims.
#[derive(Debug)]
pub(crate) struct Claims<'a> {
    method: &'a str,
    is_request: bool,
    version: Option<String>,
    params: Params<'a>,
}

/// The parameters that headers repeat.
#[derive(Debug, Default, Deserialize)]
struct Params<'a> {
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
    #[serde(borrow, default)]
    uri: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "taskId")]
    task: Option<&'a RawValue>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "_meta")]
    meta: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default, rename = "io.modelcontextprotocol/protocolVersion")]
    version: Option<String>,
}

impl<'a> Claims<'a> {
    pub(crate) fn of(method: &'a str, params: Option<&'a Json>, is_request: bool) -> Self {
        let params: Params<'a> = params.and_then(|params| params.read().ok()).unwrap_or_default();
        let meta = params.meta.and_then(|meta| serde_json::from_str::<Meta>(meta.get()).ok());
        Self { method, is_request, version: meta.and_then(|meta| meta.version), params }
    }

    /// Returns the stateless revision that a message speaks, by its body or by its header.
    pub(crate) fn stateless(&self, headers: &HeaderMap) -> Option<String> {
        let header = || headers.get(VERSION).and_then(|value| value.to_str().ok());
        let version = self.version.as_deref().or_else(header)?;
        is_stateless(version).then(|| version.to_owned())
    }

    /// Compares the headers with the body, but for those that repeat arguments.
    pub(crate) fn agree(&self, headers: &HeaderMap) -> Result<(), Disagreement> {
        let (name, demanded) = match self.method {
            "tools/call" | "prompts/get" => (text(self.params.name), Demanded::Name),
            "resources/read" => (text(self.params.uri), Demanded::Name),
            "tasks/get" | "tasks/update" | "tasks/cancel" => {
                (text(self.params.task), Demanded::Method)
            }
            _ => (None, Demanded::Method),
        };
        let claimed = Claimed {
            version: self.version.as_deref(),
            method: self.method,
            name: name.as_deref(),
            demanded: if self.is_request { demanded } else { Demanded::Nothing },
        };
        agree(headers, &claimed)
    }
}

fn text(raw: Option<&RawValue>) -> Option<String> {
    serde_json::from_str(raw?.get()).ok()
}

/// Compares the headers that repeat arguments of a tool with the arguments.
pub(crate) fn mirrored(
    headers: &HeaderMap,
    params: Option<&Json>,
    of_tool: impl FnOnce(&str) -> Option<Arc<[Mirrored]>>,
    stateless: bool,
) -> Result<(), Disagreement> {
    let params: Params<'_> = params.and_then(|params| params.read().ok()).unwrap_or_default();
    let Some(mirrored) = text(params.name).and_then(|tool| of_tool(&tool)) else { return Ok(()) };
    let arguments: Option<Value> =
        params.arguments.and_then(|arguments| serde_json::from_str(arguments.get()).ok());
    mirrored.iter().try_for_each(|one| one.agrees(headers, arguments.as_ref(), stateless))
}
