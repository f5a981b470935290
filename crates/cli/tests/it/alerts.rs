use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::promql::{Inside, Word, words};
use crate::syndic::Place;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap()
}

fn printed(arguments: &[&str]) -> Value {
    serde_json::from_str(&Place::empty().run(arguments).stdout).unwrap()
}

/// Every alert that is printed, with its name.
fn alerts() -> Vec<(String, Value)> {
    let rules = printed(&["alerts", "print", "--json"]);
    let [group] = rules["groups"].as_array().unwrap().as_slice() else {
        panic!("one group");
    };
    assert_eq!(group["name"], "ai-governance");
    let rules = group["rules"].as_array().unwrap().iter();
    rules
        .filter_map(|rule| Some((rule.get("alert")?.as_str().unwrap().to_owned(), rule.clone())))
        .collect()
}

#[test]
fn every_alert_says_how_bad_it_is_what_it_is_and_what_to_do() {
    let (summary, list) = (read("docs/SUMMARY.md"), read("docs/alerts.md"));
    for (name, alert) in alerts() {
        let severity = alert["labels"]["severity"].as_str().unwrap();
        assert!(["warning", "critical"].contains(&severity), "{name}: {severity}");
        for annotation in ["summary", "description"] {
            let text = alert["annotations"][annotation].as_str().unwrap();
            assert!(!text.is_empty(), "{name} has no {annotation}");
        }
        let page = format!("docs/runbooks/{name}.md");
        assert_eq!(alert["annotations"]["runbook_url"], page.as_str());
        let runbook = Place::empty().run(&["alerts", "runbook", &name]).stdout;
        assert_eq!(runbook, read(&page));
        assert!(runbook.starts_with(&format!("# {name}\n\nSeverity {severity}; ")), "{name}");
        for section in ["What it means", "See it", "Do now", "How it ends", "What causes it"] {
            assert!(runbook.contains(&format!("\n## {section}\n")), "{name} lacks {section}");
        }
        assert!(summary.contains(&format!("[{name}](runbooks/{name}.md)")), "{name} in SUMMARY");
        assert!(list.contains(&format!("| [{name}](runbooks/{name}.md) | {severity} |")), "{name}");
    }
}

#[test]
fn no_runbook_is_of_an_alert_that_is_gone() {
    let known: BTreeSet<_> = alerts().into_iter().map(|(name, _)| format!("{name}.md")).collect();
    let pages = std::fs::read_dir(repository().join("docs/runbooks")).unwrap();
    let pages: BTreeSet<_> =
        pages.map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(pages, known);
}

#[test]
fn the_alerts_that_people_know_have_their_words() {
    let alerts = alerts();
    for (name, wait, severity, summary) in [
        (
            "HighPolicyViolationRate",
            "5m",
            "warning",
            "Agent {{ $labels.agent_name }} has high policy violation rate",
        ),
        (
            "ApprovalTimeouts",
            "10m",
            "warning",
            "Many approval requests timing out - check notification system",
        ),
        ("UnauthorizedToolAccess", "1m", "critical", "Agent attempted unauthorized tool access"),
    ] {
        let (_, alert) = alerts.iter().find(|(one, _)| one == name).unwrap();
        assert_eq!(alert["for"], wait);
        assert_eq!(alert["labels"]["severity"], severity);
        assert_eq!(alert["annotations"]["summary"], summary);
    }
}

#[test]
fn promtool_is_asked_of_every_alert_when_it_fires_and_when_it_does_not() {
    let (mut firing, mut quiet) = (BTreeSet::new(), BTreeSet::new());
    for test in tests() {
        for asked in test["alert_rule_test"].as_array().into_iter().flatten() {
            let fires = asked["exp_alerts"].as_array().is_some_and(|all| !all.is_empty());
            let name = asked["alertname"].as_str().unwrap().to_owned();
            if fires {
                firing.insert(name)
            } else {
                quiet.insert(name)
            };
        }
    }
    let all: BTreeSet<_> = alerts().into_iter().map(|(name, _)| name).collect();
    assert_eq!(firing, all);
    assert_eq!(quiet, all);
}

#[test]
fn rules_and_dashboard_ask_for_metrics_that_there_are_by_labels_that_they_have() {
    let metrics = metrics();
    let rules = printed(&["alerts", "print", "--json"]);
    let dashboard = printed(&["grafana", "print"]);
    let recorded: BTreeSet<_> =
        fields(&rules, "record").into_iter().chain(["up", "ALERTS"].map(str::to_owned)).collect();
    let known: BTreeSet<&str> = metrics.values().flatten().map(String::as_str).collect();
    let mut asked = BTreeSet::new();
    for expression in fields(&rules, "expr").into_iter().chain(fields(&dashboard, "expr")) {
        for Word { text, inside } in words(&expression) {
            match (inside, metrics.get(&text)) {
                (Inside::Series(metric), _) => {
                    let labels = metrics.get(&metric);
                    assert!(
                        labels.is_none_or(|labels| labels.contains(&text)),
                        "{metric} has no label {text}: {expression}"
                    );
                }
                (Inside::Grouping, _) => {
                    assert!(known.contains(text.as_str()), "no label {text}: {expression}");
                }
                (Inside::Nothing, Some(_)) => drop(asked.insert(text)),
                (Inside::Nothing, None) => {
                    let ours = text.starts_with("syndic_") || text.starts_with("ai_agent_");
                    let recording = text.contains(':') || text == "up" || text == "ALERTS";
                    assert!(!ours, "there is no metric {text}: {expression}");
                    assert!(!recording || recorded.contains(&text), "{text}: {expression}");
                }
            }
        }
    }
    assert!(asked.len() > 30, "{asked:?}");
}

