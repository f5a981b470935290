use crate::syndic::Place;

/// An agent that nothing stops any more: it needs no solver to be told.
fn loosen(place: &Place) {
    place.rewrite("agents/customer-support.yaml", "mode: enforce", "mode: observe");
}

#[test]
fn a_changed_file_comes_into_force_by_itself_in_dev() {
    let place = Place::governed();
    let _serving = place.serve();
    let before = place.admin(&["status"])["policy_revision"].clone();
    loosen(&place);
    // Every question takes a process, so this is patient without a clock.
    let loaded = (0..1000).any(|_| place.admin(&["status"])["policy_revision"] != before);
    assert!(loaded);
}

#[test]
fn one_administrator_proposes_what_loosens_and_another_accepts_it() {
    let place = Place::governed();
    place.rewrite("syndic.yaml", "environment: dev", "environment: prod");
    let serving = place.serve();
    let second = place.admin(&["keys", "create", "--role", "admin"]);
    std::fs::write(place.path("second.key"), second["key"].as_str().unwrap()).unwrap();
    let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(place.path("second.key"), private).unwrap();
    assert_eq!(serving.terminate(), Some(0));

    loosen(&place);
    let serving = place.serve();
    assert!(serving.greeting.contains("environment prod"), "{}", serving.greeting);
    let revision = place.admin(&["status"])["policy"]["held"]["revision"].clone();
    let revision = revision.as_str().unwrap();
    let reload = |key: &str, accept: &[&str]| {
        place.run(&[&["policy", "reload", "--key-file", key], accept].concat())
    };
    let proposed = reload("../admin.key", &[]);
    assert_eq!(proposed.code, Some(1), "{}", proposed.stderr);
    assert!(proposed.stdout.starts_with("looser customer-support: "), "{}", proposed.stdout);
    assert!(proposed.stderr.contains(&format!("--accept-loosening {revision}")));
    let own = reload("../admin.key", &["--accept-loosening", revision]);
    assert_eq!(own.code, Some(1), "{}", own.stdout);
    let accepted = reload("../second.key", &["--accept-loosening", revision]);
    assert_eq!(accepted.code, Some(0), "{}", accepted.stderr);
    assert!(accepted.stdout.starts_with(&format!("revision {revision} in force")));
}

#[test]
fn what_does_not_load_is_told_with_its_place() {
    let place = Place::governed();
    let _serving = place.serve();
    place.append("policies/org/baseline.cedar", "forbid (");
    let ended = place.run(&["policy", "reload", "--key-file", "../admin.key"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stdout.starts_with("policies/org/baseline.cedar:"), "{}", ended.stdout);
    let status = place.run(&["status", "--key-file", "../admin.key"]);
    assert!(status.stdout.contains("do not load"), "{}", status.stdout);
}
