//! `syndic completions`

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Args;
use crate::exit::Exit;
use crate::output::Output;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic completions bash > ~/.local/share/bash-completion/completions/syndic
  syndic completions zsh > ~/.zfunc/_syndic")]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(args: &CompletionsArgs, out: &Output) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "syndic", &mut script);
    out.text(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
