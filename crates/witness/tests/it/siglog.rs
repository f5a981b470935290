//! What siglog 0.1.0, another implementation of log and witness, asked this witness for on a loopback port, recorded.
//!
//! It follows its own size wherever it can, and is told otherwise with 409 every second time.

use syndic_ledger::{AddCheckpoint, VerifierKey};
use syndic_witness::{AddError, Directory, Witness, parse_logs};

const LOG: &str = "siglog.example/log+a02f79c3+AYhLiFf06qFhPGFQTbNNS+rzRlF6DjHePN3U2bQgHZ0L";
const EXCHANGES: &str = include_str!("siglog.txt");

#[test]
fn a_log_of_another_make_is_cosigned_and_told_where_to_go_on() {
    let directory = tempfile::tempdir().unwrap();
    Directory::make_key(directory.path(), "witness.example.org", &[7; 32]).unwrap();
    let opened = Directory::open(directory.path()).unwrap();
    let witness = Witness::new(opened, parse_logs(LOG).unwrap()).unwrap();
    let mut cosigned = Vec::new();
    for exchange in EXCHANGES.split("### /add-checkpoint\n").skip(1) {
        let (request, recorded) = exchange.split_once("### ").unwrap();
        match witness.add_checkpoint(request.as_bytes(), 1_795_406_352) {
            Ok(line) => {
                assert!(recorded.starts_with("200\n"), "{recorded}");
                let mut note = AddCheckpoint::parse(request.as_bytes()).unwrap().checkpoint;
                note.add(witness.verifier(), &line).unwrap();
                cosigned.push(note.checkpoint().head.size);
            }
            Err(AddError::Refused(refusal)) => {
                assert!(recorded.starts_with(&format!("{}\n", refusal.status())), "{refusal}");
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(cosigned, [0, 1, 3, 5, 7]);
    let key: VerifierKey = LOG.parse().unwrap();
    assert_eq!(witness.logs().collect::<Vec<_>>(), [(key.name(), Some(7))]);
}
