//! Servers that are Python packages, installed once below the target directory.

use std::fs::File;
use std::path::PathBuf;
use std::process::Command;

/// Returns where `package` is installed in this version, with what it needs; installs it the first time.
///
/// Tests of other processes wait meanwhile.
///
/// # Panics
/// When it cannot be installed: `python3` with `pip` and the package's registry are needed.
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where its server cannot be had"
)]
pub(crate) fn installed(package: &str, version: &str) -> PathBuf {
    let python = profile_directory().join("testkit").join("python");
    let name: String = package
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' })
        .collect();
    let directory = python.join(format!("{name}-{version}"));
    if directory.is_dir() {
        return directory;
    }
    std::fs::create_dir_all(&python).unwrap();
    let lock = File::create(python.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    if directory.is_dir() {
        return directory;
    }
    let half = python.join(format!("{name}-{version}.half"));
    if half.exists() {
        std::fs::remove_dir_all(&half).unwrap();
    }
    let wanted = format!("{package}=={version}");
    let install = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
        .arg("--target")
        .arg(&half)
        .arg(&wanted)
        .output();
    match install {
        Ok(output) if output.status.success() => std::fs::rename(&half, &directory).unwrap(),
        Ok(output) => panic!(
            "this test needs the Python package `{wanted}`, and `python3 -m pip install` failed: {}",
            String::from_utf8_lossy(&output.stderr)
        ),
        Err(error) => panic!(
            "this test needs the Python package `{wanted}`; install `python3` with `pip`: {error}"
        ),
    }
    directory
}

/// Cargo's directory of the profile, above the test that runs.
#[expect(clippy::unwrap_used, reason = "a test stops where it is not below a directory")]
fn profile_directory() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let deps = test.parent().unwrap();
    if deps.ends_with("deps") { deps.parent().unwrap().to_owned() } else { deps.to_owned() }
}
