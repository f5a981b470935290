//! `syndic check --deep`: what only the solver sees.

use std::time::{Duration, Instant};

use syndic_governance::{Checked, Governance};
use syndic_model::{Finding, Level};
use syndic_prove::{Doubt, DoubtKind, World};

use crate::output::Output;
use crate::solver;

/// How long one question may take, and how long all of them.
const QUESTION: Duration = Duration::from_secs(10);
const ALL: Duration = Duration::from_secs(120);

/// Asks the solver about every policy of a file, and puts what it answers in place of what was guessed.
pub(crate) async fn look(checked: &mut Checked, out: &Output) -> anyhow::Result<()> {
    let Some(governance) = &checked.governance else { return Ok(()) };
    let doubts = doubts(governance, out).await?;
    let unknown = |finding: &Finding| {
        let about = |doubt: &&Doubt| finding.message.contains(&format!("`{}`", doubt.policy));
        doubts.iter().filter(about).any(|doubt| matches!(doubt.kind, DoubtKind::Unknown(_)))
    };
    let guessed: Vec<Finding> =
        checked.findings.extract_if(.., |finding| finding.code == "can-error").collect();
    checked.findings.extend(guessed.iter().filter(|finding| unknown(finding)).cloned());
    for doubt in doubts {
        let finding = told(&doubt, &guessed);
        let known = |other: &Finding| {
            let named = format!("`{}`", doubt.policy);
            other.code == finding.code && other.message.contains(&named)
        };
        if !checked.findings.iter().any(known) {
            checked.findings.push(finding);
        }
    }
    Ok(())
}

async fn doubts(governance: &Governance, out: &Output) -> anyhow::Result<Vec<Doubt>> {
    let mut solver = solver::find(QUESTION).await?;
    let world = World::new(solver::subject(governance))?;
    let mut progress = |policy: &syndic_model::PolicyId| out.progress(policy.as_str());
    let doubts =
        syndic_prove::lint(&world, &mut solver, Instant::now() + ALL, &mut progress).await?;
    out.progress("");
    Ok(doubts)
}

fn told(doubt: &Doubt, guessed: &[Finding]) -> Finding {
    let id = &doubt.policy;
    let guess = guessed.iter().find(|guess| guess.message.contains(&format!("`{id}`")));
    let (code, message, hint) = match &doubt.kind {
        DoubtKind::NeverMatches => (
            "never-matches",
            format!("no request satisfies policy `{id}`"),
            "leave it out, or mend its conditions",
        ),
        DoubtKind::CanError(action) => (
            "can-error",
            format!("policy `{id}` can fail to evaluate for `{action}`, and then allows nothing"),
            "compare without counting, or bound the numbers in the catalogue's `input`",
        ),
        DoubtKind::Shadowed => (
            "shadowed-permit",
            format!("permit `{id}` changes nothing: other permits permit all of it"),
            "leave it out, or say it as a forbid: what permits share is permitted by either",
        ),
        DoubtKind::Overruled => (
            "shadowed-permit",
            format!(
                "permit `{id}` changes nothing: other policies refuse all of it, whichever agent asks"
            ),
            "leave it out, or narrow what refuses it; `syndic policy show` prints that",
        ),
        DoubtKind::Unknown(why) => (
            "undecided",
            format!("the solver does not tell about policy `{id}`: {why}"),
            "a shorter policy is easier for it",
        ),
    };
    let level = if code == "undecided" { Level::Note } else { Level::Warning };
    let place = match (code, guess) {
        ("can-error", Some(guess)) => guess.place.clone(),
        _ => doubt.place.clone(),
    };
    Finding { level, code, place, message, hint: Some(hint.to_owned()) }
}
