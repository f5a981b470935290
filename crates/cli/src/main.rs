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
mod samples;
mod sarif;
mod server_name;
mod solver;
mod table;
mod visible;
mod watch;
mod when;

use clap::Parser as _;

use args::Args;
use exit::Exit;
use output::Output;

#[tokio::main]
async fn main() -> Exit {
    let args = Args::parse();
    let out = Output::new(args.global.json);
    match command::run(args, &out).await {
        Ok(exit) => exit,
        Err(error) => failure::report(&error, &out),
    }
}
