//! When agents were assessed.

use axum::Json;
use axum::extract::State;
use syndic_api::{
    AssessmentBody, Assessments, ChecklistCountBody, OwnerBody, Problem, ReportPointBody,
};
use syndic_gate::{Assessment, ReportPoint};

use crate::app::App;
use crate::auth::Reader;
use crate::problem::{Failure, Named, off_the_loop};

/// How many reports of each agent a list of all has.
const LISTED: usize = 12;

/// Tells of every agent when it was assessed last and what came of it, by id. Nothing is judged for it.
#[utoipa::path(get, path = "/v1/assessments", responses((status = 200, body = Assessments)))]
pub(crate) async fn list(State(gate): State<App>, _: Reader) -> Result<Json<Assessments>, Failure> {
    let told = off_the_loop(move || gate.assessments(LISTED)).await?;
    Ok(Json(Assessments { agents: told.into_iter().map(body).collect() }))
}

/// Tells of one agent when it was assessed and what came of it, the last 50 times.
#[utoipa::path(
    get,
    path = "/v1/agents/{id}/assessments",
    params(("id" = String, Path, description = "The agent's id")),
    responses(
        (status = 200, body = AssessmentBody),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn show(
    State(gate): State<App>,
    _: Reader,
    Named(id): Named,
) -> Result<Json<AssessmentBody>, Failure> {
    Ok(Json(body(gate.assessment(&id)?)))
}

fn body(told: Assessment) -> AssessmentBody {
    let (headline, by) = told.newest.map(|newest| (newest.headline, newest.by)).unzip();
    AssessmentBody {
        agent: told.agent.to_string(),
        name: told.name,
        owner: OwnerBody::from(&told.owner),
        risk_level: told.risk_level.to_string(),
        mode: told.mode.to_string(),
        headline,
        by,
        reports: told.reports.iter().map(point).collect(),
        checklist: told.checklist.map(|checklist| ChecklistCountBody {
            record: checklist.record,
            at: checklist.at,
            done: checklist.count.done,
            items: checklist.count.items,
            passed: checklist.count.passed,
        }),
    }
}

fn point(report: &ReportPoint) -> ReportPointBody {
    ReportPointBody { record: report.record, at: report.at, counts: report.counts() }
}
