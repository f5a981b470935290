//! `syndic schema`

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::{Map, Value};

use crate::args::Global;
use crate::exit::Exit;
use crate::output::Output;

/// Write the JSON Schemas of the governance files, for editors
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic schema --dir governance           write them into governance/.schemas
  syndic schema --json                     print them, by file name

An editor with a YAML language server uses one by a first line such as
  # yaml-language-server: $schema=../.schemas/agent.schema.json")]
pub(crate) struct SchemaArgs {
    /// Where to write them; `.schemas` in the governance directory when left out
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(crate) fn run(args: &SchemaArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let schemas = syndic_governance::schemas();
    if out.is_json() {
        let all: Map<String, Value> =
            schemas.into_iter().map(|(name, schema)| (name.to_owned(), schema)).collect();
        out.document(&all)?;
        return Ok(Exit::Success);
    }
    let target = args.out.clone().unwrap_or_else(|| global.dir.join(".schemas"));
    fs::create_dir_all(&target).with_context(|| format!("cannot create `{}`", target.display()))?;
    for (name, schema) in schemas {
        let path = target.join(name);
        let text = format!("{}\n", serde_json::to_string_pretty(&schema)?);
        fs::write(&path, text).with_context(|| format!("cannot write `{}`", path.display()))?;
        out.line(path.display())?;
    }
    Ok(Exit::Success)
}
