//! Looking through a text by itself.

use axum::Json;
use axum::extract::State;
use syndic_api::{FilterText, FilteredText, FindingBody, Problem};
use syndic_gate::{Finding, Passage};

use crate::app::App;
use crate::auth::Asker;
use crate::body::Body;
use crate::problem::{Failure, internal};

/// Finds personal data and secrets in a text or a JSON document, and redacts them. Nothing is recorded.
#[utoipa::path(
    post,
    path = "/v1/filter",
    request_body = FilterText,
    responses(
        (status = 200, body = FilteredText),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn filter(
    State(gate): State<App>,
    Asker(caller): Asker,
    Body(wire): Body<FilterText>,
) -> Result<Json<FilteredText>, Failure> {
    let (agent, session) = wire.whose()?;
    let passage = match (wire.text, wire.json) {
        (Some(text), _) => Passage::Text(text),
        (None, Some(json)) => Passage::Json(json),
        (None, None) => Passage::Text(String::new()),
    };
    let look = move || gate.look_through(&caller, &agent, session.as_ref(), &passage);
    let found = tokio::task::spawn_blocking(look).await.map_err(|_| internal())??;
    let findings = found.findings.iter().map(body).collect();
    Ok(Json(match found.redacted {
        Passage::Text(text) => FilteredText { findings, text: Some(text), json: None },
        Passage::Json(json) => FilteredText { findings, text: None, json: Some(json) },
    }))
}

fn body(finding: &Finding) -> FindingBody {
    let evidence = &finding.evidence;
    FindingBody {
        kind: finding.entity.to_string(),
        start: finding.span.start as u64,
        end: finding.span.end as u64,
        score: f64::from(finding.score.hundredths()) / 100.0,
        pattern: evidence.pattern.to_string(),
        checksum: evidence.checksum,
        context: evidence.context,
        evasion: evidence.evasion.map(|evasion| evasion.as_str().to_owned()),
        path: finding.path.as_deref().map(str::to_owned),
    }
}
