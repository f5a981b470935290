//! Reading `sinks`.

use std::path::{Path, PathBuf};

use super::names::{Daily, IndexName, LogGroup, LogsUrl, RegionName, SinkName};
use super::{
    CloudWatchSink, ElasticsearchSink, FileSink, OtlpSink, Sink, SinkAuth, SinkTarget, WebhookSink,
};
use crate::position::{At, Position};
use crate::report::Report;
use crate::settings::meanings::{EnvName, SendUrl, shown};
use crate::settings::telemetry::ServiceName;
use crate::settings::{RETENTION_FLOOR_DAYS, SinkFormat, SinkParts, SinkStart, normal};
use crate::text::Text;
use crate::wire::{
    CloudWatchFields, ElasticsearchFields, FileSinkFields, Keyed, OtlpFields, SinkFields,
    SinkWebhookFields,
};

/// The most sinks.
const MOST_SINKS: usize = 16;
/// How long Amazon CloudWatch Logs can keep events, as far as that is long enough, in days.
const CLOUDWATCH_DAYS: [u32; 11] = [365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];
/// A monthly index is as old as its oldest event, and is dropped as a whole.
const MONTH_DAYS: u32 = 31;
const MOST_RETENTION_DAYS: u32 = 36_500;

/// Reads the sinks; records are in `data_dir`.
pub(in crate::settings) fn read(
    sinks: &Keyed<SinkName, SinkFields>,
    dir: &Path,
    data_dir: Option<&Path>,
    report: &mut Report<'_>,
) -> Vec<Sink> {
    let mut read = Vec::new();
    for (name, fields) in &sinks.0 {
        if read.len() == MOST_SINKS {
            let message = format!("there are more than {MOST_SINKS} sinks");
            report.error(name.position, "too-many-sinks", message, "name fewer".to_owned());
            break;
        }
        let around = Around { dir, data_dir };
        let sink = read_sink(name, fields, &around, report);
        read.extend(sink);
    }
    check_files(&read, sinks, report);
    read
}

struct Around<'a> {
    dir: &'a Path,
    data_dir: Option<&'a Path>,
}

