//! How old keys are, and which end soon.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use syndic_api::KeyBody;
use syndic_gate::SystemClock;
use syndic_model::Clock as _;

use super::{Diagnosis, Patient, tools};

/// After how long the key that signs checkpoints should be another.
const OLD: Duration = Duration::from_hours(365 * 24);
/// How soon before its end a key is told of.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How many keys a message names.
const NAMED: usize = 5;

/// Looks at the key that signs checkpoints, and at the keys of callers where `--key-file` opens their list.
pub(super) async fn keys(patient: &Patient<'_>) -> Vec<Diagnosis> {
    let mut found: Vec<Diagnosis> = log_key(patient).into_iter().collect();
    let Some(client) = tools::client(patient) else { return found };
    if let Ok(keys) = client.keys().await {
        found.push(ending(&keys.keys, SystemClock.now()));
    }
    found
}

fn log_key(patient: &Patient<'_>) -> Option<Diagnosis> {
    const ID: &str = "log-key";
    let path = patient.data_dir.join("keys").join("log.key");
    let age = path.metadata().ok()?.modified().ok()?.elapsed().unwrap_or_default();
    let told = format!("it has signed checkpoints for {} days", age.as_secs() / 86_400);
    Some(if age > OLD {
        let remedy = "`syndic audit rotate-key` makes another, signed over by this one";
        Diagnosis::warning(ID, path.display(), told, remedy)
    } else {
        Diagnosis::fine(ID, path.display(), told)
    })
}

/// Tells of keys that open something now and soon do not.
fn ending(keys: &[KeyBody], now: Timestamp) -> Diagnosis {
    const ID: &str = "keys";
    let active: Vec<_> = keys.iter().filter(|key| key.status == "active").collect();
    let mut soon: Vec<_> =
        active.iter().filter(|key| key.expires_at.duration_since(now) < SOON).collect();
    soon.sort_by_key(|key| key.expires_at);
    let named = soon.iter().take(NAMED).map(|key| {
        let holder = key.holder.as_deref().map(|holder| format!(" of {holder}"));
        format!("`{}` ({}{})", key.id, key.role, holder.unwrap_or_default())
    });
    let named = named.collect::<Vec<_>>().join(", ");
    let Some(first) = soon.first() else {
        let told = format!("{} keys are active, none ends within 14 days", active.len());
        return Diagnosis::fine(ID, "daemon", told);
    };
    let more = match soon.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let day = first.expires_at.strftime("%Y-%m-%d");
    Diagnosis::warning(
        ID,
        "daemon",
        format!("{named}{more} end soon, the first on {day}"),
        "`syndic keys create` makes another first; both work until the old one ends",
    )
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use syndic_api::KeyBody;

    use super::super::State;
    use super::ending;

    #[test]
    fn keys_that_end_within_two_weeks_are_named_the_first_to_end_first() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let key = |id: &str, status: &str, day: &str| KeyBody {
            id: id.to_owned(),
            role: "agent".to_owned(),
            holder: Some("support".to_owned()),
            grade: None,
            expires_at: format!("2026-12-{day}T12:00:00Z").parse().unwrap(),
            status: status.to_owned(),
        };
        let well = ending(&[key("k1", "active", "08")], now);
        assert_eq!(
            (well.state, well.message.as_str()),
            (State::Fine, "1 keys are active, none ends within 14 days")
        );
        let keys =
            [key("k1", "active", "06"), key("k2", "revoked", "01"), key("k3", "active", "01")];
        let told = ending(&keys, now);
        assert_eq!(told.state, State::Warning);
        let message =
            "`k3` (agent of support), `k1` (agent of support) end soon, the first on 2026-12-01";
        assert_eq!(told.message, message);
    }
}
