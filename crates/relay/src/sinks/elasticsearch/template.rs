//! How a month's index is made: its mapping, for each format and product.

use reqwest::Method;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use syndic_governance::SinkFormat;
use syndic_model::Hex;

use super::client::{Client, Content};
use super::document::UNINDEXED;
use super::{Product, retention};
use crate::sink::Failure;

/// Above what products ship for any index.
const PRIORITY: u32 = 200;
/// Lucene's longest term is 32,766 bytes, and a character has four at most.
const LONGEST_KEYWORD: u32 = 8191;
/// Says that syndic made it; one that somebody else made is theirs.
const MADE_BY: &str = "syndic";

/// Puts the template where there is none, or another one of syndic's.
pub(super) async fn put(
    client: &Client,
    product: Product,
    index: &str,
    format: SinkFormat,
    retention_days: Option<u32>,
) -> Result<(), Failure> {
    let body = body(product, index, format, retention_days);
    let path = ["_index_template", index];
    let found = client.ask(Method::GET, &path, "", Content::None).await?;
    match found.status {
        200 => {
            let found = found.json();
            let meta = found.pointer("/index_templates/0/index_template/_meta");
            let made_by = meta.and_then(|meta| meta.get("made_by")).and_then(Value::as_str);
            if meta == body.get("_meta") {
                return Ok(());
            }
            if made_by != Some(MADE_BY) {
                tracing::warn!(
                    template = index,
                    "there is an index template of this name that syndic did not make; it is left as it is"
                );
                return Ok(());
            }
        }
        404 => {}
        _ => return Err(found.failure(MAY)),
    }
    let put = client.ask(Method::PUT, &path, "", Content::Json(body)).await?;
    if put.status == 200 { Ok(()) } else { Err(put.failure(MAY)) }
}

const MAY: &str = "read and put index templates (`manage_index_templates`)";

/// The template as it is put.
pub(super) fn body(
    product: Product,
    index: &str,
    format: SinkFormat,
    retention_days: Option<u32>,
) -> Value {
    let mut settings = json!({"index": {"codec": "best_compression"}});
    if let (Product::Elasticsearch, Some(_), Some(index_settings)) =
        (product, retention_days, settings.pointer_mut("/index"))
        && let Some(index_settings) = index_settings.as_object_mut()
    {
        index_settings.insert("lifecycle".to_owned(), json!({"name": retention::name(index)}));
    }
    let template = json!({
        "settings": settings,
        "mappings": {"dynamic": false, "properties": properties(product, format)},
    });
    let digest = Sha256::digest(template.to_string().as_bytes());
    json!({
        "index_patterns": [format!("{index}-*")],
        "priority": PRIORITY,
        "template": template,
        "_meta": {
            "made_by": MADE_BY,
            "description": "the audit trail of AI agents, an index a month",
            "digest": Hex(&digest).to_string(),
        },
    })
}

fn properties(product: Product, format: SinkFormat) -> Value {
    let fields: &[(&str, Kind)] = match format {
        SinkFormat::Native => NATIVE,
        SinkFormat::Ocsf => OCSF,
        SinkFormat::Otel => OTEL,
    };
    let mut properties = Map::new();
    for (path, kind) in fields {
        insert(&mut properties, path, kind.mapping(product));
    }
    insert(&mut properties, UNINDEXED, json!({"type": "object", "enabled": false}));
    Value::Object(properties)
}

