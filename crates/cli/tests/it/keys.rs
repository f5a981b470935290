use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::syndic::Place;

#[test]
fn a_command_without_a_key_says_where_keys_come_from() {
    let place = Place::governed();
    for arguments in [&["keys", "list"][..], &["agents", "list"], &["audit", "tail"], &["status"]] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(1), "{arguments:?}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(ended.stderr, @r"
            error: this command needs a key
            hint: pass --key-file FILE or set SYNDIC_KEY; the first start of `syndic serve` makes the first admin key, and `syndic keys create` makes more
            ");
        }
    }
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    let place = Place::governed();
    let path = place.path("loose.key");
    std::fs::write(&path, "syndic_x_y").unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    let ended = place.run(&["keys", "list", "--key-file", "../loose.key"]);
    assert_eq!(ended.code, Some(1));
    insta::assert_snapshot!(ended.stderr, @r"
    error: the key file `../loose.key` can be read by others (mode 0640)
    hint: run `chmod 600 ../loose.key`
    ");
}

#[test]
fn the_first_key_is_never_written_where_agents_reach() {
    let place = Place::governed();
    symlink(place.dir(), place.path("link")).unwrap();
    for file in ["admin.key", "agents/admin.key", "../link/admin.key", ".syndic/admin.key"] {
        let ended = place.run(&["serve", "--listen", "127.0.0.1:0", "--bootstrap-key-file", file]);
        assert!(matches!(ended.code, Some(1 | 2)), "{file}: {ended:?}");
        assert!(!place.dir().join(file).exists(), "{file}");
    }
    assert!(!place.dir().join(".syndic").exists(), "no key was made");
}

#[test]
fn a_wrong_key_is_told_what_to_do() {
    let place = Place::governed();
    let serving = place.serve();
    let path = place.path("wrong.key");
    std::fs::write(&path, "syndic_000000000000_00").unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    for target in [&["--dir", "."][..], &["--url", &serving.url]] {
        let ended = place.run(&[&["keys", "list", "--key-file", "../wrong.key"], target].concat());
        assert_eq!(ended.code, Some(1));
        assert!(ended.stderr.contains("hint: pass a valid key"), "{}", ended.stderr);
    }
}

#[test]
fn an_approver_key_is_for_a_person_of_the_directory() {
    let place = Place::governed();
    let _serving = place.serve();
    let admin = ["--key-file", "../admin.key"];
    let create = |approver: &str| {
        let create = ["keys", "create", "--role", "approver", "--approver", approver];
        place.run(&[&create[..], &admin].concat())
    };
    assert_eq!(create("support-lead-1").code, Some(0));
    let listed = place.run(&[&["keys", "list"][..], &admin].concat());
    assert!(listed.stdout.contains("approver  support-lead-1"), "{}", listed.stdout);
    insta::assert_snapshot!(create("support-lead-2").stderr, @"error: person `support-lead-2` is in no file of `approvers/`, which declare `finance-lead-1`, `finance-lead-2`, `support-lead-1`");
}
