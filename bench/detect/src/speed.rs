//! `cargo xtask bench detect`: what a scan costs on one core, beside reading the same bytes and other scanners.

use std::path::Path;
use std::time::{Duration, Instant};

use syndic_detect::{Context, Scanner};

use crate::benign;
use crate::peers;
use crate::row::{Figures, Measured, latencies, print};
use crate::set;

const ROUNDS: usize = 9;
/// Of so many messages each round.
const MESSAGES: usize = 2048;
const SIZE: usize = 1000;
const CLEAN: usize = 4 << 20;
const ADVERSARIAL: usize = 1 << 20;
/// Of an adversarial input peers get so much: one of them takes two minutes for a megabyte.
const FOR_PEERS: usize = 64 << 10;
/// Presidio takes milliseconds for each, and the first two kilobytes of a file are enough.
const FOR_PRESIDIO: usize = 200;

/// Scans a text and returns how much it found, so that nothing is optimised away.
pub type Scan = Box<dyn Fn(&str) -> usize>;

pub struct Options {
    pub json: bool,
    pub presidio: bool,
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let (mixed, robust, clean) = (mixed()?, robust()?, clean()?);
    for (case, texts) in [("mixed 1 KB", &mixed), ("clean text", &clean), ("robust ascii", &robust)] {
        compare(case, texts, ROUNDS, options)?;
    }
    let mut worst: Option<(String, Figures)> = None;
    for (name, text) in adversarial() {
        let figures = compare(&format!("adversarial: {name}"), &[text], 3, options)?;
        if worst.as_ref().is_none_or(|(_, worst)| figures[0].1 < worst[0].1) {
            worst = Some((name, figures));
        }
    }
    if let Some((name, figures)) = worst {
        if !options.json {
            println!("the worst is `{name}`");
        }
        print("detect", "adversarial", &[], &Measured { subject: "syndic", figures }, "mb_per_s", options.json);
    }
    Ok(())
}

/// Measures all subjects by turns, prints them, and returns ours.
fn compare(case: &str, texts: &[String], rounds: usize, options: &Options) -> anyhow::Result<Figures> {
    let scanner = Scanner::builder().build();
    let ours: Scan = Box::new(move |text| scanner.scan(text, &Context::default()).map_or(0, |findings| findings.len()));
    let mut subjects: Vec<(&'static str, Scan)> = vec![("memory read", Box::new(read))];
    subjects.extend(peers::scanners());
    subjects.push(("syndic", ours));
    let fewer = match texts {
        [text] => vec![text[..text.floor_char_boundary(FOR_PEERS)].to_owned()],
        texts => texts[..texts.len().min(512)].to_vec(),
    };
    let mut measured: Vec<Vec<Round>> = subjects.iter().map(|_| Vec::new()).collect();
    for round in 0..rounds {
        for ((subject, scan), rounds) in subjects.iter().zip(&mut measured) {
            // Peers are slow enough to tell in fewer rounds and on fewer texts.
            if matches!(*subject, "memory read" | "syndic") {
                rounds.push(timed(texts, scan));
            } else if round % 3 == 0 {
                rounds.push(timed(&fewer, scan));
            }
        }
    }
    let named = subjects.iter().zip(&measured);
    let mut all: Vec<Measured> =
        named.map(|((subject, _), rounds)| Measured { subject, figures: figures(rounds) }).collect();
    let Some(ours) = all.pop() else { return Ok(Figures::new()) };
    if options.presidio && texts.len() > 1 {
        let begins = texts.iter().take(FOR_PRESIDIO).map(|text| text[..text.floor_char_boundary(2048)].to_owned());
        let figures = peers::presidio(&begins.collect::<Vec<_>>())?;
        all.push(Measured { subject: "presidio patterns", figures });
    }
    print("detect", case, &all, &ours, "mb_per_s", options.json);
    Ok(ours.figures)
}

/// One pass for the sum, in the thread's own time, and one with a clock around each text.
struct Round {
    bytes: usize,
    seconds: f64,
    each: Vec<Duration>,
}

fn timed(texts: &[String], scan: &Scan) -> Round {
    let begun = spent();
    for text in texts {
        std::hint::black_box(scan(std::hint::black_box(text)));
    }
    let seconds = spent() - begun;
    let once = |text: &String| {
        let begun = Instant::now();
        std::hint::black_box(scan(std::hint::black_box(text)));
        begun.elapsed()
    };
    let each = if texts.len() == 1 { vec![Duration::from_secs_f64(seconds)] } else { texts.iter().map(once).collect() };
    Round { bytes: texts.iter().map(String::len).sum(), seconds, each }
}

/// Seconds that this thread has run for: others on the machine do not count.
fn spent() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// The median of the rounds, of the sum and of each text.
fn figures(rounds: &[Round]) -> Figures {
    let count = rounds.first().map_or(0, |round| round.each.len());
    let bytes = rounds.first().map_or(0, |round| round.bytes);
    let middle = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    };
    let seconds = middle(rounds.iter().map(|round| round.seconds).collect());
    let of =
        |at: usize| Duration::from_secs_f64(middle(rounds.iter().map(|round| round.each[at].as_secs_f64()).collect()));
    let mut figures = vec![("mb_per_s", bytes as f64 / seconds / 1e6)];
    figures.extend(latencies((0..count).map(of).collect(), Duration::from_secs_f64(seconds)));
    figures
}

