//! `?wait=30s`: an answer that is held back until there is one.

use std::time::Duration;

use axum::extract::{FromRequestParts, Query};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::Deserialize;
use syndic_model::Caller;
use utoipa::IntoParams;

use crate::app::App;
use crate::problem::Failure;
use crate::routes::approvals::places::{Place, Places};
use crate::routes::audit::bad_query;

/// The longest a request waits for people.
const MOST_WAIT: Duration = Duration::from_secs(60);

/// How long to wait for people.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wait {
    /// How long the answer may wait for people, up to `60s`; not at all when left out.
    #[param(example = "30s")]
    wait: Option<String>,
}

impl Wait {
    /// Returns how long a caller waits, and the place it keeps for as long; not at all where too many wait already.
    pub(crate) fn start(&self, places: &Places, caller: &Caller) -> (Duration, Option<Place>) {
        let within = self.within();
        let place = if within.is_zero() { None } else { places.take(caller.key()) };
        (if place.is_some() { within } else { Duration::ZERO }, place)
    }

    /// Returns how long to wait; what does not read as a time was refused before.
    fn within(&self) -> Duration {
        self.wait.as_deref().and_then(seconds).unwrap_or_default()
    }
}

impl FromRequestParts<App> for Wait {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gate: &App) -> Result<Self, Failure> {
        let Query(wait) = Query::<Self>::from_request_parts(parts, gate)
            .await
            .map_err(|error| bad_query(error.body_text()))?;
        match wait.wait.as_deref() {
            Some(text) if seconds(text).is_none() => {
                Err(bad_query("`wait` is `0s` to `60s`, in whole seconds"))
            }
            _ => Ok(wait),
        }
    }
}

/// Returns how long a request says that it waits for people, beside what it takes.
pub(crate) fn waits(uri: &Uri) -> Duration {
    Query::<Wait>::try_from_uri(uri).map(|Query(wait)| wait.within()).unwrap_or_default()
}

fn seconds(text: &str) -> Option<Duration> {
    let digits = text.strip_suffix('s').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let wait = Duration::from_secs(digits.parse().ok().filter(|_| plain)?);
    (wait <= MOST_WAIT).then_some(wait)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn a_wait_is_up_to_a_minute_of_whole_seconds() {
        for (text, expected) in [
            ("30s", Some(30)),
            ("30", Some(30)),
            ("0s", Some(0)),
            ("60s", Some(60)),
            ("61s", None),
            ("-1s", None),
            ("+1s", None),
            ("1.5s", None),
            ("1m", None),
            ("s", None),
            ("", None),
            ("99999999999999999999s", None),
        ] {
            assert_eq!(seconds(text).map(|wait| wait.as_secs()), expected, "{text:?}");
        }
    }
}
