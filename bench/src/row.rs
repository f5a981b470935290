//! One line of a benchmark, and medians over rounds.

use std::time::Duration;

use serde_json::{Map, Value, json};

/// Figures by name, their unit in the name.
pub type Figures = Vec<(&'static str, f64)>;

/// What one subject measured in one case.
#[derive(Debug, Clone)]
pub struct Measured {
    pub subject: &'static str,
    pub figures: Figures,
}

/// Prints a case: the limits and peers first, then one row of ours per comparison.
pub fn print(bench: &str, case: &str, others: &[Measured], ours: &Measured, compared: &str, json: bool) {
    for other in others {
        line(bench, case, other, None, json);
    }
    if others.is_empty() {
        line(bench, case, ours, None, json);
    }
    for other in others {
        let ratio = figure(ours, compared) / figure(other, compared);
        line(bench, case, ours, Some((other.subject, ratio)), json);
    }
}

fn figure(measured: &Measured, name: &str) -> f64 {
    measured.figures.iter().find(|(figure, _)| *figure == name).map_or(f64::NAN, |(_, value)| *value)
}

fn line(bench: &str, case: &str, measured: &Measured, compared: Option<(&str, f64)>, as_json: bool) {
    let figures = measured.figures.iter().map(|(name, value)| ((*name).to_owned(), rounded(*value)));
    let mut row: Map<String, Value> = Map::new();
    row.insert("bench".into(), json!(bench));
    row.insert("subject".into(), json!(measured.subject));
    row.insert("case".into(), json!(case));
    row.extend(figures);
    if let Some((other, ratio)) = compared {
        row.insert("ratio_to".into(), json!(other));
        row.insert("ratio".into(), rounded(ratio));
    }
    if as_json {
        println!("{}", Value::Object(row));
        return;
    }
    let figures: Vec<String> = row.iter().skip(3).map(|(name, value)| format!("{name} {value}")).collect();
    println!("{bench:8} {case:16} {:24} {}", measured.subject, figures.join("  ").replace('"', ""));
}

fn rounded(value: f64) -> Value {
    let scale = if value.abs() >= 100.0 { 1.0 } else { 1000.0 };
    json!((value * scale).round() / scale)
}

/// Returns the median of the rounds, figure by figure.
pub fn median(rounds: &[Figures]) -> Figures {
    let Some(first) = rounds.first() else { return Figures::new() };
    first
        .iter()
        .enumerate()
        .map(|(index, (name, _))| {
            let mut values: Vec<f64> = rounds.iter().map(|figures| figures[index].1).collect();
            values.sort_by(f64::total_cmp);
            (*name, values[values.len() / 2])
        })
        .collect()
}

/// Turns latencies into `p50_us`, `p99_us` and `per_s` over `elapsed`.
pub fn latencies(mut each: Vec<Duration>, elapsed: Duration) -> Figures {
    each.sort();
    let at = |share: f64| {
        let index = ((each.len() as f64 * share) as usize).min(each.len().saturating_sub(1));
        each.get(index).map_or(f64::NAN, |latency| latency.as_secs_f64() * 1e6)
    };
    vec![("p50_us", at(0.5)), ("p99_us", at(0.99)), ("per_s", each.len() as f64 / elapsed.as_secs_f64())]
}
