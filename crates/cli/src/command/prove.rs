//! `syndic prove`

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use syndic_governance::Governance;
use syndic_model::{Effect, Finding};
use syndic_prove::{Invariant, Level, Outcome, Proof, Witness, World};

use crate::args::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::finding::{self, FindingBody};
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};
use crate::{directory, solver};

/// Prove that the policies keep every invariant, or find the request that breaks it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic prove --dir governance            all of policies/invariants/*.cedar
  syndic prove --invariant no-transaction-above-the-limit
  syndic prove --json | jq '.proofs[] | select(.outcome != \"proved\")'

Needs cvc5: `apt-get install cvc5`, or its path in the variable CVC5.
Exits 0 when all is proved, 1 when something is refuted, unknown or no sound invariant, 2 without a solver.")]
pub(crate) struct ProveArgs {
    /// Prove this one only
    #[arg(long, value_name = "ID")]
    invariant: Option<String>,
    /// How long the solver may think about one question; after that the answer is unknown
    #[arg(long, value_name = "MS", default_value_t = 10_000)]
    timeout_ms: u64,
}

pub(crate) async fn run(args: &ProveArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let governance = directory::load(&global.dir, out)?;
    let world = World::new(solver::subject(&governance))?;
    let files = governance.invariants.iter();
    let read = syndic_prove::read(files.map(|(path, text)| (path.as_str(), text.as_str())), &world);
    if !read.findings.is_empty() {
        refuse(&read.findings, &governance, out)?;
        return Ok(Exit::Failure);
    }
    let mut invariants = read.invariants;
    if let Some(id) = &args.invariant {
        invariants.retain(|invariant| invariant.id == *id);
    }
    if invariants.is_empty() {
        let message = match &args.invariant {
            Some(id) => format!("there is no invariant `{id}`"),
            None => "there is nothing to prove".to_owned(),
        };
        let hint =
            "an invariant stands in `policies/invariants/<name>.cedar`; `syndic init` writes three";
        return Err(Failure::usage(message, hint).into());
    }
    let mut solver = solver::find(Duration::from_millis(args.timeout_ms)).await?;
    let started = Instant::now();
    let mut told = |proof: &Proof| {
        out.progress(format!("{} {} {}", proof.invariant, proof.level, proof.action));
    };
    let proofs = syndic_prove::prove(&world, &invariants, &mut solver, &mut told).await;
    out.progress("");
    let all = proofs.iter().all(|proof| proof.outcome == Outcome::Proved);
    if out.is_json() {
        let proofs: Vec<Value> = proofs.iter().map(|proof| body(proof, &governance)).collect();
        out.document(&json!({ "ok": all, "solver": solver.version(), "proofs": proofs }))?;
    } else {
        for invariant in &invariants {
            show(invariant, &proofs, &governance, out)?;
        }
        let (count, took) = (proofs.len(), started.elapsed().as_secs_f64());
        out.line(out.paint(
            Tone::Quiet,
            format!("{count} questions in {took:.1} s, cvc5 {}", solver.version()),
        ))?;
    }
    Ok(if all { Exit::Success } else { Exit::Failure })
}

/// An invariant that is wrong is never left out: somebody believes it is kept.
fn refuse(findings: &[Finding], governance: &Governance, out: &Output) -> anyhow::Result<()> {
    if out.is_json() {
        let findings: Vec<_> = findings.iter().map(FindingBody::from).collect();
        return Ok(out.document(&json!({ "ok": false, "findings": findings, "proofs": [] }))?);
    }
    for one in findings {
        out.line(finding::render(one, &governance.invariants, out.colours()))?;
    }
    Ok(out.line("nothing was proved: the invariants have errors")?)
}

