//! Code, documentation and lock files of the packages that syndic is built with: nobody's data, nearly.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use syndic_detect::{Context, Scanner};

use crate::eval::{Options, around};
use crate::row::{Measured, print};

const BYTES: usize = 4 << 20;
/// A file of more is mostly generated, and one of them would say too much.
const FILE: u64 = 256 << 10;

pub struct Corpus {
    pub name: &'static str,
    pub goal: Option<f64>,
    files: Vec<PathBuf>,
}

/// Draws files of the packages that the lock file names, the same ones wherever it is the same. That of `bench` is
/// left out: other scanners are full of values to be found.
pub fn corpora(root: &Path) -> anyhow::Result<Vec<Corpus>> {
    let packages = packages(root)?;
    let mut files = Vec::new();
    for package in &packages {
        walk(package, &mut files);
    }
    let name = |path: &Path| path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let of = |wanted: &dyn Fn(&str) -> bool| {
        let mut drawn: Vec<PathBuf> = files.iter().filter(|path| wanted(&name(path))).cloned().collect();
        drawn.sort_by_key(|path| hash(&below_registry(path)));
        drawn
    };
    let mut locks = vec![root.join("Cargo.lock"), root.join("bench/Cargo.lock")];
    locks.extend(of(&|name| {
        matches!(name, "Cargo.lock" | "package-lock.json" | "yarn.lock" | "poetry.lock" | "go.sum")
    }));
    Ok(vec![
        Corpus { name: "benign code", goal: Some(10.0), files: of(&|name| name.ends_with(".rs")) },
        Corpus { name: "benign docs", goal: None, files: of(&|name| name.ends_with(".md")) },
        Corpus { name: "benign lockfiles", goal: Some(0.0), files: locks },
    ])
}

impl Corpus {
    /// Reads as much as is scanned.
    pub fn texts(&self) -> anyhow::Result<Vec<(PathBuf, String)>> {
        let mut texts = Vec::new();
        let mut bytes = 0;
        for path in &self.files {
            let is_lock = self.name == "benign lockfiles";
            if bytes >= BYTES || !is_lock && path.metadata()?.len() > FILE {
                continue;
            }
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            bytes += text.len();
            texts.push((path.clone(), text));
        }
        Ok(texts)
    }

    /// Prints and returns how many findings a megabyte has.
    pub fn hits(&self, scanner: &Scanner, options: &Options) -> anyhow::Result<f64> {
        let (mut hits, mut bytes, mut refused) = (0, 0, 0);
        let texts = self.texts()?;
        for (path, text) in &texts {
            bytes += text.len();
            let Ok(mut findings) = scanner.scan(text, &Context::default()) else {
                refused += 1;
                continue;
            };
            findings.retain(|finding| finding.score.hundredths() >= options.threshold);
            hits += findings.len();
            for finding in findings.iter().filter(|_| options.show) {
                let place = below_registry(path);
                let (kind, why) = (&finding.entity, &finding.evidence.pattern);
                println!("{}\t{kind}\t{place}\t{}\t{why} {}", self.name, around(text, &finding.span), finding.score);
            }
        }
        let megabytes = bytes as f64 / 1e6;
        let rate = hits as f64 / megabytes;
        let mut figures = vec![("hits_per_mb", rate)];
        figures.extend(self.goal.map(|goal| ("goal_hits_per_mb", goal)));
        figures.extend([("mb", megabytes), ("files", texts.len() as f64), ("refused", f64::from(refused))]);
        print("detect", self.name, &[], &Measured { subject: "syndic", figures }, "", options.json);
        Ok(rate)
    }
}

/// The sources of the packages of the lock file that are on the machine.
fn packages(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo"))).context("CARGO_HOME")?;
    let registries: Vec<PathBuf> = std::fs::read_dir(home.join("registry/src"))
        .context("there are no sources of packages; `cargo fetch` gets them")?
        .map(|entry| Ok(entry?.path()))
        .collect::<anyhow::Result<_>>()?;
    let lock = root.join("Cargo.lock");
    let mut names =
        locked(&std::fs::read_to_string(&lock).with_context(|| format!("cannot read `{}`", lock.display()))?);
    names.sort();
    names.dedup();
    let places = names.iter().flat_map(|name| registries.iter().map(move |registry| registry.join(name)));
    Ok(places.filter(|place| place.is_dir()).collect())
}

/// Reads `name-version` of each package of a lock file.
fn locked(text: &str) -> Vec<String> {
    let value = |package: &str, key: &str| {
        let line = package.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(" = \""));
        line.map(|line| line.trim_end_matches('"').to_owned())
    };
    let packages = text.split("[[package]]").skip(1);
    packages.filter_map(|package| Some(format!("{}-{}", value(package, "name")?, value(package, "version")?))).collect()
}

fn walk(directory: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => walk(&path, files),
            Ok(kind) if kind.is_file() => files.push(path),
            _ => {}
        }
    }
}

/// The path from the package's name on, the same on every machine.
fn below_registry(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    text.split_once("registry/src/")
        .and_then(|(_, below)| below.split_once('/'))
        .map_or(text.clone(), |(_, below)| below.to_owned())
}

/// FNV-1a.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
