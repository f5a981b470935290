//! `syndic restore`

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde_json::json;
use syndic_client::{WitnessKnows, ask_witness};
use syndic_gate::{Backup, Continued, Known, Loss, Restored, SystemClock};
use syndic_governance::Witness;
use syndic_ledger::{SignedCheckpoint, VerifierKey};
use syndic_model::Clock;

use crate::args::Global;
use crate::exit::Exit;
use crate::output::{Output, Tone};
use crate::place::Place;
use crate::when::readable;

/// Put a backup in the place of a data directory
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  syndic restore /mnt/backup/2026-08-03 --to governance/.syndic --dir governance
  syndic restore /mnt/backup/2026-08-03 --to governance/.syndic --checkpoint auditor.checkpoint
  syndic restore s3://backups/agents/2026-08-03 --to governance/.syndic --dir governance
  syndic restore /mnt/backup/2026-08-03 --to governance/.syndic --accept-loss --reason 'the disk is gone'

A log that went on after the backup is not set back: a later checkpoint in a FILE, in the directory that is replaced, or
known to a witness of syndic.yaml or --witness refuses it, and says how many records would be lost. With --accept-loss
the log goes on as another one, with another key and name, and a record that names the last checkpoint of the former.
What was in the place of the restored directory is kept beside it. Needs no key; stop the daemon first.
From S3-compatible storage it is got into a temporary directory first (TMPDIR), as `syndic backup` puts it there.")]
pub(crate) struct RestoreArgs {
    /// The directory that `syndic backup` made, or where it is in a bucket, like `s3://backups/agents`
    #[arg(value_name = "BACKUP")]
    backup: Place,
    /// The data directory: empty, not there yet, or the one to replace
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// A signed checkpoint that was kept elsewhere; may be given again
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// A witness to ask, beside those of syndic.yaml; may be given again
    #[arg(long, value_name = "URL")]
    witness: Vec<String>,
    /// Ask no witness
    #[arg(long, conflicts_with = "witness")]
    offline: bool,
    /// Go on as another log where records are lost
    #[arg(long, requires = "reason")]
    accept_loss: bool,
    /// Why, for who reads the record; at most 1000 characters
    #[arg(long, value_name = "TEXT", requires = "accept_loss")]
    reason: Option<String>,
}

pub(crate) async fn run(args: &RestoreArgs, global: &Global, out: &Output) -> anyhow::Result<Exit> {
    let loss = loss(args)?;
    let got = got(&args.backup, out).await?;
    let backup = Backup::open(got.path())?;
    let mut known = args.checkpoint.iter().map(|path| kept(path)).collect::<Result<Vec<_>, _>>()?;
    let settings = settings(global, out);
    let mut asked = 0;
    if !args.offline {
        for witness in &settings.witnesses {
            known.extend(ask(&witness.url, Some(&witness.vkey), &backup, out).await?);
            asked += 1;
        }
        for url in &args.witness {
            known.extend(ask(url, None, &backup, out).await?);
            asked += 1;
        }
    }
    let replaces = args.to.join("checkpoint").exists();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let restored = syndic_gate::restore(&backup, &args.to, &known, loss.as_ref(), &clock)?;
    if asked == 0 && known.is_empty() && !replaces && loss.is_none() {
        out.warning(format!(
            "nothing later than the backup was asked for: if the log went on after {} UTC, it now signs a second \
             history. --checkpoint and --witness tell",
            readable(restored.backed_up_at)
        ));
    }
    if out.is_json() {
        out.document(&document(&restored))?;
    } else {
        tell(&restored, &settings, out)?;
    }
    Ok(Exit::Success)
}

/// A backup on this machine, for as long as this is kept.
enum Got {
    /// It was here.
    Here(PathBuf),
    /// It was got.
    #[cfg(feature = "archive")]
    Temporary(tempfile::TempDir),
}

impl Got {
    fn path(&self) -> &Path {
        match self {
            Self::Here(path) => path,
            #[cfg(feature = "archive")]
            Self::Temporary(directory) => directory.path(),
        }
    }
}

#[cfg(feature = "archive")]
async fn got(backup: &Place, out: &Output) -> anyhow::Result<Got> {
    match backup {
        Place::Directory(path) => Ok(Got::Here(path.clone())),
        Place::Storage(url) => {
            let directory = tempfile::tempdir().context("cannot make a temporary directory")?;
            crate::storage::get(url, directory.path(), out).await?;
            Ok(Got::Temporary(directory))
        }
    }
}

#[cfg(not(feature = "archive"))]
async fn got(backup: &Place, _: &Output) -> anyhow::Result<Got> {
    match backup {
        Place::Directory(path) => Ok(Got::Here(path.clone())),
        Place::Storage(url) => bail!(
            "cannot restore from `{url}`: this program was built without S3-compatible storage; build it with `--features \
             archive`, or copy the backup to a directory with a tool of the storage and restore from there"
        ),
    }
}

fn loss(args: &RestoreArgs) -> anyhow::Result<Option<Loss>> {
    let Some(reason) = &args.reason else { return Ok(None) };
    let letters = reason.chars().count();
    if reason.trim().is_empty() || letters > 1000 || reason.contains(char::is_control) {
        bail!("`--reason` is a line of 1 to 1000 characters");
    }
    Ok(Some(Loss { reason: reason.clone() }))
}

fn kept(path: &Path) -> anyhow::Result<Known> {
    let from = format!("`{}`", path.display());
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {from}"))?;
    Ok(Known::Checkpoint { from, text })
}

/// What the governance directory has to say.
#[derive(Debug, Default)]
struct Settings {
    witnesses: Vec<Witness>,
    origin: Option<String>,
}

