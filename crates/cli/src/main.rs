//! The binary `syndic`: arguments, calls, printing.

mod args;
mod attach;
mod background;
mod bootstrap;
mod command;
mod compare;
mod connect;
mod daemon;
mod directory;
mod doctor;
mod exit;
mod failure;
mod finding;
mod holder;
mod key;
mod log;
mod mcp;
mod mcp_config;
mod output;
mod place;
mod samples;
mod sarif;
mod server_name;
mod solver;
#[cfg(feature = "archive")]
mod storage;
mod table;
mod visible;
mod watch;
mod when;
mod wrap;

use clap::Parser as _;

use args::{Args, Command};
use exit::Exit;
use output::Output;
use tokio::runtime::Builder;

fn main() -> Exit {
    let args = Args::parse();
    let out = Output::new(args.global.json);
    // What carries one message after the other is woken sooner where there is one thread.
    let one_line = matches!(&args.command, Command::Mcp(args) if args.is_one_line());
    let mut builder =
        if one_line { Builder::new_current_thread() } else { Builder::new_multi_thread() };
    let ended = builder.enable_all().build().map_err(anyhow::Error::new);
    match ended.and_then(|runtime| runtime.block_on(command::run(args, &out))) {
        Ok(exit) => exit,
        Err(error) => failure::report(&error, &out),
    }
}
