//! Texts of the corpora, broken at random: nothing panics, spans are of the text, and redacting holds.
//!
//! `cargo xtask fuzz detect` runs it for as long as it is told; here it is a bounded run of the same seed. A round
//! depends on the seed and its number alone.

use std::collections::hash_map::DefaultHasher;
use std::env;
use std::hash::{Hash as _, Hasher as _};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::value::RawValue;
use serde_json::{Value, json};
use syndic_detect::{Context, Finding, Key, Redaction, Region, Scanner, Tags, Tail};

const ROUNDS: u64 = 250;
const SEED: u64 = 7;
/// Longer texts say nothing new and cost rounds.
const LONGEST: usize = 8 << 10;

/// What detectors look for, and what upsets those who read text.
const PIECES: &[&str] = &[
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "-----END RSA PRIVATE KEY-----",
    "eyJhbGciOiJIUzI1NiJ9.",
    "AKIA",
    "ghp_",
    "ssn 123456789 ",
    "password=",
    "name,phone,born\n",
    "| mrn | born |\n",
    "COPY t (ssn, born) FROM stdin;\n",
    "INSERT INTO t (pin, ssn) VALUES (",
    "\nMe: ",
    "\"client_secret\": \"",
    "https://a:b@c.d/",
    "@",
    "a@b.co",
    "::",
    "fe80::1%eth0",
    "1 ",
    "4111 1111 1111 1111",
    "+49 (0)",
    "%25",
    "%e2%80%8b",
    "\\u00",
    "\\ud83d",
    "&#x",
    "&#1114112;",
    "one two double three oh ",
    " at ",
    "[dot]",
    "\u{200b}",
    "\u{ad}",
    "\u{feff}",
    "\u{301}",
    "\u{336}",
    "\u{20e3}",
    "\u{ff11}",
    "\u{661}",
    "\u{1d7d8}",
    "\u{e0041}",
    "\u{10ffff}",
    "\u{0}",
    "\u{2028}",
    "ß",
    "\u{130}",
    "日本",
    "👩‍👩‍👧",
    "NDExMTExMTExMTExMTExMQ==",
    "34313131",
    "{\"a\":[",
    "]}",
    "\"",
    "\\",
    "\r\n",
    "\t",
];

#[test]
fn broken_texts_are_scanned_and_redacted_as_whole_ones() {
    let corpus = corpus();
    let number = |name: &str| env::var(name).ok().and_then(|value| value.parse::<u64>().ok());
    let seed = number("SYNDIC_FUZZ_SEED").unwrap_or(SEED);
    let first = number("SYNDIC_FUZZ_FIRST").unwrap_or(0);
    let rounds = number("SYNDIC_FUZZ_ROUNDS").unwrap_or(ROUNDS);
    let end =
        number("SYNDIC_FUZZ_SECONDS").map(|seconds| Instant::now() + Duration::from_secs(seconds));
    let scanner = Scanner::builder().build();
    let mut done = 0;
    let mut slowest = (Duration::ZERO, 0, first);
    for round in first..first.saturating_add(rounds) {
        let text = broken(&corpus, &mut Random(seed ^ round.wrapping_mul(0x2545_f491_4f6c_dd1d)));
        let told = Told { seed, round };
        let begun = Instant::now();
        checked(&scanner, &text);
        if begun.elapsed() > slowest.0 {
            slowest = (begun.elapsed(), text.len(), round);
        }
        std::mem::forget(told);
        done += 1;
        if end.is_some_and(|end| Instant::now() >= end) {
            break;
        }
    }
    let (took, bytes, at) = slowest;
    println!(
        "fuzz: done {done} slowest_us {} slowest_bytes {bytes} slowest_round {at}",
        took.as_micros()
    );
}

/// Says how to repeat a round that does not come to its end.
struct Told {
    seed: u64,
    round: u64,
}

impl Drop for Told {
    fn drop(&mut self) {
        let Self { seed, round } = self;
        println!("repeat it: cargo xtask fuzz detect --seed {seed} --first {round} --rounds 1");
    }
}

fn checked(scanner: &Scanner, text: &str) {
    let mut tail = Tail::default();
    tail.push(text);
    let contexts = [
        Context::default(),
        Context { key: Some("customer_ssn"), region: Region::new("de"), tail: Some(&tail) },
    ];
    for context in &contexts {
        if let Ok(findings) = scanner.scan(text, context) {
            sound(text, &findings);
            assert_eq!(Ok(&findings), scanner.scan(text, context).as_ref(), "the same text twice");
        }
    }
    redacted(scanner, text);
    let wrapped = json!({"note": text, "parts": text.split(' ').take(64).collect::<Vec<_>>(), text: 4_111_111_111_111_111_u64});
    for document in [wrapped.to_string(), text.to_owned()] {
        if let Ok(document) = serde_json::from_str::<Box<RawValue>>(&document) {
            json_checked(scanner, &document);
        }
    }
}

