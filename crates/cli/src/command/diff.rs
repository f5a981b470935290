//! `syndic diff`

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use syndic_governance::Governance;
use syndic_model::{ActionName, AgentId};
use syndic_prove::{Change, Level, Relation, Witness, World};

use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::{directory, samples, solver};

/// Compare two governance directories: what does the new one open, and what does it close?
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  git worktree add /tmp/before main
  syndic diff /tmp/before/governance governance
  syndic diff /tmp/before/governance governance --markdown > comment.md

Compares every agent and action for all requests, with cvc5 (`apt-get install cvc5`, or its path in CVC5). Without it,
samples are compared, which proves nothing. Exits 0 when nothing differs, 1 when something does or is undecided, 2 when
a directory cannot be read.")]
pub(crate) struct DiffArgs {
    /// The governance directory as it was
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The governance directory as it would be
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Answer as Markdown, for a pull request
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// How long the solver may think about one question; after that the answer is undecided
    #[arg(long, value_name = "MS", default_value_t = 10_000)]
    timeout_ms: u64,
}

/// Both directories, for asking about a request in each.
struct Both {
    old: Governance,
    new: Governance,
    /// The policies of both, as text.
    policies: String,
}

pub(crate) async fn run(args: &DiffArgs, out: &Output) -> anyhow::Result<Exit> {
    let load = |dir| directory::load(dir, out).map_err(crate::failure::Failure::into_usage);
    let (old, new) = (load(&args.old)?, load(&args.new)?);
    let shown = old.engine.show().into_iter().chain(new.engine.show());
    let policies = shown.map(|shown| shown.text).collect();
    let both = Both { old, new, policies };
    let (old, new) =
        (World::new(solver::subject(&both.old))?, World::new(solver::subject(&both.new))?);
    let (by, changes) = match solver::find(Duration::from_millis(args.timeout_ms)).await {
        Ok(mut solver) => {
            let mut told = |agent: &AgentId, action: &ActionName| {
                out.progress(format!("{agent} {action}"));
            };
            let changes = syndic_prove::diff(&old, &new, &mut solver, &mut told).await;
            let changes = changes.map_err(anyhow::Error::msg)?;
            out.progress("");
            (format!("cvc5 {}", solver.version()), changes)
        }
        Err(error) => {
            out.warning(format!("{error}; SAMPLES are compared, and what they do not show is not proved to be the same"));
            let mut changes = syndic_prove::outlines(&old, &new);
            changes.extend(samples::compare(&both.old, &both.new));
            ("samples, not proved".to_owned(), changes)
        }
    };
    let different: Vec<&Change> =
        changes.iter().filter(|change| change.relation != Relation::Equivalent).collect();
    let same = changes.len() - different.len();
    if out.is_json() {
        let changes: Vec<Value> = changes.iter().map(|change| both.body(change)).collect();
        out.document(&json!({ "equivalent": different.is_empty(), "by": by, "changes": changes }))?;
    } else if args.markdown {
        both.markdown(&different, same, &by, out)?;
    } else {
        both.show(&different, out)?;
        out.line(out.paint(
            Tone::Quiet,
            format!("{} differ, {same} equivalent; by {by}", different.len()),
        ))?;
    }
    Ok(if different.is_empty() { Exit::Success } else { Exit::Failure })
}

impl Both {
    fn show(&self, changes: &[&Change], out: &Output) -> anyhow::Result<()> {
        let mut table = Table::without_header();
        for change in changes {
            table.push(vec![
                Cell::new(tone(&change.relation), word(&change.relation)),
                Cell::from(change.agent.as_str()),
                Cell::from(action(change)),
                Cell::from(reason(&change.relation)),
            ]);
        }
        table.write(out)?;
        for change in changes {
            for (level, witness, opened) in witnesses(change) {
                let what = if opened { "allowed now, not before" } else { "no longer allowed" };
                out.line(format!("\n{} {}, {level}: {what}", change.agent, action(change)))?;
                out.line(format!("  {}", witness.request))?;
                out.line(out.paint(Tone::Quiet, self.told(witness)))?;
            }
        }
        if changes.is_empty() { Ok(()) } else { Ok(out.line("")?) }
    }

    /// Tells what else must be so, and what `decide` answers, which supposes that nothing was done before.
    fn told(&self, witness: &Witness) -> String {
        let (before, after) = self.answers(witness);
        let circumstances = witness.circumstances(&self.policies);
        if before == after && !circumstances.is_empty() {
            return format!("  where {}", circumstances.join(", "));
        }
        format!("  syndic decide answers: {before} before, {after} after")
    }

