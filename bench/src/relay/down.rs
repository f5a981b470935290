//! What a decision costs while every sink is down, beside what it costs without any.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use syndic_gate::{Gate, SystemClock};
use syndic_relay::Sinks;
use tokio::net::TcpListener;
use tokio::task::block_in_place;

use super::server::{Kind, variable};
use super::with_sinks;
use crate::gate::{open, refund};
use crate::http::shipped;
use crate::row::{Figures, Measured, latencies, median, print};

const ROUNDS: usize = 7;
const PER_ROUND: Duration = Duration::from_secs(1);

pub async fn run(json: bool) -> anyhow::Result<()> {
    let place = || tempfile::tempdir_in("target");
    let (without, with, elsewhere) = (place()?, place()?, place()?);
    shipped(without.path())?;
    shipped(with.path())?;
    let nobody = nobody().await?;
    // A file in the way of its directory is as down as a server that is not there.
    let blocked = std::path::absolute(elsewhere.path().join("taken"))?;
    std::fs::write(&blocked, "")?;
    let settings: String = Kind::ALL
        .into_iter()
        .map(|kind| match kind {
            Kind::File => kind.setting(&blocked.join("audit.jsonl").display().to_string()),
            Kind::Elasticsearch | Kind::CloudWatch | Kind::Otlp | Kind::Webhook => kind.setting(&nobody.to_string()),
        })
        .collect();
    let alone = block_in_place(|| open(without.path()))?;
    let gate = Arc::new(block_in_place(|| open(with_sinks(with.path(), &settings)?))?);
    let governed = Arc::downgrade(&gate);
    let mut sinks = Sinks::new(
        Arc::downgrade(&gate.store()),
        &gate.governance().settings.data_dir,
        Arc::new(SystemClock),
        move || Some(governed.upgrade()?.governance()),
        |_| {},
    );
    sinks.variable = Arc::new(variable);
    let carrying = tokio::spawn(sinks.run());
    let (mut none, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        none.push(submits(&alone).await?);
        ours.push(submits(&gate).await?);
    }
    carrying.abort();
    block_in_place(|| drop((alone, gate)));
    let none = Measured { subject: "no sinks", figures: median(&none) };
    let ours = Measured { subject: "syndic", figures: median(&ours) };
    print("relay", "sinks down", &[none], &ours, "p50_us", json);
    Ok(())
}

/// Finds an address where nobody listens.
async fn nobody() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0").await?.local_addr()?)
}

async fn submits(gate: &Gate) -> anyhow::Result<Figures> {
    let (caller, request) = refund()?;
    let (mut each, start) = (Vec::new(), Instant::now());
    while start.elapsed() < PER_ROUND {
        let begun = Instant::now();
        let decided = gate.submit(&caller, request.clone()).await?;
        each.push(begun.elapsed());
        decided.permit.context("the refund is allowed")?;
    }
    Ok(latencies(each, start.elapsed()))
}