fn sound(text: &str, findings: &[Finding]) {
    let mut last = 0;
    for finding in findings {
        let span = &finding.span;
        assert!(text.get(span.clone()).is_some_and(|found| !found.is_empty()), "{finding:?}");
        assert!(last <= span.start, "{finding:?} overlaps or stands before what ends at {last}");
        assert!(
            finding.score.hundredths() <= 100 && finding.evidence.pattern.len() < 200,
            "{finding:?}"
        );
        last = span.end;
    }
}

fn redacted(scanner: &Scanner, text: &str) {
    let mut tags = Tags::new(Key::new([3; 32]));
    let (redaction, context) = (Redaction::default(), Context::default());
    let Ok(once) = scanner.redact(text, &context, &redaction, &mut tags) else { return };
    sound(text, &once.findings);
    let left = scanner.scan(&once.text, &context).map(|mut findings| {
        findings.retain(|finding| redaction.takes(finding));
        findings
    });
    assert!(
        left.as_ref().is_ok_and(|left| left.is_empty()),
        "{left:?} left of {text:?} in {:?}",
        once.text
    );
    let twice = scanner.redact(&once.text, &context, &redaction, &mut tags).map(|twice| twice.text);
    assert_eq!(twice.as_deref(), Ok(once.text.as_str()), "redacted twice: {text:?}");
}

fn json_checked(scanner: &Scanner, document: &RawValue) {
    let (redaction, context) = (Redaction::default(), Context::default());
    let mut tags = Tags::new(Key::new([3; 32]));
    if let Ok(findings) = scanner.scan_json(document, &context) {
        sound(document.get(), &findings);
    }
    let Ok(once) = scanner.redact_json(document, &context, &redaction, &mut tags) else { return };
    // A lone surrogate is JSON, and no text.
    if let Ok(before) = serde_json::from_str::<Value>(document.get()) {
        let after: Value = serde_json::from_str(once.text.get()).unwrap();
        assert_eq!(shape(&before), shape(&after), "of {document}");
    }
    let twice = scanner
        .redact_json(&once.text, &context, &redaction, &mut tags)
        .map(|twice| twice.text.get().to_owned());
    assert_eq!(twice.ok().as_deref(), Some(once.text.get()), "redacted twice: {document}");
}

/// How many values of each depth there are: that no redaction may change.
fn shape(value: &Value) -> Vec<usize> {
    let mut counts = Vec::new();
    let mut level = vec![value];
    while !level.is_empty() {
        counts.push(level.len());
        level = level
            .into_iter()
            .flat_map(|value| match value {
                Value::Array(items) => items.iter().collect::<Vec<_>>(),
                Value::Object(fields) => fields.values().collect(),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
            })
            .collect();
    }
    counts
}

fn corpus() -> Vec<String> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/detect");
    let mut texts = Vec::new();
    for name in ["messages.jsonl", "evasion.jsonl"] {
        for line in std::fs::read_to_string(directory.join(name)).unwrap().lines() {
            let case: Value = serde_json::from_str(line).unwrap();
            texts.push(case["text"].as_str().unwrap().replace('\u{241f}', ""));
        }
    }
    texts
}

fn broken(corpus: &[String], random: &mut Random) -> String {
    let mut text = random.pick(corpus);
    for _ in 0..random.below(7) {
        let (from, to) = random.range(&text);
        let piece = text.get(from..to).unwrap_or_default();
        match random.below(9) {
            0 => text.replace_range(from..to, ""),
            1 => text.insert_str(from, random.pick(PIECES)),
            2 => text.insert_str(from, &random.pick(PIECES).repeat(1 + random.below(200))),
            3 => {
                let part = piece.repeat(1 + random.below(8));
                text.insert_str(to, &part);
            }
            4 => text.push_str(&random.pick(corpus)),
            5 => text = format!("{}{}", random.pick(corpus), text.get(from..).unwrap_or_default()),
            6 => {
                let other = u32::try_from(random.below(0x11_0000))
                    .ok()
                    .and_then(char::from_u32)
                    .unwrap_or('\u{fffd}');
                text.insert(from, other);
            }
            7 => {
                let moved = piece.chars().map(|sign| {
                    sign.to_digit(10)
                        .and_then(|digit| char::from_u32(0x966 + digit))
                        .unwrap_or(sign)
                });
                let moved: String = moved.collect();
                text.replace_range(from..to, &moved);
            }
            _ => {
                let escaped: String = piece.bytes().map(|byte| format!("%{byte:02x}")).collect();
                text.replace_range(from..to, &escaped);
            }
        }
        text.truncate(text.floor_char_boundary(LONGEST));
    }
    text
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        let mut hasher = DefaultHasher::new();
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.hash(&mut hasher);
        usize::try_from(hasher.finish() >> 33).unwrap_or(0) % end
    }

    fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// A piece of the text between two of its characters, of any length, most of them short.
    fn range(&mut self, text: &str) -> (usize, usize) {
        let from = text.floor_char_boundary(self.below(text.len() + 1));
        let length = if self.below(4) == 0 { self.below(text.len() + 1) } else { self.below(24) };
        (from, text.ceil_char_boundary((from + length).min(text.len())))
    }
}