#[test]
fn promtool_is_given_series_as_syndic_makes_them() {
    let metrics = metrics();
    for test in tests() {
        for series in test["input_series"].as_array().unwrap() {
            let series = series["series"].as_str().unwrap();
            let (name, _) = series.split_once('{').unwrap();
            if name == "up" {
                continue;
            }
            let labels = metrics.get(name).unwrap_or_else(|| panic!("no metric {name}"));
            let given: BTreeSet<_> = words(series)
                .into_iter()
                .filter(|word| matches!(word.inside, Inside::Series(_)))
                .map(|word| word.text)
                .collect();
            assert_eq!(&given, labels, "{series}");
        }
    }
}

/// Every case that promtool is given.
fn tests() -> Vec<Value> {
    let files = std::fs::read_dir(repository().join("monitoring/tests")).unwrap();
    files
        .flat_map(|file| {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let file: Value = serde_saphyr::from_str(&text).unwrap();
            file["tests"].as_array().unwrap().clone()
        })
        .collect()
}

/// Every series name that `syndic metrics list` tells of, with its labels and those that Prometheus adds.
fn metrics() -> BTreeMap<String, BTreeSet<String>> {
    let mut metrics = BTreeMap::new();
    for metric in printed(&["metrics", "list", "--json"]).as_array().unwrap() {
        let name = metric["name"].as_str().unwrap();
        let labels = metric["labels"].as_array().unwrap().iter();
        let mut labels: BTreeSet<_> =
            labels.map(|label| label.as_str().unwrap().to_owned()).collect();
        labels.extend(["job", "instance"].map(str::to_owned));
        if metric["type"] == "histogram" {
            let with_bound = labels.iter().cloned().chain(["le".to_owned()]).collect();
            metrics.insert(format!("{name}_bucket"), with_bound);
            metrics.insert(format!("{name}_sum"), labels.clone());
            metrics.insert(format!("{name}_count"), labels);
        } else {
            metrics.insert(name.to_owned(), labels);
        }
    }
    metrics
}

/// Every text of a field with that name, however deep it lies.
fn fields(value: &Value, name: &str) -> Vec<String> {
    match value {
        Value::Object(all) => {
            let own = all.get(name).and_then(Value::as_str).map(str::to_owned);
            own.into_iter().chain(all.values().flat_map(|inner| fields(inner, name))).collect()
        }
        Value::Array(all) => all.iter().flat_map(|inner| fields(inner, name)).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

#[test]
fn runbooks_are_named_where_somebody_keeps_them() {
    let url = "https://wiki.example.org/runbooks";
    let rules = Place::empty().run(&["alerts", "print", "--runbooks", url]).stdout;
    assert!(rules.contains("runbook_url: https://wiki.example.org/runbooks/AgentSilent.md\n"));
    assert!(!rules.contains("runbook_url: docs/"));
}

#[test]
fn every_command_of_a_runbook_exists() {
    let place = Place::empty();
    let mut pages = vec!["docs/alerts.md".to_owned()];
    pages.extend(alerts().into_iter().map(|(name, _)| format!("docs/runbooks/{name}.md")));
    let mut commands = BTreeSet::new();
    for page in &pages {
        commands.extend(commands_of(&read(page)));
    }
    assert!(commands.len() > 40, "{commands:?}");
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().skip(1).collect();
        let plain = words.iter().take_while(|word| !word.starts_with('-')).copied();
        let help = place.run(&plain.chain(["--help"]).collect::<Vec<_>>());
        assert_eq!(help.code, Some(0), "{command}: {}", help.stderr);
        for flag in words.iter().filter(|word| word.starts_with("--")) {
            assert!(help.stdout.contains(&format!("{flag} ")), "{command}: no {flag}");
        }
    }
}

/// What a page says to type: lines of its shell blocks, and text between backticks.
fn commands_of(page: &str) -> Vec<String> {
    let mut commands = Vec::new();
    for (at, part) in page.split("```").enumerate() {
        let is_block = at % 2 == 1;
        let found = part.split(if is_block { '\n' } else { '`' });
        let typed = found.filter(|text| text.starts_with("syndic ") && !text.contains('\n'));
        commands.extend(typed.map(|text| {
            let words = text.split(' ').take_while(|word| !["#", ">", "|"].contains(word));
            words.collect::<Vec<_>>().join(" ")
        }));
    }
    commands.retain(|command| command.contains(' '));
    commands
}

#[test]
fn panels_of_the_dashboard_stand_beside_each_other() {
    let dashboard = printed(&["grafana", "print"]);
    let mut taken = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        let title = panel["title"].as_str().unwrap();
        assert!(ids.insert(panel["id"].as_u64().unwrap()), "{title}: another has its id");
        let place = |field: &str| panel["gridPos"][field].as_u64().unwrap();
        assert!(place("x") + place("w") <= 24, "{title} is too wide");
        for x in place("x")..place("x") + place("w") {
            for y in place("y")..place("y") + place("h") {
                assert!(taken.insert((x, y)), "{title} lies over another");
            }
        }
        for target in panel["targets"].as_array().into_iter().flatten() {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{title}");
        }
    }
}