    fn answers(&self, witness: &Witness) -> (String, String) {
        let ask = |governance| match solver::decide(governance, &witness.request) {
            Ok(effect) => effect.to_string(),
            Err(error) => format!("nothing ({error:#})"),
        };
        (ask(&self.old), ask(&self.new))
    }

    fn markdown(
        &self,
        changes: &[&Change],
        same: usize,
        by: &str,
        out: &Output,
    ) -> anyhow::Result<()> {
        out.line(format!(
            "**Policy change**: {} differ, {same} equivalent (by {by}).",
            changes.len()
        ))?;
        if changes.is_empty() {
            return Ok(());
        }
        out.line(
        "\n| | agent | action | allowed now | no longer allowed |\n| --- | --- | --- | --- | --- |",
    )?;
        for change in changes {
            // A pipe would end the cell, even in code.
            let cell = |found: &Option<(Level, Witness)>| match found {
                Some((level, witness)) => {
                    let code = |text: String| text.replace('`', "'").replace('|', "\\|");
                    let circumstances = witness.circumstances(&self.policies).join(", ");
                    let also = if circumstances.is_empty() {
                        ""
                    } else {
                        &format!(" where {}", code(circumstances))
                    };
                    format!("{level}: `{}`{also}", code(witness.request.to_string()))
                }
                None => String::new(),
            };
            let reason = reason(&change.relation).replace('|', "\\|");
            let word = word(&change.relation);
            let what = if reason.is_empty() {
                format!("**{word}**")
            } else {
                format!("**{word}**: {reason}")
            };
            out.line(format!(
                "| {what} | {} | {} | {} | {} |",
                change.agent,
                action(change),
                cell(&change.opened),
                cell(&change.closed)
            ))?;
        }
        Ok(())
    }

    fn body(&self, change: &Change) -> Value {
        let witness = |found: &Option<(Level, Witness)>| {
            found.as_ref().map(|(level, witness)| {
                let (before, after) = self.answers(witness);
                json!({
                    "level": level.as_str(),
                    "request": witness.request,
                    "facts": witness.facts,
                    "call": witness.call,
                    "circumstances": witness.circumstances(&self.policies),
                    "refused_by": witness.refused_by,
                    "decide": { "before": before, "after": after },
                })
            })
        };
        json!({
            "agent": change.agent.as_str(),
            "action": change.action.as_ref().map(|action| action.as_str()),
            "change": word(&change.relation),
            "reason": reason(&change.relation),
            "opened": witness(&change.opened),
            "closed": witness(&change.closed),
        })
    }
}

fn witnesses(change: &Change) -> impl Iterator<Item = (Level, &Witness, bool)> {
    let opened = change.opened.iter().map(|(level, witness)| (*level, witness, true));
    opened.chain(change.closed.iter().map(|(level, witness)| (*level, witness, false)))
}

fn action(change: &Change) -> &str {
    change.action.as_ref().map_or("(every action)", |action| action.as_str())
}

const fn word(relation: &Relation) -> &'static str {
    match relation {
        Relation::Equivalent => "equivalent",
        Relation::Stricter | Relation::NowEnforced => "stricter",
        // What is not known to be no looser counts as looser.
        Relation::Looser | Relation::NoLongerEnforced | Relation::Undecided(_) => "looser",
        Relation::Incomparable | Relation::Redeclared => "incomparable",
        Relation::Added => "added",
        Relation::Removed => "removed",
    }
}

fn reason(relation: &Relation) -> &str {
    match relation {
        Relation::NoLongerEnforced => "mode was enforce, and is observe",
        Relation::NowEnforced => "mode was observe, and is enforce",
        Relation::Redeclared => "the catalogue declares the action otherwise",
        Relation::Undecided(why) => why,
        Relation::Equivalent
        | Relation::Stricter
        | Relation::Looser
        | Relation::Incomparable
        | Relation::Added
        | Relation::Removed => "",
    }
}

const fn tone(relation: &Relation) -> Tone {
    match relation {
        Relation::Equivalent | Relation::Stricter | Relation::NowEnforced | Relation::Removed => {
            Tone::Good
        }
        Relation::Looser | Relation::NoLongerEnforced | Relation::Undecided(_) => Tone::Bad,
        Relation::Incomparable | Relation::Redeclared | Relation::Added => Tone::Waiting,
    }
}