fn show(
    invariant: &Invariant,
    proofs: &[Proof],
    governance: &Governance,
    out: &Output,
) -> anyhow::Result<()> {
    out.line(out.paint(Tone::Strong, &invariant.id))?;
    out.line(format!("  {}", invariant.description))?;
    let mut table = Table::without_header();
    for level in &invariant.levels {
        let here = |proof: &&Proof| proof.invariant == invariant.id && proof.level == *level;
        let proofs: Vec<_> = proofs.iter().filter(here).collect();
        let proved = proofs.iter().filter(|proof| proof.outcome == Outcome::Proved).count();
        if proved > 0 {
            table.push(row("proved", *level, counted(proved)));
        }
        for proof in proofs {
            let word = word(&proof.outcome);
            match &proof.outcome {
                Outcome::Proved => {}
                Outcome::Refuted(_) => table.push(row(word, *level, proof.action.to_string())),
                Outcome::Unknown(why) => {
                    table.push(row(word, *level, format!("{}: {why}", proof.action)));
                }
                Outcome::CanError(policy) => {
                    let why = format!("{}: `{policy}` can fail to evaluate", proof.action);
                    table.push(row(word, *level, why));
                }
            }
        }
    }
    table.write(out)?;
    for proof in proofs.iter().filter(|proof| proof.invariant == invariant.id) {
        if let Outcome::Refuted(witness) = &proof.outcome {
            show_witness(witness, proof, governance, out)?;
        }
    }
    Ok(out.line("")?)
}

fn show_witness(
    witness: &Witness,
    proof: &Proof,
    governance: &Governance,
    out: &Output,
) -> anyhow::Result<()> {
    let against = match witness.refused_by.as_slice() {
        [] => "no permit of the invariant covers it".to_owned(),
        policies => format!("refused by {}", policies.join(", ")),
    };
    out.line(format!("  {} {}: allowed, but {against}", proof.level, proof.action))?;
    out.line(format!("    {}", witness.request))?;
    let (effect, same) = again(witness, proof.level, governance);
    let note = if same { "" } else { "; it takes this call:" };
    out.line(out.paint(Tone::Quiet, format!("    syndic decide answers: {effect}{note}")))?;
    if !same {
        out.line(out.paint(Tone::Quiet, format!("    {}", witness.call)))?;
    }
    Ok(())
}

/// Asks the gate itself; tells its answer, and whether that breaks the invariant too.
fn again(witness: &Witness, level: Level, governance: &Governance) -> (String, bool) {
    match solver::decide(governance, &witness.request) {
        Ok(effect) => {
            let same = match effect {
                Effect::Allow => true,
                Effect::Hold => level == Level::Approved,
                Effect::Deny => false,
            };
            (effect.to_string(), same)
        }
        Err(error) => (format!("nothing ({error:#})"), false),
    }
}

fn row(word: &'static str, level: Level, what: String) -> Vec<Cell> {
    let tone = match word {
        "proved" => Tone::Good,
        "unknown" => Tone::Waiting,
        _ => Tone::Bad,
    };
    vec![Cell::from("  "), Cell::new(tone, word), Cell::from(level.as_str()), Cell::from(what)]
}

fn counted(actions: usize) -> String {
    if actions == 1 { "1 action".to_owned() } else { format!("{actions} actions") }
}

const fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Proved => "proved",
        Outcome::Refuted(_) => "refuted",
        Outcome::Unknown(_) => "unknown",
        Outcome::CanError(_) => "unsound",
    }
}

fn body(proof: &Proof, governance: &Governance) -> Value {
    let mut body = json!({
        "invariant": proof.invariant,
        "level": proof.level.as_str(),
        "action": proof.action.as_str(),
        "outcome": word(&proof.outcome),
        "took_ms": u64::try_from(proof.took.as_millis()).unwrap_or(u64::MAX),
    });
    let more = match &proof.outcome {
        Outcome::Proved => None,
        Outcome::Refuted(witness) => {
            let (effect, reproduced) = again(witness, proof.level, governance);
            Some((
                "witness",
                json!({
                    "request": witness.request,
                    "facts": witness.facts,
                    "call": witness.call,
                    "refused_by": witness.refused_by,
                    "decide": effect,
                    "reproduced": reproduced,
                }),
            ))
        }
        Outcome::Unknown(why) => Some(("reason", Value::from(why.as_str()))),
        Outcome::CanError(policy) => Some((
            "reason",
            Value::from(format!("policy `{policy}` of the invariant can fail to evaluate")),
        )),
    };
    if let (Some((name, value)), Some(members)) = (more, body.as_object_mut()) {
        members.insert(name.to_owned(), value);
    }
    body
}