/// Reads the settings where there are some: a restore on a machine that has nothing else is one too.
fn settings(global: &Global, out: &Output) -> Settings {
    if !global.dir.join("syndic.yaml").exists() {
        return Settings::default();
    }
    let Some(governance) = syndic_governance::load(&global.dir).governance else {
        out.warning(format!(
            "`{}` has findings, so the witnesses that it names are not asked; `syndic check` lists them",
            global.dir.display()
        ));
        return Settings::default();
    };
    let audit = governance.settings.audit;
    Settings { witnesses: audit.witnesses, origin: audit.origin }
}

/// Asks a witness. Of one whose verifier key is known, no answer counts for less than what it signed.
async fn ask(
    url: &str,
    vkey: Option<&str>,
    backup: &Backup,
    out: &Output,
) -> anyhow::Result<Option<Known>> {
    let (size, from) = (backup.head().size, format!("the witness `{url}`"));
    let answer = ask_witness(url, &backup.checkpoint(), size).await;
    let answer = answer.with_context(|| {
        format!("cannot ask {from} whether the log went on; mend that, or do not ask: --offline")
    })?;
    match answer {
        WitnessKnows::This(line) => {
            if let Some(vkey) = vkey {
                is_signed(&backup.checkpoint(), vkey, &line).with_context(|| {
                    format!(
                        "what answers for {from} is not it; mend that, or do not ask: --offline"
                    )
                })?;
            }
            Ok(Some(Known::Size { from, size }))
        }
        WitnessKnows::Size(size) => Ok(Some(Known::Size { from, size })),
        WitnessKnows::Nothing if vkey.is_some() => bail!(
            "{from} of syndic.yaml does not know `{}`, so it cannot tell whether the log went on; tell it of the log, or \
             do not ask: --offline",
            backup.origin()
        ),
        WitnessKnows::Nothing => {
            out.warning(format!("{from} does not know `{}`", backup.origin()));
            Ok(None)
        }
        WitnessKnows::Another => bail!(
            "{from} vouches for other records of `{}` than the backup's: the backup was changed, or is of another log \
             of the same name; use another backup",
            backup.origin()
        ),
    }
}

fn is_signed(checkpoint: &str, vkey: &str, line: &str) -> anyhow::Result<()> {
    let witness: VerifierKey = vkey.parse()?;
    Ok(SignedCheckpoint::parse(checkpoint.as_bytes())?.add(&witness, line)?)
}

fn tell(restored: &Restored, settings: &Settings, out: &Output) -> anyhow::Result<()> {
    let Restored { path, origin, size, replaced, later, continued, .. } = restored;
    out.line(format!(
        "restored {size} records of `{origin}` to `{}`, as they were at {} UTC",
        path.display(),
        readable(restored.backed_up_at)
    ))?;
    if let Some(replaced) = replaced {
        out.line(format!("what was there is now `{}`", replaced.display()))?;
    }
    if let Some(continued) = continued {
        let lost = match later {
            Some((from, known)) => format!(
                "{} records are lost: {from} knows {known}. Those that it does not know are lost too",
                known.saturating_sub(*size)
            ),
            None => {
                "how many records are lost is not known: nobody has a later checkpoint".to_owned()
            }
        };
        out.line(out.paint(Tone::Bad, lost))?;
        tell_continued(continued, settings, out)?;
    }
    tell_secrets(restored, out);
    tell_erasures(restored, out);
    Ok(())
}

fn tell_secrets(restored: &Restored, out: &Output) {
    if restored.secrets {
        return;
    }
    // The new log has a key of its own, which the former one's would take the place of.
    let but = if restored.continued.is_some() {
        ", all but `log.key` and `log-former.key`, which are of the former log,"
    } else {
        ""
    };
    out.note(format!(
        "the backup has no secrets: put the files of `keys/`{but} into `{}` before syndic starts",
        restored.path.join("keys").display()
    ));
}

fn tell_erasures(restored: &Restored, out: &Output) {
    out.note(match restored.destroyed {
        Some(0) => "nothing in the backup was erased after it in the replaced directory".to_owned(),
        Some(keys) => format!(
            "{keys} keys of parts that the replaced directory had destroyed were destroyed here too; what the backup has \
             of them is readable in it still"
        ),
        None => "no replaced directory tells what was erased after the backup: what was can be read again; repeat those \
                 redactions with `syndic audit redact`"
            .to_owned(),
    });
}

fn tell_continued(continued: &Continued, settings: &Settings, out: &Output) -> anyhow::Result<()> {
    let Continued { origin, vkey, record, .. } = continued;
    out.line(format!(
        "the log goes on as `{origin}`; record {record} names the last checkpoint of the former"
    ))?;
    out.line(format!("its verifier key, for auditors and witnesses: {vkey}"))?;
    if settings.origin.is_some() {
        out.note(format!("before syndic starts, set `audit.origin: {origin}` in syndic.yaml"));
    }
    Ok(())
}

fn document(restored: &Restored) -> serde_json::Value {
    let Restored {
        path,
        backed_up_at,
        origin,
        size,
        replaced,
        later,
        continued,
        secrets,
        destroyed,
        ..
    } = restored;
    json!({
        "path": path, "backed_up_at": backed_up_at, "origin": origin, "records": size, "replaced": replaced,
        "secrets": secrets, "keys_destroyed": destroyed,
        "later": later.as_ref().map(|(from, records)| json!({"from": from, "records": records})),
        "lost": later.as_ref().map(|(_, records)| records.saturating_sub(*size)),
        "continued": continued.as_ref().map(|log| json!({"origin": log.origin, "vkey": log.vkey,
            "former": log.former, "record": log.record})),
    })
}
