use std::fs;
use std::path::Path;

use jiff::Timestamp;
use proptest::prelude::{ProptestConfig, any, proptest};
use rusqlite::Connection;
use syndic_ledger::{Decision, PartName, Record, UserRedacted, Violation};
use syndic_store::{Entry, Query, Search, Store, Subject};
use tempfile::tempdir;

use super::{decided, entry, open, outcome, write};

fn decision(id: &str, at: &str, args: &str, change: impl FnOnce(&mut Decision)) -> Entry {
    let mut decision = decided(id, "support", "search", true);
    change(&mut decision);
    let user = decision.user_ref.clone().unwrap_or_default();
    let checks = r#"{"checks":[
        {"policy":"seen","result":"passed","reason":"unheard"},
        {"policy":"pii","result":"blocked","reason":"a card number to café.example"}]}"#;
    Entry {
        record: Record::Decision(Box::new(decision)),
        at: at.parse().unwrap(),
        parts: vec![
            (PartName::Args, args.to_owned()),
            (PartName::Checks, checks.to_owned()),
            (PartName::User, format!("\"{user}\"")),
        ],
        subject: Some(Subject::user(&user)),
    }
}

fn violated(policy: &str) -> Violation {
    Violation {
        policy: policy.to_owned(),
        result: "blocked".to_owned(),
        severity: "high".to_owned(),
        shadow: false,
    }
}

/// Five events over three months, two of them in one.
fn write_all(store: &Store) {
    write(
        store,
        decision(
            "a",
            "2026-09-30T23:59:59Z",
            r#"{"order_id":"A-1001","note":"as agreed by phone"}"#,
            |d| {
                d.tool = Some("orders".to_owned());
                d.user_ref = Some("u1".to_owned());
            },
        ),
    );
    write(
        store,
        decision(
            "b",
            "2026-10-01T00:00:00Z",
            r#"{"to":["Clerk@Example.com"],"amount":45.50}"#,
            |d| {
                d.allowed = false;
                d.risk = "high".to_owned();
                d.violations = vec![violated("pii"), violated("limit")];
            },
        ),
    );
    write(store, outcome("a", false));
    write(
        store,
        decision(
            "c",
            "2026-10-31T23:59:59.999999Z",
            r#"{"note":"agreed as by phone 1001"}"#,
            |d| {
                d.session = Some("t".to_owned());
                d.user_ref = Some("u1".to_owned());
            },
        ),
    );
    write(
        store,
        decision("d", "2026-11-01T00:00:00Z", "not JSON but words", |d| {
            d.agent = "finance".to_owned();
            d.user_ref = Some("u2".to_owned());
            d.violations = vec![violated("pii")];
        }),
    );
    write(store, outcome("c", false));
}

fn ids(store: &Store, query: &Query) -> String {
    store.find("nobody").unwrap();
    let page = store.events(query).unwrap();
    page.rows.iter().map(|row| row.id.as_str()).collect()
}

fn all() -> Query {
    Query { limit: 10, ..Query::default() }
}

fn q(text: &str) -> Query {
    Query { q: Some(text.parse().unwrap()), ..all() }
}

