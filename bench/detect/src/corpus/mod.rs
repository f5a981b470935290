//! The sets of the repository, made from templates and seeded generators: the same bytes in every run.

mod checks;
mod evasion;
mod random;
mod template;
mod values;

use std::path::Path;

use anyhow::Context as _;

use crate::set::{Case, line};

/// Writes the sets to a directory; with `marked`, as they stand in the repository.
pub fn write(directory: &Path, marked: bool) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory)?;
    for (name, cases) in [("messages.jsonl", template::messages()?), ("evasion.jsonl", evasion::cases()?)] {
        let path = directory.join(name);
        let text: String = cases.iter().map(|case| line(case, marked) + "\n").collect();
        std::fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        eprintln!("{}: {} cases", path.display(), cases.len());
    }
    Ok(())
}

/// Text with what is to be found in it, as it is written.
#[derive(Debug, Default)]
struct Written(Case);

impl Written {
    fn put(&mut self, text: &str) {
        self.0.text += text;
    }

    fn gold(&mut self, kind: &str, text: &str) {
        let start = self.0.text.len();
        self.put(text);
        let span = start..self.0.text.len();
        self.0.gold.push(crate::set::Gold { span, kind: kind.to_owned(), anywhere: false });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_repository_are_what_is_written_now() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus/detect");
        for (name, cases) in [("messages.jsonl", template::messages()), ("evasion.jsonl", evasion::cases())] {
            let now: String = cases.unwrap().iter().map(|case| line(case, true) + "\n").collect();
            assert!(
                now == std::fs::read_to_string(root.join(name)).unwrap(),
                "{name}: `bench-detect corpus` writes it"
            );
        }
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let cases = template::messages().unwrap();
        let path = std::env::temp_dir().join(format!("syndic-set-{}.jsonl", std::process::id()));
        std::fs::write(&path, cases.iter().map(|case| line(case, true) + "\n").collect::<String>()).unwrap();
        let read = crate::set::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        for (read, written) in read.iter().zip(&cases) {
            assert_eq!(read.text, written.text);
            let spans = |case: &Case| case.gold.iter().map(|gold| gold.span.clone()).collect::<Vec<_>>();
            assert_eq!(spans(read), spans(written));
        }
    }
}
