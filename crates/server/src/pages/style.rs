//! The one stylesheet, under a name that changes with it.

use std::fmt::Write as _;
use std::sync::LazyLock;

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use sha2::{Digest as _, Sha256};

/// The look that the dashboard shares, and what only these pages need.
const SHEET: &str = concat!(include_str!("../../web/base.css"), "\n", include_str!("style.css"));

static PATH: LazyLock<String> = LazyLock::new(|| {
    let mut path = "/assets/style-".to_owned();
    for byte in Sha256::digest(SHEET).iter().take(8) {
        // Writing to a string does not fail.
        let _written = write!(path, "{byte:02x}");
    }
    path + ".css"
});

/// Returns where the stylesheet is.
pub(crate) fn path() -> &'static str {
    &PATH
}

pub(crate) async fn sheet() -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "text/css; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, SHEET)
}
