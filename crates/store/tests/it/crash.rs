use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use syndic_store::Part;
use tempfile::tempdir;

use super::{open, replayed, sealed, write};

const DIRECTORY: &str = "SYNDIC_TEST_CRASH_DIRECTORY";

/// Writes until it is killed, and prints every index and id that was acknowledged. The test below runs it.
#[test]
#[ignore = "run by the test below, as a process of its own"]
fn write_until_killed() {
    let store = Arc::new(open(Path::new(&env::var_os(DIRECTORY).unwrap())));
    let writers = (0..8).map(|writer| {
        let store = store.clone();
        std::thread::spawn(move || {
            for n in 0.. {
                let id = format!("{writer}-{n}");
                println!(
                    "acknowledged {} {id}",
                    write(&store, sealed(&id, &format!("session:{}", n / 10), "{}"))
                );
            }
        })
    });
    writers.collect::<Vec<_>>().into_iter().for_each(|writer| writer.join().unwrap());
}

/// Runs the writer, kills it after `lines` acknowledgements, and returns those that came out whole.
fn acknowledged(directory: &Path, lines: usize) -> Vec<(u64, String)> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["crash::write_until_killed", "--exact", "--ignored", "--nocapture"])
        .env(DIRECTORY, directory)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut killed = false;
    let mut acknowledged = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).split(b'\n') {
        let line = String::from_utf8(line.unwrap()).unwrap();
        if let Some((index, id)) =
            line.strip_prefix("acknowledged ").and_then(|rest| rest.split_once(' '))
        {
            acknowledged.push((index.parse().unwrap(), id.to_owned()));
        }
        if acknowledged.len() >= lines && !killed {
            child.kill().unwrap();
            killed = true;
        }
    }
    child.wait().unwrap();
    // The last line may be cut short.
    acknowledged.pop();
    acknowledged
}

#[test]
fn a_killed_process_loses_nothing_it_acknowledged_and_its_lock() {
    let directory = tempdir().unwrap();
    for round in 0..5 {
        let acknowledged = acknowledged(directory.path(), 100 + 150 * round);
        assert!(acknowledged.len() >= 99, "{}", acknowledged.len());
        let leaves = replayed(directory.path());
        let store = open(directory.path());
        for (index, id) in acknowledged {
            let leaf = &leaves[usize::try_from(index).unwrap()];
            let syndic_ledger::Record::Decision(decision) = &leaf.record else {
                panic!("{leaf:?}")
            };
            assert_eq!((leaf.i, &decision.id), (index, &id));
            let parts = store.read(index).unwrap().parts;
            assert_eq!(parts.into_values().collect::<Vec<_>>(), [Part::Clear("{}".to_owned())]);
        }
        store.close();
        syndic_store::verify(directory.path()).unwrap();
    }
}
