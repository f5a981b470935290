//! The dashboard's files, which are part of the program: `crates/server/web/`.
//!
//! They ask for nothing but the public API. The page names them under a tag that changes with them, so that browsers
//! keep them for good. A build with debug assertions serves them from the source, where it is there, so that a page can
//! be worked on without building anything.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path as FilePath;
use std::sync::LazyLock;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

use crate::pages::headers;
use crate::problem::no_such_route;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_bytes!(concat!("../web/", $path)).as_slice())),*]
    };
}

/// Every file of the dashboard; a test holds this list and the folder equal.
const FILES: &[(&str, &[u8])] = files![
    "api.js",
    "app.js",
    "base.css",
    "clock.js",
    "dashboard.css",
    "data.js",
    "figure.js",
    "icon.svg",
    "index.html",
    "live.js",
    "pages/action.js",
    "pages/actions.js",
    "pages/agent.js",
    "pages/approvals.js",
    "pages/compliance.js",
    "pages/health.js",
    "pages/policies.js",
    "pages/policy.js",
    "pages/report.js",
    "pages/revisions.js",
    "pages/sign-in.js",
    "parts/card.js",
    "parts/chart.js",
    "parts/checklist.js",
    "parts/controls.js",
    "parts/drills.js",
    "parts/events.js",
    "parts/frame.js",
    "parts/governance.js",
    "parts/incidents.js",
    "parts/logo.js",
    "parts/pager.js",
    "parts/readings.js",
    "parts/report.js",
    "parts/said.js",
    "parts/source.js",
    "parts/status.js",
    "parts/stop.js",
    "parts/table.js",
    "parts/tag.js",
    "parts/time.js",
    "parts/timeline.js",
    "parts/verdict.js",
    "route.js",
    "store.js",
    "text.js",
    "vendor/htm.LICENSE",
    "vendor/htm.js",
    "vendor/preact-hooks.js",
    "vendor/preact.LICENSE",
    "vendor/preact.js",
    "view.js",
];

const INDEX: &str = "index.html";
/// Where the files lie, in a build that serves them from there.
const SOURCE: Option<&str> =
    if cfg!(debug_assertions) { Some(concat!(env!("CARGO_MANIFEST_DIR"), "/web")) } else { None };
/// The tag of files that change under way.
const UNTAGGED: &str = "source";

/// Pages that the dashboard has by paths too, so that a link to one needs no `#`.
const PAGES: [&str; 4] = ["/agents", "/actions", "/policies", "/compliance"];

static EMBEDDED: LazyLock<Embedded> = LazyLock::new(Embedded::new);

/// The files as they are sent.
struct Embedded {
    tag: String,
    files: BTreeMap<&'static str, File>,
}

#[derive(Debug, Clone)]
struct File {
    kind: &'static str,
    plain: Bytes,
    /// Where that is smaller.
    gzip: Option<Bytes>,
    etag: String,
}

/// Returns the dashboard.
pub(crate) fn router() -> Router {
    let mut router =
        Router::new().route("/", get(index)).route("/assets/{tag}/{*path}", get(asset));
    for page in PAGES {
        router = router.route(page, get(linked)).route(&format!("{page}/{{*rest}}"), get(linked));
    }
    router.layer(axum::middleware::from_fn(headers::add_dashboard))
}

async fn index(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    match from_source(INDEX).or_else(|| EMBEDDED.files.get(INDEX).cloned()) {
        Some(file) => file.answer(&headers, "no-cache"),
        None => no_such_route(method, uri).await.into_response(),
    }
}

