//! What a witness answers, against an independent tree, and against the published exchanges of another witness.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::{ProptestConfig, any, prop, proptest};
use sha2::Sha256;
use syndic_ledger::{
    AddCheckpoint, Checkpoint, Hash, Head, KeyKind, MAX_REQUEST_BYTES, NoteKey, Refusal,
    VerifierKey, parse_size,
};

const ORIGIN: &str = "example.org/log";

struct Log {
    key: NoteKey,
    tree: MemoryBackedTree<Sha256, Vec<u8>>,
    heads: Vec<Head>,
}

impl Log {
    fn new(leaves: u64) -> Self {
        let key = NoteKey::new(ORIGIN, KeyKind::Log, &[1; 32]).unwrap();
        let mut log = Self { key, tree: MemoryBackedTree::new(), heads: Vec::new() };
        log.heads.push(log.head());
        for leaf in 0..leaves {
            log.tree.push(leaf.to_be_bytes().to_vec());
            log.heads.push(log.head());
        }
        log
    }

    fn head(&self) -> Head {
        Head { size: self.tree.len(), root: (*self.tree.root().as_bytes()).into() }
    }

    fn last(&self, size: u64) -> Option<Head> {
        self.heads.get(usize::try_from(size).unwrap()).copied()
    }

    fn keys(&self) -> Vec<VerifierKey> {
        vec![self.key.verifier().clone()]
    }

    /// The request for the newest checkpoint, from `old_size` on.
    fn request(&self, old_size: u64) -> AddCheckpoint {
        let added = usize::try_from(self.tree.len() - old_size).unwrap();
        let proof = if old_size == 0 || added == 0 {
            Vec::new()
        } else {
            let proof = self.tree.prove_consistency(added);
            proof.as_bytes().chunks(32).map(|hash| hash.try_into().unwrap()).collect()
        };
        AddCheckpoint { old_size, proof, checkpoint: self.signed(self.head(), &self.key) }
    }

