//! Drills and incidents, from the command line.

use serde_json::json;

use crate::syndic::Place;

#[test]
fn a_drill_that_passes_exits_0_and_one_that_fails_1() {
    let place = Place::governed();
    let serving = place.serve();
    let with = |arguments: &[&str]| {
        place.run(&[&["drill"], arguments, &["--key-file", "../admin.key"]].concat())
    };
    let export = with(&["export"]);
    assert_eq!(export.code, Some(0), "{}", export.stderr);
    assert!(export.stdout.starts_with("export passed: "), "{}", export.stdout);
    let backup = place.path("backup");
    let backup = backup.to_str().unwrap();
    assert_eq!(place.run(&["backup", backup, "--key-file", "../admin.key"]).code, Some(0));
    std::fs::remove_file(place.path("backup/checkpoint")).unwrap();
    let restore = with(&["restore", "--backup", backup]);
    assert_eq!(restore.code, Some(1), "{}", restore.stderr);
    assert!(restore.stdout.starts_with("restore failed: "), "{}", restore.stdout);
    let listed = place.admin(&["drill", "list"]);
    let came: Vec<_> =
        listed["drills"].as_array().unwrap().iter().map(|one| &one["passed"]).collect();
    assert_eq!(came, [&json!(true), &json!(false)]);
    let status = place.run(&["status", "--key-file", "../admin.key"]).stdout;
    assert!(status.contains("the drill restore failed"), "{status}");
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn a_path_that_is_no_backup_and_an_agent_that_is_not_named_are_mistakes_of_use() {
    let place = Place::governed();
    let serving = place.serve();
    let nothing = place.path("nothing");
    let nothing = nothing.to_str().unwrap();
    for (words, told) in [
        (&["restore", "--backup", nothing][..], format!("`{nothing}` is no backup")),
        (&["override"], "`customer-support`, `financial-advisor` or `knowledge-base`".to_owned()),
        (&["incident"], "a drill `incident` stops one agent: name `customer-support`".to_owned()),
    ] {
        let ran = place.run(&[&["drill"], words, &["--key-file", "../admin.key"]].concat());
        assert_eq!(ran.code, Some(2), "{}", ran.stdout);
        assert!(ran.stderr.contains(&told) && ran.stderr.contains("hint: "), "{}", ran.stderr);
    }
    assert_eq!(place.admin(&["drill", "list"]), json!({"drills": []}));
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn an_incident_is_exported_with_all_that_it_takes_to_verify_it() {
    let place = Place::governed();
    let serving = place.serve();
    let about = ["--agent", "customer-support", "--class", "serious", "--title", "wrong refunds"];
    let opened = place.admin(&[&["incident", "open"], &about[..]].concat());
    let id = opened["id"].as_str().unwrap();
    let to = place.path("export");
    let export = ["incident", "export", id, "--out", to.to_str().unwrap()];
    let export = [&export[..], &["--key-file", "../admin.key"]].concat();
    assert_eq!(place.run(&export).code, Some(0));
    let proof = to.join("proofs").join(format!("{}.proof", opened["record"]));
    let vkey = to.join("log.vkey");
    let [proof, vkey] = [&proof, &vkey].map(|path| path.to_str().unwrap());
    let verified = ["audit", "verify", proof, "--vkey", vkey];
    let verified = place.run(&verified);
    assert_eq!(verified.code, Some(0), "{}{}", verified.stdout, verified.stderr);
    assert_eq!(place.run(&export).code, Some(2), "what is there is not written over");
    let update =
        ["incident", "update", id, "--note", "a limit is missing", "--corrective", "limit"];
    place.admin(&[&update[..], &["--due", "2099-12-01T00:00:00Z"]].concat());
    place.admin(&[&update[..], &["--done", "--class", "death"]].concat());
    let shown = place.run(&["incident", "show", id, "--key-file", "../admin.key"]).stdout;
    for told in
        ["2099-12-01 00:00:00  done, ", "Art. 73(2)", "Art. 73(4)", "now death; limit is done"]
    {
        assert!(shown.contains(told), "{told}: {shown}");
    }
    let closed = place.admin(&["incident", "close", id, "--summary", "a limit was missing"]);
    assert_eq!(closed["closed"]["summary"], json!("a limit was missing"));
    assert_eq!(serving.terminate(), Some(0));
}