#[test]
fn every_filter_narrows_alone_and_with_others() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write_all(&store);
    let at = |time: &str| Some(time.parse::<Timestamp>().unwrap());
    let policy = |policy: &str| Some(policy.parse().unwrap());
    for (query, expected) in [
        (all(), "dcba"),
        (Query { tool: Some("orders".parse().unwrap()), ..all() }, "a"),
        (Query { policy: policy("pii"), ..all() }, "db"),
        (Query { policy: policy("limit"), ..all() }, "b"),
        (Query { policy: policy("seen"), ..all() }, ""),
        (Query { session: Some("t".parse().unwrap()), ..all() }, "c"),
        (Query { user: Some("u1".to_owned()), ..all() }, "ca"),
        (Query { risk: Some("high".parse().unwrap()), ..all() }, "b"),
        (Query { allowed: Some(false), ..all() }, "b"),
        (Query { allowed: Some(true), policy: policy("pii"), ..all() }, "d"),
        (Query { agent: Some("support".parse().unwrap()), ..q("agreed") }, "ca"),
        (Query { agent: Some("finance".parse().unwrap()), ..q("agreed") }, ""),
        (Query { user: Some("u1".to_owned()), ..q("order_id") }, "a"),
        (Query { since: at("2026-10-01T00:00:00Z"), ..all() }, "dcb"),
        (Query { since: at("2026-10-01T00:00:00.000001Z"), ..all() }, "dc"),
        (Query { until: at("2026-10-01T00:00:00Z"), ..all() }, "a"),
        (Query { until: at("2026-11-01T00:00:00Z"), ..all() }, "cba"),
        (
            Query {
                since: at("2026-10-01T00:00:00Z"),
                until: at("2026-10-31T23:59:59.999999Z"),
                ..all()
            },
            "b",
        ),
        (Query { since: at("2026-10-02T00:00:00Z"), ..q("agreed") }, "c"),
        (Query { since: at("2027-01-01T00:00:00Z"), ..all() }, ""),
        (Query { until: at("2026-01-01T00:00:00Z"), ..all() }, ""),
        (Query { cursor: Some(3), ..all() }, "ba"),
        (Query { cursor: Some(1), oldest_first: true, ..all() }, "cd"),
    ] {
        assert_eq!(ids(&store, &query), expected, "{query:?}");
    }
    assert!(directory.path().join("index/2026-09.db").exists());
    let row = store.find("a").unwrap().unwrap();
    assert_eq!((row.decision, row.outcome), (0, Some(2)));
}

#[test]
fn words_of_arguments_and_reasons_are_found() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write_all(&store);
    for (text, expected) in [
        ("agreed", "ca"),
        ("PHONE agreed", "ca"),
        (r#""agreed by""#, "a"),
        ("a-1001", "a"),
        ("1001", "ca"),
        ("clerk@example.com", "b"),
        ("example.com clerk", "b"),
        ("com.example", ""),
        ("45.50", "b"),
        ("order_id", "a"),
        ("json", "d"),
        ("unheard", ""),
        ("CAFE", "dcba"),
        ("Café \"card number\"", "dcba"),
        ("support", ""),
        ("agreed OR words", ""),
        ("agr*", ""),
    ] {
        assert_eq!(ids(&store, &q(text)), expected, "{text}");
    }
}

#[test]
fn pages_of_a_phrase_follow_one_another() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    for n in 0..250 {
        let note = if n % 10 == 0 { "by phone" } else { "phone by" };
        let args = format!("{{\"note\":\"{note}\"}}");
        write(&store, decision(&format!("{n} "), "2026-11-01T00:00:00Z", &args, |_| {}));
    }
    let mut query = Query { limit: 7, ..q("\"by phone\"") };
    let mut pages = Vec::new();
    loop {
        pages.push(ids(&store, &query));
        query.cursor = store.events(&query).unwrap().next;
        if query.cursor.is_none() {
            break;
        }
    }
    let expected: Vec<_> = (0..25).rev().map(|n| format!("{} ", n * 10)).collect();
    assert_eq!(pages.concat(), expected.concat());
    assert_eq!(pages[0].split_whitespace().count(), 7);
}

