//! The OpenAPI document.

#[test]
fn the_document_that_is_checked_in_is_the_one_the_routes_make() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let made = format!("{}\n", syndic_server::openapi().to_pretty_json().unwrap());
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        made == kept,
        "run the test once with UPDATE_OPENAPI=1 and commit `crates/server/openapi.json`"
    );
}
