//! What the compiler says of an attribute that is wrong.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

/// Returns this crate as it was built for this test.
fn library(built: &Path) -> PathBuf {
    let ours = |path: &PathBuf| {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        name.starts_with("libsyndic-") && name.ends_with(".rlib")
    };
    let made = |path: &PathBuf| {
        fs::metadata(path).and_then(|found| found.modified()).unwrap_or(SystemTime::UNIX_EPOCH)
    };
    let all = fs::read_dir(built).unwrap().map(|entry| entry.unwrap().path());
    all.filter(ours).max_by_key(made).unwrap()
}

/// Returns what the compiler says of a program of `tests/attributes`.
fn told(name: &str) -> String {
    let executable = env::current_exe().unwrap();
    let built = executable.parent().unwrap();
    let out = tempfile::tempdir().unwrap();
    // Not cargo: that would compile everything below this crate again.
    let output = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args([
            "--edition",
            "2024",
            "--crate-type",
            "bin",
            "--emit",
            "metadata",
            "--cap-lints",
            "allow",
        ])
        .args([OsStr::new("--out-dir"), out.path().as_os_str()])
        .args([OsStr::new("-L"), format!("dependency={}", built.display()).as_ref()])
        .args([OsStr::new("--extern"), format!("syndic={}", library(built).display()).as_ref()])
        .arg(format!("tests/attributes/{name}.rs"))
        .output()
        .unwrap();
    assert!(!output.status.success(), "`{name}` compiles");
    let text = String::from_utf8(output.stderr).unwrap();
    // What else implements a trait, and where the library is, is not what is tested.
    let mut is_told = false;
    let lines = text.lines().filter(|line| {
        is_told |= line.starts_with("error");
        is_told &= !(line.starts_with("help") || line.starts_with("note"));
        let aside = ["= help", "::: ", "= note: this error originates", "and "];
        let line = line.trim_start();
        is_told && !line.starts_with('`') && !aside.iter().any(|aside| line.starts_with(aside))
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_mistake_in_an_audited_or_governed_attribute_is_told_in_words() {
    for name in [
        "not_a_function",
        "no_agent",
        "unknown_option",
        "argument_that_cannot_be_recorded",
        "governed_without_a_result",
    ] {
        insta::assert_snapshot!(name, told(name));
    }
}