#[test]
fn pages_stay_where_they_were_while_more_comes() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    let add =
        |id: &str| write(&store, decision(id, "2026-11-01T00:00:00Z", r#"{"x":"word"}"#, |_| {}));
    for id in ["a", "b", "c", "d", "e"] {
        add(id);
    }
    let mut query = Query { limit: 2, ..q("word") };
    assert_eq!(ids(&store, &query), "ed");
    query.cursor = store.events(&query).unwrap().next;
    add("f");
    assert_eq!(ids(&store, &query), "cb");
    query.cursor = store.events(&query).unwrap().next;
    add("g");
    assert_eq!(ids(&store, &query), "a");
    assert_eq!(store.events(&query).unwrap().next, None);
}

#[test]
fn times_that_go_back_are_found_all_the_same() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    for (id, at) in [
        ("a", "2026-11-20T00:00:00Z"),
        ("b", "2026-12-05T00:00:00Z"),
        ("c", "2026-11-25T00:00:00Z"),
        ("d", "2026-12-04T00:00:00Z"),
    ] {
        write(&store, decision(id, at, "{}", |_| {}));
    }
    let at = |time: &str| Some(time.parse().unwrap());
    for (query, expected) in [
        (all(), "dcba"),
        (Query { until: at("2026-12-01T00:00:00Z"), ..all() }, "ca"),
        (Query { since: at("2026-12-05T00:00:00Z"), ..all() }, "b"),
        (
            Query { since: at("2026-11-21T00:00:00Z"), until: at("2026-12-05T00:00:00Z"), ..all() },
            "dc",
        ),
    ] {
        assert_eq!(ids(&store, &query), expected, "{query:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn no_text_is_an_error_of_the_database(texts in proptest::collection::vec(any::<String>(), 8)) {
        let directory = tempdir().unwrap();
        let store = open(directory.path());
        for text in &texts {
            let args = serde_json::json!({ "x": text }).to_string();
            write(&store, decision(text, "2026-11-01T00:00:00Z", &args, |_| {}));
        }
        store.find("nobody").unwrap();
        for (n, text) in texts.iter().enumerate() {
            if let Ok(search) = text.parse::<Search>() {
                let page = store.events(&Query { q: Some(search), ..all() }).unwrap();
                let found = page.rows.iter().any(|row| row.decision == n as u64);
                assert!(found || text.contains('"'), "{text:?}");
            }
        }
    }
}

fn erase(store: &Store, user: &str) {
    let redaction = UserRedacted {
        user_ref: user.to_owned(),
        before: store.part_keys(user),
        reason: "asked for".to_owned(),
        by: "k".to_owned(),
        records: 0,
        keys: 0,
        override_retention: false,
        unreached: Vec::new(),
    };
    let index = write(store, entry(Record::UserRedacted(redaction)));
    store.erase(index).unwrap();
}

fn hold(directory: &Path, bytes: &[u8]) -> Vec<String> {
    let mut holders = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            holders.push(path.file_name().unwrap().to_string_lossy().into_owned());
        }
    }
    holders
}

#[test]
fn what_is_forgotten_is_not_found_and_is_in_no_file() {
    let directory = tempdir().unwrap();
    let index = directory.path().join("index");
    let store = open(directory.path());
    write_all(&store);
    assert_eq!(ids(&store, &q("agreed")), "ca");
    erase(&store, "u1");
    erase(&store, "u2");
    let words = |month: &str| -> i64 {
        let database = Connection::open(index.join(month)).unwrap();
        database
            .execute_batch("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, text, row)")
            .unwrap();
        database.query_row("SELECT count(*) FROM words", [], |row| row.get(0)).unwrap()
    };
    // Agent, action, risk, allowed, session and policy of the only event of its month.
    assert_eq!(words("2026-11.db"), 6);
    for (query, expected) in [
        (all(), "dcba"),
        (q("agreed"), ""),
        (q("words"), ""),
        (q("clerk"), "b"),
        (Query { user: Some("u1".to_owned()), ..all() }, ""),
        (Query { session: Some("t".parse().unwrap()), ..all() }, "c"),
        (Query { policy: Some("pii".parse().unwrap()), ..all() }, "db"),
    ] {
        assert_eq!(ids(&store, &query), expected, "{query:?}");
    }
    // Twice is once.
    erase(&store, "u1");
    assert_eq!(ids(&store, &q("clerk")), "b");
    store.close();
    for month in ["2026-09.db", "2026-10.db", "2026-11.db"] {
        let database = Connection::open(index.join(month)).unwrap();
        database.execute("INSERT INTO text (text) VALUES ('integrity-check')", []).unwrap();
    }
}