    fn signed(&self, head: Head, key: &NoteKey) -> syndic_ledger::SignedCheckpoint {
        let origin = key.verifier().name().to_owned();
        Checkpoint { origin, head }.sign(std::slice::from_ref(key)).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_tree_that_only_grew_is_cosigned_and_read_back_as_it_was_sent(size in 0_u64..130, old in any::<prop::sample::Index>()) {
        let log = Log::new(size);
        let old = old.index(usize::try_from(size).unwrap() + 1) as u64;
        let request = log.request(old);
        assert_eq!(request.judge(&log.keys(), log.last(old)), Ok(log.head()));
        let sent = request.to_string();
        assert!(sent.len() < MAX_REQUEST_BYTES);
        assert_eq!(AddCheckpoint::parse(sent.as_bytes()).unwrap(), request);
    }

    #[test]
    fn a_tree_with_another_past_is_never_cosigned(size in 2_u64..130, old in any::<prop::sample::Index>(), flip in 0_u8..255) {
        let log = Log::new(size);
        let old = old.index(usize::try_from(size).unwrap() - 1) as u64 + 1;
        let mut last = log.last(old).unwrap();
        last.root[usize::from(flip / 8)] ^= 1 << (flip % 8);
        let answer = log.request(old).judge(&log.keys(), Some(last));
        assert!(matches!(answer, Err(Refusal::Unprocessable(_))), "{answer:?}");
    }

    #[test]
    fn a_proof_that_was_changed_proves_nothing(size in 2_u64..130, old in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0_u8..255) {
        let log = Log::new(size);
        let old = old.index(usize::try_from(size).unwrap() - 1) as u64 + 1;
        let mut request = log.request(old);
        if request.proof.is_empty() {
            request.proof.push([0; 32]);
        } else {
            let at = at.index(request.proof.len());
            request.proof[at][usize::from(bit / 8)] ^= 1 << (bit % 8);
        }
        let answer = request.judge(&log.keys(), log.last(old));
        assert!(matches!(answer, Err(Refusal::Unprocessable(_))), "{answer:?}");
    }

    #[test]
    fn no_text_is_read_in_two_ways(bytes in prop::collection::vec(any::<u8>(), 0..64), at in any::<prop::sample::Index>()) {
        let mut sent = Log::new(5).request(3).to_string().into_bytes();
        let at = at.index(sent.len());
        sent.splice(at..at, bytes);
        if let Ok(read) = AddCheckpoint::parse(&sent) {
            assert_eq!(read.to_string().as_bytes(), sent);
        }
    }

    #[test]
    fn no_size_is_too_large_to_be_judged(old in any::<u64>(), size in any::<u64>(), proof in prop::collection::vec(any::<Hash>(), 0..63)) {
        let log = Log::new(0);
        let head = |size| Head { size, root: [7; 32] };
        let request = AddCheckpoint { old_size: old, proof, checkpoint: log.signed(head(size), &log.key) };
        let _answered = request.judge(&log.keys(), Some(head(old)));
    }
}

#[test]
fn every_refusal_has_its_status() {
    let log = Log::new(5);
    let keys = log.keys();
    let other = NoteKey::new(ORIGIN, KeyKind::Log, &[2; 32]).unwrap();
    let foreign = NoteKey::new("example.org/other", KeyKind::Log, &[1; 32]).unwrap();
    let changed = |change: &dyn Fn(&mut AddCheckpoint)| {
        let mut request = log.request(3);
        change(&mut request);
        request
    };
    let empty = Head { size: 0, root: [0; 32] };
    for (case, request, last, status) in [
        (
            "a log nobody told of",
            changed(&|it| it.checkpoint = log.signed(log.head(), &foreign)),
            Some(3),
            404,
        ),
        (
            "another key of the log",
            changed(&|it| it.checkpoint = log.signed(log.head(), &other)),
            Some(3),
            403,
        ),
        ("from a smaller size", log.request(2), Some(3), 409),
        ("from a larger size", log.request(4), Some(3), 409),
        ("from nothing, though something was cosigned", log.request(0), Some(3), 409),
        ("from something, though nothing was", log.request(3), None, 409),
        (
            "a proof from nothing",
            {
                let mut it = log.request(0);
                it.proof.push([0; 32]);
                it
            },
            None,
            422,
        ),
        ("no proof", changed(&|it| it.proof.clear()), Some(3), 422),
        ("a proof that is too long", changed(&|it| it.proof.push([0; 32])), Some(3), 422),
        ("a proof in another order", changed(&|it| it.proof.reverse()), Some(3), 422),
        (
            "the same size, another root",
            {
                let mut it = log.request(5);
                it.checkpoint = log.signed(Head { size: 5, root: [0; 32] }, &log.key);
                it
            },
            Some(5),
            422,
        ),
        (
            "an empty tree with a root",
            {
                let mut it = Log::new(0).request(0);
                it.checkpoint = log.signed(empty, &log.key);
                it
            },
            None,
            422,
        ),
    ] {
        let answer = request.judge(&keys, last.and_then(|size| log.last(size)));
        assert_eq!(answer.map_err(|refusal| refusal.status()), Err(status), "{case}");
    }
    assert_eq!(log.request(3).judge(&[], None).unwrap_err().status(), 404, "no key is no log");
}

#[test]
fn a_conflict_tells_the_size_to_go_on_from() {
    let log = Log::new(5);
    let answer = log.request(2).judge(&log.keys(), log.last(3));
    assert_eq!(answer, Err(Refusal::Conflict(3)));
    for (body, size) in [
        ("3\n", Some(3)),
        ("0\n", Some(0)),
        ("18446744073709551615\n", Some(u64::MAX)),
        ("18446744073709551616\n", None),
        ("3", None),
        ("03\n", None),
        ("+3\n", None),
        ("-1\n", None),
        (" 3\n", None),
        ("3\n\n", None),
        ("", None),
        ("\n", None),
    ] {
        assert_eq!(parse_size(body.as_bytes()), size, "{body:?}");
    }
}

#[test]
fn what_is_not_a_request_is_refused() {
    let sent = Log::new(5).request(3).to_string();
    assert!(AddCheckpoint::parse(sent.as_bytes()).is_ok());
    let first_hash = sent.lines().nth(1).unwrap();
    let many = format!("{first_hash}\n").repeat(64);
    for (case, text) in [
        ("nothing", String::new()),
        ("no old size", sent.replacen("old 3\n", "", 1)),
        ("no number", sent.replacen("old 3", "old three", 1)),
        ("a leading zero", sent.replacen("old 3", "old 03", 1)),
        ("a sign", sent.replacen("old 3", "old +3", 1)),
        ("two spaces", sent.replacen("old 3", "old  3", 1)),
        ("a size beyond all", sent.replacen("old 3", "old 18446744073709551616", 1)),
        ("an old size larger than the checkpoint's", sent.replacen("old 3", "old 6", 1)),
        ("carriage returns", sent.replace('\n', "\r\n")),
        ("no empty line", sent.replacen("\n\n", "\n", 1)),
        ("a hash cut short", sent.replacen(first_hash, first_hash.split_at(4).1, 1)),
        (
            "a hash without its padding",
            sent.replacen(first_hash, first_hash.trim_end_matches('='), 1),
        ),
        ("64 hashes", sent.replacen(&format!("{first_hash}\n"), &many, 1)),
        ("no signature", sent.split("\n\n").take(2).collect::<Vec<_>>().join("\n\n")),
        ("the last line feed missing", sent.trim_end().to_owned()),
        ("something behind", format!("{sent}x")),
        ("a megabyte", format!("{sent}{}", "x".repeat(1 << 20))),
    ] {
        let refused = AddCheckpoint::parse(text.as_bytes()).map_err(|refusal| refusal.status());
        assert_eq!(refused, Err(400), "{case}");
    }
    assert!(AddCheckpoint::parse(b"old 0\n\n\xff\n").is_err(), "not UTF-8");
}

// What `another_witness_answers_the_same` needs.
const ROOT_1: &str = "KgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
const ROOT_3: &str = "RcCI1Nk56ZcSmIEfIn0SleqtV7uvrlXNccFx595Iwl0=";
const ROOT_5: &str = "QrtXrQZCCvpIgsSmOsah7HdICzMLLyDfxToMql9WTjY=";
const SIGNED_1: &str =
    "UgIom7fPZTqpxWWhyjWduBvTvGVqsokMbqTArsQilegKoFBJQjUFAmQ0+YeSPM3wfUQMFSzVnnNuWRTYrajXpNUbIQY=";
const SIGNED_3: &str =
    "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6go=";
const FORGED_3: &str =
    "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6gs=";
const MISSPELT_3: &str =
    "UgIom2VbtIcdFbwFAy1n7s6IkAxIY6J/GQOTuZF2ORV39d75cbAj2aQYwyJre36kezNobZs4SUUdrcawfAB8WVrx6gx=";
const SIGNED_5: &str =
    "UgIomw/EOJmWi0i1FQsOj+etB7F8IccFam/jgd6wzRns4QPVmyEZtdvl1U2KEmLOZ/ASRcWJi0tW90dJWAShei7sDww=";

/// The exchanges that the tests of litewitness publish (github.com/FiloSottile/torchwood, `cmd/litewitness/testdata`,
/// ISC licence), but for the status of an unknown log, which the specification has changed to 404 since.
#[test]
fn another_witness_answers_the_same() {
    let log = "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e562";
    let key = format!("{log}+5202289b+Af/cLU2Y5BJNP+r3iMDC+av9eWCD0fBJVDfzAux5zxAP");
    let keys = [key.parse::<VerifierKey>().unwrap()];
    let leaf = |n| format!("{}\n", base64_of(n));
    let mut last = None;
    for (old, proof, origin, size, root, signature, expected) in [
        (0, String::new(), log, 1, ROOT_1, SIGNED_1, Ok(1)),
        (1, leaf(1) + &leaf(2), log, 3, ROOT_3, MISSPELT_3, Err(400)),
        (1, leaf(1) + &leaf(2), log, 3, ROOT_3, FORGED_3, Err(403)),
        (
            1,
            leaf(1) + &leaf(2),
            "sigsum.org/v1/tree/4d6d8825a6bb689d459628312889dfbb0bcd41b5211d9e1ce768b0ff0309e563",
            3,
            ROOT_3,
            SIGNED_3,
            Err(404),
        ),
        (1, String::new(), log, 3, ROOT_3, SIGNED_3, Err(422)),
        (
            1,
            leaf(1) + "KgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABA=\n",
            log,
            3,
            ROOT_3,
            SIGNED_3,
            Err(422),
        ),
        (1, leaf(1) + &leaf(2), log, 3, ROOT_3, SIGNED_3, Ok(3)),
        (
            1,
            leaf(1) + "+fUDV+k970B4I3uKrqJM4aP1lloPZP8mvr2Z4wRw2LI=\n" + &leaf(4),
            log,
            5,
            ROOT_5,
            SIGNED_5,
            Err(409),
        ),
        (
            3,
            leaf(2) + &leaf(3) + "wgiIFdZfYNv6WU1OllBKsWnLYIS/DBMqt8Uh/S4OukE=\n" + &leaf(4),
            log,
            5,
            ROOT_5,
            SIGNED_5,
            Ok(5),
        ),
        (0, String::new(), log, 5, ROOT_5, SIGNED_5, Err(409)),
    ] {
        let body =
            format!("old {old}\n{proof}\n{origin}\n{size}\n{root}\n\n— {origin} {signature}\n");
        let answer = AddCheckpoint::parse(body.as_bytes()).and_then(|it| it.judge(&keys, last));
        let answer = answer.map_err(|refusal| refusal.status());
        assert_eq!(answer.map(|head| head.size), expected, "{body}");
        last = answer.ok().or(last);
    }
}

/// What the witness of siglog 0.1.0 answered syndic on a loopback port: it reads the request and the proof, and signs
/// the checkpoint without a time, as a log would. That is a true signature and no cosignature.
#[test]
fn a_signature_without_a_time_is_no_cosignature() {
    let request = "old 3
sfywsmHHeKyRQyNvPqWL7JwSqWGKJ9ON5Lg83vN9gic=
AYPrulC/JzynyCE+af/w2uTsNSSpMYjj/CWabBmKwkQ=
cYmI8S6QR8g79AP7WatsKkeBW5VU5tOxCnhpGGaj/3I=

syndic.example.com/log
4
HMRVpOHrndDzRmiTv5g58OIqXubEiPI+EugAsmKCXCc=

— syndic.example.com/log x819AxZVEobldKY+8jxCAk6UVl4mvD970eVqPWHrkQx9dzykv+wccd4K+LFeVXoN3HSXUCzQfd3E1R4NuEE2k+bvNA4=
";
    let line = "— siglog.example/witness TQMOFxJE3btb6RJvQZHYUOWtKd4IwsMrqV87e7OumvvEQJEIVlT+mzaudesviWG0gZDSjpEoeI5uVpo5JMmzimkBawg=\n";
    let request = AddCheckpoint::parse(request.as_bytes()).unwrap();
    let seed = [0x22; 32];
    for (kind, added) in [(KeyKind::Log, true), (KeyKind::Witness, false)] {
        let key = NoteKey::new("siglog.example/witness", kind, &seed).unwrap();
        let mut note = AddCheckpoint::parse(request.to_string().as_bytes()).unwrap().checkpoint;
        assert_eq!(note.add(key.verifier(), line).is_ok(), added, "{kind:?}");
        assert_eq!(note.is_signed_by(key.verifier()), added, "{kind:?}");
    }
}

/// The leaf hash of their tree: 42, the index, and zeros.
fn base64_of(n: u8) -> String {
    use base64::Engine as _;
    let mut hash = [0; 32];
    (hash[0], hash[1]) = (42, n);
    base64::engine::general_purpose::STANDARD.encode(hash)
}
