//! The policies in force, and what was in force before.
#![expect(unused_qualifications, reason = "the expansion of `params` names the type by its path")]

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use serde::Deserialize;
use syndic_api::{
    ConditionBody, FileDiff, Policies, PolicyBody, PolicyRevision, PolicyRevisions, PolicyTextBody,
    Problem, RevisionDiff, RevisionFiles,
};
use syndic_gate::{BranchCoverage, Origin, PolicyDetails, PolicyView, Shown};
use utoipa::IntoParams;

use crate::app::App;
use crate::auth::Reader;
use crate::problem::{Failure, Named};
use crate::routes::audit::bad_query;

/// Lists the policies in force by id, with what each stopped in 24 hours and what tests reach of it.
#[utoipa::path(get, path = "/v1/policies", responses((status = 200, body = Policies)))]
pub(crate) async fn list(State(gate): State<App>, _: Reader) -> Json<Policies> {
    let policies = gate.policies().await;
    Json(Policies { policies: policies.into_iter().map(body).collect() })
}

/// Shows one policy in force with its text, and what tests see its conditions answer.
#[utoipa::path(
    get,
    path = "/v1/policies/{name}",
    params(("name" = String, Path, description = "The policy's id")),
    responses(
        (status = 200, body = PolicyBody),
        (status = 404, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn show(
    State(gate): State<App>,
    _: Reader,
    Named(name): Named,
) -> Result<Json<PolicyBody>, Failure> {
    let PolicyDetails { view, texts, branches } = gate.policy(&name).await?;
    let texts: Vec<_> = texts.into_iter().map(text).collect();
    let sources: Vec<_> =
        texts.iter().map(|one| one.source.as_str()).filter(|source| !source.is_empty()).collect();
    Ok(Json(PolicyBody {
        source: Some(sources.join("\n\n")),
        conditions: Some(branches.into_iter().map(condition).collect()),
        texts: Some(texts),
        ..body(view)
    }))
}

/// Lists what was in force, newest first.
#[utoipa::path(get, path = "/v1/policies/revisions", responses((status = 200, body = PolicyRevisions)))]
pub(crate) async fn revisions(State(gate): State<App>, _: Reader) -> Json<PolicyRevisions> {
    let revisions = gate.revisions().into_iter().map(|(one, current)| PolicyRevision {
        revision: one.revision,
        manifest: one.manifest,
        at: one.at,
        by: one.by,
        proposed_by: one.proposed_by,
        record: one.record,
        current,
    });
    Json(PolicyRevisions { revisions: revisions.collect() })
}

/// Returns the files of a revision that was in force.
#[utoipa::path(
    get,
    path = "/v1/policies/revisions/{revision}",
    params(("revision" = String, Path, description = "Its short name, or the whole hash of its manifest")),
    responses(
        (status = 200, body = RevisionFiles),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn revision(
    State(gate): State<App>,
    _: Reader,
    Named(revision): Named,
) -> Result<Json<RevisionFiles>, Failure> {
    let told = gate.revision_files(&revision).await?;
    let syndic_gate::RevisionFiles { revision, files, left_out } = told;
    Ok(Json(RevisionFiles { revision, files, left_out }))
}

/// What to compare with.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Against {
    /// Another revision; the one before when left out.
    against: Option<String>,
}

/// Tells how the files of a revision differ from those of another.
#[utoipa::path(
    get,
    path = "/v1/policies/revisions/{revision}/diff",
    params(
        ("revision" = String, Path, description = "Its short name, or the whole hash of its manifest"),
        Against
    ),
    responses(
        (status = 200, body = RevisionDiff),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn diff(
    State(gate): State<App>,
    _: Reader,
    Named(revision): Named,
    query: Result<Query<Against>, QueryRejection>,
) -> Result<Json<RevisionDiff>, Failure> {
    let Query(Against { against }) = query.map_err(|error| bad_query(error.body_text()))?;
    let told = gate.revision_changes(&revision, against.as_deref()).await?;
    let files = told.files.into_iter().map(|file| FileDiff {
        path: file.path,
        change: file.kind.as_str().to_owned(),
        left_out: file.diff.is_none(),
        diff: file.diff.unwrap_or_default(),
    });
    Ok(Json(RevisionDiff {
        revision: told.revision,
        against: told.against,
        files: files.collect(),
    }))
}

fn body(view: PolicyView) -> PolicyBody {
    let (origin, file, line) = view.origin.as_ref().map_or(("gate", None, None), origin);
    // Compiled policies that share an id have a file each.
    let file = match (&view.origin, view.count) {
        (Some(Origin::Profile(_)), 2..) => Some("agents".to_owned()),
        _ => file,
    };
    PolicyBody {
        policy: view.policy,
        origin: origin.to_owned(),
        file,
        line,
        severity: view.severity.map(|severity| severity.to_string()),
        mode: mode(view.shadow).to_owned(),
        effect: view.effect.to_owned(),
        count: number(view.count),
        hits_24h: view.activity.hits(),
        denied_24h: view.activity.denied,
        held_24h: view.activity.held,
        shadow_24h: view.activity.shadow,
        last_at: view.activity.last,
        tests: view.tests.map(|tests| number(tests.asked)),
        // What permits stands in nobody's way.
        covered: view.tests.map(|tests| match view.effect {
            "permit" => tests.asked > 0,
            _ => tests.fired > 0,
        }),
        branches: view.tests.map(|tests| number(tests.branches)),
        branches_seen: view.tests.map(|tests| number(tests.branches_seen)),
        source: None,
        texts: None,
        conditions: None,
    }
}

fn condition(branch: BranchCoverage) -> ConditionBody {
    ConditionBody {
        text: branch.text,
        line: branch.place.position.map(|(line, _)| line),
        held: number(branch.held),
        failed: number(branch.failed),
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Tells a policy as it is evaluated.
pub(crate) fn text(shown: Shown) -> PolicyTextBody {
    let (origin, file, line) = origin(&shown.origin);
    PolicyTextBody {
        policy: shown.id.to_string(),
        origin: origin.to_owned(),
        file,
        line,
        effect: shown.effect.to_owned(),
        severity: shown.severity.to_string(),
        mode: mode(shown.shadow).to_owned(),
        scope: shown.scope,
        source: shown.text.trim().to_owned(),
    }
}

const fn mode(shadow: bool) -> &'static str {
    if shadow { "shadow" } else { "enforce" }
}

/// Tells where a policy comes from: the word, the file, the line.
fn origin(origin: &Origin) -> (&'static str, Option<String>, Option<u32>) {
    match origin {
        Origin::Profile(agent) => ("profile", Some(format!("agents/{agent}.yaml")), None),
        Origin::EveryProfile => ("profile", Some("agents".to_owned()), None),
        Origin::Catalogue(_) => ("catalogue", Some("actions".to_owned()), None),
        Origin::File(place) => {
            ("file", Some(place.file.clone()), place.position.map(|(line, _)| line))
        }
        Origin::Native => ("native", None, None),
    }
}