/// Inserts the mapping of a field, with the objects around it.
fn insert(properties: &mut Map<String, Value>, path: &str, mapping: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        let field = properties.entry(path).or_insert_with(|| json!({}));
        if let (Some(field), Value::Object(mapping)) = (field.as_object_mut(), mapping) {
            field.extend(mapping);
        }
        return;
    };
    let field = properties.entry(first).or_insert_with(|| json!({}));
    if let Some(field) = field.as_object_mut() {
        let inner = field.entry("properties").or_insert_with(|| json!({}));
        if let Some(inner) = inner.as_object_mut() {
            insert(inner, rest, mapping);
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Found as a whole.
    Word,
    /// Found by its words.
    Text,
    Bool,
    Long,
    /// Milliseconds since 1970.
    Millis,
    /// RFC 3339, to the nanosecond.
    Date,
    /// An object with any keys, as one field.
    Flat,
    /// A list of objects that are found one by one.
    Nested,
}

impl Kind {
    fn mapping(self, product: Product) -> Value {
        match self {
            Self::Word => json!({"type": "keyword", "ignore_above": LONGEST_KEYWORD}),
            Self::Text => json!({"type": "text"}),
            Self::Bool => json!({"type": "boolean"}),
            Self::Long => json!({"type": "long"}),
            Self::Millis => json!({"type": "date", "format": "epoch_millis"}),
            Self::Date => json!({"type": "date_nanos"}),
            Self::Flat => match product {
                Product::Elasticsearch => {
                    json!({"type": "flattened", "ignore_above": LONGEST_KEYWORD})
                }
                Product::OpenSearch => json!({"type": "flat_object"}),
            },
            Self::Nested => json!({"type": "nested"}),
        }
    }
}

const NATIVE: &[(&str, Kind)] = &[
    ("event_id", Kind::Word),
    ("timestamp", Kind::Date),
    ("agent_name", Kind::Word),
    ("agent_version", Kind::Word),
    ("session_id", Kind::Word),
    ("user_id", Kind::Word),
    ("action", Kind::Word),
    ("tool_name", Kind::Word),
    ("tool_args", Kind::Flat),
    ("tool_result", Kind::Flat),
    ("policy_checks.policy", Kind::Word),
    ("policy_checks.result", Kind::Word),
    ("policy_checks.severity", Kind::Word),
    ("policy_checks.reason", Kind::Text),
    ("policy_checks.shadow", Kind::Bool),
    ("allowed", Kind::Bool),
    ("duration_ms", Kind::Long),
    ("model", Kind::Word),
    ("input_tokens", Kind::Long),
    ("output_tokens", Kind::Long),
    ("metadata", Kind::Flat),
];

const OCSF: &[(&str, Kind)] = &[
    ("metadata.uid", Kind::Word),
    ("metadata.correlation_uid", Kind::Word),
    ("metadata.version", Kind::Word),
    ("metadata.log_name", Kind::Word),
    ("metadata.log_version", Kind::Word),
    ("metadata.sequence", Kind::Long),
    ("metadata.profiles", Kind::Word),
    ("metadata.product.name", Kind::Word),
    ("metadata.product.version", Kind::Word),
    ("category_uid", Kind::Long),
    ("class_uid", Kind::Long),
    ("activity_id", Kind::Long),
    ("activity_name", Kind::Word),
    ("type_uid", Kind::Long),
    ("time", Kind::Millis),
    ("time_dt", Kind::Date),
    ("severity_id", Kind::Long),
    ("severity", Kind::Word),
    ("status_id", Kind::Long),
    ("status", Kind::Word),
    ("status_detail", Kind::Text),
    ("action_id", Kind::Long),
    ("action", Kind::Word),
    ("disposition_id", Kind::Long),
    ("disposition", Kind::Word),
    ("is_alert", Kind::Bool),
    ("message", Kind::Text),
    ("actor.app_name", Kind::Word),
    ("actor.session.uid", Kind::Word),
    ("actor.user.uid", Kind::Word),
    ("src_endpoint.name", Kind::Word),
    ("api.operation", Kind::Word),
    ("api.service.name", Kind::Word),
    ("api.request.uid", Kind::Word),
    ("api.request.data", Kind::Flat),
    ("api.response.data", Kind::Flat),
    ("api.response.error", Kind::Text),
    ("ai_agent.uid", Kind::Word),
    ("ai_agent.name", Kind::Word),
    ("ai_agent.version", Kind::Word),
    ("ai_agent.instance_uid", Kind::Word),
    ("ai_agent.ai_model.name", Kind::Word),
    ("message_context.uid", Kind::Word),
    ("message_context.prompt_tokens", Kind::Long),
    ("message_context.completion_tokens", Kind::Long),
    ("policy.uid", Kind::Word),
    ("authorizations.decision", Kind::Word),
    ("authorizations.policy.uid", Kind::Word),
    ("authorizations.policy.desc", Kind::Text),
    ("trace.uid", Kind::Word),
    ("attestation_list.uid", Kind::Word),
    ("attestation_list.chain_uid", Kind::Word),
    ("attestation_list.fingerprint.value", Kind::Word),
    ("unmapped", Kind::Flat),
];

const OTEL: &[(&str, Kind)] = &[
    ("@timestamp", Kind::Date),
    ("severityNumber", Kind::Long),
    ("severityText", Kind::Word),
    ("eventName", Kind::Word),
    ("body.stringValue", Kind::Text),
    ("traceId", Kind::Word),
    ("spanId", Kind::Word),
    ("attributes", Kind::Nested),
    ("attributes.key", Kind::Word),
    ("attributes.value.stringValue", Kind::Word),
    ("attributes.value.boolValue", Kind::Bool),
    ("attributes.value.intValue", Kind::Long),
];