async fn asset(
    Path((tag, path)): Path<(String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    if tag == UNTAGGED
        && let Some(file) = from_source(&path)
    {
        return file.answer(&headers, "no-cache");
    }
    match EMBEDDED.files.get(path.as_str()) {
        Some(file) if tag == EMBEDDED.tag => {
            file.answer(&headers, "public, max-age=31536000, immutable")
        }
        Some(_) | None => no_such_route(method, uri).await.into_response(),
    }
}

/// Answers where nothing is: a person is led to the dashboard, which says so.
pub(crate) async fn elsewhere(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let accepts = headers.get(ACCEPT).and_then(|kinds| kinds.to_str().ok()).unwrap_or_default();
    if method == Method::GET && accepts.contains("text/html") {
        return linked(uri).await.into_response();
    }
    no_such_route(method, uri).await.into_response()
}

/// Leads to the place of the one page where the dashboard has what a path names.
async fn linked(uri: Uri) -> Redirect {
    let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    Redirect::to(&format!("/#{path}"))
}

fn from_source(path: &str) -> Option<File> {
    let plain = |part: &str| {
        !part.is_empty()
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
    };
    let source = SOURCE.filter(|_| path.split('/').all(plain))?;
    let bytes = std::fs::read(FilePath::new(source).join(path)).ok()?;
    Some(File::new(path, &bytes, UNTAGGED))
}

impl Embedded {
    fn new() -> Self {
        let mut hash = Sha256::new();
        for (path, bytes) in FILES {
            hash.update((path.len() as u64).to_be_bytes());
            hash.update(path);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        }
        let tag = hex(&hash.finalize());
        let file = |(path, bytes): &(&'static str, &[u8])| (*path, File::new(path, bytes, &tag));
        let files = FILES.iter().map(file).collect();
        Self { tag, files }
    }
}

impl File {
    fn new(path: &str, bytes: &[u8], tag: &str) -> Self {
        let plain = if path == INDEX { tagged(bytes, tag) } else { bytes.to_vec() };
        // Writing to memory does not fail.
        let gzip = gzip(&plain).ok().filter(|gzip| gzip.len() < plain.len());
        let etag = format!("\"{}\"", hex(&Sha256::digest(&plain)));
        Self { kind: kind(path), plain: plain.into(), gzip: gzip.map(Bytes::from), etag }
    }

    fn answer(&self, asked: &HeaderMap, kept: &'static str) -> Response {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(kept));
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
        headers.extend(self.etag.parse().map(|etag| (ETAG, etag)));
        if asked.get(IF_NONE_MATCH).is_some_and(|known| known == self.etag.as_str()) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            return response;
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.kind));
        let body = match &self.gzip {
            Some(gzip) if takes_gzip(asked) => {
                headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                gzip
            }
            Some(_) | None => &self.plain,
        };
        *response.body_mut() = Body::from(body.clone());
        response
    }
}

/// Puts the tag into the addresses of the page, which in the source are those of the folder.
fn tagged(page: &[u8], tag: &str) -> Vec<u8> {
    String::from_utf8_lossy(page).replace("=\"web/", &format!("=\"/assets/{tag}/")).into_bytes()
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let lines = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .is_some_and(|weight| weight.trim().bytes().all(|byte| byte == b'0' || byte == b'.'));
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        Some(_) | None => "text/plain; charset=utf-8",
    }
}

/// The first 64 bits, which tell versions of a file apart.
fn hex(hash: &[u8]) -> String {
    let mut text = String::new();
    for byte in hash.iter().take(8) {
        // Writing to a string does not fail.
        let _written = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use axum::http::HeaderMap;

    use super::{EMBEDDED, FILES, INDEX, SOURCE, from_source, takes_gzip};

    /// What the dashboard may weigh as it goes over a network.
    const MOST_BYTES: usize = 100 * 1024;

    fn walk(folder: &Path, below: &str, found: &mut BTreeSet<String>) {
        for entry in folder.read_dir().unwrap() {
            let entry = entry.unwrap();
            let path = format!("{below}{}", entry.file_name().to_str().unwrap());
            if entry.path().is_dir() {
                walk(&entry.path(), &format!("{path}/"), found);
            } else {
                found.insert(path);
            }
        }
    }

    #[test]
    fn every_file_of_the_dashboard_is_part_of_the_program() {
        let mut there = BTreeSet::new();
        walk(Path::new(SOURCE.unwrap()), "", &mut there);
        let listed: BTreeSet<_> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        there.retain(|path| !path.ends_with(".md"));
        assert_eq!(listed, there);
    }

    #[test]
    fn the_page_names_files_that_are_there_by_their_tag() {
        let page = String::from_utf8(EMBEDDED.files[INDEX].plain.to_vec()).unwrap();
        assert!(!page.contains("\"web/"), "{page}");
        let start = format!("\"/assets/{}/", EMBEDDED.tag);
        for rest in page.split(&start).skip(1) {
            let path = rest.split('"').next().unwrap();
            assert!(EMBEDDED.files.contains_key(path), "{path}");
        }
    }

    #[test]
    fn the_dashboard_is_light() {
        let sent = |file: &super::File| file.gzip.as_ref().unwrap_or(&file.plain).len();
        let parts = EMBEDDED.files.iter().filter(|(path, _)| !path.ends_with("LICENSE"));
        let bytes: usize = parts.map(|(_, file)| sent(file)).sum();
        assert!(bytes <= MOST_BYTES, "{bytes} bytes");
    }

    #[test]
    fn nothing_but_the_dashboard_is_served_from_the_source() {
        assert!(from_source(INDEX).is_some());
        for path in [
            "../Cargo.toml",
            "/etc/passwd",
            ".",
            "..",
            "",
            "a/../index.html",
            ".git",
            "index.html%00",
        ] {
            assert!(from_source(path).is_none(), "{path}");
        }
    }

    #[test]
    fn gzip_is_sent_to_who_takes_it() {
        for (asked, takes) in [
            ("gzip, deflate, br", true),
            ("br;q=1.0, GZIP;q=0.8", true),
            ("identity", false),
            ("gzip;q=0", false),
            ("gzip; q=0.000", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("accept-encoding", asked.parse().unwrap());
            assert_eq!(takes_gzip(&headers), takes, "{asked}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
