//! The witnesses of the ledger, as a daemon that runs tells whoever may read.

use syndic_api::WitnessBody;

use super::{Diagnosis, Patient, tools};

const ID: &str = "witness";

/// Looks at each witness, where `--key-file` opens what a daemon knows of it.
pub(super) async fn witnesses(patient: &Patient<'_>) -> Vec<Diagnosis> {
    let Some(client) = tools::client(patient) else { return Vec::new() };
    let Ok(status) = client.status().await else { return Vec::new() };
    status.witnesses.iter().map(diagnosis).collect()
}

fn diagnosis(witness: &WitnessBody) -> Diagnosis {
    let place = format!("{} at {}", witness.name, witness.url);
    if let Some(contradiction) = &witness.contradiction {
        let remedy = "keep the data directory as it is; docs/witness.md says what to compare";
        return Diagnosis::failure(ID, place, format!("another history: {contradiction}"), remedy);
    }
    match &witness.failure {
        Some(failure) => {
            let message = format!("it has not cosigned for {} s: {failure}", witness.lag_seconds);
            Diagnosis::warning(
                ID,
                place,
                message,
                "mend the way to it; until then a rewrite of what is new would not show",
            )
        }
        None => Diagnosis::fine(ID, place, cosigned(witness)),
    }
}

fn cosigned(witness: &WitnessBody) -> String {
    witness.cosigned.map_or_else(
        || "it was not asked yet".to_owned(),
        |size| format!("it cosigned {size} records"),
    )
}
