//! How a browser signs in, and out.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use jiff::Timestamp;
use syndic_api::{Problem, SessionBody, SignIn, SignInCode};
use syndic_gate::Gate;
use syndic_model::Caller;

use crate::app::{App, base_url};
use crate::auth::{By, Known, not_for};
use crate::body::Body;
use crate::pages::browsers::Browsers;
use crate::pages::origin;
use crate::problem::Failure;

/// Tells who asks, and what they may do.
#[utoipa::path(
    get,
    path = "/v1/session",
    responses(
        (status = 200, body = SessionBody),
        (status = 401, body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn show(State(gate): State<App>, known: Known) -> Json<SessionBody> {
    let until = match known.by {
        By::Browser(until) => Some(until),
        By::Key => gate.key(id(&known.caller)).map(|key| key.expires),
        By::Socket => None,
    };
    Json(body(&known.caller, until))
}

/// Signs a browser in by the key of a person, or by a code that was made for one: sets the cookie that then works as
/// that key, for eight hours at most.
#[utoipa::path(
    post,
    path = "/v1/session",
    request_body = SignIn,
    responses(
        (status = 200, body = SessionBody, headers(("set-cookie" = String))),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    ),
    security(())
)]
pub(crate) async fn begin(
    State(gate): State<App>,
    Extension(browsers): Extension<Arc<Browsers>>,
    headers: HeaderMap,
    Body(shown): Body<SignIn>,
) -> Result<Response, Failure> {
    refuse_foreign(&gate, &headers)?;
    let key = match shown_key(&gate, &browsers, &shown) {
        Ok(key) => key,
        Err(failure) if failure.0.status == 422 => return Err(failure),
        Err(failure) => {
            return Err(if browsers.wrong(gate.now()) { too_many() } else { failure });
        }
    };
    let begun = browsers.begin(&gate, &key);
    let begun =
        begun.and_then(|(cookie, session)| Some((cookie, session.key.caller()?, session.until)));
    let (cookie, caller, until) = begun.ok_or_else(wrong_code)?;
    Ok(([(SET_COOKIE, cookie)], Json(body(&caller, Some(until)))).into_response())
}

/// Signs the browser out: takes the cookie away.
#[utoipa::path(
    delete,
    path = "/v1/session",
    responses((status = 204), (status = 403, body = Problem, content_type = "application/problem+json")),
    security(())
)]
pub(crate) async fn end(
    State(gate): State<App>,
    Extension(browsers): Extension<Arc<Browsers>>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    refuse_foreign(&gate, &headers)?;
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, browsers.end())]).into_response())
}

/// Makes a code that signs one browser in as the key that asks. A browser cannot: its session would never end.
#[utoipa::path(
    post,
    path = "/v1/session/codes",
    responses(
        (status = 201, body = SignInCode),
        (status = "4XX", body = Problem, content_type = "application/problem+json")
    )
)]
pub(crate) async fn make_code(
    State(gate): State<App>,
    Extension(browsers): Extension<Arc<Browsers>>,
    known: Known,
) -> Result<(StatusCode, Json<SignInCode>), Failure> {
    match (&known.caller, known.by) {
        (Caller::Agent { .. }, _) | (_, By::Socket) => Err(not_for("the key of a person")),
        (_, By::Browser(_)) => Err(not_for("a key: a signed-in browser signs no other in")),
        (Caller::Approver { .. } | Caller::Auditor { .. } | Caller::Admin { .. }, By::Key) => {
            let base = browsers.base(&gate).unwrap_or_else(|| base_url(&gate));
            let made = code(&gate, &browsers, id(&known.caller), &base);
            Ok((StatusCode::CREATED, Json(made)))
        }
    }
}

/// Makes a code for a key, and the link to the dashboard at `base` that has it.
pub(crate) fn code(gate: &Gate, browsers: &Browsers, key: &str, base: &str) -> SignInCode {
    let made = browsers.make_code(gate, key);
    let url = format!("{base}/#code={}", made.text);
    SignInCode { code: made.text, url, expires_at: made.until }
}

/// Tells the id of the key that somebody shows, or has a code for.
fn shown_key(gate: &Gate, browsers: &Browsers, shown: &SignIn) -> Result<String, Failure> {
    match (&shown.key, &shown.code) {
        (Some(key), None) => match gate.authenticate(key.trim())? {
            Caller::Agent { .. } => {
                let detail = "an agent's key signs nobody in";
                Err(Failure(Problem::new(403, "wrong-role", detail)))
            }
            caller @ (Caller::Approver { .. } | Caller::Auditor { .. } | Caller::Admin { .. }) => {
                Ok(id(&caller).to_owned())
            }
        },
        (None, Some(code)) => browsers.take_code(code, gate.now()).ok_or_else(wrong_code),
        (Some(_), Some(_)) | (None, None) => {
            let detail = "send a `key` or a `code`, one of them";
            Err(Failure(Problem::new(422, "bad-request", detail)))
        }
    }
}

/// Refuses what another site sends: it would sign somebody in as somebody else, or out.
fn refuse_foreign(gate: &Gate, headers: &HeaderMap) -> Result<(), Failure> {
    if origin::is_foreign(headers, gate.governance().settings.public_url.as_deref()) {
        let detail = "a browser signs in and out on a page of this server";
        return Err(Failure(Problem::new(403, "foreign-origin", detail)));
    }
    Ok(())
}

fn wrong_code() -> Failure {
    let detail =
        "the code is wrong, was used, or is older than ten minutes; make another: `syndic sign-in`";
    Failure(Problem::new(401, "wrong-code", detail))
}

fn too_many() -> Failure {
    let detail =
        "too many wrong keys and codes in the last minute; wait one, or sign in with a right key";
    Failure(Problem::new(429, "too-many-attempts", detail))
}

fn id(caller: &Caller) -> &str {
    match caller {
        Caller::Agent { key, .. }
        | Caller::Approver { key, .. }
        | Caller::Auditor { key }
        | Caller::Admin { key } => key,
    }
}

const ADMIN_MAY: [&str; 9] =
    ["read", "suspend", "resume", "promote", "reload", "keys", "redact", "retention", "backup"];

fn body(caller: &Caller, expires_at: Option<Timestamp>) -> SessionBody {
    let (mut person, mut agent) = (None, None);
    let (role, may): (_, &[&str]) = match caller {
        Caller::Agent { agent: of, .. } => {
            agent = of.as_ref().map(ToString::to_string);
            ("agent", &["act"])
        }
        Caller::Approver { person: of, .. } => {
            person = Some(of.clone());
            ("approver", &["vote", "break-glass"])
        }
        Caller::Auditor { .. } => ("auditor", &["read"]),
        Caller::Admin { .. } => ("admin", &ADMIN_MAY),
    };
    let may = may.iter().map(|word| (*word).to_owned()).collect();
    SessionBody {
        role: role.to_owned(),
        person,
        agent,
        key: id(caller).to_owned(),
        expires_at,
        may,
    }
}
