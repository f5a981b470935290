//! How much people are asked.
#![expect(unused_qualifications, reason = "the expansion of `params` names the type by its path")]

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use syndic_api::{ApprovalStatistics, GroupStatistics, KindStatistics, Problem, per_100};
use utoipa::IntoParams;

use crate::app::App;
use crate::auth::Reader;
use crate::problem::Failure;
use crate::routes::audit::bad_query;

/// Over which window.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Window {
    /// How many days back, 1 to 366; 30 when left out.
    days: Option<u16>,
}

/// Tells how much people were asked, how they answered, and how fast.
#[utoipa::path(
    get,
    path = "/v1/approvals/statistics",
    params(Window),
    responses(
        (status = 200, body = ApprovalStatistics),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn statistics(
    State(gate): State<App>,
    _: Reader,
    window: Result<Query<Window>, QueryRejection>,
) -> Result<Json<ApprovalStatistics>, Failure> {
    let Query(Window { days }) = window.map_err(|error| bad_query(error.body_text()))?;
    let days = days.unwrap_or(30);
    if !(1..=366).contains(&days) {
        return Err(bad_query("`days` is 1 to 366"));
    }
    let told = gate.approval_statistics(days).await?;
    let groups = told.groups.into_iter().map(|(group, told)| GroupStatistics {
        group,
        requests: told.requests,
        holds_per_100_actions: per_100(told.requests, told.actions),
        approved: told.approved,
        rejected: told.rejected,
        timeout: told.timeout,
        votes: told.votes,
        hasty: told.hasty,
        median_ms: told.median.map(|took| u64::try_from(took.as_millis()).unwrap_or_default()),
    });
    let kinds = told.kinds.into_iter().map(|kind| KindStatistics {
        agent: kind.agent,
        action: kind.action,
        policies: kind.policies,
        requests: kind.requests,
        approved_in_a_row: kind.approved_in_a_row,
        last_approved: kind.last_approved,
    });
    Ok(Json(ApprovalStatistics {
        since: told.since,
        whole: told.whole,
        actions: told.actions,
        holds: told.holds,
        holds_per_100_actions: per_100(told.holds, told.actions),
        groups: groups.collect(),
        kinds: kinds.collect(),
    }))
}
