//! Reports about agents, and the catalogue of what they report on.
#![expect(unused_qualifications, reason = "the expansion of `params` names the type by its path")]

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use syndic_api::{Problem, ProvenReport};
use syndic_gate::{ComplianceReport, MadeReport, ReportRequest, catalogue_document, render_report};
use syndic_model::OperatorRole;
use utoipa::IntoParams;

use super::audit::bad_query;
use crate::app::App;
use crate::auth::Reader;
use crate::pages::headers;
use crate::problem::{Failure, Named, internal, off_the_loop, to_the_end};

/// What to report.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct About {
    /// Ids of frameworks, such as `eu-ai-act`, with commas between them; all of them when left out.
    framework: Option<String>,
    /// `provider` or `deployer`: only what binds an operator in this role.
    role: Option<String>,
    /// The day for which to judge which duties apply, like `2027-12-02`; today when left out.
    #[param(value_type = Option<String>, format = Date)]
    as_of: Option<String>,
    /// `json`, which is what is signed; `html` or `markdown` for people. What `Accept` prefers, else `json`, when left
    /// out; nothing else than JSON has proofs.
    format: Option<String>,
}

/// What a report is written as.
enum Format {
    Json,
    Html,
    Markdown,
}

/// Reports what the evidence shows of an agent's duties: measured from the ledger, signed by the log's key, and recorded.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/compliance",
    operation_id = "compliance_report",
    params(("id" = String, Path, description = "The agent's id"), About),
    responses(
        (status = 200, body = Object, description = "A report of the schema `syndic/report/v1`, or a page or Markdown derived from it"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn report(
    State(gate): State<App>,
    Reader(by): Reader,
    Named(agent): Named,
    headers: HeaderMap,
    about: Result<Query<About>, QueryRejection>,
) -> Result<Response, Failure> {
    let asked = about.as_ref().ok().and_then(|about| about.format.as_deref());
    let format = Format::of(asked, &headers)?;
    let report = make(gate, by, agent, about).await?.report;
    off_the_loop(move || written(&report, &format)).await
}

/// Writes a report, with headers that let a page do nothing.
fn written(report: &ComplianceReport, format: &Format) -> Response {
    match format {
        Format::Json => Json(report).into_response(),
        Format::Html => document("text/html; charset=utf-8", render_report::html(report)),
        Format::Markdown => {
            document("text/markdown; charset=utf-8", render_report::markdown(report))
        }
    }
}

fn document(kind: &'static str, text: String) -> Response {
    headers::add_document(([(CONTENT_TYPE, kind)], text).into_response())
}

/// Reports as above, and proves every record that the report cites, for who has no access to the log.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/compliance/proofs",
    operation_id = "compliance_report_with_proofs",
    params(("id" = String, Path, description = "The agent's id"), About),
    responses(
        (status = 200, body = ProvenReport),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn proven(
    State(gate): State<App>,
    Reader(by): Reader,
    Named(agent): Named,
    about: Result<Query<About>, QueryRejection>,
) -> Result<Json<ProvenReport>, Failure> {
    let MadeReport { report, proofs, record, .. } = make(gate, by, agent, about).await?;
    let report = serde_json::to_value(&report).map_err(|_| internal())?;
    Ok(Json(ProvenReport { report, proofs, record }))
}

/// Puts together the technical file of Annex IV: what the evidence of a report fills, and what needs a person.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/compliance/dossier",
    operation_id = "compliance_dossier",
    params(("id" = String, Path, description = "The agent's id"), About),
    responses(
        (status = 200, body = Object, description = "A dossier of the schema `syndic/dossier/v1`, or a page or Markdown of it"),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn dossier(
    State(gate): State<App>,
    Reader(by): Reader,
    Named(agent): Named,
    headers: HeaderMap,
    about: Result<Query<About>, QueryRejection>,
) -> Result<Response, Failure> {
    let asked = about.as_ref().ok().and_then(|about| about.format.as_deref());
    let format = Format::of(asked, &headers)?;
    let dossier = make(gate, by, agent, about).await?.dossier;
    Ok(match format {
        Format::Json => Json(dossier).into_response(),
        Format::Html => document("text/html; charset=utf-8", dossier.html()),
        Format::Markdown => document("text/markdown; charset=utf-8", dossier.markdown()),
    })
}

/// Shows the catalogue that reports are judged by: frameworks, what they ask for, probes and dates.
#[utoipa::path(
    get,
    path = "/v1/compliance/catalogue",
    operation_id = "compliance_catalogue",
    responses((status = 200, body = Object))
)]
pub(crate) async fn catalogue(_: Reader) -> Result<Json<Value>, Failure> {
    Ok(Json(off_the_loop(catalogue_document).await?.map_err(|_| internal())?))
}

async fn make(
    gate: App,
    by: String,
    agent: String,
    about: Result<Query<About>, QueryRejection>,
) -> Result<MadeReport, Failure> {
    let Query(about) = about.map_err(|error| bad_query(error.body_text()))?;
    let request = about.of(agent)?;
    Ok(to_the_end(async move { gate.compliance_report(request, &by).await }).await??)
}

impl Format {
    /// Takes what the address says, else what is preferred by whoever asks.
    fn of(asked: Option<&str>, headers: &HeaderMap) -> Result<Self, Failure> {
        let accepted =
            headers.get(ACCEPT).and_then(|kinds| kinds.to_str().ok()).unwrap_or_default();
        match asked {
            Some("json") => Ok(Self::Json),
            Some("html") => Ok(Self::Html),
            Some("markdown") => Ok(Self::Markdown),
            Some(_) => Err(bad_query("`format` is `json`, `html` or `markdown`")),
            None if accepted.contains("application/json") => Ok(Self::Json),
            None if accepted.contains("text/html") => Ok(Self::Html),
            None if accepted.contains("text/markdown") => Ok(Self::Markdown),
            None => Ok(Self::Json),
        }
    }
}

impl About {
    fn of(self, agent: String) -> Result<ReportRequest, Failure> {
        let named = self.framework.iter().flat_map(|all| all.split(','));
        let frameworks = named.map(|one| one.trim().to_owned()).filter(|one| !one.is_empty());
        let role = self.role.map(|role| role.parse::<OperatorRole>()).transpose();
        let day = |text: String| {
            let shown: String = text.chars().take(40).flat_map(char::escape_default).collect();
            text.parse::<Date>().map_err(|_| bad_query(format!("`{shown}` is not a date")))
        };
        Ok(ReportRequest {
            agent,
            frameworks: frameworks.collect(),
            role: role.map_err(|error| bad_query(error.to_string()))?,
            as_of: self.as_of.map(day).transpose()?,
        })
    }
}
