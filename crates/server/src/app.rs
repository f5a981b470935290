//! The whole API on one page.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::HeaderName;
use axum::middleware::Next;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use syndic_gate::Gate;
use syndic_relay::SinkControl;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use utoipa::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::pages::browsers::Browsers;
use crate::routes::{
    actions, agents, approvals, assessments, audit, authzen, backups, break_glass, checklist,
    compliance, decisions, drills, fatigue, filter, health, incidents, keys, log, log_key,
    overview, policies, policy, proof, redaction, retention, sessions, sign_in, sinks, slack,
    statements, status, stream, tools,
};
use crate::streams::Streams;

/// The most a request body may have.
pub(crate) const MOST_BODY_BYTES: usize = 1024 * 1024;

/// Shorter answers are sent as they are.
const LEAST_COMPRESSED_BYTES: u64 = 4096;

/// What every handler gets.
pub(crate) type App = Arc<Gate>;

#[derive(OpenApi)]
#[openapi(
    info(title = "syndic", description = "Governance of AI agents: every action is decided, recorded, and only \
                                          then permitted. Errors are problem documents (RFC 9457)."),
    paths(crate::routes::log::tile),
    modifiers(&KeyScheme),
    security(("key" = []))
)]
struct Document;

struct KeyScheme;

impl utoipa::Modify for KeyScheme {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        components
            .add_security_scheme("key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
}

fn api() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        // Agents.
        .routes(routes!(actions::submit))
        .routes(routes!(actions::report))
        .routes(routes!(filter::filter))
        .routes(routes!(sessions::open))
        .routes(routes!(tools::offer))
        .routes(routes!(approvals::list))
        .routes(routes!(approvals::show, approvals::cancel))
        .routes(routes!(authzen::evaluation))
        .routes(routes!(authzen::evaluations))
        // People.
        .routes(routes!(approvals::vote))
        // Readers and administrators.
        .merge(lists())
        .routes(routes!(fatigue::statistics))
        .routes(routes!(agents::show))
        .routes(routes!(agents::policies))
        .routes(routes!(agents::limits))
        .routes(routes!(policies::show))
        .routes(routes!(policies::revisions))
        .routes(routes!(policies::revision))
        .routes(routes!(policies::diff))
        .routes(routes!(agents::suspend))
        .routes(routes!(agents::resume))
        .routes(routes!(agents::promote))
        .routes(routes!(statements::list, statements::make))
        .routes(routes!(statements::withdraw))
        .routes(routes!(drills::list, drills::run))
        .routes(routes!(incidents::list, incidents::open))
        .routes(routes!(incidents::show))
        .routes(routes!(incidents::update))
        .routes(routes!(incidents::close))
        .routes(routes!(incidents::bundle))
        .routes(routes!(assessments::list))
        .routes(routes!(assessments::show))
        .routes(routes!(checklist::show, checklist::judge))
        .routes(routes!(compliance::report))
        .routes(routes!(compliance::proven))
        .routes(routes!(compliance::dossier))
        .routes(routes!(compliance::catalogue))
        .routes(routes!(tools::list))
        .routes(routes!(break_glass::list, break_glass::ask))
        .routes(routes!(break_glass::open))
        .routes(routes!(break_glass::review))
        .routes(routes!(audit::event))
        .routes(routes!(proof::event))
        .routes(routes!(proof::sample))
        .routes(routes!(retention::holds, retention::hold))
        .routes(routes!(retention::release))
        .routes(routes!(retention::compaction, retention::compact))
        .routes(routes!(redaction::redact))
        .routes(routes!(retention::prune))
        .routes(routes!(decisions::explanation))
        .routes(routes!(decisions::decisions))
        .routes(routes!(log::checkpoint))
        .routes(routes!(backups::list, backups::make))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(log_key::rotate))
        .routes(routes!(policy::reload))
        .routes(routes!(status::status))
        .routes(routes!(status::metrics))
        .routes(routes!(sinks::list))
        .routes(routes!(sinks::replay))
        .routes(routes!(stream::stream))
        // Browsers.
        .routes(routes!(sign_in::show, sign_in::begin, sign_in::end))
        .routes(routes!(sign_in::make_code))
        // Anybody.
        .routes(routes!(health::key_set))
        .routes(routes!(log::verifier_keys))
        .routes(routes!(authzen::configuration))
}

/// What is long with many agents, and then sent compressed to who takes that.
fn lists() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(overview::overview))
        .routes(routes!(agents::list))
        .routes(routes!(policies::list))
        .routes(routes!(audit::events))
        .layer(CompressionLayer::new().compress_when(SizeAbove::new(LEAST_COMPRESSED_BYTES)))
}

/// Returns the OpenAPI document of the HTTP API.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    api().into_openapi()
}

pub(crate) fn router(
    gate: App,
    browsers: Arc<Browsers>,
    streams: Arc<Streams>,
    sinks: SinkControl,
) -> Router {
    let (router, _) = api().split_for_parts();
    let pages = crate::pages::router(Arc::clone(&gate), Arc::clone(&browsers));
    router
        .route("/slack/interactions", post(slack::interact))
        // A tile's path has slashes, which the document of the API cannot say.
        .route("/log/tile/{*tile}", get(log::tile))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .layer(Extension(approvals::Places::default()))
        .layer(Extension(streams))
        .layer(Extension(sinks))
        .layer(Extension(browsers))
        .with_state(gate)
        .merge(pages)
        .merge(crate::web::router())
        .fallback(crate::web::elsewhere)
        .method_not_allowed_fallback(crate::problem::no_such_method)
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(axum::middleware::from_fn(crate::problem::in_time))
        .layer(CatchPanicLayer::custom(crate::problem::panicked))
        .layer(axum::middleware::from_fn(echo_request_id))
}

/// Returns where people and programs reach the server, without a slash at the end.
pub(crate) fn base_url(gate: &Gate) -> String {
    let settings = &gate.governance().settings;
    let scheme = if settings.tls.is_some() { "https" } else { "http" };
    settings.public_url.clone().unwrap_or_else(|| format!("{scheme}://{}", settings.listen))
}

/// Returns the id that the caller gave the request, so that both can find it again.
async fn echo_request_id(request: Request, next: Next) -> Response {
    const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
    let id = request.headers().get(REQUEST_ID).cloned();
    let mut response = next.run(request).await;
    response.headers_mut().extend(id.map(|id| (REQUEST_ID, id)));
    response
}
