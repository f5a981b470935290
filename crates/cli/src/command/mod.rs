//! One file for each command.

pub(crate) mod actions;
pub(crate) mod agents;
pub(crate) mod alerts;
pub(crate) mod approvals;
pub(crate) mod attest;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod break_glass;
pub(crate) mod check;
pub(crate) mod checklist;
pub(crate) mod completions;
pub(crate) mod comply;
pub(crate) mod decide;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod doctor;
pub(crate) mod drill;
pub(crate) mod explain;
pub(crate) mod grafana;
pub(crate) mod incident;
pub(crate) mod init;
pub(crate) mod keys;
pub(crate) mod learn;
pub(crate) mod mcp;
pub(crate) mod metrics;
pub(crate) mod pack;
pub(crate) mod permit;
pub(crate) mod policy;
pub(crate) mod promote;
pub(crate) mod prove;
pub(crate) mod relay;
pub(crate) mod replay;
pub(crate) mod restore;
pub(crate) mod scan;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod sign_in;
pub(crate) mod status;
pub(crate) mod test;
pub(crate) mod witness;

use crate::args::{Args, Command};
use crate::exit::Exit;
use crate::output::Output;

/// Runs what was typed.
pub(crate) async fn run(args: Args, out: &Output) -> anyhow::Result<Exit> {
    let global = &args.global;
    match args.command {
        Command::Init(args) => init::run(&args, out),
        Command::Check(args) => check::run(&args, global, out).await,
        Command::Test(args) => test::run(&args, global, out),
        Command::Serve(args) => serve::run(&args, global, out).await,
        Command::Decide(args) => decide::run(&args, global, out),
        Command::Pack(command) => pack::run(&command, global, out),
        Command::Policy(command) => policy::run(&command, global, out).await,
        Command::Diff(args) => diff::run(&args, out).await,
        Command::Promote(args) => promote::run(&args, global, out).await,
        Command::Prove(args) => prove::run(&args, global, out).await,
        Command::Scan(args) => scan::run(&args, global, out),
        Command::Schema(args) => schema::run(&args, global, out),
        Command::Actions(command) => actions::run(command, global, out).await,
        Command::Agents(command) => agents::run(command, global, out).await,
        Command::Approvals(command) => approvals::run(command, global, out).await,
        Command::Attest(args) => attest::run(*args, global, out).await,
        Command::Checklist(args) => checklist::run(args, global, out).await,
        Command::Comply(command) => comply::run(command, global, out).await,
        Command::Drill(command) => drill::run(command, global, out).await,
        Command::Explain(args) => explain::run(&args, global, out).await,
        Command::Mcp(args) => mcp::run(*args, global, out).await,
        Command::Learn(args) => learn::run(&args, global, out).await,
        Command::Relay(command) => relay::run(command, global, out).await,
        Command::Replay(args) => replay::run(&args, global, out).await,
        Command::Audit(command) => audit::run(command, global, out).await,
        Command::Backup(args) => backup::run(&args, global, out).await,
        Command::Restore(args) => restore::run(&args, global, out).await,
        Command::BreakGlass(args) => break_glass::run(args, global, out).await,
        Command::Incident(command) => incident::run(command, global, out).await,
        Command::Keys(command) => keys::run(command, global, out).await,
        Command::Permit(command) => permit::run(command, out).await,
        Command::Witness(command) => witness::run(command, out).await,
        Command::Metrics(command) => metrics::run(&command, out),
        Command::SignIn(_) => sign_in::run(global, out).await,
        Command::Status(_) => status::run(global, out).await,
        Command::Doctor(args) => doctor::run(&args, global, out).await,
        Command::Demo(args) => demo::run(&args, out).await,
        Command::Alerts(command) => alerts::run(&command, out),
        Command::Grafana(command) => grafana::run(&command, out),
        Command::Completions(args) => completions::run(&args, out),
    }
}
