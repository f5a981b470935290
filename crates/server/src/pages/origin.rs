//! Where a form came from, as the browser says.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Tells whether a browser says that a form came from another site. What says nothing is no browser of today; the
/// form's own token decides then.
pub(crate) fn is_foreign(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"));
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    match text(ORIGIN.as_str()) {
        // Our pages send no referrer, and then a browser sends `null` as the origin of their forms.
        None | Some("null") => false,
        Some(origin) => {
            let own = public_url.is_some_and(|url| origin_of(url) == Some(origin));
            let host = origin.split_once("://").map(|(_, host)| host);
            !own && host != text(HOST.as_str())
        }
    }
}

/// Returns scheme, host and port of a URL.
fn origin_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next().unwrap_or_default();
    url.get(..scheme.len() + 3 + host.len())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderMap;
    use axum::http::header::HeaderName;

    use super::is_foreign;

    fn check(headers: &[(&str, &str)]) -> bool {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
            .collect();
        is_foreign(&headers, Some("https://syndic.example.org/"))
    }

    #[test]
    fn another_site_is_told_by_what_the_browser_says() {
        for (headers, foreign) in [
            (&[("host", "h")][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], false),
            (&[("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("sec-fetch-site", "same-site")], true),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://syndic.example.org")], true),
            (&[("host", "h"), ("origin", "null")], false),
            (&[("host", "127.0.0.1:7860"), ("origin", "http://127.0.0.1:7860")], false),
            (&[("host", "127.0.0.1:7860"), ("origin", "https://syndic.example.org")], false),
            (
                &[
                    ("host", "127.0.0.1:7860"),
                    ("origin", "https://syndic.example.org.evil.example"),
                ],
                true,
            ),
            (&[("host", "h"), ("origin", "https://evil.example")], true),
            (&[("origin", "https://evil.example")], true),
        ] {
            assert_eq!(check(headers), foreign, "{headers:?}");
        }
    }
}