/// Sums the words of a text: what the memory gives.
fn read(text: &str) -> usize {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let sum = words.iter().fold(0_u64, |sum, word| sum.wrapping_add(u64::from_ne_bytes(*word)));
    sum as usize ^ rest.len()
}

/// Messages of the set, with and without something to find by turns, joined to at least a thousand bytes.
fn mixed() -> anyhow::Result<Vec<String>> {
    let cases = set::read(Path::new("corpus/detect/messages.jsonl"))?;
    let mut texts = cases.iter().map(|case| case.text.as_str()).cycle();
    Ok((0..MESSAGES)
        .map(|_| {
            let mut text = String::new();
            while text.len() < SIZE {
                text += texts.next().unwrap_or("-");
                text.push('\n');
            }
            text.truncate(text.floor_char_boundary(SIZE + 24));
            text
        })
        .collect())
}

/// The same in ASCII alone, each with something that asks for a second look: an escape, an entity, an encoded word.
fn robust() -> anyhow::Result<Vec<String>> {
    const SIGNS: [&str; 4] =
        [" q=a%20b%2Fc ", " caf\\u00e9 ", " fish &amp; chips &#39; ", " SGVsbG8sIHRoaXMgaXMganVzdCBhIGdyZWV0aW5n "];
    let ascii = |text: String| text.chars().map(|sign| if sign.is_ascii() { sign } else { '-' }).collect::<String>();
    let signed = |(at, text): (usize, String)| SIGNS[at % SIGNS.len()].to_owned() + &ascii(text);
    Ok(mixed()?.into_iter().enumerate().map(signed).collect())
}

/// Code and documentation of packages, file by file.
fn clean() -> anyhow::Result<Vec<String>> {
    let corpora = benign::corpora(Path::new("."))?;
    let mut texts = Vec::new();
    for corpus in corpora.iter().filter(|corpus| corpus.name != "benign lockfiles") {
        let mut bytes = 0;
        for (_, text) in corpus.texts()? {
            bytes += text.len();
            texts.push(text);
            if bytes >= CLEAN / 2 {
                break;
            }
        }
    }
    Ok(texts)
}

/// A megabyte each of what makes a scanner look again and again.
fn adversarial() -> Vec<(String, String)> {
    let filled = |name: &str, piece: &str| (name.to_owned(), piece.repeat(ADVERSARIAL / piece.len()));
    vec![
        filled("single digits", "1 "),
        filled("ssn and digits", "ssn 123456789 "),
        filled("PEM without end", "-----BEGIN RSA PRIVATE KEY-----\nMIIB"),
        filled("at signs", "a@"),
        filled("at signs and dots", "a@b.c."),
        filled("deep JSON", "{\"a\":["),
        filled("long hexadecimal", "0123456789abcdef"),
        filled("colons", "::::"),
        filled("hexadecimal groups", "ab:cd:"),
        filled("long digits", "4"),
        filled("grouped digits", "4111-"),
        filled("assignments", "password="),
        filled("keys of JSON", "\"secret\":\""),
        filled("JWT starts", "eyJhbGciOi."),
        filled("base64 in base64", "U0dWc2JHOGdkMjl5YkdRZ2FHVnNiRzh"),
        filled("percent", "%2525"),
        filled("entities", "&#49;"),
        filled("escapes", "\\u0031"),
        filled("zero-width", "4\u{200b}"),
        filled("spelled", "one "),
        filled("slashes", "a/b=c+"),
        filled("addresses", "a@b.co 1.2.3.4 "),
    ]
}
