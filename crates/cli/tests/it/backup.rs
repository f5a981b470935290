use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use serde_json::{Value, json};

use crate::serve::{agent_key, refund};
use crate::syndic::{Place, Serving};

/// A daemon that decided one action, was backed up to `backup`, and decided another one.
fn backed_up(place: &Place) -> (Serving, String) {
    let serving = place.serve();
    let key = agent_key(place);
    assert_eq!(refund(&serving.url, &key, 45).effect, "allow");
    let made = place.admin(&["backup", "../backup"]);
    assert_eq!(made["status"], "done", "{made}");
    assert_eq!(
        (&made["made"]["secrets"], &made["made"]["master_key"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(refund(&serving.url, &key, 50).effect, "allow");
    (serving, key)
}

fn amounts(place: &Place) -> Vec<Value> {
    let listed = place.admin(&["audit", "list"]);
    let events = listed["events"].as_array().unwrap().iter();
    events.map(|event| event["tool_args"]["amount"].clone()).collect()
}

/// A witness that knows so many records of every log.
fn witness(size: u64) -> String {
    answering("409 Conflict", format!("{size}\n"))
}

/// Something that answers so whatever a witness is asked.
fn answering(status: &'static str, body: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/witness/", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut asked = Vec::new();
            let mut part = [0; 4096];
            while !asked.ends_with(b"=\n") {
                let read = stream.read(&mut part).unwrap();
                asked.extend_from_slice(&part[..read]);
            }
            let asked = String::from_utf8(asked).unwrap();
            assert!(asked.starts_with("POST /witness/add-checkpoint "), "{asked}");
            assert!(asked.contains("\r\n\r\nold "), "{asked}");
            let length = body.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: text/x.tlog.size\r\ncontent-length: {length}\r\n\
                 connection: close\r\n\r\n{body}"
            );
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}

#[test]
fn a_daemon_is_backed_up_while_it_decides_and_comes_back_on_another_machine() {
    let place = Place::governed();
    let (serving, _) = backed_up(&place);
    let ended = place.run(&["backup", "../backup", "--key-file", "../admin.key"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("is not an empty directory"), "{}", ended.stderr);
    serving.terminate();
    std::fs::remove_dir_all(place.dir().join(".syndic")).unwrap();
    let ended = place.run(&["restore", "../backup", "--to", ".syndic"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.starts_with("restored "), "{}", ended.stdout);
    assert!(
        ended.stderr.contains("nothing later than the backup was asked for"),
        "{}",
        ended.stderr
    );
    assert_eq!(amounts(&place), [json!(45)], "without a daemon too");
    let made = place.admin(&["backup", "../again"]);
    assert_eq!(made["status"], "done");
}

#[test]
fn what_went_on_is_not_set_back_unless_the_loss_is_accepted_and_told() {
    let place = Place::governed();
    let (serving, key) = backed_up(&place);
    let ended = place.run(&["restore", "../backup", "--to", ".syndic"]);
    assert!(ended.stderr.contains("is in use; stop the syndic"), "{}", ended.stderr);
    serving.terminate();
    let ended = place.run(&["restore", "../backup", "--to", ".syndic"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
    assert!(
        ended.stderr.contains("the log would forget 2 and sign another history"),
        "{}",
        ended.stderr
    );
    let accepted = [
        "restore",
        "../backup",
        "--to",
        ".syndic",
        "--accept-loss",
        "--reason",
        "a drill",
        "--json",
    ];
    let ended = place.run(&accepted);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let told: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(told["lost"], 2, "{told}");
    assert!(told["continued"]["origin"].as_str().unwrap().contains("/continued-"), "{told}");
    assert!(std::path::Path::new(told["replaced"].as_str().unwrap()).is_dir(), "{told}");
    let serving = place.serve();
    assert_eq!(refund(&serving.url, &key, 47).effect, "allow");
    assert_eq!(amounts(&place), [json!(47), json!(45)]);
}

#[test]
fn a_witness_that_knows_more_refuses_and_one_that_is_silent_is_not_passed_over() {
    let place = Place::governed();
    drop(backed_up(&place));
    let (ahead, behind) = (witness(99), witness(1));
    let restore = |more: &[&str]| {
        place.run(&[&["restore", "../backup", "--to", "../restored"], more].concat())
    };
    let ended = restore(&["--witness", &behind, "--witness", &ahead]);
    let expected = format!("the witness `{ahead}` knows 99 records of ");
    assert!(ended.stderr.contains(&expected), "{}", ended.stderr);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ended = restore(&["--witness", &format!("http://{closed}")]);
    assert!(ended.stderr.contains("do not ask: --offline"), "{}", ended.stderr);
    assert!(!place.path("restored").exists());
    let ended = restore(&["--witness", &behind]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(!ended.stderr.contains("nothing later"), "{}", ended.stderr);
}

#[test]
fn a_witness_of_the_settings_must_know_the_log_and_sign_what_it_says() {
    let place = Place::governed();
    drop(backed_up(&place));
    let settings = std::fs::read_to_string(place.path("governance/syndic.yaml")).unwrap();
    let made = place.run(&["witness", "key", "--dir", "../w", "--name", "witness.example.org"]);
    let vkey = made.stdout.trim();
    let signed = "\u{2014} witness.example.org AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n".to_owned();
    for (status, body, told) in [
        ("404 Not Found", String::new(), "of syndic.yaml does not know `"),
        ("200 OK", signed, "is not it; mend that, or do not ask: --offline"),
    ] {
        let url = answering(status, body);
        let witness =
            format!("{settings}\naudit:\n  witnesses:\n    - url: {url}\n      vkey: {vkey}\n");
        std::fs::write(place.path("governance/syndic.yaml"), witness).unwrap();
        let restore = ["restore", "../backup", "--to", "../restored"];
        let ended = place.run(&restore);
        assert_eq!(ended.code, Some(1), "{status}: {}", ended.stderr);
        assert!(ended.stderr.contains(told), "{status}: {}", ended.stderr);
        assert!(!place.path("restored").exists());
    }
    let ended = place.run(&["restore", "../backup", "--to", "../restored", "--offline"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
}

#[test]
fn a_backup_without_secrets_says_what_a_restore_needs() {
    let place = Place::governed();
    drop(place.serve());
    let ended =
        place.run(&["backup", "../backup", "--without-secrets", "--key-file", "../admin.key"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("no secrets are in it"), "{}", ended.stderr);
    assert!(!place.path("backup/keys").exists());
    let ended = place.run(&["restore", "../backup", "--to", "../restored"]);
    assert!(ended.stderr.contains("put the files of `keys/` into `"), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("no replaced directory tells what was erased"),
        "{}",
        ended.stderr
    );
    let ended = place.run(&[
        "restore",
        "../backup",
        "--to",
        "../restored",
        "--accept-loss",
        "--reason",
        "a drill",
    ]);
    let told = "put the files of `keys/`, all but `log.key` and `log-former.key`, which are of the former log, into `";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
    assert!(ended.stderr.contains("was erased after it in the replaced"), "{}", ended.stderr);
    for (to, code, told) in [
        ("copies", 1, "is within the governance directory"),
        ("gs://audit/agents", 2, "`gs://` is not known here; it is a directory, `file:///DIR` or"),
    ] {
        let ended = place.run(&["backup", to, "--key-file", "../admin.key"]);
        assert_eq!(ended.code, Some(code));
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
    }
}

#[cfg(not(feature = "archive"))]
#[test]
fn a_bucket_needs_a_program_that_was_built_for_it() {
    let place = Place::governed();
    for command in [&["backup", "s3://audit/agents"][..], &["restore", "s3://audit/a", "--to", "a"]]
    {
        let ended = place.run(command);
        assert_eq!(ended.code, Some(1));
        let told = "was built without S3-compatible storage; build it with `--features archive`";
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
    }
}
