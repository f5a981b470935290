//! `syndic attest`

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Subcommand;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};
use syndic_api::{MakeStatement, StatementBody, Statements, WithdrawStatement};
use syndic_model::{AgentId, StatementField};

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::visible::visible;
use crate::when::readable;

/// State what no machine can measure about an agent, and answer for it
#[derive(Debug, clap::Args)]
#[command(
    subcommand_negates_reqs = true,
    args_conflicts_with_subcommands = true,
    after_help = "\
Examples:
  syndic attest --agent customer-support --field failure_modes_documented --value true \\
    --name 'operations lead' --function 'risk owner' --document risks.pdf
  syndic attest --agent customer-support --field eu-ai-act:art-4 --value true --name lead \\
    --function 'head of support' --expires 2027-06-30
  syndic attest --agent customer-support --field bias_testing_completed --not-applicable 'decides about nobody' \\
    --name lead --function 'head of support'
  syndic attest --agent customer-support --field bias_testing_completed --withdraw --reason 'it does apply'
  syndic attest list --agent customer-support

A statement is recorded with its name, the SHA-256 of the document, and what it speaks of: it is stale once the agent's
purpose, model, tools or policies change; limits, approval, data access and mode of its profile are policies too. A
promotion to `enforce` makes nothing stale. Needs an approver's, auditor's or admin's key: --key-file FILE or SYNDIC_KEY."
)]
pub(crate) struct AttestArgs {
    #[command(subcommand)]
    list: Option<Step>,
    #[command(flatten)]
    state: Option<StateArgs>,
}

#[derive(Debug, Subcommand)]
enum Step {
    /// List what is stated about an agent in the ledger
    List {
        /// The agent
        #[arg(long, value_name = "ID")]
        agent: AgentId,
    },
}

#[derive(Debug, clap::Args)]
struct StateArgs {
    /// The agent
    #[arg(long, value_name = "ID")]
    agent: AgentId,
    /// What it is about: a field such as `intended_purpose`, or a control such as `eu-ai-act:art-4`
    #[arg(long, value_name = "FIELD")]
    field: StatementField,
    /// What is stated: `true`, `false`, a date or a text; what does not apply is --not-applicable
    #[arg(long, value_name = "VALUE", required_unless_present_any = ["not_applicable", "withdraw"])]
    value: Option<String>,
    /// It does not apply to this agent, and why
    #[arg(long, value_name = "REASON", conflicts_with = "value")]
    not_applicable: Option<String>,
    /// Who states it: a name or a role
    #[arg(long, value_name = "NAME", required_unless_present = "withdraw")]
    name: Option<String>,
    /// Their function
    #[arg(long, value_name = "TEXT", required_unless_present = "withdraw")]
    function: Option<String>,
    /// The last day on which it holds (UTC); a year where it is left out, three years at most
    #[arg(long, value_name = "DATE")]
    expires: Option<Date>,
    /// The document it rests on; its SHA-256 is recorded, the document stays where it is
    #[arg(long, value_name = "FILE")]
    document: Option<PathBuf>,
    /// Take back what is stated about the field
    #[arg(
        long,
        requires = "reason",
        conflicts_with_all = ["value", "not_applicable", "name", "function", "expires", "document"]
    )]
    withdraw: bool,
    /// Why it is withdrawn; it is recorded
    #[arg(long, value_name = "TEXT", requires = "withdraw")]
    reason: Option<String>,
}

pub(crate) async fn run(args: AttestArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    match (args.list, args.state) {
        (Some(Step::List { agent }), _) => {
            let listed = connect::with(global, out, async |client| {
                Ok(client.statements(agent.as_str()).await?)
            });
            list(&listed.await?, out)?;
        }
        (None, Some(StateArgs { agent, field, withdraw: true, reason, .. })) => {
            let withdraw =
                WithdrawStatement { field: field.to_string(), reason: reason.unwrap_or_default() };
            let withdrawn = connect::with(global, out, async |client| {
                Ok(client.withdraw_statement(agent.as_str(), &withdraw).await?)
            });
            said("withdrawn", &withdrawn.await?, out)?;
        }
        (None, Some(args)) => {
            let statement = args.statement()?;
            let made = connect::with(global, out, async |client| {
                Ok(client.attest(args.agent.as_str(), &statement).await?)
            });
            said("recorded", &made.await?, out)?;
        }
        (None, None) => {
            let hint = "see `syndic attest --help`";
            return Err(Failure::usage("nothing is stated", hint).into());
        }
    }
    Ok(Exit::Success)
}

impl StateArgs {
    fn statement(&self) -> anyhow::Result<MakeStatement> {
        let document = self.document.as_deref().map(hash).transpose()?;
        let value = match &self.not_applicable {
            Some(_) => "not_applicable".to_owned(),
            None => self.value.clone().unwrap_or_default(),
        };
        Ok(MakeStatement {
            field: self.field.to_string(),
            value,
            reason: self.not_applicable.clone(),
            name: self.name.clone().unwrap_or_default(),
            function: self.function.clone().unwrap_or_default(),
            expires: self.expires.map(end_of).transpose()?,
            document,
        })
    }
}

/// Returns the end of a day in UTC.
fn end_of(day: Date) -> anyhow::Result<Timestamp> {
    Ok(day.tomorrow()?.to_zoned(TimeZone::UTC)?.timestamp())
}

/// Hashes a file of any size.
fn hash(path: &Path) -> anyhow::Result<String> {
    let read = || -> io::Result<String> {
        let (mut file, mut hasher) = (std::fs::File::open(path)?, Sha256::new());
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let length = file.read(&mut buffer)?;
            match buffer.get(..length) {
                None | Some([]) => break,
                Some(bytes) => hasher.update(bytes),
            }
        }
        Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    };
    read().with_context(|| format!("cannot read the document `{}`", path.display()))
}

fn said(what: &str, statement: &StatementBody, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(statement);
    }
    let StatementBody { agent, field, value, expires, record, .. } = statement;
    let until = readable(*expires);
    let value = visible(value);
    out.line(format!("{what}: {agent} {field} = {value}, until {until} UTC (record {record})"))
}

fn list(all: &Statements, out: &Output) -> io::Result<()> {
    if out.is_json() {
        return out.document(all);
    }
    if all.statements.is_empty() {
        return out.line("none");
    }
    let mut table = Table::new(&["field", "value", "holds", "until (UTC)"]);
    for one in &all.statements {
        let holds = match one.stale.as_slice() {
            [] => Cell::new(Tone::Good, "yes"),
            stale => Cell::new(Tone::Bad, format!("no: {}", stale.join(", "))),
        };
        let value = match &one.reason {
            Some(reason) => format!("{}: {reason}", one.value),
            None => one.value.clone(),
        };
        table.push(vec![
            Cell::from(&one.field),
            Cell::from(value),
            holds,
            Cell::from(readable(one.expires)),
        ]);
        table.below(Cell::new(Tone::Quiet, format!("{}, {}", one.name, one.function)));
    }
    table.write(out)
}