#[test]
fn a_token_that_is_forgotten_is_overwritten() {
    let directory = tempdir().unwrap();
    let index = directory.path().join("index");
    let store = open(directory.path());
    for n in 0..600 {
        let args = format!("{{\"note\":\"common word{n}\"}}");
        let user = if n < 300 { "u1" } else { "u2" };
        write(
            &store,
            decision(&format!("x{n}"), "2026-11-01T00:00:00Z", &args, |d| {
                d.user_ref = Some(user.to_owned());
            }),
        );
    }
    store.find("nobody").unwrap();
    let tokens = |prefix: &str| -> Vec<String> {
        let database = Connection::open(index.join("2026-11.db")).unwrap();
        database
            .execute_batch("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, text, row)")
            .unwrap();
        let sql = "SELECT term FROM words WHERE doc = 1 AND term LIKE ?1 || '%'";
        let mut statement = database.prepare(sql).unwrap();
        let tokens = statement.query_map([prefix], |row| row.get(0)).unwrap();
        tokens.map(Result::unwrap).collect()
    };
    let before = tokens("");
    assert_eq!(before.len(), 600);
    erase(&store, "u1");
    let after = tokens("");
    assert_eq!(after.len(), 300);
    let gone: Vec<_> = before.iter().filter(|token| !after.contains(token)).collect();
    assert_eq!(gone.len(), 300);
    // A page keeps what a token does not share with the one before it, and its first token whole in a page above.
    let left = gone.iter().filter(|token| !hold(&index, &token.as_bytes()[4..]).is_empty()).count();
    assert!(left <= 4, "{left} tokens are left");
    assert_eq!(ids(&store, &q("word7")), "");
    assert_eq!(ids(&store, &q("word307")), "x307");
    store.close();
}

#[test]
fn what_is_forgotten_after_its_key_was_destroyed_is_not_found_either() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write_all(&store);
    assert_eq!(ids(&store, &q("agreed")), "ca");
    let keys = Connection::open(directory.path().join("keys.db")).unwrap();
    let key = store.read(0).unwrap().leaf.key.unwrap();
    assert_eq!(keys.execute("DELETE FROM keys WHERE id = ?1", [key.cast_signed()]).unwrap(), 1);
    erase(&store, "u1");
    // The index is made again.
    for (query, expected) in [
        (all(), "dcba"),
        (q("agreed"), ""),
        (Query { user: Some("u1".to_owned()), ..all() }, ""),
        (q("json"), "d"),
    ] {
        assert_eq!(ids(&store, &query), expected, "{query:?}");
    }
}

#[test]
fn dropping_old_records_deletes_the_files_of_whole_months() {
    let directory = tempdir().unwrap();
    let index = directory.path().join("index");
    let store = open(directory.path());
    write_all(&store);
    assert_eq!(ids(&store, &all()), "dcba");
    store.drop_from_index(3).unwrap();
    assert!(!index.join("2026-09.db").exists());
    assert!(index.join("2026-10.db").exists());
    assert_eq!(ids(&store, &all()), "dc");
    assert_eq!(ids(&store, &q("agreed")), "c");
    assert_eq!(ids(&store, &q("clerk")), "");
    assert_eq!(store.find("a").unwrap(), None);
    store.close();
    // Of the month that was dropped in part, the words of what is kept are all there are.
    let database = Connection::open(index.join("2026-10.db")).unwrap();
    database
        .execute_batch("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, text, instance)")
        .unwrap();
    let others: i64 = database
        .query_row("SELECT count(*) FROM words WHERE doc <> 3", [], |row| row.get(0))
        .unwrap();
    assert_eq!(others, 0);
    drop(database);
    let store = open(directory.path());
    assert_eq!(ids(&store, &all()), "dc");
}

#[test]
fn an_index_from_which_old_records_cannot_be_dropped_is_made_again() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write_all(&store);
    assert_eq!(ids(&store, &all()), "dcba");
    // The words of `b` cannot be told any more, and nobody took them out.
    let keys = Connection::open(directory.path().join("keys.db")).unwrap();
    let key = store.read(1).unwrap().leaf.key.unwrap();
    assert_eq!(keys.execute("DELETE FROM keys WHERE id = ?1", [key.cast_signed()]).unwrap(), 1);
    store.drop_from_index(3).unwrap();
    assert_eq!(ids(&store, &all()), "dc");
    assert_eq!(ids(&store, &q("agreed")), "c");
    store.drop_from_index(4).unwrap();
    assert_eq!(ids(&store, &all()), "d");
}

#[test]
fn no_word_lies_in_the_index_in_clear() {
    let directory = tempdir().unwrap();
    let store = open(directory.path());
    write_all(&store);
    assert_eq!(ids(&store, &q("agreed")), "ca");
    store.close();
    for word in ["agreed", "phone", "order_id", "1001", "clerk", "example", "card", "u1"] {
        assert_eq!(hold(&directory.path().join("index"), word.as_bytes()), [""; 0], "{word}");
    }
}
