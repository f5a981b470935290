//! `syndic keys`

use clap::{Subcommand, ValueEnum};
use serde_json::json;
use syndic_api::{CreateKey, CreatedKey, Keys};
use syndic_client::Client;

use crate::args::Global;
use crate::connect;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::when::readable;

/// Say who may talk to syndic
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Examples:
  syndic keys create --role agent --agent customer-support --json
  syndic keys create --role approver --approver support-lead-1
  syndic keys create --role auditor --days 30
  syndic keys list
  syndic keys revoke 3f9a2c1b7d40

All of them need an admin's key: --key-file FILE or SYNDIC_KEY.")]
pub(crate) enum KeysCommand {
    /// Make a key; it is shown once
    Create(CreateArgs),
    /// List all keys that were ever made, without their secrets
    List,
    /// End a key at once
    Revoke {
        /// The key's id, as `syndic keys list` shows it
        #[arg(value_name = "ID")]
        id: String,
    },
}

#[derive(Debug, clap::Args)]
pub(crate) struct CreateArgs {
    /// What the key may do
    #[arg(long, value_name = "ROLE")]
    role: Role,
    /// The agent an agent's key acts as
    #[arg(long, value_name = "ID", required_if_eq("role", "agent"))]
    agent: Option<String>,
    /// The person an approver's key votes as, of `approvers/`
    #[arg(long, value_name = "ID", required_if_eq("role", "approver"))]
    approver: Option<String>,
    /// How unavoidable the gate is where an agent's key is used
    #[arg(long, value_name = "GRADE")]
    grade: Option<Grade>,
    /// How many days it lives
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=365))]
    days: u16,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    /// Submits actions as one agent
    Agent,
    /// Votes as one person
    Approver,
    /// Reads everything, changes nothing
    Auditor,
    /// Manages keys, agents and the log
    Admin,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Grade {
    /// A wrapper or SDK in the agent's own process
    Advisory,
    /// A hook the host calls, or an HTTP caller that asks
    Cooperative,
    /// A proxy carries the call
    InPath,
    /// Only syndic holds the tool's credential, or the tool verifies the permit
    Exclusive,
}

pub(crate) async fn run(
    command: KeysCommand,
    global: &Global,
    out: &Output,
) -> anyhow::Result<Exit> {
    connect::with(global, out, async |client| match command {
        KeysCommand::Create(args) => create(args, client, out).await,
        KeysCommand::List => show(&client.keys().await?, out),
        KeysCommand::Revoke { id } => revoke(&id, client, out).await,
    })
    .await?;
    Ok(Exit::Success)
}

async fn create(args: CreateArgs, client: &Client, out: &Output) -> anyhow::Result<()> {
    let key = CreateKey {
        role: word(&args.role),
        agent: args.agent,
        approver: args.approver,
        grade: args.grade.as_ref().map(word),
        days: Some(args.days),
    };
    let CreatedKey { id, key, expires_at } = client.create_key(&key).await?;
    if out.is_json() {
        out.document(&json!({ "id": id, "key": key, "expires_at": expires_at }))?;
    } else {
        out.line(key)?;
        out.note(format!("key {id}, until {} UTC; it is not shown again", readable(expires_at)));
    }
    Ok(())
}

async fn revoke(id: &str, client: &Client, out: &Output) -> anyhow::Result<()> {
    client.revoke_key(id).await?;
    if out.is_json() {
        out.document(&json!({ "id": id, "status": "revoked" }))?;
    } else {
        out.line(format!("key {id} is revoked"))?;
    }
    Ok(())
}

fn show(keys: &Keys, out: &Output) -> anyhow::Result<()> {
    if out.is_json() {
        return Ok(out.document(keys)?);
    }
    let mut table = Table::new(&["id", "role", "holder", "grade", "status", "until (UTC)"]);
    for key in &keys.keys {
        let tone = if key.status == "active" { Tone::Good } else { Tone::Quiet };
        table.push(vec![
            Cell::from(&key.id),
            Cell::from(&key.role),
            Cell::from(key.holder.as_deref().unwrap_or("-")),
            Cell::from(key.grade.as_deref().unwrap_or("-")),
            Cell::new(tone, &key.status),
            Cell::from(readable(key.expires_at)),
        ]);
    }
    Ok(table.write(out)?)
}

/// Returns the word as it is typed and as it goes over the wire.
fn word(value: &impl ValueEnum) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
