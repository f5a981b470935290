//! What the scanner finds, what it costs, and the sets that tell.
//!
//! `cargo xtask eval detect` and `cargo xtask bench detect` call this.

mod benign;
mod corpus;
mod eval;
mod peers;
#[expect(dead_code, reason = "the other measurements use what is left of it")]
#[path = "../../src/row.rs"]
mod row;
mod score;
mod set;
mod speed;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

const USAGE: &str = "usage: eval detect [FILE] [--threshold 0.5] [--json] [--show], bench detect [--presidio] [--json], corpus [DIRECTORY]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["eval", "detect", ref words @ ..] => options(words).and_then(|options| eval::run(&options)),
        ["bench", "detect", ref words @ ..] => speed(words).and_then(|options| speed::run(&options)),
        ["corpus", directory] => corpus::write(Path::new(directory), false),
        ["corpus"] => corpus::write(Path::new("corpus/detect"), true),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn options(words: &[&str]) -> anyhow::Result<eval::Options> {
    let mut options = eval::Options { file: None, threshold: 50, json: false, show: false };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--json" => options.json = true,
            "--show" => options.show = true,
            "--threshold" => {
                let value = words.next().context("`--threshold` needs a number, such as 0.5")?;
                let share: f64 = value.parse().with_context(|| format!("`{value}` is no number"))?;
                options.threshold = (share * 100.0).round() as u8;
            }
            word if word.starts_with("--") => bail!("`{word}` is not known; {USAGE}"),
            file => options.file = Some(file.into()),
        }
    }
    Ok(options)
}

fn speed(words: &[&str]) -> anyhow::Result<speed::Options> {
    let mut options = speed::Options { json: false, presidio: false };
    for word in words {
        match *word {
            "--json" => options.json = true,
            "--presidio" => options.presidio = true,
            word => bail!("`{word}` is not known; {USAGE}"),
        }
    }
    Ok(options)
}
