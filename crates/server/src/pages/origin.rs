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

/// Tells whether a browser says that one of our own pages sent a request. What says nothing is not believed.
pub(crate) fn is_own(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let says = |name: &str| headers.contains_key(name);
    let said = match headers.get("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => says(ORIGIN.as_str()) && headers.get(ORIGIN).is_none_or(|origin| origin != "null"),
    };
    said && !is_foreign(headers, public_url)
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

    use super::{is_foreign, is_own};

    const URL: Option<&str> = Some("https://syndic.example.org/");

    fn read(headers: &[(&str, &str)]) -> HeaderMap {
        let pairs = headers.iter();
        pairs
            .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_request_is_our_own_only_where_the_browser_says_so() {
        let host = ("host", "127.0.0.1:7860");
        for (headers, own) in [
            (&[host][..], false),
            (&[host, ("sec-fetch-site", "same-origin")], true),
            (&[host, ("sec-fetch-site", "none")], false),
            (&[host, ("sec-fetch-site", "same-site")], false),
            (&[host, ("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:7860")], false),
            (&[host, ("origin", "http://127.0.0.1:7860")], true),
            (&[host, ("origin", "https://syndic.example.org")], true),
            (&[host, ("origin", "https://evil.example")], false),
            (&[host, ("origin", "null")], false),
        ] {
            assert_eq!(is_own(&read(headers), URL), own, "{headers:?}");
        }
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
            assert_eq!(is_foreign(&read(headers), URL), foreign, "{headers:?}");
        }
    }
}
