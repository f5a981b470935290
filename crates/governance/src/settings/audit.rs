//! `audit` of `syndic.yaml`: how the ledger is signed, witnessed, kept and dropped.

use std::path::{Path, PathBuf};

use super::meanings::{EnvName, NoteKeyText, NoteName, SendUrl};
use crate::position::At;
use crate::report::Report;
use crate::wire::{ArchiveFields, AuditFields, MasterKeyFields, WitnessFields};

/// The least number of days that records are kept: six calendar months can be so many.
pub const RETENTION_FLOOR_DAYS: u32 = 184;

const RETENTION_DAYS: u32 = 190;
const MOST_RETENTION_DAYS: u32 = 36_500;
const MOST_WITNESSES: usize = 16;

/// How the ledger is signed, witnessed, kept and dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// The log's name in its checkpoints; one is made up where it is left out.
    pub origin: Option<String>,
    /// Whether anybody may read `/log/`, without a key.
    pub public: bool,
    /// Who cosigns checkpoints.
    pub witnesses: Vec<Witness>,
    /// How long records are kept at least, 184 days or more.
    pub retention_days: u32,
    /// Where segments go before they are dropped.
    pub archive: Option<Archive>,
    /// Where the key is that wraps all others; the data directory where it is left out.
    pub master_key: Option<MasterKey>,
}

/// A witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Where it is, without a slash at the end.
    pub url: String,
    /// Its verifier key.
    pub vkey: String,
}

/// Where segments go before they are dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Bucket and prefix, like `s3://audit/agents`.
    pub url: String,
    /// Where an S3-compatible storage is that is not Amazon's.
    pub endpoint: Option<String>,
    /// Its region; `us-east-1` where it is left out.
    pub region: Option<String>,
}

/// Where the key is that wraps all others: 32 bytes in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MasterKey {
    /// In a file.
    File(PathBuf),
    /// In an environment variable.
    Env(String),
}

impl Default for Audit {
    fn default() -> Self {
        Self {
            origin: None,
            public: false,
            witnesses: Vec::new(),
            retention_days: RETENTION_DAYS,
            archive: None,
            master_key: None,
        }
    }
}

pub(super) fn read(fields: &AuditFields, dir: &Path, report: &mut Report<'_>) -> Audit {
    let AuditFields { origin, public, witnesses, retention_days, archive, master_key } = fields;
    Audit {
        origin: origin.as_ref().and_then(|text| report.read(text)).map(|NoteName(name)| name),
        public: public.unwrap_or_default(),
        witnesses: read_witnesses(witnesses.as_ref(), report),
        retention_days: read_retention(retention_days.as_ref(), report),
        archive: archive.as_ref().and_then(|archive| read_archive(archive, report)),
        master_key: master_key.as_ref().and_then(|key| read_master_key(key, dir, report)),
    }
}

fn read_witnesses(
    witnesses: Option<&At<Vec<At<WitnessFields>>>>,
    report: &mut Report<'_>,
) -> Vec<Witness> {
    let Some(At { value, position }) = witnesses else { return Vec::new() };
    if value.len() > MOST_WITNESSES {
        let message = format!("there are more than {MOST_WITNESSES} witnesses");
        report.error(*position, "too-many-witnesses", message, "name fewer".to_owned());
    }
    let mut read = Vec::new();
    for At { value: WitnessFields { url, vkey }, position } in value.iter().take(MOST_WITNESSES) {
        let hint = "where the witness is: `url: https://witness.example.org`";
        let url = report.require(url.as_ref(), *position, "witness.url", hint);
        let hint = "the key it publishes: `vkey: witness.example.org+1a2b3c4d+BA…`";
        let vkey = report.require(vkey.as_ref(), *position, "witness.vkey", hint);
        let url = url.and_then(|text| report.read(text)).map(|SendUrl(url)| url);
        let vkey = vkey.and_then(|text| report.read(text)).map(|NoteKeyText(vkey)| vkey);
        read.extend(url.zip(vkey).map(|(url, vkey)| Witness { url, vkey }));
    }
    read
}

fn read_retention(days: Option<&At<u64>>, report: &mut Report<'_>) -> u32 {
    let Some(At { value, position }) = days else { return RETENTION_DAYS };
    let allowed = RETENTION_FLOOR_DAYS..=MOST_RETENTION_DAYS;
    if let Some(days) = u32::try_from(*value).ok().filter(|days| allowed.contains(days)) {
        return days;
    }
    let message = format!("records would be kept for {value} days");
    let hint = format!(
        "{RETENTION_FLOOR_DAYS} to {MOST_RETENTION_DAYS} days: the EU AI Act asks for six months, which can be \
         {RETENTION_FLOOR_DAYS} days"
    );
    report.error(*position, "retention", message, hint);
    RETENTION_DAYS
}

fn read_archive(
    At { value, position }: &At<ArchiveFields>,
    report: &mut Report<'_>,
) -> Option<Archive> {
    let ArchiveFields { url, endpoint, region } = value;
    let hint = "bucket and prefix: `url: s3://audit/agents`";
    let url = report.require(url.as_ref(), *position, "archive.url", hint)?;
    let endpoint = endpoint.as_ref().and_then(|text| report.read(text)).map(|SendUrl(url)| url);
    let bucket = url.value.strip_prefix("s3://").and_then(|rest| rest.split('/').next());
    if bucket.is_none_or(str::is_empty) {
        let message = format!("`{}` names no bucket", url.value.escape_debug());
        report.error(url.position, "invalid-url", message, hint.to_owned());
        return None;
    }
    Some(Archive {
        url: url.value.trim_end_matches('/').to_owned(),
        endpoint,
        region: region.clone(),
    })
}

fn read_master_key(
    At { value, position }: &At<MasterKeyFields>,
    dir: &Path,
    report: &mut Report<'_>,
) -> Option<MasterKey> {
    let MasterKeyFields { file, env } = value;
    let env = env.as_ref().and_then(|text| report.read(text)).map(|EnvName(name)| name);
    match (file, env) {
        (Some(file), None) => Some(MasterKey::File(dir.join(file))),
        (None, Some(name)) => Some(MasterKey::Env(name)),
        _ => {
            let message = "the master key is in one place".to_owned();
            let hint = "either `file: PATH` or `env: NAME`".to_owned();
            report.error(*position, "master-key", message, hint);
            None
        }
    }
}
