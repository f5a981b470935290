//! What a change of the governance directory loosens, asked of the solver.

use std::time::Duration;

use syndic_gate::Loosened;
use syndic_governance::Governance;
use syndic_prove::{Change, Relation, World};
use tokio::runtime::Builder;

use crate::solver;

/// How long the solver may think about one question, and about all of them; what it does not decide counts as looser.
const ONE: Duration = Duration::from_secs(2);
const ALL: Duration = Duration::from_secs(60);

/// Lists what `new` loosens, or may loosen, as the solver tells. Blocks; never called while a request waits for more
/// than its answer.
pub(crate) fn compare(old: &Governance, new: &Governance) -> Vec<Loosened> {
    let result = Builder::new_current_thread().enable_all().build().map_err(anyhow::Error::new);
    let result = result.and_then(|runtime| {
        runtime.block_on(async {
            let asked = tokio::time::timeout(ALL, changes(old, new)).await;
            asked.unwrap_or_else(|_| Err(anyhow::anyhow!("comparing took more than {ALL:?}")))
        })
    });
    match result {
        Ok(changes) => changes.into_iter().filter_map(loosened).collect(),
        Err(error) => {
            let what = format!("undecided, which counts as looser: {error:#}");
            vec![Loosened { agent: None, action: None, what, witness: None }]
        }
    }
}

async fn changes(old: &Governance, new: &Governance) -> anyhow::Result<Vec<Change>> {
    let mut solver = solver::find(ONE).await?;
    let (old, new) = (World::new(solver::subject(old))?, World::new(solver::subject(new))?);
    let changes = syndic_prove::diff(&old, &new, &mut solver, &mut |_, _| {}).await;
    changes.map_err(anyhow::Error::msg)
}

/// Tells what the solver found; what needs none, the gate tells itself.
fn loosened(change: Change) -> Option<Loosened> {
    let what = match change.relation {
        Relation::Looser => "allows more".to_owned(),
        Relation::Incomparable => "allows more here and less there".to_owned(),
        Relation::Undecided(why) => format!("undecided, which counts as looser: {why}"),
        Relation::Equivalent
        | Relation::Stricter
        | Relation::Added
        | Relation::Removed
        | Relation::Redeclared
        | Relation::NoLongerEnforced
        | Relation::NowEnforced => return None,
    };
    let witness = change.opened.map(|(_, witness)| witness.request);
    Some(Loosened { agent: Some(change.agent), action: change.action, what, witness })
}
