//! What every page keeps to.

/// Elements without an end.
const VOID: [&str; 3] = ["br", "meta", "wbr"];

/// Checks that a page is well-formed, names nothing outside itself, and has its headings and ids in order.
#[track_caller]
pub(crate) fn check(page: &str) {
    let (mut open, mut ids, mut leads, mut level) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for tag in tags(page) {
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "an element ends that did not begin");
            continue;
        }
        let name = tag.split([' ', '/']).next().unwrap();
        if !VOID.contains(&name) && !name.starts_with('!') {
            open.push(name);
        }
        if let Some(at) = name.strip_prefix('h').and_then(|level| level.parse::<usize>().ok()) {
            assert!(at <= level + 1, "a heading of level {at} below one of {level}");
            level = at;
        }
        for forbidden in ["script", "link", "img", "iframe", "object", "form", "base"] {
            assert_ne!(name, forbidden);
        }
        ids.extend(attribute(tag, "id"));
        if let Some(to) = attribute(tag, "href") {
            leads.push(to.strip_prefix('#').expect("an address is within the page"));
        }
        assert!(!tag.contains(" src=") && !tag.contains(" style=") && !tag.contains(" on"));
        if name == "th" {
            assert!(matches!(attribute(tag, "scope"), Some("col" | "row")));
        }
    }
    assert!(open.is_empty(), "{open:?} have no end");
    assert!(leads.iter().all(|to| ids.contains(to)), "an address leads nowhere");
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"));
    assert!(!page.contains("url(") && !page.contains("@import"));
}

/// Returns what stands between angle brackets, the sheet left out.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    let (before, from) = page.split_once("<style>").unwrap();
    let (_, behind) = from.split_once("</style>").unwrap();
    [before, behind]
        .into_iter()
        .flat_map(|part| part.split('<').skip(1))
        .map(|tag| tag.split_once('>').unwrap().0)
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    Some(value.split_once('"')?.0)
}