fn read_sink(
    name: &Text<SinkName>,
    At { value, position }: &At<SinkFields>,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<Sink> {
    let name = report.read(name).map(|SinkName(name)| name);
    let target = read_target(value, *position, around, report);
    let usual = match &target {
        Some(SinkTarget::Otlp(_)) => SinkFormat::Otel,
        Some(_) | None => SinkFormat::Native,
    };
    let format = value.format.as_ref().map_or(Some(usual), |text| report.read(text));
    let parts = value.parts.as_ref().map_or(Some(SinkParts::Redacted), |text| report.read(text));
    let start = value.start.as_ref().map_or(Some(SinkStart::Beginning), |text| report.read(text));
    Some(Sink {
        name: name?,
        target: target?,
        format: format?,
        parts: parts?,
        required: value.required.unwrap_or_default(),
        start: start?,
    })
}

fn read_target(
    fields: &SinkFields,
    position: Position,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<SinkTarget> {
    let SinkFields { file, elasticsearch, cloudwatch, otlp, webhook, .. } = fields;
    let given = [
        file.is_some(),
        elasticsearch.is_some(),
        cloudwatch.is_some(),
        otlp.is_some(),
        webhook.is_some(),
    ];
    let count = given.into_iter().filter(|given| *given).count();
    if count != 1 {
        let message = if count == 0 {
            "the sink does not say where events go"
        } else {
            "the sink goes to more than one place"
        };
        let hint = "name one of `file`, `elasticsearch`, `cloudwatch`, `otlp` and `webhook`";
        report.error(position, "sink-kind", message, hint.to_owned());
        return None;
    }
    let file = file.as_ref().and_then(|one| read_file(one, around, report)).map(SinkTarget::File);
    let elasticsearch =
        elasticsearch.as_ref().and_then(|one| read_elasticsearch(one, around, report));
    let cloudwatch = cloudwatch.as_ref().and_then(|one| read_cloudwatch(one, report));
    let otlp = otlp.as_ref().and_then(|one| read_otlp(one, around, report));
    let webhook = webhook.as_ref().and_then(|one| read_webhook(one, report));
    file.or(elasticsearch.map(SinkTarget::Elasticsearch))
        .or(cloudwatch.map(SinkTarget::CloudWatch))
        .or(otlp.map(SinkTarget::Otlp))
        .or(webhook.map(SinkTarget::Webhook))
}

fn read_file(
    At { value, position }: &At<FileSinkFields>,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<FileSink> {
    let FileSinkFields { path, rotate_mb, rotate, keep } = value;
    let (path, path_at) = match path {
        Some(At { value, position }) => (PathBuf::from(value), *position),
        None => (PathBuf::from("/var/log/ai-agents/audit.jsonl"), *position),
    };
    // A path forgets that it ended with a slash.
    let is_directory = path.as_os_str().as_encoded_bytes().ends_with(b"/");
    let path = normal(&path);
    let shown_path = shown(&path.to_string_lossy());
    if is_directory && path.file_name().is_some() {
        let message = format!("`{shown_path}/` is a directory");
        let hint = format!("name the file in it: `path: {shown_path}/audit.jsonl`");
        report.error(path_at, "sink-path", message, hint);
        return None;
    }
    if !path.is_absolute() || path.file_name().is_none() {
        let message = format!("`{shown_path}` does not begin at the root");
        let hint = "write it whole: `path: /var/log/ai-agents/audit.jsonl`";
        report.error(path_at, "sink-path", message, hint.to_owned());
        return None;
    }
    let inside = |place: &Path| {
        std::path::absolute(place).is_ok_and(|place| {
            let place = normal(&place);
            path.starts_with(&place) || real(&path).starts_with(real(&place))
        })
    };
    if around.data_dir.is_some_and(inside) {
        let message = format!("`{shown_path}` is inside the data directory");
        let hint = "the data directory holds the ledger alone: name a file elsewhere, like \
                    `/var/log/ai-agents/audit.jsonl`";
        report.error(path_at, "sink-path", message, hint.to_owned());
        return None;
    }
    if inside(around.dir) {
        let message = format!("`{shown_path}` is inside the governance directory");
        let hint = "what is edited and reviewed holds no audit trail: name a file elsewhere";
        report.error(path_at, "sink-path", message, hint.to_owned());
        return None;
    }
    // No error: files that were in force are read again later, when another may have made it.
    if path.is_dir() {
        let message = format!("`{shown_path}` is a directory");
        let hint = format!("name the file in it: `path: {shown_path}/audit.jsonl`");
        report.warn(path_at, "sink-directory", message, &hint);
    }
    let rotate_bytes = rotate_mb.as_ref().map(|megabytes| {
        number(megabytes, 1..=1_048_576, "rotate_mb", "like `rotate_mb: 100`", report)
    });
    let rotate_daily =
        rotate.as_ref().map_or(Some(false), |text| report.read(text).map(|Daily| true));
    if let Some(keep) = keep.as_ref().filter(|_| rotate_mb.is_none() && rotate.is_none()) {
        let message = "`keep` removes nothing: the file is never put aside";
        let hint = "say when it is put aside: `rotate: daily` or `rotate_mb: 100`";
        report.warn(keep.position, "sink-keep", message, hint);
    }
    let keep =
        keep.as_ref().map(|keep| number(keep, 1..=10_000, "keep", "like `keep: 14`", report));
    Some(FileSink {
        path,
        rotate_bytes: rotate_bytes
            .map_or(Some(None), |read| read.map(|mb| Some(u64::from(mb) << 20)))?,
        rotate_daily: rotate_daily?,
        keep: keep.map_or(Some(None), |read| read.map(Some))?,
    })
}

/// Returns where a path leads, as far as there is anything.
fn real(path: &Path) -> PathBuf {
    let lead = |place: &Path| {
        let rest = path.strip_prefix(place).ok()?;
        place.canonicalize().ok().map(|real| real.join(rest))
    };
    path.ancestors().find_map(lead).unwrap_or_else(|| path.to_owned())
}

fn number(
    At { value, position }: &At<u64>,
    allowed: std::ops::RangeInclusive<u32>,
    field: &str,
    hint: &str,
    report: &mut Report<'_>,
) -> Option<u32> {
    let read = u32::try_from(*value).ok().filter(|value| allowed.contains(value));
    if read.is_none() {
        let message = format!("`{field}` is {} to {}", allowed.start(), allowed.end());
        report.error(*position, "out-of-range", message, hint.to_owned());
    }
    read
}

fn read_elasticsearch(
    At { value, position }: &At<ElasticsearchFields>,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<ElasticsearchSink> {
    let hint = "where it is: `url: https://search.example.org:9200`";
    let url = report.require(value.url.as_ref(), *position, "elasticsearch.url", hint);
    let url = url.and_then(|text| report.read(text));
    let url = url.map(|SendUrl(url)| url.trim_end_matches('/').to_owned());
    let index = value.index.as_ref();
    let index = index.map_or_else(
        || Some("ai-audit".to_owned()),
        |text| report.read(text).map(|IndexName(name)| name),
    );
    let auth = read_auth(value, *position, report);
    let least = RETENTION_FLOOR_DAYS + MONTH_DAYS;
    let hint =
        "an index has a month of events and is dropped as a whole: 184 days and one month, or more";
    let days = value
        .retention_days
        .as_ref()
        .map(|days| number(days, least..=MOST_RETENTION_DAYS, "retention_days", hint, report));
    Some(ElasticsearchSink {
        url: url?,
        index: index?,
        auth: auth?,
        ca_file: value.ca_file.as_ref().map(|file| around.dir.join(file)),
        retention_days: days.map_or(Some(None), |days| days.map(Some))?,
    })
}

/// Reads who asks; nobody is an answer too.
#[expect(clippy::option_option, reason = "whether it can be read, and whether there is any")]
fn read_auth(
    fields: &ElasticsearchFields,
    position: Position,
    report: &mut Report<'_>,
) -> Option<Option<SinkAuth>> {
    let mut env = |text: &Option<Text<EnvName>>| {
        text.as_ref().map(|text| report.read(text).map(|EnvName(name)| name))
    };
    let (token, key) = (env(&fields.token_env), env(&fields.api_key_env));
    let password = env(&fields.password_env);
    match (token, key, fields.username.clone(), password) {
        (None, None, None, None) => Some(None),
        (Some(name), None, None, None) => Some(Some(SinkAuth::Bearer { token_env: name? })),
        (None, Some(name), None, None) => Some(Some(SinkAuth::ApiKey { key_env: name? })),
        (None, None, Some(username), Some(name)) => {
            Some(Some(SinkAuth::Basic { username, password_env: name? }))
        }
        _ => {
            let message = "who asks is said in one way";
            let hint = "either `token_env`, or `api_key_env`, or `username` with `password_env`";
            report.error(position, "sink-auth", message, hint.to_owned());
            None
        }
    }
}

fn read_cloudwatch(
    At { value, .. }: &At<CloudWatchFields>,
    report: &mut Report<'_>,
) -> Option<CloudWatchSink> {
    let region = value.region.as_ref().map(|text| report.read(text).map(|RegionName(name)| name));
    let group = value.group.as_ref().map_or_else(
        || Some("/ai-agents/audit".to_owned()),
        |text| report.read(text).map(|LogGroup(name)| name),
    );
    let endpoint = value.endpoint.as_ref().map(|text| report.read(text));
    let endpoint =
        endpoint.map(|read| read.map(|SendUrl(url)| url.trim_end_matches('/').to_owned()));
    let days = value.retention_days.as_ref().map(|At { value, position }| {
        let days = CLOUDWATCH_DAYS.into_iter().find(|days| u64::from(*days) == *value);
        if days.is_none() {
            let message = if *value < u64::from(RETENTION_FLOOR_DAYS) {
                format!("events would be kept for {value} days, and six months can be {RETENTION_FLOOR_DAYS}")
            } else {
                format!("CloudWatch cannot keep events for {value} days")
            };
            let days: Vec<_> = CLOUDWATCH_DAYS.iter().map(u32::to_string).collect();
            report.error(*position, "retention", message, format!("one of {}", days.join(", ")));
        }
        days
    });
    Some(CloudWatchSink {
        region: region.map_or(Some(None), |read| read.map(Some))?,
        group: group?,
        endpoint: endpoint.map_or(Some(None), |read| read.map(Some))?,
        retention_days: days.map_or(Some(None), |read| read.map(Some))?,
    })
}

fn read_otlp(
    At { value, position }: &At<OtlpFields>,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<OtlpSink> {
    let hint = "where the collector is: `url: http://127.0.0.1:4318`";
    let url = report.require(value.url.as_ref(), *position, "otlp.url", hint);
    let url = url.and_then(|text| report.read(text)).map(|LogsUrl(url)| url);
    let name = value.service_name.as_ref().map_or_else(
        || Some("syndic".to_owned()),
        |text| report.read(text).map(|ServiceName(name)| name),
    );
    Some(OtlpSink {
        url: url?,
        headers_file: value.headers_file.as_ref().map(|file| around.dir.join(file)),
        service_name: name?,
    })
}

fn read_webhook(
    At { value, position }: &At<SinkWebhookFields>,
    report: &mut Report<'_>,
) -> Option<WebhookSink> {
    let hint = "where events are sent: `url: https://hooks.example.org/audit`";
    let url = report.require(value.url.as_ref(), *position, "webhook.url", hint);
    let url = url.and_then(|text| report.read(text)).map(|SendUrl(url)| url);
    let secret_env =
        value.secret_env.as_ref().map(|text| report.read(text).map(|EnvName(name)| name));
    if secret_env.is_none() {
        let message = "events to this webhook are not signed: `secret_env` is missing";
        let hint = "name the variable that holds the secret: `secret_env: AUDIT_HOOK_SECRET`";
        report.warn(*position, "unsigned-webhook", message, hint);
    }
    Some(WebhookSink {
        url: url?,
        secret_env: secret_env.map_or(Some(None), |read| read.map(Some))?,
    })
}

/// Refuses two sinks in one file: each would take the other's lines for its own.
fn check_files(read: &[Sink], sinks: &Keyed<SinkName, SinkFields>, report: &mut Report<'_>) {
    let mut files: Vec<(&Path, &str)> = Vec::new();
    for sink in read {
        let SinkTarget::File(file) = &sink.target else { continue };
        if let Some((_, other)) = files.iter().find(|(path, _)| *path == file.path) {
            let at = sinks.0.iter().find(|(name, _)| name.raw == sink.name);
            let message = format!(
                "`{}` is the file of sink `{other}` too",
                shown(&file.path.to_string_lossy())
            );
            let position = at.and_then(|(name, _)| name.position);
            report.error(position, "sink-path", message, "name another file".to_owned());
        }
        files.push((&file.path, &sink.name));
    }
}
