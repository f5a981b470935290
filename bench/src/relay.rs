//! How fast events reach each kind of sink, beside a plain loader that sends the very same requests to the same kind of
//! server, and what a decision costs while no sink answers.

mod down;
mod loader;
mod recorder;
mod server;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use syndic_gate::{Report, SystemClock};
use syndic_relay::Sinks;
use tokio::sync::watch;
use tokio::task::block_in_place;

use self::recorder::Recorder;
use self::server::{Kind, Server};
use crate::gate::{open, refund};
use crate::http::shipped;
use crate::row::{Figures, Measured, median, print};

const ROUNDS: usize = 3;
/// Enough that how often a sink tells where it is (four times a second) weighs little.
const EVENTS: u64 = 40_000;
const WITHIN: Duration = Duration::from_secs(120);

pub fn run(json: bool) -> anyhow::Result<()> {
    std::fs::create_dir_all("target")?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let place = tempfile::tempdir_in("target")?;
        let dir = place.path().join("governance");
        std::fs::create_dir(&dir)?;
        shipped(&dir)?;
        fill(&dir).await?;
        for kind in Kind::ALL {
            case(kind, &dir, json).await?;
        }
        down::run(json).await
    })
}

async fn case(kind: Kind, dir: &Path, json: bool) -> anyhow::Result<()> {
    let kept = recorded(kind, dir).await?;
    let (mut plain, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let server = Server::start(kind).await?;
        plain.push(per_s(loader::load(&kept, &server).await?));
        let server = Server::start(kind).await?;
        ours.push(per_s(carry(dir, &server.setting()).await?));
    }
    let plain = Measured { subject: "the same bytes, plainly", figures: median(&plain) };
    let ours = Measured { subject: "syndic", figures: median(&ours) };
    print("relay", kind.name(), &[plain], &ours, "per_s", json);
    Ok(())
}

fn per_s(took: Duration) -> Figures {
    vec![("per_s", EVENTS as f64 / took.as_secs_f64())]
}

/// Records actions and what became of them.
async fn fill(dir: &Path) -> anyhow::Result<()> {
    let gate = block_in_place(|| open(dir))?;
    let (caller, request) = refund()?;
    for _ in 0..EVENTS {
        let decided = gate.submit(&caller, request.clone()).await?;
        let permit = decided.permit.context("the refund is allowed")?;
        let report = Report {
            ok: true,
            args_digest: permit.args_digest,
            result: Some(r#"{"refunded":45.5}"#.to_owned()),
            error: None,
            duration_ms: Some(12),
            input_tokens: None,
            output_tokens: None,
            model: None,
        };
        gate.report(&caller, decided.action_id, &report).await?;
    }
    block_in_place(|| drop(gate));
    Ok(())
}

/// Carries all events once to a server, and keeps what was sent.
async fn recorded(kind: Kind, dir: &Path) -> anyhow::Result<Vec<loader::Sent>> {
    let server = Server::start(kind).await?;
    let Some(address) = server.address() else {
        carry(dir, &server.setting()).await?;
        return loader::lines(&server);
    };
    let recorder = Recorder::start(address).await?;
    carry(dir, &server.setting_at(recorder.address)).await?;
    recorder.requests()
}

/// Carries all events to a sink that was never there before, and tells how long that took.
async fn carry(dir: &Path, sink: &str) -> anyhow::Result<Duration> {
    let gate = Arc::new(block_in_place(|| open(with_sinks(dir, sink)?))?);
    let (told, mut states) = watch::channel(Vec::new());
    let governed = Arc::downgrade(&gate);
    let mut sinks = Sinks::new(
        Arc::downgrade(&gate.store()),
        &gate.governance().settings.data_dir,
        Arc::new(SystemClock),
        move || Some(governed.upgrade()?.governance()),
        move |states| drop(told.send(states)),
    );
    sinks.variable = Arc::new(server::variable);
    let idle = sinks.idle.clone();
    let begun = Instant::now();
    let carrying = tokio::spawn(sinks.run());
    let all = states.wait_for(|states| states.iter().any(|state| state.taken >= EVENTS));
    let took = tokio::time::timeout(WITHIN, all).await.map(|_| begun.elapsed());
    carrying.abort();
    idle.wait().await;
    block_in_place(|| drop(gate));
    match took {
        Ok(took) => Ok(took),
        Err(_) => bail!("not all events were taken within {WITHIN:?}: {:?}", states.borrow()),
    }
}

/// Has these sinks in the settings, and no cursor of former ones.
fn with_sinks<'a>(dir: &'a Path, sinks: &str) -> anyhow::Result<&'a Path> {
    let file = dir.join("syndic.yaml");
    let settings = std::fs::read_to_string(&file)?;
    let settings = settings.split("\nsinks:\n").next().unwrap_or_default();
    std::fs::write(&file, format!("{settings}\nsinks:\n{sinks}"))?;
    for entry in std::fs::read_dir(dir.join(".syndic/relay")).into_iter().flatten() {
        std::fs::remove_file(entry?.path())?;
    }
    Ok(dir)
}
