//! `syndic metrics`

use serde_json::{Value, json};
use syndic_gate::{Descriptor, METRICS};

use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::table::{Cell, Table};

/// What `/metrics` tells
#[derive(Debug, clap::Subcommand)]
pub(crate) enum MetricsCommand {
    List(ListArgs),
}

/// List every metric: name, type, unit, labels, meaning
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic metrics list
  syndic metrics list --json

Needs no directory and no server. Counters are listed as Prometheus asks for them, with `_total`; a histogram's series
are its name with `_bucket`, `_sum` and `_count`.")]
pub(crate) struct ListArgs {}

pub(crate) fn run(command: &MetricsCommand, out: &Output) -> anyhow::Result<Exit> {
    let MetricsCommand::List(ListArgs {}) = command;
    if out.is_json() {
        out.document(&METRICS.iter().map(body).collect::<Vec<_>>())?;
        return Ok(Exit::Success);
    }
    let mut table = Table::new(&["metric", "type", "unit", "labels", "meaning"]);
    for metric in METRICS {
        table.push(vec![
            Cell::new(Tone::Strong, metric.asked_as()),
            Cell::from(metric.kind.as_str()),
            Cell::from(metric.unit),
            Cell::from(metric.labels.join(" ")),
            Cell::new(Tone::Quiet, metric.meaning),
        ]);
    }
    table.write(out)?;
    Ok(Exit::Success)
}

fn body(metric: &Descriptor) -> Value {
    json!({
        "name": metric.asked_as(),
        "type": metric.kind.as_str(),
        "unit": metric.unit,
        "labels": metric.labels,
        "meaning": metric.meaning,
    })
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::path::Path;

    use syndic_gate::{METRICS, MetricKind};

    const BEGINNING: &str = "\
# Metrics

`GET /metrics` answers in the OpenMetrics text format, to auditor and admin keys. This page is made from the table that
registers the metrics; `syndic metrics list` prints it, without a directory or a server, and `--json` for programs.

```yaml
scrape_configs:
  - job_name: syndic
    authorization:
      credentials_file: /etc/prometheus/syndic.key   # a key of role auditor
    static_configs:
      - targets: [127.0.0.1:7860]
```

- **Counters** begin at 0 with each start. Those that alerts look at are there from the start on, for every agent of the
  governance directory, so that the first increase is seen; the policies of syndic itself always, those of files as long
  as all of them together make no more than 20,000 series.
- **Names** of agents, actions and policies are those of the governance directory in force; whatever else is asked for is
  `unknown`. A reload forgets the series of what it takes away. So the number of series is bounded by the directory.
- **Histograms** count in seconds: those of actions from 10 µs to 1 s, those of people from 1 s to a day.
- **Ages and lags** come from the times in the ledger, so that a restart does not set them back, but for that of the
  policy and of what witnesses have not cosigned.
- Decisions do not wait for a scrape, however many series there are. One of 111,000 series, of 500 agents and 200 actions,
  takes 15 ms over HTTP (p99 20 ms; `cargo xtask bench dashboard`).

| metric | type | unit | labels | meaning |
| --- | --- | --- | --- | --- |
";

    fn page() -> String {
        let mut page = BEGINNING.to_owned();
        for metric in METRICS {
            let labels = metric.labels.iter().map(|label| format!("`{label}`"));
            let labels = labels.collect::<Vec<_>>().join(", ");
            let (name, kind, unit, meaning) =
                (metric.asked_as(), metric.kind, metric.unit, metric.meaning);
            writeln!(page, "| `{name}` | {kind} | {unit} | {labels} | {meaning} |").unwrap();
        }
        page
    }

    /// Tells whether a metric, or one of a histogram's series, has this name.
    fn is_told(name: &str) -> bool {
        let series = ["_bucket", "_sum", "_count"];
        METRICS.iter().any(|metric| {
            let of_histogram = metric.kind == MetricKind::Histogram
                && series.iter().any(|series| name.strip_suffix(series) == Some(metric.name));
            name == metric.asked_as() || of_histogram
        })
    }

    #[test]
    fn alerts_and_dashboard_ask_for_metrics_that_are_told() {
        for file in ["monitoring/ai-governance.yaml", "monitoring/grafana.json"] {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(file);
            let text = std::fs::read_to_string(path).unwrap();
            // A name between colons is what a rule records.
            let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
            let words = text.split(|c| !is_word(c)).filter(|word| !word.contains(':'));
            let ours =
                words.filter(|word| word.starts_with("syndic_") || word.starts_with("ai_agent_"));
            let lacking: Vec<_> = ours.filter(|name| !is_told(name)).collect();
            assert!(lacking.is_empty(), "{file}: {lacking:?}");
        }
    }

    #[test]
    fn the_page_about_metrics_is_what_the_table_makes() {
        let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/metrics.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&place, page()).unwrap();
        }
        let there = std::fs::read_to_string(&place).unwrap();
        assert!(there == page(), "UPDATE_DOCS=1 cargo nextest run -p syndic-cli metrics");
    }
}
